"""Order, transitions, lengths and differences of tracks with known answers, and against plain arrays."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation.segmentation import Segmentation
from core.annotation.statistics import (
    Place,
    agreement,
    differences,
    durations,
    meetings,
    transitions,
    usual_order,
    usual_times,
)
from core.data.dataset import BACKGROUND, UNLABELLED, Video, VideoId
from core.data.timebase import Timebase

A, B, C = 0, 1, 2
ONE, TWO = VideoId("one"), VideoId("two")


def cut(*pieces: tuple[int, int]) -> Segmentation:
    return Segmentation.from_frames(np.repeat([k for k, _ in pieces], [n for _, n in pieces]))


def test_actions_stand_in_the_order_of_their_mean_time() -> None:
    cuts = [cut((C, 10), (A, 10), (B, 20)), cut((C, 10), (B, 10), (A, 20), (BACKGROUND, 10))]
    assert usual_order(cuts) == [C, A, B]
    assert usual_times(cuts)[C] == pytest.approx((5 / 40 + 5 / 50) / 2)


def test_each_transition_says_where_it_is() -> None:
    cuts = {ONE: cut((BACKGROUND, 5), (A, 10), (UNLABELLED, 5), (B, 10)), TWO: cut((B, 4), (A, 4), (B, 4), (A, 4))}
    assert transitions(cuts) == {
        (A, B): [Place(ONE, 15, 20), Place(TWO, 8, 8)],
        (B, A): [Place(TWO, 4, 4), Place(TWO, 12, 12)],
    }


def test_an_action_that_comes_again_after_background_does_not_follow_itself() -> None:
    assert transitions({ONE: cut((A, 1), (BACKGROUND, 1), (A, 1))}) == {}


def test_lengths_have_quartiles_and_outliers() -> None:
    cuts = {VideoId(f"v{n}"): cut((A, n), (B, 200 - n)) for n in (10, 11, 12, 13, 14, 100)}
    videos = {v: Video(v, v, Timebase(200, Fraction(10))) for v in cuts}
    found = durations(cuts, videos)
    assert found.unit == "s"
    first = found.rows[0]
    assert first.label == A
    assert first.five == pytest.approx((1.0, 1.125, 1.25, 1.375, 10.0))
    assert first.whiskers == pytest.approx((1.0, 1.4))
    assert [p for p, out in zip(first.places, first.is_outlier, strict=True) if out] == [Place(VideoId("v100"), 0, 100)]
    assert found.longest == pytest.approx(19.0)


def test_without_a_clock_in_one_video_lengths_are_frames() -> None:
    cuts = {ONE: cut((A, 4)), TWO: cut((A, 6))}
    videos = {ONE: Video(ONE, "one", Timebase(4, Fraction(10))), TWO: Video(TWO, "two", Timebase(6))}
    found = durations(cuts, videos)
    assert (found.unit, found.rows[0].values.tolist()) == ("frames", [4.0, 6.0])
    assert durations({}, {}).rows == ()


@given(st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3)), min_size=1, max_size=30))
def test_differences_are_those_of_the_frames(pairs: list[tuple[int, int]]) -> None:
    one, other = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])
    first, second = Segmentation.from_frames(one), Segmentation.from_frames(other)
    drawn = np.zeros(len(one), bool)
    found = differences(first, second)
    for start, stop in found:
        drawn[start:stop] = True
    assert np.array_equal(drawn, one != other)
    assert all(a[1] < b[0] for a, b in pairwise(found))  # touching stretches are one
    assert agreement(first, second) == pytest.approx(float(np.mean(one == other)))
    met = np.zeros(len(one), bool)
    for start, stop in meetings(first, second, {0, 1}, {1, -1}):
        met[start:stop] = True
    assert np.array_equal(met, np.isin(one, [0, 1]) & np.isin(other, [1, -1]))
