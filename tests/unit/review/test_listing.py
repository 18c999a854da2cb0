"""The rows of all segments: what is listed, what of it is kept, which are wanted and in which order."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.annotation.document import Document
from core.annotation.segmentation import EDITED, Segmentation
from core.annotation.values import Review, ReviewStatus
from core.data.dataset import UNLABELLED, Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.review.listing import EMPTY, Lister, Order, Status, Table, Wanted
from core.review.odds import Odds, SegmentOdds
from core.review.place import Kind, Reason

A, B, C = (VideoId(name) for name in ("a", "b", "c"))


def cut(starts: list[int], labels: list[int], flags: list[int] | None = None, n: int = 100) -> Segmentation:
    return Segmentation(np.array(starts), np.array(labels), n, None if flags is None else np.array(flags))


def a_document(*, rate: Fraction | None = Fraction(25)) -> Document:
    """Three videos of 100 frames: `a` corrected, `b` predicted, `c` without anything."""
    videos = tuple(Video(v, f"Video {v.upper()}", Timebase(100, rate)) for v in (A, B, C))
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(3))
    document = Document(Dataset(Path("."), "x", videos, actions))
    document.corrected[A] = cut([0, 20, 60], [0, 1, 0], [0, EDITED, 0])
    return document


PREDICTED = {A: cut([0], [2]), B: cut([0, 50], [0, UNLABELLED])}


def test_a_row_is_a_segment_of_the_corrected_track_else_of_the_prediction():
    found = Lister().list(a_document(), PREDICTED)
    assert found.videos == (A, B)
    assert found.video.tolist() == [0, 0, 0, 1, 1]
    assert found.index.tolist() == [0, 1, 2, 0, 1]
    assert found.starts.tolist() == [0, 20, 60, 0, 50] and found.stops.tolist() == [20, 60, 100, 50, 100]
    assert found.labels.tolist() == [0, 1, 0, 0, UNLABELLED]
    assert found.lengths.tolist() == [0.8, 1.6, 1.6, 2.0, 2.0] and found.in_seconds
    assert [Status(s) for s in found.status] == [Status.OPEN, Status.EDITED, Status.OPEN, *2 * [Status.PREDICTED]]
    assert found.counts() == {UNLABELLED: 1, 0: 3, 1: 1}


def test_lengths_are_frames_where_a_video_has_no_clock():
    found = Lister().list(a_document(rate=None), PREDICTED)
    assert not found.in_seconds and found.lengths.tolist() == [20, 40, 40, 50, 50]


@pytest.mark.parametrize(
    ("review", "status"),
    [
        (Review(checked=((0, 20),)), [Status.CHECKED, Status.EDITED, Status.OPEN]),
        (Review(checked=((0, 19), (60, 100))), [Status.OPEN, Status.EDITED, Status.CHECKED]),
        (Review(checked=((0, 100),)), [Status.CHECKED] * 3),
        (Review(ReviewStatus.ACCEPTED), [Status.ACCEPTED] * 3),
        (Review(ReviewStatus.REJECTED, checked=((0, 20),)), [Status.REJECTED] * 3),
        (Review(ReviewStatus.IN_REVIEW), [Status.OPEN, Status.EDITED, Status.OPEN]),
    ],
)
def test_a_segment_is_checked_where_all_of_it_is(review, status):
    document = a_document()
    document.reviews[A] = review
    assert [Status(s) for s in Lister().list(document, {}).status] == status


def test_a_lister_keeps_what_did_not_change_and_takes_what_did():
    document, lister = a_document(), Lister()
    first = lister.list(document, PREDICTED)
    document.corrected[B] = cut([0, 30], [1, 2])
    document.reviews[A] = Review(checked=((0, 20),))
    second = lister.list(document, PREDICTED)
    assert second.labels.tolist() == [0, 1, 0, 1, 2] and second.status[0] == Status.CHECKED
    del document.corrected[A], document.corrected[B]
    document.reviews.clear()
    assert lister.list(document, PREDICTED).labels.tolist() == [2, 0, UNLABELLED]
    assert first.labels.tolist() == [0, 1, 0, 0, UNLABELLED]  # a value: it does not change
    assert len(lister.list(document, {})) == 0 and lister.list(document, {}) == EMPTY


def test_a_row_is_found_by_its_frame():
    found = Lister().list(a_document(), PREDICTED)
    assert [found.row_at(A, f) for f in (0, 19, 20, 99)] == [0, 0, 1, 2]
    assert [found.row_at(B, f) for f in (0, 50, 99)] == [3, 4, 4]
    assert found.row_at(B, 100) == found.row_at(C, 0) == found.row_at(None, 0) == EMPTY.row_at(A, 0) == -1


def test_places_are_by_video():
    found = Lister().list(a_document(), PREDICTED)
    assert found.places(np.array([0, 2, 3])) == {A: [(0, 20), (60, 100)], B: [(0, 50)]}
    assert found.places(np.zeros(5, bool)) == {}


def test_what_was_chosen_stays_chosen_where_it_is_still_there():
    document, lister = a_document(), Lister()
    before = lister.list(document, PREDICTED)
    document.corrected[A] = cut([0, 20, 70], [0, 2, 0])
    after = lister.list(document, {})
    assert after.carried(before, np.ones(5, bool)).tolist() == [True, False, False]  # the middle is longer now
    document.corrected[A] = cut([0, 20, 60], [0, 2, 0])
    after = lister.list(document, {})
    assert after.carried(before, np.ones(5, bool)).tolist() == [True] * 3  # of another action, but the same frames
    assert not after.carried(before, np.zeros(5, bool)).any() and not after.carried(EMPTY, np.zeros(0, bool)).any()


def odds_of(shares: list[float], odd: list[int]) -> Odds:
    """What is said of the corrected track of `a`."""
    reason = Reason(Kind.LENGTH, 1.0, 0)
    reasons = tuple((reason,) if n in odd else () for n in range(3))
    return Odds.of({A: SegmentOdds(cut([0, 20, 60], [0, 1, 0]), np.array(shares), reasons)})


def test_what_is_said_belongs_to_the_segment_of_which_it_was_said():
    document = a_document()
    document.corrected[A] = cut([0, 20, 60], [0, 1, 0])
    table = Table(Lister().list(document, PREDICTED), odds_of([0.5, 0.1, 0.2], [0]))
    assert table.shares.tolist() == pytest.approx([0.5, 0.1, 0.2, -1, -1])
    assert table.odd.tolist() == [True, False, False, False, False]
    assert [len(table.reasons(row)) for row in range(5)] == [1, 0, 0, 0, 0]
    document.corrected[A] = cut([0, 20, 60], [2, 1, 0])  # edited since: what was said of the first is no longer true
    table = Table(Lister().list(document, PREDICTED), odds_of([0.5, 0.1, 0.2], [0]))
    assert table.shares.tolist() == pytest.approx([-1, 0.1, 0.2, -1, -1]) and not table.odd.any()


def test_what_a_person_looked_at_is_not_odd():
    document = a_document()
    document.reviews[A] = Review(checked=((0, 20),))
    table = Table(Lister().list(document, {}), odds_of([0.5, 0.4, 0.6], [0, 1, 2]))
    assert table.odd.tolist() == [False, False, True]


def shown(document: Document, wanted: Wanted) -> list[int]:
    names = {v: video.name for v, video in document.videos.items()}
    return Table(Lister().list(document, PREDICTED), odds_of([0.3, 0.9, 0.2], [2])).rows(wanted, names).tolist()


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Wanted(label=0, order=Order.PLACE, descending=False), [0, 2, 3]),
        (Wanted(order=Order.PLACE), [4, 3, 2, 1, 0]),
        (Wanted(label=UNLABELLED), [4]),
        (Wanted(text="VIDEO b"), [3, 4]),
        (Wanted(text="  "), [2, 1, 0, 3, 4]),  # the odd one first, then by the share that is expected to be wrong
        (Wanted(over=1.0, under=2.0, order=Order.LENGTH), [1, 2]),
        (Wanted(order=Order.LENGTH, descending=False), [0, 1, 2, 3, 4]),
        (Wanted(only_odd=True), [2]),
        (Wanted(only_open=True, order=Order.STATUS, descending=False), [3, 4, 0, 2]),
        (Wanted(order=Order.ACTION, descending=False), [4, 0, 2, 3, 1]),
    ],
)
def test_rows_are_those_that_are_wanted_in_the_order_that_is_wanted(wanted, rows):
    assert shown(a_document(), wanted) == rows


def test_a_filter_is_more_than_a_label():
    assert not Wanted(label=0, order=Order.PLACE).is_filtered
    some = Wanted(text="x"), Wanted(under=1), Wanted(only_odd=True), Wanted(only_open=True)
    assert all(wanted.is_filtered for wanted in some)
    assert "order" not in Wanted().filter_only() and Wanted(text="x").filter_only()["text"] == "x"
