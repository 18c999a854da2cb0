"""The review queue: places of all videos, those first where a look finds most wrong frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from .cells import Cells
from .doubt import (
    PRIOR,
    Doubt,
    Evidence,
    FloatArray,
    Margins,
    SegmentDoubt,
    doubtful,
    frame_doubts,
    segment_doubts,
    settled,
)
from .place import DoubtedPlace, Kind, Reason
from .usual import Usual

IntArray = NDArray[np.integer[Any]]

LEAST_DOUBT = 0.3
"""Chance of being wrong from which a frame belongs to a place."""
LEAST_EXPECTED = 0.5
"""Frames expected to be wrong below which a place is not worth a look."""
LEAST_SHARE = 0.1
"""Share of the place's expectation below which a reason is not named."""
EFFORT = 0.25
"""What it costs to get to a place and to judge it, in mean lengths of a segment."""
MAX_GAP_S = 0.4
"""Places of one video that lie closer than this are one place."""
DEFAULT_GAP_FRAMES = 6


def by_worth(places: Iterable[DoubtedPlace]) -> list[DoubtedPlace]:
    """Places that hold most wrong frames for the work of looking at them first."""
    return sorted(places, key=lambda place: place.rank)


def places_of(
    evidence: Evidence,
    usual: Usual,
    margins: Margins,
    *,
    rate: float | None = None,
    segments: Sequence[SegmentDoubt] | None = None,
) -> list[DoubtedPlace]:
    """The places of one video in the order of time.

    The log-odds of the reasons are added up, as if they were independent. Most frames cannot reach the least doubt,
    which is plain from their segments; only the others are looked at one by one.

    Args:
        usual: what is usual in the activity; `margins`: what a low margin is there.
        rate: frames a second, for joining places that lie close.
        segments: `segment_doubts`, where they are known.
    """
    gap = DEFAULT_GAP_FRAMES if rate is None else max(1, round(MAX_GAP_S * rate))
    segments = segment_doubts(evidence, usual) if segments is None else segments
    cells = doubtful(evidence, segments, least=float(np.log(LEAST_DOUBT / (1.0 - LEAST_DOUBT))), gap=gap)
    if not len(cells):
        return []
    seen = _Seen(evidence.track, cells, frame_doubts(evidence, margins, cells), segments)
    wrong = np.where(settled(evidence, cells.starts), 0.0, 1.0 / (1.0 + np.exp(-seen.log_odds())))
    held, found = wrong * cells.widths, []
    for first, last in _runs(wrong >= LEAST_DOUBT, cells, gap):
        expected = float(held[first:last].sum())
        if expected >= LEAST_EXPECTED:
            start, stop = cells.span(first, last)
            reasons, effort = seen.reasons(first, last, expected), EFFORT * usual.mean_length
            found.append(DoubtedPlace(evidence.video, start, stop, expected, reasons, effort))
    return found


def _runs(mask: NDArray[np.bool_], cells: Cells, gap: int) -> Iterator[tuple[int, int]]:
    """Half-open runs of true cells; runs with at most `gap` frames between them are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    starts, stops = edges[::2], edges[1::2]
    if not len(starts):
        return
    frames = cells.starts[starts[1:]] - (cells.starts + cells.widths)[stops[:-1] - 1]
    apart = np.flatnonzero(frames > gap)
    for first, last in zip([0, *(apart + 1)], [*apart, len(starts) - 1], strict=True):
        yield int(starts[first]), int(stops[last])


@dataclass(frozen=True)
class _Seen:
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

    def reasons(self, first: int, last: int, expected: float) -> tuple[Reason, ...]:
        """Why the cells from place `first` up to `last` are doubted, each with its part, the largest first."""
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
        found.sort(key=lambda reason: -reason.expected_frames)
        total = sum(reason.expected_frames for reason in found)
        kept = [r for i, r in enumerate(found) if i == 0 or r.expected_frames >= LEAST_SHARE * total]
        return tuple(replace(r, expected_frames=expected * r.expected_frames / total) for r in kept)

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
