"""The timeline's axis: pixels and frames, what is visible, where a drag snaps."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.timebase import Timebase
from totgui.views.timeline.geometry import (
    MAX_SCALE,
    Axis,
    Stretches,
    boundary_at,
    clock,
    column_any,
    column_min,
    pieces,
    snap,
    ticks,
)


def test_every_frame_is_found_again_under_its_own_pixels() -> None:
    axis = Axis.whole(200, left=50, width=1000)
    assert [axis.frame(axis.x(f) + 0.5) for f in range(200)] == list(range(200))
    assert axis.frame(-1e6) == 0 and axis.frame(1e6) == 199


def test_zoom_keeps_the_place_under_the_pointer() -> None:
    axis = Axis.whole(10_000, left=100, width=800).zoomed(20, 500)
    place = axis.position(333)
    assert axis.zoomed(2, 333).position(333) == pytest.approx(place, abs=1e-6)


def test_zoom_stops_at_the_whole_video_and_at_the_closest_scale() -> None:
    axis = Axis.whole(10_000, left=0, width=800)
    assert axis.zoomed(0.01, 400) == axis
    assert axis.zoomed(1e9, 400).scale == MAX_SCALE
    tiny = Axis.whole(3, left=0, width=900)
    assert tiny.zoomed(100, 10).scale == pytest.approx(300)


def test_pan_never_leaves_the_video() -> None:
    axis = Axis.whole(1000, left=0, width=500).zoomed(10, 250)
    assert axis.panned(-1e9).start == 0
    assert axis.panned(1e9).stop == pytest.approx(1000)


def test_a_whole_video_stays_whole_in_a_wider_view() -> None:
    assert Axis.whole(1000, left=0, width=500).resized(left=10, width=900).is_whole
    near = Axis.whole(1000, left=0, width=500).zoomed(10, 250)
    assert near.resized(left=10, width=900).scale == near.scale


def test_pieces_tile_the_lane() -> None:
    axis = Axis.whole(100, left=10, width=200)
    found = pieces(np.array([0, 30, 60]), axis)
    assert [(p.left, p.right, p.segment) for p in found] == [(10, 70, 0), (70, 130, 1), (130, 210, 2)]


def test_fifty_thousand_segments_are_at_most_one_rectangle_a_pixel() -> None:
    starts = np.arange(0, 400_000, 8)
    axis = Axis.whole(400_000, left=0, width=1400)
    found = pieces(starts, axis)
    assert len(found) <= 1400
    assert found[0].left == 0 and found[-1].right == 1400
    assert all(a.right == b.left for a, b in pairwise(found))


def test_one_different_frame_is_seen_at_any_zoom() -> None:
    one = Stretches(np.array([54_321]), np.array([54_322]))
    for factor in (1, 3.7, 50, 3000):
        axis = Axis.whole(100_000, left=0, width=700)
        axis = axis.zoomed(factor, axis.x(54_321))
        assert column_any(one, axis).any()


@given(
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.integers(1, 30),
    st.floats(1, 40),
    st.floats(0, 1),
)
def test_a_column_is_marked_when_a_frame_under_it_is(mask: list[bool], width: int, factor: float, at: float) -> None:
    edges = np.flatnonzero(np.diff([False, *mask, False]))
    axis = Axis.whole(len(mask), left=0, width=width).zoomed(factor, at * width)
    first, last = axis.columns()
    found = column_any(Stretches(edges[::2], edges[1::2]), axis)
    assert found.tolist() == [any(mask[a:b]) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def test_a_dip_of_one_frame_is_seen() -> None:
    values = np.ones(100_000, np.float32)
    values[777] = 0.1
    axis = Axis.whole(100_000, left=0, width=700)
    assert column_min(values, axis).min() == np.float32(0.1)
    assert column_min(values, axis.zoomed(1e6, axis.x(777))).min() == np.float32(0.1)


def test_columns_cover_every_frame_once_or_more() -> None:
    axis = Axis.whole(1234, left=0, width=567)
    first, last = axis.columns()
    assert first[0] == 0 and last[-1] == 1234 and np.all(first[1:] <= last[:-1])


def test_snap_prefers_the_first_target_and_names_it() -> None:
    axis = Axis.whole(100, left=0, width=1000)
    targets = [("Playhead", np.array([50])), ("Ground truth", np.array([10, 51]))]
    assert snap(507, axis, targets) == (50, "Playhead")
    assert snap(512, axis, targets) == (51, "Ground truth")
    assert snap(300, axis, targets) == (30, "")


def test_a_boundary_is_grabbed_within_four_pixels() -> None:
    axis = Axis.whole(100, left=0, width=1000)
    assert boundary_at(np.array([20, 50]), 203, axis) == 0
    assert boundary_at(np.array([20, 50]), 206, axis) is None
    assert boundary_at(np.array([], np.int64), 206, axis) is None


def test_ruler_shows_time_and_frame_numbers_from_ten_pixels_a_frame() -> None:
    timebase = Timebase(3000, Fraction(25))
    far = Axis.whole(3000, left=0, width=1000)
    assert [t.text for t in ticks(far, timebase) if t.text][:3] == ["0:00", "0:15", "0:30"]
    assert [t.frame for t in ticks(far, timebase) if t.text][:3] == [0, 375, 750]
    near = far.zoomed(1e6, 0)
    assert [t.text for t in ticks(near, timebase) if t.text][:3] == ["0", "2", "4"]


def test_without_a_rate_the_ruler_counts_frames() -> None:
    assert [t.text for t in ticks(Axis.whole(3000, left=0, width=1000), Timebase(3000)) if t.text][1] == "200"


def test_clock_rounds_before_it_splits() -> None:
    assert clock(59.9999, digits=2) == "1:00.00"
