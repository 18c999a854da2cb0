"""Frames, pictures, feature rows and seconds of one video: the only place that converts between them.

The **annotation grid** carries segments and playhead: the grid of the ground-truth labels; without
them the video's pictures; without a video the feature rows. All other counts are reached from it here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class MediaInfo:
    """What demuxing a video told, without decoding it.

    `pts` (n_pictures,) int64 are the presentation times of the pictures in order, in units of `unit`
    seconds, as the file counts them (the first need not be 0). `end` is the time after the last picture.
    `width` and `height` are those of the upright picture in square pixels. `stream` is the video's number in
    its file (-1: the one a player would show), `fingerprint` says the content wherever the file lies.
    """

    pts: IntArray
    unit: Fraction
    end: int
    rate: Fraction | None
    is_variable: bool
    width: int
    height: int
    rotation: int = 0
    stream: int = -1
    fingerprint: str = ""

    @property
    def n_pictures(self) -> int:
        return len(self.pts)


@dataclass(frozen=True, eq=False)
class Timebase:
    """The clock of one video, in exact fractions.

    Args:
        n_frames: length of the annotation grid, at least 1.
        rate: frames of the grid per second; None until a person states it.
        media: pictures of the video file, or None without one.
        picture_ratio: pictures per frame of the grid (1 where labels count pictures).
        n_rows: feature rows; 0 without features.
        stride: grid frames per feature row (1 where rows and labels agree).
        rows_average: a row averages its `stride` frames; else it belongs to the frame at its start.
        row_frames: (n_rows,) frame of each row, rising, where that is not row * stride: rows at equal times in a
            video of variable frame rate.
    """

    n_frames: int
    rate: Fraction | None = None
    media: MediaInfo | None = None
    picture_ratio: Fraction = Fraction(1)
    n_rows: int = 0
    stride: Fraction = Fraction(1)
    rows_average: bool = False
    row_frames: IntArray | None = None

    @property
    def feature_rate(self) -> Fraction | None:
        """Feature rows per second, or None when the grid has no rate or there are no rows."""
        if self.rate is None or not self.n_rows:
            return None
        return self.rate / self.stride

    @cached_property
    def _rows(self) -> IntArray:
        frames = np.arange(self.n_frames, dtype=np.int64)
        if self.row_frames is not None:  # the nearest row, of two as near the later: as below
            between = self.row_frames[:-1] + self.row_frames[1:]
            rows = np.searchsorted(between, 2 * frames, side="right").astype(np.int64)
            rows.setflags(write=False)
            return rows
        numerator, denominator = self.stride.numerator, self.stride.denominator
        if self.rows_average:
            rows = frames * denominator // numerator
        else:  # floor(n / s + 1/2) without leaving whole numbers
            rows = (2 * frames * denominator + numerator) // (2 * numerator)
        rows = np.minimum(rows, max(0, self.n_rows - 1))
        rows.setflags(write=False)
        return rows

    def rows(self) -> IntArray:
        """(n_frames,) int64: the feature row of each frame."""
        return self._rows

    def row(self, frame: int) -> int:
        """The feature row of one frame."""
        return int(self._rows[frame])

    def picture(self, frame: int) -> int | None:
        """The picture of the video that belongs to a frame, or None where the video has none."""
        if self.media is None:
            return None
        picture = int(frame * self.picture_ratio)
        return picture if 0 <= picture < self.media.n_pictures else None

    def frame_of_picture(self, picture: int) -> int:
        """The last frame whose picture is not after `picture`, inside the grid."""
        ratio = self.picture_ratio
        frame = -(-picture * ratio.denominator // ratio.numerator)
        if int(frame * ratio) > picture:
            frame -= 1
        return min(max(0, frame), self.n_frames - 1)

    def seconds(self, frame: int) -> Fraction | None:
        """Time of a frame's start since the start of the video; `n_frames` gives the end of the last.

        Exact, from the presentation time of the frame's picture; from the rate without a video; None
        when neither is known.
        """
        if self.media is not None and self.media.n_pictures:
            pts, unit = self.media.pts, self.media.unit
            picture = int(frame * self.picture_ratio)
            if 0 <= picture < len(pts):
                return Fraction(int(pts[picture]) - int(pts[0])) * unit
            end = Fraction(self.media.end - int(pts[0])) * unit
            beyond = frame - Fraction(len(pts)) / self.picture_ratio
            return end + (max(Fraction(0), beyond) / self.rate if self.rate else Fraction(0))
        if self.rate is None:
            return None
        return Fraction(frame) / self.rate

    def seconds_of(self, frames: IntArray) -> NDArray[np.float64]:
        """(n,) float64: `seconds` of many frames (0 to `n_frames`) at once. Raises ValueError where none is known."""
        frames = np.asarray(frames, np.int64)
        if self.media is not None and self.media.n_pictures:
            pts, unit = self.media.pts, self.media.unit
            pictures = frames * self.picture_ratio.numerator // self.picture_ratio.denominator
            is_inside = pictures < len(pts)
            ticks = np.where(is_inside, pts[np.minimum(pictures, len(pts) - 1)], self.media.end) - pts[0]
            beyond = np.maximum(0.0, frames - float(Fraction(len(pts)) / self.picture_ratio))
            after = beyond / float(self.rate) if self.rate else np.zeros(len(frames))
            return np.asarray(ticks * unit.numerator / unit.denominator + np.where(is_inside, 0.0, after))
        if self.rate is None:
            raise ValueError("no clock is known")
        return np.asarray(frames * self.rate.denominator / self.rate.numerator)

    def boundary_near(self, seconds: Fraction) -> int | None:
        """The boundary (0 to `n_frames`) nearest to a time, the earlier of two; None when no rate is known."""
        if self.seconds(0) is None:
            return None

        def at(boundary: int) -> Fraction:
            return self.seconds(boundary) or Fraction(0)

        low = self.frame_at(seconds)
        if at(low + 1) <= seconds:  # after the last picture: the grid goes on at its rate
            low = bisect_right(range(self.n_frames + 1), seconds, key=at) - 1
        if low < self.n_frames and seconds - at(low) > at(low + 1) - seconds:
            low += 1
        while low and at(low - 1) == at(low):
            low -= 1
        return low

    def picture_boundary(self, boundary: int) -> int:
        """The number of pictures that are shown before a boundary of the grid."""
        return int(boundary * self.picture_ratio)

    def boundary_of_picture(self, pictures: int) -> int:
        """The boundary nearest to a number of pictures, the earlier of two; inverse of `picture_boundary`."""
        ratio = self.picture_ratio
        boundary = max(0, -(-pictures * ratio.denominator // ratio.numerator))
        exact = self.picture_boundary(boundary)
        if exact > pictures and pictures - self.picture_boundary(boundary - 1) <= exact - pictures:
            boundary -= 1
        return min(boundary, self.n_frames)

    def frame_at(self, seconds: Fraction | float) -> int:
        """The frame on screen at a time; clipped to the grid. Without any rate, frame 0."""
        exact = Fraction(seconds)
        if self.media is not None and self.media.n_pictures:
            pts = self.media.pts
            wanted = exact / self.media.unit + int(pts[0])
            if wanted >= self.media.end and self.rate:  # after the last picture: the grid goes on at its rate
                beyond = exact - Fraction(self.media.end - int(pts[0])) * self.media.unit
                first = Fraction(len(pts)) / self.picture_ratio
                return min(int(first + beyond * self.rate), self.n_frames - 1)
            picture = bisect_right(pts, wanted) - 1
            return self.frame_of_picture(max(0, picture))
        if self.rate is None:
            return 0
        return min(max(0, int(exact * self.rate)), self.n_frames - 1)
