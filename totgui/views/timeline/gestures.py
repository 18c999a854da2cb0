"""Gestures of the timeline as values: a boundary on its way, and what it can snap to. Nothing here edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.annotation.segment_commands import swallowed
from core.annotation.segmentation import Segmentation

from .geometry import Axis, IntArray, snap

Target = tuple[str, IntArray]
"""What it is called, and its frames, rising."""


@dataclass(frozen=True)
class BoundaryDrag:
    """An edit that has not happened yet: boundary `boundary` would begin the right segment at `frame`.

    `low` and `high` are the first and the last frame it may stand at, `labels` those of its left and right segment,
    `target` names what it snapped to. A drag that `swallows` passes over whole segments.
    """

    boundary: int
    origin: int
    low: int
    high: int
    frame: int
    labels: tuple[int, int]
    swallows: bool = False
    target: str = ""

    @classmethod
    def begin(cls, track: Segmentation, boundary: int, *, swallows: bool = False) -> BoundaryDrag:
        """The drag of a boundary before it has moved."""
        origin = int(track.starts[boundary + 1])
        low, high = int(track.starts[boundary]) + 1, int(track.stops[boundary + 1]) - 1
        if swallows:
            low, high = 0, track.n_frames
        labels = int(track.labels[boundary]), int(track.labels[boundary + 1])
        return cls(boundary, origin, low, high, origin, labels, swallows)

    @property
    def has_moved(self) -> bool:
        return self.frame != self.origin

    @property
    def is_at_its_end(self) -> bool:
        """Whether it can go no further."""
        return self.frame in (self.low, self.high)

    def moved(self, x: float, axis: Axis, targets: Iterable[Target]) -> BoundaryDrag:
        """The drag with the pointer at pixel `x`; it stops one frame before the far ends."""
        landed = snap(x, axis, targets)
        frame = min(max(self.low, landed.frame), self.high)
        return replace(self, frame=frame, target=landed.target if frame == landed.frame else "")

    def applied(self, track: Segmentation) -> Segmentation:
        """What the track would look like."""
        if not self.has_moved:
            return track
        if self.swallows:
            return track.swallow(self.boundary, self.frame)
        return track.move_boundary(self.boundary, self.frame)

    def gone(self, track: Segmentation) -> range:
        """The segments that would be swallowed whole."""
        return swallowed(track.starts, track.n_frames, self.boundary, self.frame) if self.swallows else range(0)


@dataclass(frozen=True)
class BlockDrag:
    """An edit that has not happened yet: segments `first` to `last` would lie `by` frames later.

    They are frames ``[start, stop)`` before; `low` and `high` are the least and the most they can go, both 0 where
    nothing makes room. `target` names what one of their ends, at `frame` then, snapped to.
    """

    first: int
    last: int
    start: int
    stop: int
    low: int
    high: int
    by: int = 0
    frame: int = 0
    target: str = ""

    @classmethod
    def begin(cls, track: Segmentation, first: int, last: int) -> BlockDrag:
        """The drag of some segments before they have moved."""
        low, high = track.room(first, last) if first > 0 and last < len(track) - 1 else (0, 0)
        start, stop = int(track.starts[first]), int(track.stops[last])
        return cls(first, last, start, stop, low, high, frame=start)

    @property
    def has_moved(self) -> bool:
        return self.by != 0

    @property
    def has_room(self) -> bool:
        return self.low < self.high

    @property
    def is_at_its_end(self) -> bool:
        """Whether it can go no further."""
        return self.by in (self.low, self.high)

    def moved(self, by: float, axis: Axis, targets: Iterable[Target]) -> BlockDrag:
        """The drag with the pointer `by` frames from where it was pressed; the end nearer to a target snaps."""
        targets = list(targets)
        found = []
        for edge in (self.start, self.stop):
            landed = snap(axis.x(edge + by), axis, targets)
            wanted = landed.frame - edge
            is_reached = bool(landed.target) and self.low <= wanted <= self.high
            found.append((abs(wanted - by) if is_reached else float("inf"), wanted, landed))
        far, wanted, landed = min(found, key=lambda each: each[0])
        if far < float("inf"):
            return replace(self, by=wanted, frame=landed.frame, target=landed.target)
        got = min(max(self.low, round(by)), self.high)
        return replace(self, by=got, frame=self.start + got, target="")

    def applied(self, track: Segmentation) -> Segmentation:
        """What the track would look like."""
        return track.slide(self.first, self.last, self.by) if self.has_moved else track


def block(selection: frozenset[int], index: int) -> tuple[int, int]:
    """The first and the last of the selected segments side by side that `index` is among; else `index` alone.

    >>> block(frozenset({2, 3, 5}), 3), block(frozenset({2, 3}), 7)
    ((2, 3), (7, 7))
    """
    first = last = index
    if index in selection:
        while first - 1 in selection:
            first -= 1
        while last + 1 in selection:
            last += 1
    return first, last


def snap_targets(
    tracks: Iterable[tuple[str, Segmentation | None]],
    *,
    playhead: int | None = None,
    marks: Iterable[tuple[str, int | None]] = (),
    turns: IntArray | None = None,
    sounds: IntArray | None = None,
) -> list[Target]:
    """What a drag snaps to, the most important first: playhead, marks, other tracks, turns of the scores, sounds."""
    found: list[Target] = [] if playhead is None else [("Playhead", np.array([playhead]))]
    found += [(name, np.array([frame])) for name, frame in marks if frame is not None]
    found += [(name, track.boundaries()) for name, track in tracks if track is not None]
    if turns is not None:
        found.append(("Change point", turns))
    if sounds is not None:
        found.append(("Sound", sounds))
    return found


def extended(
    selection: frozenset[int], anchor: int | None, index: int, *, shift: bool, control: bool
) -> frozenset[int]:
    """The selection after a click on segment `index`: alone; with Shift up to it; with Ctrl added or taken out."""
    if shift and anchor is not None:
        return selection | frozenset(range(min(anchor, index), max(anchor, index) + 1))
    if control:
        return selection ^ {index}
    return frozenset([index])
