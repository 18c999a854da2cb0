"""What is usual in an activity: how long each action lasts, what follows it, and what its frames look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.dataset import UNLABELLED

FloatArray = NDArray[np.floating[Any]]

LEAST_SEEN = 4
"""Segments of an action, or followers, below which nothing is called unusual."""
LEAST_SPREAD = 0.25
"""Spread of log length that every action has: a step that always took the same time may still take a quarter more."""
TO_DEVIATION = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""


@dataclass(frozen=True)
class Range:
    """Median and robust deviation of one number over the segments of an action, and how many there were."""

    median: float
    deviation: float
    n: int

    def deviations(self, value: float) -> float:
        """How many deviations a value lies from the median; 0 where too few were seen to tell."""
        return (value - self.median) / self.deviation if self.n >= LEAST_SEEN and self.deviation > 0 else 0.0

    @classmethod
    def of(cls, values: Sequence[float] | FloatArray, *, least: float = 0.0) -> Range:
        """The range of some values, its deviation at least `least`."""
        array = np.asarray(values, dtype=np.float64)
        median = float(np.median(array))
        deviation = TO_DEVIATION * float(np.median(np.abs(array - median)))
        return cls(median, max(deviation, least), len(array))


@dataclass(frozen=True)
class Usual:
    """What the videos of an activity have in common, by action.

    `log_lengths` are of the natural logarithm of a segment's frames. `follows` counts pairs of neighbours, `leaves` how
    often an action was followed by another. `centres` are (D,) means of an action's frames, `distances` how far its
    segments lie from them; both are empty without features. `mean_length` is that of a segment, in frames.
    """

    log_lengths: Mapping[int, Range] = field(default_factory=dict)
    follows: Mapping[tuple[int, int], int] = field(default_factory=dict)
    leaves: Mapping[int, int] = field(default_factory=dict)
    centres: Mapping[int, FloatArray] = field(default_factory=dict)
    distances: Mapping[int, Range] = field(default_factory=dict)
    mean_length: float = 0.0


def usual(tracks: Sequence[Segmentation], means: Sequence[FloatArray | None] = ()) -> Usual:
    """What is usual over some tracks of one activity.

    Args:
        tracks: one segmentation a video, in actions; unlabelled segments are left out.
        means: for each track the (segments, D) mean of its features over each segment, or None.
    """
    lengths: dict[int, list[float]] = {}
    follows: Counter[tuple[int, int]] = Counter()
    for track in tracks:
        for segment in track.segments:
            if segment.label != UNLABELLED:
                lengths.setdefault(segment.label, []).append(float(np.log(segment.length)))
        labels = track.labels.tolist()
        follows.update(pair for pair in pairwise(labels) if UNLABELLED not in pair)
    leaves: Counter[int] = Counter()
    for (before, _), count in follows.items():
        leaves[before] += count
    centres, distances = _frames(tracks, means)
    ranges = {label: Range.of(values, least=LEAST_SPREAD) for label, values in lengths.items()}
    frames, segments = sum(track.n_frames for track in tracks), sum(map(len, tracks))
    return Usual(ranges, dict(follows), dict(leaves), centres, distances, frames / max(1, segments))


def _frames(
    tracks: Sequence[Segmentation], means: Sequence[FloatArray | None]
) -> tuple[dict[int, FloatArray], dict[int, Range]]:
    """Centre of each action's segments, and how far the segments lie from it."""
    by_action: dict[int, list[FloatArray]] = {}
    for track, rows in zip(tracks, means, strict=False):
        if rows is None:
            continue
        for label, row in zip(track.labels.tolist(), rows, strict=True):
            if label != UNLABELLED and np.isfinite(row).all():
                by_action.setdefault(label, []).append(row)
    centres = {label: np.asarray(np.mean(rows, axis=0)) for label, rows in by_action.items()}
    distances = {
        label: Range.of([float(np.linalg.norm(row - centres[label])) for row in rows])
        for label, rows in by_action.items()
    }
    return centres, distances
