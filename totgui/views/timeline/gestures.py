"""Gestures of the timeline as values: a boundary on its way, and what it can snap to. Nothing here edits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.annotation.segmentation import Segmentation

from .geometry import Axis, IntArray, snap
from .shown import TITLES


@dataclass(frozen=True)
class BoundaryDrag:
    """A roll edit that has not happened yet: boundary `boundary` would begin the right segment at `frame`.

    `low` and `high` are the first and the last frame it may stand at, `labels` those of its left and right segment,
    `target` names what it snapped to.
    """

    boundary: int
    origin: int
    low: int
    high: int
    frame: int
    labels: tuple[int, int]
    target: str = ""

    @classmethod
    def begin(cls, track: Segmentation, boundary: int) -> BoundaryDrag:
        """The drag of a boundary before it has moved."""
        origin = int(track.starts[boundary + 1])
        low, high = int(track.starts[boundary]) + 1, int(track.stops[boundary + 1]) - 1
        return cls(boundary, origin, low, high, origin, (int(track.labels[boundary]), int(track.labels[boundary + 1])))

    @property
    def has_moved(self) -> bool:
        return self.frame != self.origin

    def moved(self, x: float, axis: Axis, targets: list[tuple[str, IntArray]]) -> BoundaryDrag:
        """The drag with the pointer at pixel `x`; it stops one frame before the far ends."""
        landed = snap(x, axis, targets)
        frame = min(max(self.low, landed.frame), self.high)
        return replace(self, frame=frame, target=landed.target if frame == landed.frame else "")

    def applied(self, track: Segmentation) -> Segmentation:
        """What the track would look like."""
        return track.move_boundary(self.boundary, self.frame) if self.has_moved else track


def snap_targets(tracks: dict[str, Segmentation | None], playhead: int) -> list[tuple[str, IntArray]]:
    """What a boundary of Corrected snaps to, the most important first: playhead, then the other tracks."""
    found: list[tuple[str, IntArray]] = [("Playhead", np.array([playhead]))]
    for key in ("ground-truth", "prediction"):
        track = tracks.get(key)
        if track is not None:
            found.append((TITLES[key], track.boundaries()))
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


def same_boundary(boundary: int | None, before: Segmentation | None, after: Segmentation | None) -> int | None:
    """The number that a boundary has after an edit; None where it is gone."""
    if boundary is None or before is None or after is None:
        return None
    if len(before) == len(after):
        return boundary
    frame = int(before.starts[boundary + 1])
    place = int(np.searchsorted(after.starts, frame))
    return place - 1 if place < len(after) and after.starts[place] == frame else None
