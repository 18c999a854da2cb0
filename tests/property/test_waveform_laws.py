"""Laws of the waveform: whatever is put together is as loud as the loudest of it, and every sample is counted once."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.data.timebase import MediaInfo
from core.data.waveform import FINE, NO_HIGH, NO_LOW, Waveform
from core.media.peaks import Counting, part_edges


@st.composite
def waveforms(draw: st.DrawFn) -> Waveform:
    per_picture, n = draw(st.integers(1, 16)), draw(st.integers(1, 70))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    one, other = dice.integers(-32_768, 32_768, (2, n * per_picture))
    low, high = np.minimum(one, other), np.maximum(one, other)
    gone = dice.random(n * per_picture) < draw(st.sampled_from((0.0, 0.5, 1.0)))
    low[gone], high[gone] = NO_LOW, NO_HIGH
    rms = np.where(gone, 0, np.maximum(high, -low) * dice.random(n * per_picture))
    return Waveform(per_picture, low.astype(np.int16), high.astype(np.int16), rms.astype(np.uint16))


@given(waveforms(), st.data())
def test_a_stretch_is_as_loud_as_the_loudest_of_its_parts_at_any_zoom(waveform: Waveform, data: st.DataObject) -> None:
    n = waveform.n_pictures
    cuts = sorted({0, n, *data.draw(st.lists(st.integers(0, n), max_size=8))})
    found = waveform.between(np.array(cuts, float))
    beyond = min(b - a for a, b in pairwise(cuts)) * waveform.per_picture // FINE  # neighbours may add so many parts
    for i, (start, stop) in enumerate(pairwise(cuts)):
        first, last = start * waveform.per_picture, stop * waveform.per_picture
        around = slice(max(0, first - beyond), last + beyond)
        assert waveform.low[around].min() <= found.low[i] <= waveform.low[first:last].min()
        assert waveform.high[around].max() >= found.high[i] >= waveform.high[first:last].max()
        assert found.rms[i] <= waveform.rms[around].max() + 1
    assert waveform.between(np.array([0.0, n])).peak[0] == waveform.top


@given(waveforms(), st.integers(1, 40))
def test_no_peak_is_lost_between_two_columns(waveform: Waveform, columns: int) -> None:
    found = waveform.between(np.linspace(0, waveform.n_pictures, columns + 1))
    assert found.peak.max() == waveform.top


@st.composite
def clocks(draw: st.DrawFn) -> tuple[MediaInfo, int, int]:
    """Pictures at any times, parts of each, and the rate of the sound."""
    unit = draw(st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1001, 30_000), Fraction(1, 10**9)]))
    longest = int(Fraction(1, 4) / unit) + 2
    steps = draw(st.lists(st.integers(1, longest), min_size=1, max_size=12))
    first = draw(st.integers(-longest, 10 * longest))
    times = first + np.cumsum([0, *steps])
    info = MediaInfo(times[:-1], unit, int(times[-1]), None, True, 8, 8)
    return info, draw(st.integers(1, 16)), draw(st.sampled_from([8_000, 22_050, 44_100, 192_000]))


@given(clocks())
def test_parts_begin_with_the_first_sample_of_their_time(clock: tuple[MediaInfo, int, int]) -> None:
    info, parts, rate = clock
    times = [*info.pts.tolist(), info.end]
    expected = [
        -((-(Fraction(a) + Fraction(j * (b - a), parts)) * info.unit * rate) // 1)
        for a, b in pairwise(times)
        for j in range(parts)
    ]
    expected.append(-((-Fraction(times[-1]) * info.unit * rate) // 1))
    assert part_edges(info, parts, rate).tolist() == expected


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.lists(st.integers(1, 60), max_size=6), st.data())
def test_every_sample_is_counted_into_its_part_however_it_comes(
    lengths: list[int], pieces: list[int], data: st.DataObject
) -> None:
    edges = data.draw(st.integers(-20, 20)) + np.cumsum([0, *lengths])
    at = data.draw(st.integers(-40, 60))
    n = sum(pieces)
    samples = np.random.default_rng(n).integers(-32_768, 32_768, n).astype(np.int16)
    counting, begin = Counting(len(lengths)), 0
    for piece in pieces:
        part = samples[begin : begin + piece]
        counting.take(edges, at + begin, part, part)
        begin += piece
    made = counting.waveform(1)
    for i, (start, stop) in enumerate(pairwise(edges.tolist())):
        inside = samples[max(0, start - at) : max(0, stop - at)]
        if len(inside):
            assert made.low[i] == inside.min()
            assert made.high[i] == inside.max()
            rms = np.sqrt(np.square(inside, dtype=float).mean())
            assert abs(float(made.rms[i]) - rms) <= 1  # whole numbers are kept
        elif stop > start:
            assert made.low[i] == NO_LOW
