"""The review queue: places of all videos, those first where a look finds most wrong frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import Cells
from .doubt import Evidence, Margins, SegmentDoubt, doubtful, frame_doubts, segment_doubts, settled
from .place import DoubtedPlace
from .seen import Seen
from .usual import Usual

IntArray = NDArray[np.integer[Any]]

LEAST_DOUBT = 0.3
"""Chance of being wrong from which a frame belongs to a place."""
LEAST_EXPECTED = 0.5
"""Frames expected to be wrong below which a place is not worth a look."""
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
    seen = Seen(evidence.track, cells, frame_doubts(evidence, margins, cells), segments)
    wrong = np.where(settled(evidence, cells.starts), 0.0, seen.chances())
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
