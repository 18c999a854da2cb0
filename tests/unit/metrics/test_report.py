"""The worked example of the metrics, and laws that hold for any labels."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import ConfigError
from core.metrics.matching import hungarian, match
from core.metrics.report import evaluate

TRUTH = {"a": np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2]), "b": np.array([0, 0, 2, 2, 2, 2, 1, 1])}
PREDICTED = {"a": np.array([0, 0, 1, 1, 1, 1, 2, 2, 2, 2]), "b": np.array([0, 0, 0, 1, 2, 2, 2, 2])}
NAMES = {0: "cut", 1: "place", 2: "peel"}


def test_worked_example_has_the_published_numbers() -> None:
    report = evaluate(TRUTH, PREDICTED, actions=NAMES, n_clusters=3)
    assert report.mof == pytest.approx(12 / 18)
    assert report.miou == pytest.approx(0.513889, abs=1e-6)
    assert report.f1 == pytest.approx(0.652778, abs=1e-6)
    assert report.f1_majority == pytest.approx(0.732411, abs=1e-6)
    assert report.edit == pytest.approx(2 / 3)
    assert (report.f1_10, report.f1_25, report.f1_50) == pytest.approx((5 / 6, 5 / 6, 2 / 3))
    assert report.baselines["equal_split"].mof == pytest.approx(11 / 18)
    assert report.baselines["one_class"].mof == pytest.approx(7 / 18)


def test_video_level_is_scored_with_one_matching_a_video() -> None:
    report = evaluate(TRUTH, PREDICTED, actions=NAMES, n_clusters=3, level="video")
    assert np.mean([row.mof for row in report.per_video]) == pytest.approx(0.7125)


def test_perfect_prediction_scores_one() -> None:
    report = evaluate(TRUTH, TRUTH, actions=NAMES, n_clusters=None)
    assert (report.mof, report.miou, report.edit, report.f1_50) == (1.0, 1.0, 1.0, 1.0)


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


def test_unequal_lengths_are_refused_with_both_numbers() -> None:
    with pytest.raises(ConfigError, match="10 frames, the prediction 3"):
        evaluate({"a": TRUTH["a"]}, {"a": np.array([0, 1, 2])}, actions=NAMES, n_clusters=3)
