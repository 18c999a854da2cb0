"""A segmentation: how one video is cut into labelled segments. A partition of [0, T) that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import BACKGROUND
from ..errors import EditError
from ..metrics.segments import rising_union

IntArray = NDArray[np.integer[Any]]

TAKEN = 1
"""Flag of a segment: taken over from a prediction."""
EDITED = 2
"""Flag of a segment: touched by a person."""


class Segment(NamedTuple):
    """Frames ``[start, stop)`` with one label; 0-based, half-open."""

    start: int
    stop: int
    label: int

    @property
    def length(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Segments that tile ``[0, n_frames)``: no gap, no overlap, neighbours differ in label.

    Args:
        starts: (n,) int64, first frame of each segment; rising, the first is 0.
        labels: (n,) int64, an action or a cluster, by track; neighbours differ.
        n_frames: T, at least 1.
        flags: (n,) uint8 of TAKEN and EDITED; zeros when left out.
    Raises:
        EditError: the arrays are not such a partition.
    """

    starts: IntArray
    labels: IntArray
    n_frames: int
    flags: IntArray | None = None

    def __post_init__(self) -> None:
        starts = np.array(self.starts, dtype=np.int64)
        labels = np.array(self.labels, dtype=np.int64)
        flags = np.zeros(len(starts), np.uint8) if self.flags is None else np.array(self.flags, np.uint8)
        if not (len(starts) == len(labels) == len(flags)) or not len(starts):
            raise EditError("A segmentation needs as many labels as segments, and at least one.")
        if starts[0] != 0 or starts[-1] >= self.n_frames or np.any(np.diff(starts) < 1):
            raise EditError(f"Segments must rise from frame 0 and end by frame {self.n_frames}.")
        if np.any(labels[1:] == labels[:-1]):
            raise EditError("Two neighbouring segments have the same label.")
        for name, array in (("starts", starts), ("labels", labels), ("flags", flags)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def from_frames(cls, labels: Sequence[int] | IntArray, *, flags: int = 0) -> Segmentation:
        """The segmentation whose frames carry `labels` (T,).

        >>> Segmentation.from_frames([4, 4, 7]).segments
        (Segment(start=0, stop=2, label=4), Segment(start=2, stop=3, label=7))
        """
        frames = np.asarray(labels, dtype=np.int64)
        if frames.ndim != 1 or not len(frames):
            raise EditError("Frame labels must be one row of at least one frame.")
        starts = np.concatenate([[0], np.flatnonzero(np.diff(frames)) + 1])
        return cls(starts, frames[starts], len(frames), np.full(len(starts), flags, np.uint8))

    @classmethod
    def from_pieces(
        cls,
        starts: Iterable[int] | IntArray,
        labels: Iterable[int] | IntArray,
        n_frames: int,
        flags: Iterable[int] | IntArray | None = None,
    ) -> Segmentation:
        """The same from pieces whose neighbours may be equal: equal neighbours are joined, flags united."""
        start = np.asarray(starts if isinstance(starts, np.ndarray) else list(starts), dtype=np.int64)
        label = np.asarray(labels if isinstance(labels, np.ndarray) else list(labels), dtype=np.int64)
        given = [0] * len(start) if flags is None else flags
        flag = np.asarray(given if isinstance(given, np.ndarray) else list(given), dtype=np.uint8)
        if not len(start):
            raise EditError("A segmentation needs at least one segment.")
        keep = np.concatenate([[True], label[1:] != label[:-1]])
        united = np.bitwise_or.reduceat(flag, np.flatnonzero(keep))
        return cls(start[keep], label[keep], n_frames, united)

    @classmethod
    def uniform(cls, label: int, n_frames: int) -> Segmentation:
        """One segment over all frames."""
        return cls(np.array([0]), np.array([label]), n_frames)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Segmentation):
            return NotImplemented
        return (
            self.n_frames == other.n_frames
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.labels, other.labels)
            and np.array_equal(self._flags, other._flags)
        )

    def same_labels(self, other: Segmentation) -> bool:
        """Whether every frame carries the same label there, wherever it came from."""
        return (
            self.n_frames == other.n_frames
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.labels, other.labels)
        )

    def __hash__(self) -> int:
        return hash((self.n_frames, self.starts.tobytes(), self.labels.tobytes(), self._flags.tobytes()))

    def __len__(self) -> int:
        return len(self.starts)

    def __repr__(self) -> str:
        return f"Segmentation({len(self)} segments, {self.n_frames} frames)"

    @property
    def _flags(self) -> IntArray:
        assert self.flags is not None
        return self.flags

    @cached_property
    def memo(self) -> dict[object, Any]:
        """Small answers that were worked out of this value, by the name of the question; gone when it goes."""
        return {}

    @cached_property
    def stops(self) -> IntArray:
        """(n,) int64: the frame after the last of each segment."""
        stops = np.append(self.starts[1:], self.n_frames)
        stops.setflags(write=False)
        return stops

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """All segments in order."""
        return tuple(map(Segment, self.starts.tolist(), self.stops.tolist(), self.labels.tolist()))

    def __getitem__(self, index: int) -> Segment:
        return Segment(int(self.starts[index]), int(self.stops[index]), int(self.labels[index]))

    def index_at(self, frame: int) -> int:
        """The number of the segment that holds a frame. Raises EditError outside [0, n_frames)."""
        if not 0 <= frame < self.n_frames:
            raise EditError(f"Frame {frame} is outside the video, which has {self.n_frames:,} frames.")
        return int(np.searchsorted(self.starts, frame, side="right")) - 1

    def at(self, frame: int) -> Segment:
        """The segment that holds a frame."""
        return self[self.index_at(frame)]

    def flag(self, index: int) -> int:
        """The flags of one segment."""
        return int(self._flags[index])

    def to_frames(self) -> IntArray:
        """(n_frames,) int64: the label of each frame; the inverse of `from_frames`."""
        return np.repeat(self.labels, np.diff(np.append(self.starts, self.n_frames)))

    def boundaries(self) -> IntArray:
        """The inner boundaries: the first frame of every segment but the first."""
        return self.starts[1:]

    def boundary_beyond(self, frame: int, direction: int) -> int | None:
        """The number of the first boundary after a frame (direction 1) or of the last one before it (-1), if any.

        >>> cut = Segmentation.from_frames([0, 0, 1, 2])
        >>> cut.boundary_beyond(2, 1), cut.boundary_beyond(2, -1), cut.boundary_beyond(3, -1)
        (1, None, 0)
        """
        side: Literal["left", "right"] = "right" if direction > 0 else "left"
        place = int(np.searchsorted(self.boundaries(), frame, side=side)) - (direction < 0)
        return place if 0 <= place < len(self) - 1 else None

    def relabel(self, start: int, stop: int, label: int, *, flags: int = 0) -> Segmentation:
        """A copy whose frames ``[start, stop)`` carry `label`; equal neighbours are joined.

        >>> Segmentation.from_frames([0, 0, 1, 1]).relabel(1, 3, 1).segments
        (Segment(start=0, stop=1, label=0), Segment(start=1, stop=4, label=1))
        """
        return self.painted([(start, stop)], label, flags=flags)

    def painted(self, spans: Iterable[tuple[int, int]], label: int, *, flags: int = 0) -> Segmentation:
        """A copy whose frames in each of `spans`, ``[start, stop)`` in any order, carry `label`; see `relabel`.

        >>> Segmentation.from_frames([0, 1, 2, 3, 4]).painted([(3, 4), (0, 1)], 9).to_frames().tolist()
        [9, 1, 2, 9, 4]
        """
        edges = np.array(list(spans), dtype=np.int64).reshape(-1, 2)
        for start, stop in edges[(edges[:, 0] < 0) | (edges[:, 0] >= edges[:, 1]) | (edges[:, 1] > self.n_frames)]:
            raise EditError(f"Frames {start} to {stop} are outside the video of {self.n_frames:,} frames.")
        opens, closes = np.sort(edges[:, 0]), np.sort(edges[:, 1])
        starts = rising_union(self.starts, opens, closes[closes < self.n_frames])
        place = np.searchsorted(self.starts, starts, side="right") - 1
        inside = np.searchsorted(opens, starts, side="right") > np.searchsorted(closes, starts, side="right")
        return Segmentation.from_pieces(
            starts,
            np.where(inside, label, self.labels[place]),
            self.n_frames,
            np.where(inside, flags, self._flags[place]),
        )

    def patched(self, other: Segmentation, start: int, stop: int) -> Segmentation:
        """A copy whose frames ``[start, stop)`` are those of another segmentation of the video, with its flags.

        >>> a, b = Segmentation.from_frames([0, 0, 0, 0]), Segmentation.from_frames([1, 2, 2, 3])
        >>> a.patched(b, 1, 3).to_frames().tolist()
        [0, 2, 2, 0]
        """
        inner = np.append(start, other.starts[(other.starts > start) & (other.starts < stop)])
        before, after = self.starts[self.starts < start], self.starts[self.starts > stop]
        starts = np.concatenate([before, inner, [stop] if stop < self.n_frames else [], after]).astype(np.int64)
        mine, theirs = (np.searchsorted(t.starts, starts, side="right") - 1 for t in (self, other))
        inside = (starts >= start) & (starts < stop)
        return Segmentation.from_pieces(
            starts,
            np.where(inside, other.labels[theirs], self.labels[mine]),
            self.n_frames,
            np.where(inside, other._flags[theirs], self._flags[mine]),
        )

    def flagged(self, flags: int) -> Segmentation:
        """A copy with the same flags on every segment."""
        return Segmentation(self.starts, self.labels, self.n_frames, np.full(len(self), flags, np.uint8))

    def move_boundary(self, boundary: int, frame: int, *, flags: int = 0) -> Segmentation:
        """A copy whose boundary before segment `boundary` + 1 lies at `frame` (a roll edit).

        Args:
            boundary: number of the boundary, 0 to len - 2.
            frame: the new first frame of the right segment; both segments keep at least one frame.
            flags: set on both segments.

        >>> Segmentation.from_frames([0, 0, 1, 1]).move_boundary(0, 3).to_frames().tolist()
        [0, 0, 0, 1]
        """
        self._check_boundary(boundary)
        low, high = int(self.starts[boundary]) + 1, int(self.stops[boundary + 1]) - 1
        if not low <= frame <= high:
            raise EditError(f"The boundary can move between frames {low} and {high}, not to {frame}.")
        starts, marks = self.starts.copy(), self._flags.copy()
        starts[boundary + 1] = frame
        marks[boundary : boundary + 2] |= flags
        return Segmentation(starts, self.labels, self.n_frames, marks)

    def _check_boundary(self, boundary: int) -> None:
        if not 0 <= boundary < len(self) - 1:
            raise EditError(f"There is no boundary {boundary}; this video has {len(self) - 1}.")

    def room(self, first: int, last: int) -> tuple[int, int]:
        """How many frames segments `first` to `last` can go earlier (0 or less) and later, at most.

        Raises:
            EditError: they begin or end with the video, so that nothing makes room.
        """
        if not 0 < first <= last < len(self) - 1:
            raise EditError("What begins or ends with the video cannot be moved. Move its boundary instead.")
        earlier, later = self[first - 1].length - 1, self[last + 1].length - 1
        return -earlier, later

    def slide(self, first: int, last: int, by: int, *, flags: int = 0) -> Segmentation:
        """A copy in which segments `first` to `last` lie `by` frames later, as long as they were (a slide edit).

        Their neighbours make room, and keep at least one frame each.

        Args:
            flags: set on all that move, and on both neighbours.

        >>> Segmentation.from_frames([0, 1, 2, 2, 2]).slide(1, 1, 2).to_frames().tolist()
        [0, 0, 0, 1, 2]
        """
        earliest, latest = self.room(first, last)
        if not earliest <= by <= latest:
            raise EditError(f"The segments can move by {earliest} to {latest:+} frames, not by {by:+}.")
        starts, marks = self.starts.copy(), self._flags.copy()
        starts[first : last + 2] += by
        marks[first - 1 : last + 2] |= flags
        return Segmentation(starts, self.labels, self.n_frames, marks)

    def limits(self, index: int) -> tuple[int, int]:
        """Segment `index` can lie anywhere in frames ``[low, high)``: its neighbours keep one frame each."""
        if not 0 <= index < len(self):
            raise EditError("There is no such segment.")
        low = int(self.starts[index - 1]) + 1 if index else 0
        high = int(self.stops[index + 1]) - 1 if index + 1 < len(self) else self.n_frames
        return low, high

    def spanning(self, index: int, start: int, stop: int, *, flags: int = 0) -> Segmentation:
        """A copy whose segment `index` is frames ``[start, stop)``; its neighbours follow and keep a frame each.

        Args:
            flags: set on both sides of each boundary that moves.

        >>> Segmentation.from_frames([0, 0, 1, 2, 2]).spanning(1, 1, 4).to_frames().tolist()
        [0, 1, 1, 1, 2]
        """
        low, high = self.limits(index)
        if index == 0 and start != 0:
            raise EditError("The first segment starts with the video.")
        if index == len(self) - 1 and stop != self.n_frames:
            raise EditError("The last segment ends with the video.")
        if not low <= start < stop <= high:
            raise EditError(f"It can lie in frames {low:,} to {high - 1:,}, with at least one frame.")
        starts, marks = self.starts.copy(), self._flags.copy()
        for boundary, frame in ((index, start), (index + 1, stop)):
            if 0 < boundary < len(self) and int(starts[boundary]) != frame:
                starts[boundary] = frame
                marks[boundary - 1 : boundary + 1] |= flags
        return Segmentation(starts, self.labels, self.n_frames, marks)

    def swallow(self, boundary: int, frame: int, *, flags: int = 0) -> Segmentation:
        """A copy whose boundary before segment `boundary` + 1 lies at `frame`, over whole segments if need be.

        The segment that grows takes every frame on the way; at 0 or `n_frames` nothing is left on that side.

        >>> Segmentation.from_frames([0, 1, 2, 3]).swallow(0, 3).to_frames().tolist()
        [0, 0, 0, 3]
        """
        self._check_boundary(boundary)
        origin = int(self.starts[boundary + 1])
        if not 0 <= frame <= self.n_frames:
            raise EditError(f"Frame {frame} is outside the video of {self.n_frames:,} frames.")
        if frame == origin:
            return self
        winner = boundary if frame > origin else boundary + 1
        grown = self.relabel(min(origin, frame), max(origin, frame), int(self.labels[winner]), flags=flags)
        marks = grown._flags.copy()
        marks[[grown.index_at(f) for f in (frame - 1, frame) if 0 <= f < self.n_frames]] |= flags
        return Segmentation(grown.starts, grown.labels, self.n_frames, marks)

    def mapped(self, table: dict[int, int], *, default: int, flags: int = 0) -> Segmentation:
        """A copy with each label exchanged by `table`; background stays, other labels it lacks become `default`."""
        table = {int(BACKGROUND): int(BACKGROUND)} | table
        labels = np.array([table.get(label, default) for label in self.labels.tolist()], dtype=np.int64)
        return Segmentation.from_pieces(self.starts, labels, self.n_frames, np.full(len(labels), flags, np.uint8))
