"""Why cells of a track are doubted: the reasons of frames and of segments, added up over any stretch of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from .cells import Cells
from .doubt import PRIOR, Doubt, FloatArray, SegmentDoubt
from .place import Kind, Reason

IntArray = NDArray[np.integer[Any]]

LEAST_SHARE = 0.1
"""Share of the place's expectation below which a reason is not named."""


@dataclass(frozen=True)
class Seen:
    """What is known of some cells (n,) of a track: doubts of (n,) each, and doubts of whole segments."""

    track: Segmentation
    cells: Cells
    doubts: Sequence[Doubt]
    segments: Sequence[SegmentDoubt]

    def log_odds(self) -> FloatArray:
        """(n,) float32: everything added up."""
        total = np.full(len(self.cells), PRIOR, dtype=np.float32)
        for doubt in self.doubts:
            total += doubt.log_odds
        place = np.searchsorted(self.track.starts, self.cells.starts, side="right") - 1
        for kind in (Kind.LENGTH, Kind.ORDER, Kind.FRAMES):
            added = np.zeros(len(self.track), np.float32)
            for each in self.segments:
                if each.kind is kind:
                    added[each.index] = each.log_odds
            total += added[place]
        return total

    def chances(self) -> FloatArray:
        """(n,) how likely each is wrong."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds())))

    def reasons(self, first: int, last: int, expected: float) -> tuple[Reason, ...]:
        """Why the cells from place `first` up to `last` are doubted, each with its part, the largest first."""
        found = self.weighed(first, last)
        total = sum(reason.expected_frames for reason in found)
        kept = [r for i, r in enumerate(found) if i == 0 or r.expected_frames >= LEAST_SHARE * total]
        return tuple(replace(r, expected_frames=expected * r.expected_frames / total) for r in kept)

    def weighed(self, first: int, last: int) -> list[Reason]:
        """Every reason there with what it adds, in log-odds times frames, the largest first."""
        here, found = slice(first, last), []
        start, stop = self.cells.span(first, last)
        widths = self.cells.widths[here]
        for doubt in self.doubts:
            if (weight := float(doubt.log_odds[here] @ widths)) > 0:
                worst = self.track.at(int(self.cells.starts[first + int(np.argmax(doubt.log_odds[here]))]))
                number, other = _at(doubt, doubt.found, here, widths), _other(doubt, here, widths)
                found.append(Reason(doubt.kind, weight, worst.label, number, doubt.usual, other=other))
        for each in self._over(start, stop):
            segment = self.track[each.index]
            weight = each.log_odds * (min(stop, segment.stop) - max(start, segment.start))
            found.append(Reason(each.kind, weight, segment.label, each.found, each.usual, each.before))
        return sorted(found, key=lambda reason: -reason.expected_frames)

    def _over(self, start: int, stop: int) -> Sequence[SegmentDoubt]:
        """The doubts of the segments that hold a frame of ``[start, stop)``."""
        low, high = self.track.index_at(start), self.track.index_at(stop - 1)
        return self.segments[bisect_left(self._numbers, low) : bisect_right(self._numbers, high)]

    @cached_property
    def _numbers(self) -> list[int]:
        return [each.index for each in self.segments]


def _at(doubt: Doubt, values: FloatArray | None, here: slice, widths: IntArray) -> float:
    """The number of a reason over a place: the most runs that disagree, the mean over its frames of the others."""
    if values is None:
        return 0.0
    return float(values[here].max() if doubt.kind is Kind.RUNS else values[here] @ widths / widths.sum())


def _other(doubt: Doubt, here: slice, widths: IntArray) -> int | None:
    """The action that most frames of a place look like, where a reason names one."""
    if doubt.other is None:
        return None
    actions, places = np.unique(doubt.other[here], return_inverse=True)
    return int(actions[np.argmax(np.bincount(places, widths))])
