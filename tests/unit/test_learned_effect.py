"""What a run that learned from corrections changed in the other videos: known answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.annotation.document import Document
from core.annotation.learned import Learned, Taught
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.learned_effect import changed, compared

TRUTH = Segmentation(np.array([0, 10]), np.array([0, 1]), 40)
BEFORE = Segmentation(np.array([0, 30]), np.array([0, 1]), 40)
"""Half of its frames are wrong."""
SWAPPED = Segmentation(np.array([0, 10]), np.array([1, 0]), 40)
"""The truth in clusters that are called the other way round."""


def a_document(*taught: tuple[str, ...]) -> Document:
    """Four videos and a run for each of `taught`, the videos that it learned from; the first run says BEFORE."""
    dataset = Dataset(
        Path("x"),
        "tea",
        tuple(Video(VideoId(v), v, Timebase(40)) for v in "abcd"),
        tuple(Action(ActionId(i), f"step {i}", "#102030") for i in range(2)),
    )
    document = Document(dataset)
    for number, videos in enumerate(taught, start=1):
        run = RunId(f"r{number}")
        learned = Learned("corrected", {VideoId(v): Taught((0,), (0,), 40) for v in videos})
        document.add_run(
            Run(run, number, {"n_clusters": 2}, "cpu", 1, 1, False, "", {}, learned=learned),
            LabelMap(run, 2, {0: 0, 1: 1} if number == 1 else {0: 1, 1: 0}),
        )
        cut = BEFORE if number == 1 else SWAPPED
        document.add_predictions([Prediction(run, VideoId(v), cut) for v in "abcd"])
    return document


def test_the_change_and_the_scores_are_those_of_the_videos_that_neither_run_learned_from() -> None:
    document = a_document(("b",), ("a", "b"))
    document.imported |= {VideoId(v): TRUTH for v in "ab"}  # both learned from: their scores say nothing
    found = compared(document, RunId("r2"))
    assert found is not None
    assert found.words() == "On the 2 other videos it names 50% of the frames otherwise than Run 1."
    document.imported[VideoId("d")] = TRUTH
    found = compared(document, RunId("r2"))
    assert found is not None and found.words().endswith("than Run 1; MoF 50.0 → 100.0 %.")


def test_a_run_that_learned_from_nothing_or_has_none_before_it_is_compared_with_none() -> None:
    document = a_document(("a",), ())
    assert compared(document, RunId("r1")) is None and compared(document, RunId("r2")) is None
    assert compared(a_document((), ("a", "b", "c", "d")), RunId("r2")) is None  # no other video is left


def test_the_run_before_it_is_the_newest_that_is_shown() -> None:
    document = a_document((), ("a",), ("a", "b"))
    found = compared(document, RunId("r3"))
    assert found is not None and found.before.name == "Run 2" and changed(found.before.cuts, found.now.cuts) == 0
    document.hide_run(RunId("r2"), True)
    found = compared(document, RunId("r3"))
    assert found is not None and found.before.name == "Run 1"


@pytest.mark.parametrize("n", [1, 7])
def test_what_is_the_same_is_not_changed_and_what_has_no_frame_in_common_is_all_changed(n: int) -> None:
    assert changed([TRUTH] * n, [TRUTH] * n) == 0 and changed([TRUTH] * n, [SWAPPED] * n) == 1
