"""Pixels and frames of the timeline: the axis that all rows share, and what of a track is visible. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.data.timebase import Timebase

IntArray = NDArray[np.integer[Any]]
MAX_SCALE = 40.0
"""Pixels per frame at the closest zoom."""
WIDE = 4.0
"""Pixels per frame from which the frame on screen is drawn as a band."""
STEPS_S = (
    Fraction(1, 100),
    Fraction(1, 50),
    Fraction(1, 20),
    Fraction(1, 10),
    Fraction(1, 5),
    Fraction(1, 2),
    *map(Fraction, (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)),
)

STEPS_AS_FLOATS = [float(step) for step in STEPS_S]


@dataclass(frozen=True)
class Axis:
    """A window onto ``[0, n_frames)``: frame `start` (may be between frames) lies at pixel `left`.

    Args:
        n_frames: T, at least 1.
        left: first pixel of the lane.
        width: pixels of the lane, at least 1.
        start: first visible frame.
        scale: pixels per frame.

    >>> axis = Axis.whole(100, left=10, width=200)
    >>> axis.x(50), axis.frame(110)
    (110.0, 50)
    """

    n_frames: int
    left: int
    width: int
    start: float
    scale: float

    @classmethod
    def whole(cls, n_frames: int, *, left: int, width: int) -> Axis:
        """The axis that shows the whole video."""
        width = max(1, width)
        return cls(n_frames, left, width, 0.0, width / n_frames)

    @property
    def stop(self) -> float:
        """The first frame that is no longer visible."""
        return self.start + self.width / self.scale

    @property
    def right(self) -> int:
        """The pixel after the lane."""
        return self.left + self.width

    @property
    def is_whole(self) -> bool:
        """Whether the whole video is visible."""
        return self.scale <= self._least_scale * (1 + 1e-9)

    @property
    def _least_scale(self) -> float:
        return self.width / self.n_frames

    def x(self, frame: float) -> float:
        """The pixel at which a frame begins."""
        return self.left + (frame - self.start) * self.scale

    def head(self, frame: int) -> float:
        """The pixel of the playhead: in the middle of a narrow frame, at the left edge of a wide one."""
        return self.x(frame) + (0.0 if self.scale >= WIDE else self.scale / 2)

    def position(self, x: float) -> float:
        """The place on the frame axis under a pixel, not clipped."""
        return self.start + (x - self.left) / self.scale

    def frame(self, x: float) -> int:
        """The frame under a pixel, clipped to the video."""
        return min(max(0, math.floor(self.position(x))), self.n_frames - 1)

    def edge(self, x: float) -> int:
        """The frame border next to a pixel, 0 to n_frames."""
        return min(max(0, round(self.position(x))), self.n_frames)

    def _clipped(self, start: float, scale: float) -> Axis:
        scale = max(self._least_scale, min(scale, max(MAX_SCALE, self._least_scale)))
        last = self.n_frames - self.width / scale
        return replace(self, start=min(max(0.0, start), max(0.0, last)), scale=scale)

    def zoomed(self, factor: float, x: float) -> Axis:
        """The axis after a zoom that keeps the place under pixel `x` where it is."""
        place = self.position(x)
        axis = self._clipped(self.start, self.scale * factor)
        return axis._clipped(place - (x - self.left) / axis.scale, axis.scale)

    def panned(self, pixels: float) -> Axis:
        """The axis moved so that what was `pixels` to the right comes to the left edge."""
        return self._clipped(self.start + pixels / self.scale, self.scale)

    def starting_at(self, frame: float) -> Axis:
        """The axis with a frame at its left edge, as far as the video allows."""
        return self._clipped(frame, self.scale)

    def at_scale(self, start: float, scale: float) -> Axis:
        """The axis with so many pixels a frame and a frame at its left edge, as far as the video allows."""
        return self._clipped(start, scale)

    def showing(self, start: float, stop: float) -> Axis:
        """The axis that shows ``[start, stop)`` with a margin of a tenth."""
        margin = (stop - start) * 0.1 + 1
        return self._clipped(start - margin, self.width / (stop - start + 2 * margin))

    def resized(self, *, left: int, width: int) -> Axis:
        """The axis on a lane of another size: the whole video stays whole, otherwise the scale stays."""
        width = max(1, width)
        if self.is_whole:
            return Axis.whole(self.n_frames, left=left, width=width)
        return replace(self, left=left, width=width)._clipped(self.start, self.scale)

    def columns(self) -> tuple[IntArray, IntArray]:
        """First frame and the frame after the last of every pixel, two (width,) int64; at least one frame each."""
        edges = self.start + np.arange(self.width + 1) / self.scale
        first = np.clip(np.floor(edges[:-1] + 1e-9).astype(np.int64), 0, self.n_frames - 1)
        last = np.clip(np.ceil(edges[1:] - 1e-9).astype(np.int64), 1, self.n_frames)
        return first, np.maximum(last, first + 1)


class Piece(NamedTuple):
    """Pixels ``[left, right)`` of a row that show segment number `segment`."""

    left: float
    right: float
    segment: int


def visible(starts: IntArray, axis: Axis) -> tuple[NDArray[np.floating[Any]], IntArray]:
    """The visible pieces of a track in order, at most one a pixel: (n + 1,) pixels of their edges, (n,) segments.

    Where segments are narrower than a pixel, a pixel shows the segment under its middle.
    """
    first = max(0, int(np.searchsorted(starts, axis.start, side="right")) - 1)
    last = int(np.searchsorted(starts, axis.stop, side="left"))
    if last - first <= axis.width // 2:
        edges = np.append(starts[first:last], starts[last] if last < len(starts) else axis.n_frames)
        x = np.clip(axis.left + (edges - axis.start) * axis.scale, axis.left, axis.right)
        return x, np.arange(first, last)
    middle = axis.start + (np.arange(axis.width) + 0.5) / axis.scale
    index = np.searchsorted(starts, middle, side="right") - 1
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(index)) + 1, [axis.width]])
    return (axis.left + cuts).astype(np.float64), index[cuts[:-1]]


def pieces(starts: IntArray, axis: Axis) -> list[Piece]:
    """The same as a list, for what is drawn piece by piece."""
    edges, index = visible(starts, axis)
    x = edges.tolist()
    return [Piece(x[i], x[i + 1], segment) for i, segment in enumerate(index.tolist())]


class Stretches(NamedTuple):
    """Half-open stretches of frames, rising and apart: (n,) starts and stops."""

    starts: IntArray
    stops: IntArray

    @property
    def n_frames(self) -> int:
        """How many frames they hold."""
        return int((self.stops - self.starts).sum())


def column_any(held: Stretches, axis: Axis) -> NDArray[np.bool_]:
    """(width,) bool: whether any frame under a pixel lies in a stretch."""
    first, last = axis.columns()
    begun = np.searchsorted(held.starts, last, side="left")
    return np.asarray(begun > np.searchsorted(held.stops, first, side="right"))


def column_min(values: NDArray[np.floating[Any]], axis: Axis) -> NDArray[np.floating[Any]]:
    """(width,): the smallest of `values` (n_frames,) under each pixel, so that a dip of one frame is seen."""
    first, last = axis.columns()
    if axis.scale >= 1:
        return np.asarray(np.minimum(values[first], values[last - 1]))
    low, high = int(first[0]), int(last[-1])
    return np.asarray(np.minimum.reduceat(values[low:high], first - low))


class Snap(NamedTuple):
    """Where a drag lands, and the name of what it snapped to (empty: nothing)."""

    frame: int
    target: str


def snap(x: float, axis: Axis, targets: Iterable[tuple[str, IntArray]], *, radius: float = 8) -> Snap:
    """The frame border for pixel `x`: the first target with a border within `radius` pixels, else the nearest border.

    Args:
        targets: name and (n,) rising frames, the most important first.
    """
    for name, frames in targets:
        if not len(frames):
            continue
        near = nearest(frames, axis.position(x))
        if abs(axis.x(int(frames[near])) - x) <= radius:
            return Snap(int(frames[near]), name)
    return Snap(axis.edge(x), "")


def nearest(frames: IntArray, place: float) -> int:
    """The number of the entry of rising `frames` (n >= 1,) that is next to a place."""
    after = int(np.searchsorted(frames, place))
    if after == 0:
        return 0
    if after == len(frames) or place - frames[after - 1] <= frames[after] - place:
        return after - 1
    return after


def boundary_at(boundaries: IntArray, x: float, axis: Axis, *, radius: float = 4) -> int | None:
    """The number of the boundary within `radius` pixels of `x`, or None."""
    if not len(boundaries):
        return None
    near = nearest(boundaries, axis.position(x))
    return near if abs(axis.x(int(boundaries[near])) - x) <= radius else None


class Tick(NamedTuple):
    """A mark of the ruler at a frame; minor marks have no text."""

    frame: float
    text: str


def ticks(axis: Axis, timebase: Timebase, *, gap: float = 90) -> list[Tick]:
    """The marks of the ruler: time where it is known, frame numbers from 10 px per frame or without a rate."""
    seconds_start, seconds_stop = timebase.seconds(0), timebase.seconds(timebase.n_frames)
    if axis.scale >= 10 or seconds_start is None or not seconds_stop:
        return _frame_ticks(axis, gap)
    per_pixel = float(seconds_stop) / timebase.n_frames / axis.scale
    step = STEPS_S[min(int(np.searchsorted(STEPS_AS_FLOATS, per_pixel * gap)), len(STEPS_S) - 1)]
    begin = timebase.seconds(min(max(0, math.floor(axis.start)), timebase.n_frames)) or Fraction(0)
    end = timebase.seconds(min(math.ceil(axis.stop), timebase.n_frames)) or Fraction(0)
    found: list[Tick] = []
    digits = 0 if step >= 1 else 2
    minor, per_minor = step / 5, float(step / 5 * (timebase.rate or 1))
    for number in range(math.floor(begin / minor), math.ceil(end / minor) + 1):
        text = clock(number * minor, digits=digits) if number % 5 == 0 else ""
        found.append(Tick(timebase.frame_at(number * minor) if timebase.media else number * per_minor, text))
    return found


def _frame_ticks(axis: Axis, gap: float) -> list[Tick]:
    wanted = gap * 0.7 / axis.scale
    power = 10 ** math.floor(math.log10(max(1.0, wanted)))
    step = max(1, next(int(power * m) for m in (1, 2, 5, 10) if power * m >= wanted * 0.999 or m == 10))
    minor = max(1, step // 5)
    first = math.floor(axis.start / minor) * minor
    return [
        Tick(frame, f"{frame:,}" if frame % step == 0 else "")
        for frame in range(first, min(math.ceil(axis.stop), axis.n_frames) + 1, minor)
    ]


def clock(seconds: Fraction | float, *, digits: int = 3) -> str:
    """A time as ``h:mm:ss.mmm``, without hours where there are none.

    >>> clock(Fraction(4743, 100), digits=2), clock(3725, digits=0)
    ('0:47.43', '1:02:05')
    """
    scale = 10**digits
    units = round(seconds * scale)
    whole, part = divmod(units, scale)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
    return f"{text}.{part:0{digits}}" if digits else text
