"""From corrected segments to lessons: the binding of actions to clusters, rows, decoder, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from datasets import train_video
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from core.annotation.segmentation import Segmentation
from core.errors import ConfigError
from core.events import LogLine, ignore, never_stop
from core.requests import TrainRequest, TrainVideo
from core.tot import weights
from core.tot.config import TrainConfig
from core.tot.examples import SHARE, Corrected, learn_examples
from core.tot.presets import preset
from core.tot.supervision import Lessons
from core.tot.trained import Member, Trained
from core.work import examples as of_examples
from core.work.examples import LARGER, LEAST_KAPPA, heard, left_out, too_far_apart, weighed, with_examples
from core.work.judging import Judge
from core.work.learning import _places, bind, lesson_of
from core.work.training import train
from core.work.videos import predictions


def _config(n_clusters: int, **values: object) -> TrainConfig:
    return TrainConfig(n_clusters=n_clusters, **values)  # type: ignore[arg-type]


def _request(tracks: dict[str, list[int]], *, n_frames: int = 12, per_row: int = 1, **values: object) -> TrainRequest:
    videos = tuple(
        TrainVideo(id=v, features="/x", n_frames=n_frames, n_rows=n_frames // per_row, stride_numerator=per_row)
        for v in ("a", "b", "c")
    )
    pieces = {v: (list(range(len(labels))), labels) for v, labels in tracks.items()}
    return TrainRequest(videos=videos, config=None, out="/x", learn_from="corrected", corrections=pieces, **values)


def _lesson(tracks: dict[str, list[int]], config: TrainConfig, *, n_frames: int = 12, per_row: int = 1):  # type: ignore[no-untyped-def]
    request = _request(tracks, n_frames=n_frames, per_row=per_row)
    return lesson_of(request, config, [n_frames // per_row] * 3, ignore)


FULL = [7] * 4 + [5] * 4 + [9] * 4


def test_actions_are_bound_in_the_order_of_their_mean_time() -> None:
    found = bind([np.array(FULL), np.array([5] * 2 + [7] * 3 + [9] * 7), np.array([7] * 6 + [5] * 6)], _config(3))
    assert found == {0: 7, 1: 5, 2: 9}


def test_fewer_actions_than_clusters_take_the_places_nearest_to_their_times() -> None:
    early_and_late = np.array([3] * 2 + [-2] * 8 + [1] * 2)
    assert bind([early_and_late], _config(6)) == {0: 3, 5: 1}
    assert bind([np.array([-2] * 10 + [3, 1])], _config(6)) == {4: 3, 5: 1}  # both at the end, still in order


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 4))
def test_places_rise_and_no_rising_choice_lies_nearer(times: list[float], free: int) -> None:
    from itertools import combinations

    ordered, n = np.sort(times), len(times) + free
    middles = (np.arange(n) + 0.5) / n
    found = _places(ordered, n)
    assert found == sorted(set(found))
    best = min(np.abs(middles[list(c)] - ordered).sum() for c in combinations(range(n), len(times)))
    assert np.abs(middles[found] - ordered).sum() == pytest.approx(best)


def test_background_takes_a_cluster_only_where_one_is_to_spare() -> None:
    track = np.array([-1] * 4 + [2] * 4 + [0] * 4)
    assert bind([track], _config(3)) == {0: -1, 1: 2, 2: 0}
    assert bind([track], _config(2)) == {0: 2, 1: 0}
    assert bind([track], _config(3, preset="yti")) == {1: 2, 2: 0}  # it has a background rule of its own


def test_more_actions_than_clusters_are_refused_with_the_number_that_would_do() -> None:
    with pytest.raises(ConfigError, match=r"3 actions, but the training has 2 clusters\. Set 3 or more"):
        bind([np.array(FULL)], _config(2))


def test_rows_take_the_label_of_most_of_their_corrected_frames() -> None:
    # Rows of four frames, each belonging to the frames around its start.
    lesson = _lesson({"b": [7, 7, 5, 5, 5, 5, -2, -2, -2, -2, -2, 9]}, _config(3), per_row=4)
    assert lesson is not None
    assert [labels.tolist() for labels in lesson.lessons.labels] == [[-1] * 3, [0, 1, 2], [-1] * 3]
    assert lesson.videos == {"b": 7}
    single = _lesson({"a": [-2] * 5 + [7] + [-2] * 6}, _config(3), per_row=4)
    assert single is not None and single.lessons.n_known == 1


def test_nothing_corrected_teaches_nothing() -> None:
    assert _lesson({}, _config(3)) is None
    assert _lesson({"a": [-2] * 12}, _config(3)) is None
    assert _lesson({"not trainable": FULL}, _config(3)) is None


def test_cte_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"CTE .* cannot learn from corrections"):
        _lesson({"a": FULL}, _config(3, method="cte"))


@pytest.mark.parametrize(
    ("tracks", "decoder", "wanted"),
    [
        ({"a": FULL, "b": FULL}, "any-order", "fixed-order"),
        ({"a": FULL}, "any-order", "any-order"),  # one video proves no order
        ({"a": FULL, "b": [*FULL[:11], -2]}, "any-order", "any-order"),  # nor does a part of one
        ({"a": FULL, "b": FULL[:8] + [5] * 4}, "any-order", "any-order"),
        ({"a": FULL, "b": [5] * 6 + [7] * 3 + [9] * 3}, "fixed-order", "video-order"),
        ({"a": [7] * 4 + [5] * 4 + [7] * 4}, "fixed-order", "video-order"),
        ({"a": FULL, "b": FULL[:8] + [5] * 4}, "fixed-order", "fixed-order"),  # left out is not out of order
        ({"a": FULL, "b": FULL}, "asot", "fixed-order"),
    ],
)
def test_the_decoder_is_one_that_the_corrected_videos_do_not_contradict(
    tracks: dict[str, list[int]], decoder: str, wanted: str
) -> None:
    config = _config(3, decoder=decoder)
    lesson = _lesson(tracks, config)
    assert lesson is not None and lesson.steer(config).decoder == wanted
    assert lesson.steer(_config(4, decoder=decoder)).decoder == decoder or wanted == "video-order"


def test_a_run_that_was_taught_is_scored_by_its_names_on_the_other_videos() -> None:
    truths = {"a": np.repeat([7, 5], 6), "b": np.repeat([7, 5], 6), "c": np.repeat([7, 5], 6)}
    found = {"a": np.repeat([0, 1], 6), "b": np.repeat([0, 1], 6), "c": np.repeat([1, 0], 6)}
    by_names = Judge(truths, {0: 7, 1: 5}, frozenset({"a"}))
    assert by_names.scores(found, 2) == {"mof": 0.5, "f1": 0.5}
    # Matching would call the clusters of a, b and c by what suits them best.
    assert Judge({"c": truths["c"]}).scores(found, 2) == {"mof": 1.0, "f1": 1.0}
    assert Judge({"c": truths["c"]}, {0: 7, 1: 5}).scores(found, 2) == {"mof": 0.0, "f1": 0.0}
    assert Judge(truths, {0: 7, 1: 5}, frozenset(truths)).scores(found, 2) is None


def test_clusters_without_a_name_are_matched_and_named_ones_stay() -> None:
    truths = {"a": np.repeat([7, 5, 9], 4)}
    found = {"a": np.repeat([1, 0, 2], 4)}
    table = Judge(truths, {0: 7}).label_map(found, 3)
    assert table[0] == 7 and table[2] == 9


def _made_request(folder: Path, told: Sequence[int], truths: list[np.ndarray]) -> TrainRequest:
    """Three steps in one order, each with a look of its own."""
    draw = np.random.default_rng(2)
    centres, videos = draw.normal(size=(3, 8)), []
    for number, truth in enumerate(truths):
        rows = centres[truth] + draw.normal(size=(len(truth), 8)) * 0.5
        videos.append(train_video(folder / f"v{number}.npy", rows))
    cuts = {f"v{n}": Segmentation.from_frames(truths[n]) for n in told}
    return TrainRequest(
        videos=tuple(videos),
        config=structs.replace(preset("generic", n_clusters=3), batch=64, iterations=60),
        out=str(folder),
        learn_from="corrected" if told else "none",
        corrections={v: (cut.starts.tolist(), cut.labels.tolist()) for v, cut in cuts.items()},
    )


LENGTHS = ([20, 12, 14], [10, 25, 12], [15, 9, 25], [8, 20, 8])
TRUTHS = [np.repeat([0, 1, 2], lengths) for lengths in LENGTHS]


def test_what_corrected_rows_say_joins_a_run_that_agrees_with_them(tmp_path: Path) -> None:
    request = _made_request(tmp_path, [0], TRUTHS)
    said: list[object] = []
    result = train(request, device="cpu", report=said.append, should_stop=never_stop)
    run = weights.load(Path(result["weights"]))
    assert run.examples is not None and result["learned"]["examples_agree"] > 0.7
    assert result["learned"]["examples_share"] == pytest.approx(run.examples.share)
    assert LogLine(text=heard(run.examples.share)) in said
    found = predictions(run, request.videos, [np.load(video.features) for video in request.videos])
    right = np.concatenate([found[f"v{n}"] == TRUTHS[n] for n in (1, 2, 3)])  # clusters bear the numbers of the actions
    assert right.mean() > 0.95


def test_corrected_rows_that_contradict_a_run_are_not_heard_by_themselves(tmp_path: Path) -> None:
    """What one step looks like there another looks like everywhere else: the run, which has seen all, stays alone."""
    request = _made_request(tmp_path, [0], TRUTHS)
    result = train(request, device="cpu", report=ignore, should_stop=never_stop)
    run = replace(weights.load(Path(result["weights"])), examples=None)
    matrices = [np.load(video.features) for video in request.videos]
    unknown = [np.full(len(t), -1) for t in TRUTHS[1:]]
    heard, kappa = with_examples(run, Lessons((TRUTHS[0], *unknown)), matrices)
    assert heard.examples is not None and kappa > 0.7
    turned, low = with_examples(run, Lessons((np.array([1, 2, 0])[TRUTHS[0]], *unknown)), matrices)
    assert turned is run and low < 0.33
    assert "kappa" in too_far_apart(low)


def test_where_every_row_is_corrected_there_is_nothing_to_spoil(tmp_path: Path) -> None:
    request = _made_request(tmp_path, [0, 1, 2, 3], TRUTHS)
    result = train(request, device="cpu", report=ignore, should_stop=never_stop)
    assert weights.load(Path(result["weights"])).examples is not None
    assert result["learned"]["examples_agree"] == 1.0


def test_a_run_that_was_taught_nothing_keeps_no_examples(tmp_path: Path) -> None:
    result = train(_made_request(tmp_path, [], TRUTHS), device="cpu", report=ignore, should_stop=never_stop)
    assert result["learned"] is None and weights.load(Path(result["weights"])).examples is None


def _looks(truth: np.ndarray, turn: int, seed: int) -> np.ndarray:
    """Rows of a video in which cluster k looks as cluster k + turn does elsewhere."""
    centres = np.random.default_rng(11).normal(size=(3, 8))
    return (centres[(truth + turn) % 3] + np.random.default_rng(seed).normal(size=(len(truth), 8)) * 0.3).astype("f4")


def _left_out(looks: Sequence[np.ndarray], labels: Sequence[np.ndarray]) -> float | None:
    return left_out(Corrected.of(looks.__getitem__, Lessons(tuple(labels)), 3), looks.__getitem__)


def test_corrected_videos_are_asked_whether_they_foretell_one_another() -> None:
    alike = [_looks(truth, 0, n) for n, truth in enumerate(TRUTHS)]
    assert (found := _left_out(alike, TRUTHS)) is not None and found > 0.9
    each_its_own = [_looks(truth, n, n) for n, truth in enumerate(TRUTHS)]
    assert (found := _left_out(each_its_own[:2], TRUTHS[:2])) is not None and found < 0.2
    unknown = np.full(len(TRUTHS[1]), -1)
    assert _left_out(alike[:2], [TRUTHS[0], unknown]) is None  # one video cannot be held against itself


def test_an_action_that_no_other_corrected_video_shows_says_nothing_of_how_they_foretell_one_another() -> None:
    """A person who corrected another step in each video has shown nothing that could be checked."""
    alike = [_looks(truth, 0, n) for n, truth in enumerate(TRUTHS[:2])]
    only = [np.where(truth == n, n, -1) for n, truth in enumerate(TRUTHS[:2])]
    assert _left_out(alike, only) is None
    more = [TRUTHS[0], np.where(TRUTHS[1] == 2, -1, TRUTHS[1])]
    assert (found := _left_out(alike, more)) is not None and found > 0.9


def test_corrected_videos_that_do_not_foretell_one_another_are_not_heard_by_themselves(tmp_path: Path) -> None:
    """Another camera in each: what agrees with the runs, which were taught by the same rows, is no proof."""
    request = _made_request(tmp_path, [0], TRUTHS)
    run = train(request, device="cpu", report=ignore, should_stop=never_stop)
    trained = replace(weights.load(Path(run["weights"])), examples=None)
    matrices = [_looks(truth, n % 2, n) for n, truth in enumerate(TRUTHS)]
    unknown = [np.full(len(truth), -1) for truth in TRUTHS]
    one = with_examples(trained, Lessons((*TRUTHS[:1], *unknown[1:])), matrices)[1]
    two = with_examples(trained, Lessons((*TRUTHS[:2], *unknown[2:])), matrices)[1]
    assert two < one and two < LEAST_KAPPA


def _heard_beside(tmp_path: Path, of_runs: Sequence[np.ndarray], n_videos: int = 4) -> tuple[float, float]:
    """The weight that one corrected video has by its length, and the one that it gets beside these posteriors."""
    truths = TRUTHS[:n_videos]
    request = _made_request(tmp_path, [], TRUTHS)
    trained = weights.load(Path(train(request, device="cpu", report=ignore, should_stop=never_stop)["weights"]))
    matrices = [np.load(video.features) for video in request.videos][:n_videos]
    rows = [trained.scaling.apply(matrix, n) for n, matrix in enumerate(matrices)]
    unknown = [np.full(len(truth), -1) for truth in truths[1:]]
    own = learn_examples(rows.__getitem__, Lessons((truths[0], *unknown)), 3)
    return own.share, weighed(own, trained, of_runs[:n_videos], matrices).share


def _sure_of(labels: np.ndarray) -> np.ndarray:
    """(T, 3) log posterior of a run that gives these clusters 99 of 100."""
    return np.log(np.where(np.arange(3) == labels[:, None], 0.99, 0.005))


def test_one_video_weighs_more_where_the_runs_cut_the_others_at_the_wrong_places(tmp_path: Path) -> None:
    thirds = [np.arange(len(truth)) * 3 // len(truth) for truth in TRUTHS]
    own, found = _heard_beside(tmp_path, [_sure_of(labels) for labels in thirds])
    assert own < SHARE and found in LARGER


def test_one_video_keeps_its_weight_beside_runs_that_need_no_help(tmp_path: Path) -> None:
    own, found = _heard_beside(tmp_path, [_sure_of(truth) for truth in TRUTHS])
    assert found == own < SHARE


def test_of_two_videos_nothing_can_be_left_out_so_the_weight_stays(tmp_path: Path) -> None:
    thirds = [np.arange(len(truth)) * 3 // len(truth) for truth in TRUTHS]
    own, found = _heard_beside(tmp_path, [_sure_of(labels) for labels in thirds], n_videos=2)
    assert found == own


def test_only_one_corrected_video_beside_several_runs_may_weigh_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _made_request(tmp_path, [0], TRUTHS)
    result = train(request, device="cpu", report=ignore, should_stop=never_stop)
    single = replace(weights.load(Path(result["weights"])), examples=None)
    several = replace(single, members=(Member(single, (0, 1, 2)),) * 2)
    matrices = [np.load(video.features) for video in request.videos]
    unknown = [np.full(len(truth), -1) for truth in TRUTHS]
    one, two = (Lessons((*TRUTHS[:n], *unknown[n:])) for n in (1, 2))
    monkeypatch.setattr(of_examples, "weighed", lambda examples, *_: replace(examples, share=0.75))

    def share(run: Trained, lessons: Lessons) -> float:
        whole = with_examples(run, lessons, matrices)[0]
        assert whole.examples is not None
        return whole.examples.share

    assert share(several, one) == 0.75
    assert share(single, one) < SHARE
    assert share(several, two) < 0.75
