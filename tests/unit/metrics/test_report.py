"""The worked example of the metrics, levels, background, baselines, and the document that is printed."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import api
from core.errors import ConfigError
from core.metrics.baselines import equal_split, kmeans
from core.metrics.edit_distance import LONG, _distances, edit_distances
from core.metrics.label_free import label_free
from core.metrics.matching import contingency, hungarian, match
from core.metrics.report import Clustering, Report, evaluate
from core.metrics.scores import Comparison, majority_probability
from core.metrics.segments import runs_of
from core.metrics.sil import SilView, split_sil

TRUTH = {"a": np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2]), "b": np.array([0, 0, 2, 2, 2, 2, 1, 1])}
PREDICTED = {"a": np.array([0, 0, 1, 1, 1, 1, 2, 2, 2, 2]), "b": np.array([0, 0, 0, 1, 2, 2, 2, 2])}
NAMES = {0: "cut", 1: "place", 2: "peel"}


def test_worked_example_has_the_published_numbers() -> None:
    report = evaluate(TRUTH, PREDICTED, actions=NAMES, n_clusters=3)
    assert report.mof == pytest.approx(12 / 18)
    assert report.miou == pytest.approx(0.513889, abs=1e-6)
    assert report.f1 == pytest.approx(0.652778, abs=1e-6)
    assert report.f1_majority == pytest.approx(0.732411, abs=1e-6)
    assert report.f1_official == pytest.approx(0.712121, abs=1e-6)
    assert report.edit == pytest.approx(2 / 3)
    assert (report.f1_10, report.f1_25, report.f1_50) == pytest.approx((5 / 6, 5 / 6, 2 / 3))
    assert report.baselines["equal_split"].mof == pytest.approx(11 / 18)
    assert report.baselines["one_class"].mof == pytest.approx(7 / 18)
    assert report.label_map == {"0": "cut", "1": "place", "2": "peel"}


def test_video_level_is_matched_and_averaged_by_video() -> None:
    report = evaluate(TRUTH, PREDICTED, actions=NAMES, n_clusters=3, level="video")
    # a: 3 of 10 frames wrong with the map it already had; b: 1 and 2 change places, one frame of each cut is wrong.
    assert [row.mof for row in report.per_video] == pytest.approx([0.8, 0.625])
    assert report.mof == pytest.approx(0.7125)
    assert report.label_map == {}
    split = report.baselines["equal_split"]
    alone = [evaluate({v: TRUTH[v]}, PREDICTED, actions=NAMES, n_clusters=3).baselines["equal_split"] for v in TRUTH]
    assert split.mof == pytest.approx(np.mean([b.mof for b in alone]))
    assert split.miou == pytest.approx(np.mean([b.miou for b in alone]))


def test_the_coffee_clips_have_the_known_baselines(shared_data: Path) -> None:
    files = sorted((shared_data / "coffee5" / "groundTruth").iterdir())
    lines = {path.name: path.read_text().split() for path in files}
    names = sorted({name for video in lines.values() for name in video})
    truths = {v: np.array([names.index(name) for name in video]) for v, video in lines.items()}
    actions = dict(enumerate(names))
    activity = evaluate(truths, truths, actions=actions, n_clusters=None).baselines
    split, single = activity["equal_split"], activity["one_class"]
    assert (split.mof, split.f1, split.miou) == pytest.approx((0.572, 0.496, 0.410), abs=5e-4)
    assert (single.mof, single.f1, single.miou) == pytest.approx((0.279, 0.208, 0.056), abs=5e-4)
    video = evaluate(truths, truths, actions=actions, n_clusters=None, level="video").baselines
    assert 100 * video["equal_split"].mof == pytest.approx(60.3, abs=0.05)
    assert 100 * video["one_class"].mof == pytest.approx(48.4, abs=0.05)


def test_perfect_prediction_scores_one() -> None:
    for level in ("activity", "video"):
        report = evaluate(TRUTH, TRUTH, actions=NAMES, n_clusters=None, level=level)
        assert (report.mof, report.miou, report.edit, report.f1_50, report.f1) == (1.0, 1.0, 1.0, 1.0, 1.0)


def test_the_document_that_is_printed_holds_the_whole_report() -> None:
    beside = {"kmeans": Clustering({"a": TRUTH["a"], "b": TRUTH["b"]}, 3)}
    truths = {**TRUTH, "empty": np.array([-1, -1])}
    found = {**PREDICTED, "empty": np.array([0, 1])}
    beside["kmeans"].labels["empty"] = np.array([0, 0])  # type: ignore[index]
    for level in ("activity", "video"):
        report = evaluate(
            truths, found, actions=NAMES, n_clusters=4, level=level, beside=beside, notes=["read by hand"]
        )
        printed = json.loads(json.dumps(api.plain(report), ensure_ascii=False))
        assert msgspec.convert(printed, Report) == report
        assert {"f1@10", "f1@25", "f1@50", "mof_bg", "level", "notes"} <= set(printed)
        assert set(printed["baselines"]) == {"equal_split", "one_class", "kmeans"}
        assert set(printed["baselines"]["one_class"]) >= {"mof", "f1", "miou", "edit", "f1@50"}
        assert printed["per_video"][2]["mof"] is None
        assert printed["baselines"]["kmeans"]["mof"] == 1.0


# --- background ----------------------------------------------------------------------------------------


def test_background_is_outside_the_scores_and_an_action_predicted_as_background_is_wrong() -> None:
    truths = {"v": np.array([-1, -1, 0, 0, 1, 1, -1, -1])}
    found = {"v": np.array([-1, 0, 0, -1, 1, 1, 1, -1])}
    report = evaluate(truths, found, actions={0: "cut", 1: "place"}, n_clusters=2)
    assert report.label_map == {"0": "cut", "1": "place"}
    assert report.mof == report.per_video[0].mof == 3 / 4
    assert report.mof_bg == 5 / 8
    assert report.miou == pytest.approx((1 / 2 + 2 / 2) / 2)  # frames outside the foreground are not counted
    assert report.background == ["background"]
    assert report.edit == 1.0
    assert report.frames == 8 and sum(row.frames for row in report.per_class) == 4


def test_unlabelled_frames_and_unmapped_clusters() -> None:
    truths, found = {"v": np.array([-2, -2, 0, 0])}, {"v": np.array([0, 1, 1, 1])}
    report = evaluate(truths, found, actions={0: "cut"}, n_clusters=2)
    assert report.mof == report.mof_bg == 1.0  # nobody has looked at the first two frames
    assert report.label_map == {"0": None, "1": "cut"}
    assert evaluate(truths, {"v": np.array([0, 0, 7, 0])}, actions={0: "cut"}, n_clusters=1).mof == 0.5


def test_a_map_to_background_and_a_corrected_track_with_gaps() -> None:
    truths = {"v": np.array([-1, 0, 0, 1])}
    mapped = evaluate(truths, {"v": np.array([0, 1, 1, 0])}, actions={}, n_clusters=2, label_map={0: -1, 1: 0})
    assert (mapped.mof, mapped.mof_bg) == (pytest.approx(2 / 3), 3 / 4)
    corrected = evaluate(truths, {"v": np.array([-1, 0, -2, 1])}, actions={}, n_clusters=None)
    assert (corrected.mof, corrected.mof_bg) == (pytest.approx(2 / 3), 3 / 4)


def test_a_video_without_foreground_takes_no_part_in_the_means() -> None:
    truths, found = {**TRUTH, "bg": np.array([-1, -1])}, {**PREDICTED, "bg": np.array([0, 0])}
    report = evaluate(truths, found, actions=NAMES, n_clusters=3, level="video")
    assert report.mof == pytest.approx(0.7125)
    assert report.per_video[2].mof is None


# --- SIL -----------------------------------------------------------------------------------------------


def test_sil_becomes_two_actions_and_an_inner_run_is_named() -> None:
    view = SilView.of({0: "SIL", 1: "pour"}, "SIL")
    truths = view.apply({"a": np.array([0, 1, 1, 0]), "b": np.array([0, 1, 0, 1, 1]), "c": np.array([0, 0])})
    assert [(t.starts.tolist(), t.labels.tolist()) for t in truths.values()] == [
        ([0, 1, 3], [2, 1, 3]),
        ([0, 1, 2, 3], [2, 1, 0, 1]),
        ([0], [2]),
    ]
    assert view.actions == {0: "SIL", 1: "pour", 2: "action_start", 3: "action_end"}
    assert view.notes(truths) == ["SIL is split into action_start and action_end. An inner SIL stays in b."]
    with pytest.raises(ConfigError, match='no action "SIL" to split; there are: pour'):
        SilView.of({1: "pour"}, "SIL")


def test_splitting_sil_changes_no_input() -> None:
    labels = np.array([0, 1, 0])
    split_sil(labels, 0, start=2, end=3)
    assert labels.tolist() == [0, 1, 0]


# --- parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n_clusters", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("n_frames", [1, 2, 7, 10, 100])
def test_equal_split_is_the_floor_of_its_formula(n_frames: int, n_clusters: int) -> None:
    assert equal_split(n_frames, n_clusters).tolist() == [t * n_clusters // n_frames for t in range(n_frames)]


def test_kmeans_finds_separate_groups_and_repeats_itself() -> None:
    random = np.random.default_rng(0)
    truth = [np.repeat([0, 1, 2], 30), np.repeat([2, 0], 40)]
    matrices = [np.eye(3)[t] * 9 + random.normal(size=(len(t), 3)) for t in truth]
    found = kmeans(matrices, 3, seed=1)
    table = match(found, truth, 3)
    assert all(np.array_equal([table[c] for c in f.tolist()], t) for f, t in zip(found, truth, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(found, kmeans(matrices, 3, seed=1), strict=True))
    assert max(int(f.max()) for f in kmeans([matrices[0][:2]], 5)) <= 1


def test_majority_is_certain_at_the_ends_and_even_in_the_middle() -> None:
    assert majority_probability(np.array([0.0, 0.5, 1.0])).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_repeated_actions_do_not_lift_f1_above_one() -> None:
    truth = {"v": np.array([0, 1, 0, 1, 0])}
    report = evaluate(truth, truth, actions={}, n_clusters=2)
    assert (report.f1, report.f1_majority) == (1.0, 1.0)


def test_of_two_partners_that_overlap_as_much_the_first_is_hit() -> None:
    truth = np.repeat([0, 1, 0], [10, 1, 10])
    found = np.repeat([1, 0, 1, 0], [5, 11, 1, 4])  # the long 0 meets both, the short one the second
    both = Comparison(runs_of([truth]), runs_of([found]))
    assert [counts.tolist() for counts in both.hits_at(0.1)] == [[2], [2], [1]]


def test_distances_of_sequences_of_any_length_in_one_batch() -> None:
    words = [("", ""), ("kitten", "sitting"), ("", "abc"), ("flaw", "lawn"), ("a" * 40, "b"), ("same", "same")]
    pairs = [([ord(c) for c in a], [ord(c) for c in b]) for a, b in words]
    found = edit_distances([np.array(a, int) for a, _ in pairs], [np.array(b, int) for _, b in pairs])
    assert found.tolist() == [0, 3, 3, 2, 40, 0]


def test_what_is_said_without_ground_truth() -> None:
    ordered = label_free({"a": equal_split(300, 3), "b": equal_split(900, 3)}, 3)
    assert (ordered.segments, ordered.mean_length, ordered.order_violations) == (3.0, 200.0, 0.0)
    assert ordered.distance == pytest.approx(0.25)  # uniform over half a width on each side
    swapped = label_free({"a": np.array([1, 1, 0, 0, -1, -1])}, 3)
    assert (swapped.segments, swapped.order_violations, swapped.unused) == (2.0, 1.0, [2])
    assert swapped.background == pytest.approx(1 / 3)


def test_the_distance_without_ground_truth_is_the_mean_over_frames() -> None:
    labels = np.array([2, 2, 0, 0, 0, 1, 1, 1, 1, 1])
    x, y = (np.arange(1000) + 0.5) / 1000, (np.repeat(labels, 100) + 0.5) / 3
    assert label_free({"a": np.repeat(labels, 100)}, 3).distance == pytest.approx(3 * np.mean(np.abs(x - y)), abs=1e-5)


def test_renaming_clusters_changes_no_score() -> None:
    order = np.array([2, 0, 1])
    renamed = {video: order[labels] for video, labels in PREDICTED.items()}
    one, two = (evaluate(TRUTH, p, actions=NAMES, n_clusters=3) for p in (PREDICTED, renamed))
    assert (one.mof, one.f1, one.edit) == (two.mof, two.f1, two.edit)


def test_locked_pairs_survive_the_matching() -> None:
    found = match(list(PREDICTED.values()), list(TRUTH.values()), 3, locked={0: 2})
    assert found[0] == 2
    assert len(set(found.values())) == len(found)


def test_hungarian_takes_the_largest_sum() -> None:
    assert hungarian(np.array([[5, 9], [4, 9]])) == {0: 0, 1: 1}


def test_a_contingency_table_counts_frames_or_what_each_entry_stands_for() -> None:
    clusters, actions = np.array([0, 1, 1, -1, 5]), np.array([2, 0, 0, 1, 1])
    assert contingency(clusters, actions, 2, 3).tolist() == [[0, 0, 1], [2, 0, 0]]
    weighted = contingency(clusters, actions, 2, 3, frames=np.array([4, 1, 2, 9, 9]))
    assert weighted.tolist() == [[0, 0, 4], [3, 0, 0]]


def test_unequal_lengths_levels_and_nothing_to_score_are_refused() -> None:
    with pytest.raises(ConfigError, match="10 frames, the prediction 3"):
        evaluate({"a": TRUTH["a"]}, {"a": np.array([0, 1, 2])}, actions=NAMES, n_clusters=3)
    with pytest.raises(ConfigError, match="activity and video"):
        evaluate(TRUTH, PREDICTED, actions=NAMES, n_clusters=3, level="frame")
    with pytest.raises(ConfigError, match="nothing to score"):
        evaluate(TRUTH, {"c": np.array([0])}, actions=NAMES, n_clusters=3)


@given(st.integers(0, 2**32 - 1), st.integers(LONG, 3 * LONG), st.integers(LONG, 3 * LONG), st.integers(1, 5))
def test_long_sequences_have_the_distance_of_the_table(seed, n, m, n_labels):
    draw = np.random.default_rng(seed)
    pair = [draw.integers(0, n_labels, length) for length in sorted((n, m))]
    assert edit_distances(pair[:1], pair[1:])[0] == _distances(pair[:1], pair[1:])[0]
