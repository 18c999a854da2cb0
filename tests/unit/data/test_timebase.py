"""Times of many frames at once are those of each frame alone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.timebase import MediaInfo, Timebase

RATES = st.sampled_from([None, Fraction(25), Fraction(30000, 1001), Fraction(1, 3)])
RATIOS = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(30, 29)])


@given(
    n_frames=st.integers(1, 40),
    steps=st.lists(st.integers(1, 4000), min_size=0, max_size=60),
    first=st.integers(-9000, 9000),
    rate=RATES,
    ratio=RATIOS,
)
def test_seconds_of_many_frames_are_those_of_each(n_frames, steps, first, rate, ratio) -> None:
    pts = first + np.cumsum([0, *steps])[:-1]
    end = first + sum(steps)
    media = MediaInfo(pts, Fraction(1, 90_000), end, Fraction(30), False, 32, 24) if steps else None
    clock = Timebase(n_frames, rate, media, ratio)
    frames = np.arange(n_frames + 1)
    if media is None and rate is None:
        with pytest.raises(ValueError, match="no clock"):
            clock.seconds_of(frames)
        return
    each = [float(clock.seconds(frame)) for frame in frames.tolist()]
    assert clock.seconds_of(frames) == pytest.approx(each, rel=1e-12, abs=1e-12)


@given(
    n_frames=st.integers(1, 40),
    steps=st.lists(st.integers(1, 4000), min_size=1, max_size=60),
    first=st.integers(-9000, 9000),
    rate=RATES.filter(bool),
    ratio=RATIOS,
)
def test_the_frame_at_the_time_of_a_frame_begins_then(n_frames, steps, first, rate, ratio) -> None:
    """Also of labels that go on after the last picture: a second on from there led back to the last picture."""
    pts = first + np.cumsum([0, *steps])[:-1]
    media = MediaInfo(pts, Fraction(1, 90_000), first + sum(steps), Fraction(30), False, 32, 24)
    clock = Timebase(n_frames, rate, media, ratio)
    for frame in range(n_frames):
        assert clock.seconds(clock.frame_at(clock.seconds(frame))) == clock.seconds(frame)
