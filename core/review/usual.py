"""What is usual in an activity: how long each action lasts, what follows it, and what its frames look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.dataset import UNLABELLED

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

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

    @property
    def says_something(self) -> bool:
        """Whether enough was seen, and it varies."""
        return self.n >= LEAST_SEEN and self.deviation > 0

    def deviations(self, values: FloatArray) -> FloatArray:
        """(n,) how many deviations values lie from the median; 0 where too few were seen to tell."""
        if not self.says_something:
            return np.zeros(len(values))
        return np.asarray((values - self.median) / self.deviation)

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

    @cached_property
    def labels(self) -> IntArray:
        """(L,) every label that something is known of, rising: the rows of the tables below."""
        return np.array(sorted({*self.log_lengths, *self.leaves, *(b for _, b in self.follows), *self.distances}), int)

    def rows(self, labels: IntArray) -> IntArray:
        """(n,) the row of each label; L, the row of what says nothing, for a label that is not known."""
        place = np.searchsorted(self.labels, labels)
        known = place < len(self.labels)
        known[known] = self.labels[place[known]] == labels[known]
        return np.where(known, place, len(self.labels))

    def table(self, ranges: Mapping[int, Range]) -> FloatArray:
        """(L + 1, 2) median and deviation by row; the deviation is infinite where nothing is called unusual."""
        found = np.tile([0.0, np.inf], (len(self.labels) + 1, 1))
        for label, each in ranges.items():
            if each.says_something:
                found[int(self.rows(np.array([label]))[0])] = each.median, each.deviation
        return found

    @cached_property
    def length_table(self) -> FloatArray:
        """`table` of the log lengths."""
        return self.table(self.log_lengths)

    @cached_property
    def distance_table(self) -> FloatArray:
        """`table` of the distances."""
        return self.table(self.distances)

    @cached_property
    def centre_table(self) -> FloatArray:
        """(L + 1, D) centres by row; zeros where there is none."""
        size = len(next(iter(self.centres.values()), np.empty(0)))
        found = np.zeros((len(self.labels) + 1, size), np.float32)
        for label, centre in self.centres.items():
            found[int(self.rows(np.array([label]))[0])] = centre
        return found

    @cached_property
    def order_table(self) -> tuple[IntArray, IntArray]:
        """(L + 1, L + 1) how often the label of the column followed that of the row; (L + 1,) how often any did."""
        size = len(self.labels) + 1
        came, stood = np.zeros((size, size), np.int64), np.zeros(size, np.int64)
        for (before, after), count in self.follows.items():
            came[tuple(self.rows(np.array([before, after])))] = count
        for before, count in self.leaves.items():
            stood[self.rows(np.array([before]))] = count
        return came, stood


def usual(tracks: Sequence[Segmentation], means: Sequence[FloatArray | None] = ()) -> Usual:
    """What is usual over some tracks of one activity.

    Args:
        tracks: one segmentation a video, in actions; unlabelled segments are left out.
        means: for each track the (segments, D) mean of its features over each segment, or None.
    """
    if not tracks:
        return Usual()
    labels = np.concatenate([track.labels for track in tracks])
    logs = np.log(np.concatenate([track.stops - track.starts for track in tracks]))
    inside = np.ones(len(labels), bool)
    inside[np.cumsum([len(track) for track in tracks])[:-1]] = False  # the first of a video follows nothing
    follows = _pairs(labels[:-1], labels[1:], inside[1:])
    leaves: dict[int, int] = {}
    for (before, _), count in follows.items():
        leaves[before] = leaves.get(before, 0) + count
    centres, distances = _frames(tracks, means)
    ranges = {label: Range.of(logs[where], least=LEAST_SPREAD) for label, where in by_label(labels)}
    mean_length = sum(track.n_frames for track in tracks) / len(labels)
    return Usual(ranges, follows, leaves, centres, distances, mean_length)


def by_label(labels: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Each label but UNLABELLED, rising, with the rising places at which it stands."""
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    for where in np.split(order, ends) if len(order) else ():
        label = int(labels[where[0]])
        if label != UNLABELLED:
            yield label, where


def _pairs(before: IntArray, after: IntArray, inside: NDArray[np.bool_]) -> dict[tuple[int, int], int]:
    """How often each pair of labels, both known, stands next to each other inside a video."""
    known = inside & (before != UNLABELLED) & (after != UNLABELLED)
    labels, codes = np.unique(np.concatenate([before[known], after[known]]), return_inverse=True)
    first, second = codes.reshape(2, -1)
    table = np.bincount(first * len(labels) + second, minlength=len(labels) ** 2).reshape(len(labels), len(labels))
    return {(int(labels[a]), int(labels[b])): int(table[a, b]) for a, b in np.argwhere(table).tolist()}


def _frames(
    tracks: Sequence[Segmentation], means: Sequence[FloatArray | None]
) -> tuple[dict[int, FloatArray], dict[int, Range]]:
    """Centre of each action's segments, and how far the segments lie from it."""
    known = [(track.labels, rows) for track, rows in zip(tracks, means, strict=False) if rows is not None]
    if not known:
        return {}, {}
    labels, rows = np.concatenate([each for each, _ in known]), np.concatenate([each for _, each in known])
    finite = np.isfinite(rows).all(axis=1)
    labels, rows = labels[finite], rows[finite]
    groups = {label: rows[where] for label, where in by_label(labels)}
    centres = {label: np.asarray(group.mean(axis=0)) for label, group in groups.items()}
    return centres, {label: Range.of(far_from(group, centres[label])) for label, group in groups.items()}


def far_from(rows: FloatArray, centre: FloatArray) -> FloatArray:
    """(n,) Euclidean distance of each of (n, D) rows from a (D,) centre, or each from its own."""
    return np.asarray(np.linalg.norm(rows - centre, axis=1))
