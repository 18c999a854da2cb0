"""Which corrected frames a training may take as true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.learnable import learnable, vouched
from core.annotation.segmentation import EDITED, TAKEN, Segmentation
from core.annotation.values import LabelMap, Prediction, Review, ReviewStatus, Run
from core.data.dataset import UNLABELLED, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import ConfigError

A, B = VideoId("a"), VideoId("b")
R = RunId("r1")


@pytest.fixture
def document() -> Document:
    """Two videos of 30 frames with a prediction in three clusters that are mapped to three actions."""
    videos = tuple(Video(v, str(v), Timebase(30)) for v in (A, B))
    actions = tuple(Action(ActionId(i), f"step {i}", "#102030") for i in range(3))
    document = Document(Dataset(Path("x"), "tea", videos, actions))
    document.add_run(Run(R, 1, {"n_clusters": 3}, "cpu", 1, 1, False, "", {}), LabelMap(R, 3, {0: 0, 1: 1, 2: 2}))
    cut = Segmentation(np.array([0, 10, 20]), np.array([0, 1, 2]), 30)
    document.add_predictions([Prediction(R, v, cut) for v in (A, B)])
    return document


def _accept(document: Document, video: VideoId, status: ReviewStatus = ReviewStatus.ACCEPTED) -> None:
    document.apply(commands.set_review(document, video, status))


def test_what_was_only_taken_teaches_nothing_until_its_video_is_accepted(document: Document) -> None:
    document.apply(commands.take_all(document, R))
    assert not learnable(document, "corrected").videos
    _accept(document, A)
    found = learnable(document, "corrected")
    assert list(found.videos) == [A] and found.frames == 30
    assert found.videos[A].starts == (0, 10, 20) and found.videos[A].labels == (0, 1, 2)


def test_an_edited_segment_teaches_before_its_video_is_accepted(document: Document) -> None:
    document.apply(commands.take_all(document, R))
    document.apply(commands.relabel(document, B, 12, 16, 2))
    found = learnable(document, "corrected").videos
    assert list(found) == [B] and found[B].frames == 4
    assert found[B].starts == (0, 12, 16) and found[B].labels == (UNLABELLED, 2, UNLABELLED)
    assert not learnable(document, "accepted").videos


def test_imported_and_drawn_labels_are_a_persons_and_unlabelled_frames_are_nobodys(document: Document) -> None:
    document.apply(commands.import_track(document, A, Segmentation.from_frames([1] * 10 + [-2] * 5 + [-1] * 15)))
    document.apply(commands.start_unlabelled(document, B))
    found = learnable(document, "corrected")
    assert list(found.videos) == [A] and found.videos[A].frames == 25  # background is a label, unlabelled is none
    assert found.n_actions == 1


def test_accepted_only_and_rejected_never(document: Document) -> None:
    for video in (A, B):
        document.apply(commands.import_track(document, video, Segmentation.uniform(1, 30)))
    _accept(document, A)
    assert list(learnable(document, "accepted").videos) == [A]
    assert list(learnable(document, "corrected").videos) == [A, B]
    _accept(document, B, ReviewStatus.REJECTED)
    assert list(learnable(document, "corrected").videos) == [A]
    assert not learnable(document, "none").videos


def test_an_unknown_source_is_refused_with_the_known_ones(document: Document) -> None:
    with pytest.raises(ConfigError, match=r'"truth".*corrected, accepted, none'):
        learnable(document, "truth")


def test_frames_that_were_checked_and_found_right_teach(document: Document) -> None:
    document.apply(commands.take_all(document, R))
    document.apply(commands.check_span(document, A, 8, 14))
    found = learnable(document, "corrected").videos
    assert list(found) == [A] and found[A].frames == 6
    assert found[A].starts == (0, 8, 10, 14) and found[A].labels == (UNLABELLED, 0, 1, UNLABELLED)
    assert not learnable(document, "accepted").videos


@given(
    st.lists(st.tuples(st.integers(UNLABELLED, 2), st.sampled_from([0, TAKEN, EDITED])), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(1, 14)), max_size=2),
    st.sampled_from(list(ReviewStatus)),
    st.sampled_from(["corrected", "accepted", "none"]),
)
def test_how_much_is_vouched_for_is_what_would_be_collected(pieces, spans, status, source) -> None:
    labels, flags = zip(*pieces, strict=True)
    track = Segmentation.from_pieces(np.arange(len(pieces)), labels, len(pieces), flags)
    document = Document(Dataset(Path("x"), "tea", (Video(A, "a", Timebase(len(pieces))),), ()))
    document.corrected[A] = track
    checked = tuple(span for span in sorted(spans) if span[0] < span[1])
    document.reviews[A] = Review(status, "", checked=checked)
    found, wanted = vouched(document, source), learnable(document, source)
    assert {video: each.frames for video, each in found.items()} == {v: t.frames for v, t in wanted.videos.items()}
    assert frozenset[int]().union(*(each.actions for each in found.values())) == {
        label for taught in wanted.videos.values() for label in taught.labels if label >= 0
    }
