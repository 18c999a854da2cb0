"""Labels that arrive from a run or a file are checked by nobody, whatever was checked before they came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.learnable import learnable
from core.annotation.on_track import still_checked
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Review, ReviewStatus, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase

A = VideoId("a")
ONE, TWO = RunId("r1"), RunId("r2")
FIRST = Segmentation(np.array([0, 10, 20]), np.array([0, 1, 2]), 30)
SECOND = Segmentation(np.array([0, 15, 20]), np.array([0, 1, 2]), 30)
"""Differs from FIRST in frames 10 to 14."""


@pytest.fixture
def document() -> Document:
    """One video that two runs segmented; the first was taken, and frames 5 to 24 were checked."""
    actions = tuple(Action(ActionId(i), f"step {i}", "#102030") for i in range(3))
    dataset = Dataset(Path("x"), "tea", (Video(A, "a", Timebase(30)),), actions)
    document = Document(dataset)
    document.ground_truth[A] = SECOND
    for number, (run, cut) in enumerate(((ONE, FIRST), (TWO, SECOND)), 1):
        document.add_run(
            Run(run, number, {"n_clusters": 3}, "cpu", 1, 1, False, "", {}), LabelMap(run, 3, {0: 0, 1: 1, 2: 2})
        )
        document.add_predictions([Prediction(run, A, cut)])
    document.apply(commands.take_prediction(document, ONE, A))
    document.apply(commands.check_span(document, A, 5, 25))
    return document


WAYS: dict[str, Callable[[Document], Edit]] = {
    "take_prediction": lambda d: commands.take_prediction(d, TWO, A),
    "a part of a prediction": lambda d: commands.take_prediction(d, TWO, A, start=8, stop=18),
    "take_all": lambda d: commands.take_all(d, TWO),
    "take_span": lambda d: commands.take_span(d, A, TWO, 9, 16),
    "a span of the ground truth": lambda d: commands.take_span(d, A, None, 9, 16),
    "start_from_ground_truth": lambda d: commands.start_from_ground_truth(d, A),
    "import_track": lambda d: commands.import_track(d, A, SECOND),
    "import_tracks": lambda d: commands.import_tracks(d, {A: SECOND}),
}


@pytest.mark.parametrize("way", WAYS)
def test_frames_that_change_are_checked_no_longer_until_it_is_undone(document: Document, way: str) -> None:
    edit = WAYS[way](document)
    assert "2 videos" not in edit.text
    document.apply(edit)
    assert document.review(A).checked == ((5, 10), (15, 25))
    document.apply(edit.inverse())
    assert document.review(A).checked == ((5, 25),)


def test_a_video_that_was_accepted_is_in_review_and_its_changed_frames_unchecked(document: Document) -> None:
    document.apply(commands.set_review(document, A, ReviewStatus.ACCEPTED))
    document.apply(commands.take_prediction(document, TWO, A))
    assert document.review(A) == Review(ReviewStatus.IN_REVIEW, checked=((5, 10), (15, 25)))


def test_an_update_from_the_label_map_unchecks_what_it_changes(document: Document) -> None:
    document.apply(commands.set_target(document, ONE, 1, 2))
    document.apply(commands.update_taken(document, ONE))
    assert document.review(A).checked == ((5, 10), (20, 25))


def test_what_was_unchecked_teaches_nothing(document: Document) -> None:
    assert learnable(document, "corrected").frames == 20
    document.apply(commands.take_prediction(document, TWO, A))
    assert learnable(document, "corrected").frames == 15


def test_an_edit_by_hand_leaves_what_was_checked(document: Document) -> None:
    document.apply(commands.relabel(document, A, 8, 12, 2))
    assert document.review(A).checked == ((5, 25),)


def test_what_was_checked_of_a_prediction_stays_when_it_is_taken(document: Document) -> None:
    del document.corrected[A]
    document.apply(commands.take_prediction(document, ONE, A))
    assert document.review(A).checked == ((5, 25),)


@given(
    st.lists(st.integers(0, 2), min_size=12, max_size=12),
    st.lists(st.integers(0, 2), min_size=12, max_size=12),
    st.integers(0, 11).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, 12))),
)
def test_exactly_the_checked_frames_with_the_same_label_stay(
    old: list[int], new: list[int], span: tuple[int, int]
) -> None:
    kept = still_checked((span,), Segmentation.from_frames(old), Segmentation.from_frames(new))
    frames = [f for start, stop in kept for f in range(start, stop)]
    assert frames == [f for f in range(*span) if old[f] == new[f]]
