"""The review queue: places of all videos, those first where a look finds most wrong frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from .doubt import PRIOR, Doubt, Evidence, FloatArray, Margins, SegmentDoubt, frame_doubts, segment_doubts, settled
from .place import DoubtedPlace, Kind, Reason
from .usual import Usual

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


def places_of(evidence: Evidence, usual: Usual, margins: Margins, *, rate: float | None = None) -> list[DoubtedPlace]:
    """The places of one video in the order of time.

    The log-odds of the reasons are added up, as if they were independent.

    Args:
        usual: what is usual in the activity; `margins`: what a low margin is there.
        rate: frames a second, for joining places that lie close.
    """
    frames, segments = frame_doubts(evidence, margins), list(segment_doubts(evidence, usual))
    log_odds = np.full(evidence.track.n_frames, PRIOR, dtype=np.float32)
    for doubt in frames:
        log_odds += doubt.log_odds
    for each in segments:
        segment = evidence.track[each.index]
        log_odds[segment.start : segment.stop] += each.log_odds
    wrong = np.where(settled(evidence), 0.0, 1.0 / (1.0 + np.exp(-log_odds)))
    gap = DEFAULT_GAP_FRAMES if rate is None else max(1, round(MAX_GAP_S * rate))
    found = []
    for start, stop in _runs(wrong >= LEAST_DOUBT, gap):
        expected = float(wrong[start:stop].sum())
        if expected >= LEAST_EXPECTED:
            reasons = _reasons(evidence.track, frames, segments, start, stop, expected)
            effort = EFFORT * usual.mean_length
            found.append(DoubtedPlace(evidence.video, start, stop, expected, reasons, effort))
    return found


def _runs(mask: NDArray[np.bool_], gap: int) -> Iterator[tuple[int, int]]:
    """Half-open runs of true frames; runs with at most `gap` false ones between them are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    starts, stops = edges[::2], edges[1::2]
    if not len(starts):
        return
    apart = np.flatnonzero(starts[1:] - stops[:-1] > gap)
    for first, last in zip([0, *(apart + 1)], [*apart, len(starts) - 1], strict=True):
        yield int(starts[first]), int(stops[last])


def _reasons(
    track: Segmentation,
    frames: Sequence[Doubt],
    segments: Sequence[SegmentDoubt],
    start: int,
    stop: int,
    expected: float,
) -> tuple[Reason, ...]:
    """Why these frames are doubted, each with its part of what is expected, the largest first."""
    here, found = slice(start, stop), []
    for doubt in frames:
        if (weight := float(doubt.log_odds[here].sum())) > 0:
            worst = start + int(np.argmax(doubt.log_odds[here]))
            label, number = track.at(worst).label, _at(doubt, doubt.found, here)
            found.append(Reason(doubt.kind, weight, label, number, doubt.usual, other=_other(doubt, here)))
    for each in segments:
        segment = track[each.index]
        n_shared = min(stop, segment.stop) - max(start, segment.start)
        if n_shared > 0:
            weight = each.log_odds * n_shared
            found.append(Reason(each.kind, weight, segment.label, each.found, each.usual, each.before))
    found.sort(key=lambda reason: -reason.expected_frames)
    total = sum(reason.expected_frames for reason in found)
    kept = [r for i, r in enumerate(found) if i == 0 or r.expected_frames >= LEAST_SHARE * total]
    return tuple(replace(r, expected_frames=expected * r.expected_frames / total) for r in kept)


def _at(doubt: Doubt, values: FloatArray | None, here: slice) -> float:
    """The number of a reason over a place: the most runs that disagree, the mean margin."""
    if values is None:
        return 0.0
    return float(values[here].max() if doubt.kind is Kind.RUNS else values[here].mean())


def _other(doubt: Doubt, here: slice) -> int | None:
    """The action that most frames of a place look like, where a reason names one."""
    if doubt.other is None:
        return None
    actions, counts = np.unique(doubt.other[here], return_counts=True)
    return int(actions[np.argmax(counts)])
