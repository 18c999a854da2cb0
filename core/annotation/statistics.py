"""What the tracks of many videos say together: usual order, which action follows which, how long each takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import Video, VideoId
from ..metrics.segments import rising_union
from .segmentation import Segmentation

FloatArray = NDArray[np.floating[Any]]
Cuts = Mapping[VideoId, Segmentation]
WHISKER = 1.5
"""Quartile ranges beyond the box after which a length is an outlier (Tukey)."""


class Place(NamedTuple):
    """Frames ``[start, stop)`` of a video."""

    video: VideoId
    start: int
    stop: int


def usual_times(cuts: Iterable[Segmentation]) -> dict[int, float]:
    """The mean relative time (0 to 1) of the middle of each action's segments; earliest action first.

    Background and unlabelled are left out; ties go to the lower number.
    """
    places: dict[int, list[float]] = {}
    for cut in cuts:
        middles = (cut.starts + cut.stops) / 2 / cut.n_frames
        for label, middle in zip(cut.labels.tolist(), middles.tolist(), strict=True):
            if label >= 0:
                places.setdefault(label, []).append(middle)
    means = {label: float(np.mean(found)) for label, found in places.items()}
    return dict(sorted(means.items(), key=lambda item: (item[1], item[0])))


def usual_order(cuts: Iterable[Segmentation]) -> list[int]:
    """The actions by their mean relative time, earliest first; background and unlabelled left out."""
    return list(usual_times(cuts))


def transitions(cuts: Cuts) -> dict[tuple[int, int], list[Place]]:
    """Where one action is followed by another, by the pair: from the end of the first to the start of the second.

    What lies between them and is no action is passed over; an action that comes again after such a gap does not
    follow itself.
    """
    found: dict[tuple[int, int], list[Place]] = {}
    for video, cut in cuts.items():
        inside = [segment for segment in cut.segments if segment.label >= 0]
        for a, b in pairwise(inside):
            if a.label != b.label:
                found.setdefault((a.label, b.label), []).append(Place(video, a.stop, b.start))
    return found


@dataclass(frozen=True)
class Lengths:
    """How long one action takes. `values` (n,) in the unit of its `Durations`, one for each of `places`."""

    label: int
    places: tuple[Place, ...]
    values: FloatArray

    @cached_property
    def five(self) -> tuple[float, float, float, float, float]:
        """Smallest, lower quartile, median, upper quartile, largest."""
        low, q1, middle, q3, high = (float(x) for x in np.percentile(self.values, [0, 25, 50, 75, 100]))
        return low, q1, middle, q3, high

    @property
    def mean(self) -> float:
        return float(self.values.mean())

    @cached_property
    def fences(self) -> tuple[float, float]:
        """Lengths outside these two are outliers: 1.5 quartile ranges below and above the box."""
        _, q1, _, q3, _ = self.five
        return q1 - WHISKER * (q3 - q1), q3 + WHISKER * (q3 - q1)

    @cached_property
    def whiskers(self) -> tuple[float, float]:
        """The smallest and the largest length that is no outlier."""
        inside = self.values[~self.is_outlier]
        return float(inside.min()), float(inside.max())

    @cached_property
    def is_outlier(self) -> NDArray[np.bool_]:
        """(n,) True where a length lies outside the fences."""
        low, high = self.fences
        return np.asarray((self.values < low) | (self.values > high))


@dataclass(frozen=True)
class Durations:
    """The lengths of all actions in their usual order; `unit` is ``s`` where every video has a clock, else frames."""

    unit: str
    rows: tuple[Lengths, ...]

    @property
    def longest(self) -> float:
        """The longest of all segments; 1 where there are none."""
        return max((row.five[4] for row in self.rows), default=1.0)


def durations(cuts: Cuts, videos: Mapping[VideoId, Video]) -> Durations:
    """How long the segments of each action are over all videos."""
    clocks = {video: videos[video].timebase for video in cuts}
    in_seconds = bool(clocks) and all(clock.seconds(0) is not None for clock in clocks.values())
    places: dict[int, list[Place]] = {}
    values: dict[int, list[float]] = {}
    for video, cut in cuts.items():
        lengths: FloatArray = (cut.stops - cut.starts).astype(np.float64)
        if in_seconds:  # to the nanosecond, so that equal lengths are equal wherever they lie
            lengths = np.round(clocks[video].seconds_of(cut.stops) - clocks[video].seconds_of(cut.starts), 9)
        for (start, stop, label), length in zip(cut.segments, lengths.tolist(), strict=True):
            if label >= 0:
                places.setdefault(label, []).append(Place(video, start, stop))
                values.setdefault(label, []).append(length)
    rows = tuple(Lengths(label, tuple(places[label]), np.array(values[label])) for label in usual_order(cuts.values()))
    return Durations("s" if in_seconds else "frames", rows)


def agreement(first: Segmentation, second: Segmentation) -> float:
    """The share of frames on which two tracks of one video agree, whatever the label."""
    starts, a, b = _together(first, second)
    lengths = np.diff(np.append(starts, first.n_frames))
    return float(lengths[a == b].sum() / first.n_frames)


def differences(first: Segmentation, second: Segmentation) -> list[tuple[int, int]]:
    """The stretches ``[start, stop)`` of frames on which two tracks of one video differ; touching ones are one."""
    starts, a, b = _together(first, second)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], a != b, [False]]).astype(np.int8)))
    bounds = np.append(starts, first.n_frames)[edges]
    return list(zip(bounds[0::2].tolist(), bounds[1::2].tolist(), strict=True))


def meetings(first: Segmentation, second: Segmentation, a: set[int], b: set[int]) -> list[tuple[int, int]]:
    """The stretches of frames that have a label of `a` in the first track and one of `b` in the second."""
    starts, one, other = _together(first, second)
    inside = np.isin(one, sorted(a)) & np.isin(other, sorted(b))
    stops = np.append(starts[1:], first.n_frames)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return list(zip(starts[edges[0::2]].tolist(), stops[edges[1::2] - 1].tolist(), strict=True))


def _together(first: Segmentation, second: Segmentation) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Starts of the pieces in which neither track changes, and the label of each piece in both."""
    starts = rising_union(first.starts, second.starts)
    a = first.labels[np.searchsorted(first.starts, starts, side="right") - 1]
    b = second.labels[np.searchsorted(second.starts, starts, side="right") - 1]
    return starts, a, b
