"""Samples counted into the pictures whose time they sound in: exact, whatever the rates of pictures and sound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.timebase import MediaInfo
from ..data.waveform import NO_HIGH, NO_LOW, Waveform
from ..errors import MediaError

PER_PICTURE = 16
MOST_PARTS = 16_000_000
"""Nine hours at 30 pictures a second; longer videos are divided less finely."""
MOST = 2**62

Shorts = NDArray[np.int16]
Longs = NDArray[np.int64]


def per_picture(n_pictures: int) -> int:
    """Parts that the time of each of so many pictures is divided into."""
    return max(1, min(PER_PICTURE, MOST_PARTS // max(1, n_pictures)))


def part_edges(info: MediaInfo, parts: int, rate: int) -> Longs:
    """(pictures * parts + 1,) int64: the first sample that sounds at or after the start of each part, then of the end.

    A sample k sounds at k / rate seconds as the file counts; whole numbers throughout.

    Raises:
        MediaError: the pictures state times beyond all measure.
    """
    times = np.append(np.asarray(info.pts, np.int64), info.end)
    furthest = max(abs(int(times[0])), abs(int(times.max())))
    if furthest * parts >= MOST or furthest * info.unit * rate >= MOST:
        raise MediaError("The times of the pictures are beyond all measure.")
    steps = np.diff(times)
    inner = times[:-1, None] * parts + steps[:, None] * np.arange(parts)
    ticks = np.append(inner.ravel(), times[-1] * parts)
    scale = info.unit * rate / parts
    return np.maximum.accumulate(_ceiled(ticks, scale.numerator, scale.denominator))


def _ceiled(ticks: Longs, numerator: int, denominator: int) -> Longs:
    """``ceil(ticks * numerator / denominator)`` without leaving whole numbers."""
    whole, rest = np.divmod(ticks, denominator)
    if numerator * denominator >= MOST:  # a unit that no real file has
        return np.asarray([-(-int(t) * numerator // denominator) for t in ticks], np.int64)
    return np.asarray(whole * numerator - (-rest * numerator // denominator), np.int64)


class Counting:
    """Takes samples in any order and puts each into its part."""

    def __init__(self, n_parts: int) -> None:
        self._low = np.full(n_parts, NO_LOW, np.int16)
        self._high = np.full(n_parts, NO_HIGH, np.int16)
        self._squares = np.zeros(n_parts, np.float64)
        self._count = np.zeros(n_parts, np.int32)

    def take(self, edges: Longs, at: int, low: Shorts, high: Shorts) -> None:
        """Count samples from number `at` on.

        A part shorter than a sample's time, in which none begins, holds the one that still sounds.

        Args:
            edges: see `part_edges`, of the rate of these samples.
            low: (n,) the lowest of all channels at each sample.   high: the highest.
        """
        skipped = max(0, int(edges[0]) - at)
        seen = slice(skipped, max(skipped, int(edges[-1]) - at))
        at, low, high = at + skipped, low[seen], high[seen]
        if not len(low):
            return
        last = int(np.searchsorted(edges[:-1], at + len(low), side="left"))
        first = int(np.searchsorted(edges[:-1], at, side="left"))
        if first == last or edges[first] > at:
            first -= 1
        cuts = np.clip(edges[first : last + 1], at, at + len(low)) - at
        begins, counts = cuts[:-1], np.diff(cuts)
        loudest = np.maximum(high.astype(np.float32), -low.astype(np.float32))
        found = (
            np.minimum.reduceat(low, begins),
            np.maximum.reduceat(high, begins),
            np.add.reduceat(np.square(loudest, dtype=np.float64), begins),
        )
        held = np.flatnonzero(counts == 0)
        sounding = np.maximum(begins[held] - 1, 0)
        found[0][held], found[1][held] = low[sounding], high[sounding]
        found[2][held] = np.square(loudest[sounding], dtype=np.float64)
        here = slice(first, last)
        np.minimum(self._low[here], found[0], out=self._low[here])
        np.maximum(self._high[here], found[1], out=self._high[here])
        self._squares[here] += found[2]
        self._count[here] += np.maximum(counts, 1).astype(np.int32)

    def waveform(self, parts: int) -> Waveform:
        """What was counted so far."""
        rms = np.sqrt(self._squares / np.maximum(1, self._count))
        made: tuple[NDArray[Any], ...] = (self._low, self._high, rms.astype(np.uint16))
        for array in made:
            array.setflags(write=False)
        return Waveform(parts, *made)
