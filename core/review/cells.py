"""Where a video is looked at closely: the few stretches whose frames may be doubted, cut into cells of like frames.

A frame's doubt is constant over a piece in which no track changes, but for how close a boundary lies, which fades over
a sixth of a mean segment, and for the margin of its scores. So where there are no scores a cell holds as many frames as
make no difference, and an hour of video costs no more than a minute with as many segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics.segments import rising_union

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
CELLS_A_FADE = 16
"""Cells over which the doubt of a boundary falls to 1 / e: the sum over frames is met within a thousandth."""


@dataclass(frozen=True)
class Cells:
    """(n,) first frame of each cell, rising, and how many frames it has."""

    starts: IntArray
    widths: IntArray

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def middles(self) -> FloatArray:
        """(n,) the middle of each cell: the frame itself where it has one."""
        return np.asarray(self.starts + (self.widths - 1) / 2)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The frames ``[start, stop)`` of the cells from place `first` up to `last`."""
        return int(self.starts[first]), int(self.starts[last - 1] + self.widths[last - 1])


def joined(first: IntArray, last: IntArray, room: int) -> tuple[IntArray, IntArray]:
    """Rising stretches ``[first, last)`` of which those with at most `room` frames between them are one."""
    if not len(first):
        return first, last
    apart = np.flatnonzero(first[1:] - last[:-1] > room)
    return first[np.append(0, apart + 1)], last[np.append(apart, len(last) - 1)]


def cells(first: IntArray, last: IntArray, step: int, borders: IntArray) -> Cells:
    """The stretches ``[first, last)`` in cells of at most `step` frames, none of them across a rising border."""
    low, high = -(-first // step), -(-last // step)
    grid = np.repeat(low - (np.cumsum(high - low) - (high - low)), high - low) + np.arange((high - low).sum())
    starts = rising_union(first, last, borders, grid * step)
    inside = np.searchsorted(first, starts, side="right") > np.searchsorted(last, starts, side="right")
    widths = np.diff(starts, append=starts[-1:])
    return Cells(starts[inside], widths[inside])


def step_for(fade: float) -> int:
    """Frames of a cell where the doubt of a boundary fades over so many."""
    return max(1, int(fade / CELLS_A_FADE))
