"""Scores of a run that was told some labels: all videos, and the rest apart."""

from __future__ import annotations

import numpy as np
import pytest

from core.metrics.learned import evaluate_learned

TRUTHS = {"told": np.repeat([0, 1], 5), "a": np.repeat([0, 1], 5), "b": np.repeat([0, 1], 10)}
FOUND = {"told": np.repeat([0, 1], 5), "a": np.repeat([1, 0], 5), "b": np.repeat([0, 1], 10)}
OPTIONS = {"actions": {0: "reach", 1: "place"}, "n_clusters": 2, "label_map": {0: 0, 1: 1}}


def test_both_scores_are_given_under_one_label_map() -> None:
    report = evaluate_learned(TRUTHS, FOUND, learned=["told", "not scored"], **OPTIONS)
    assert report.mof == pytest.approx(30 / 40) and report.videos == 3
    assert report.learned_from == ["told"]
    assert report.untouched is not None and report.untouched.videos == 2 and report.untouched.frames == 30
    assert report.untouched.mof == pytest.approx(20 / 30)
    assert "learned from 1 of these videos. On the 2 that it did not learn from: MoF 66.7 %" in report.notes[-1]


def test_where_all_videos_were_learned_from_there_is_no_honest_score() -> None:
    report = evaluate_learned(TRUTHS, FOUND, learned=list(TRUTHS), **OPTIONS)
    assert report.untouched is None and "say nothing of what it finds by itself" in report.notes[-1]


def test_a_run_that_learned_from_none_is_scored_as_ever() -> None:
    report = evaluate_learned(TRUTHS, FOUND, **OPTIONS)
    assert report.untouched is None and report.learned_from == [] and report.notes == []
