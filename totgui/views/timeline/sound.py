"""The row of the sound: what is heard, drawn against the frames, and how loud it is under the pointer."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from core.data.timebase import Timebase
from core.data.waveform import Heard, Loudness, Stage, Waveform, decibels

from .geometry import Axis, IntArray, clock
from .tracks import paint_empty

QUIETEST_TOP = 328
"""What is never louder than this, -40 dB, is drawn no higher than that says: hiss is not blown up to a storm."""
THIN = 0.5
"""Half the thickness in pixels of sound that is too low to be seen."""
PEAK_STRENGTH = 0.5
NOTCH = 5
APART = 12
"""Pixels from start to start, on average, below which nothing snaps to them."""
LEVELS = 15
"""Steps of the smooth edges."""
Role = QPalette.ColorRole
Pixels = NDArray[np.float32]


def paint_sound(
    painter: QPainter, rect: QRect, heard: Heard, axis: Axis, timebase: Timebase, palette: QPalette
) -> None:
    """Draw the loudest samples under each pixel, and within them the RMS; or why there is nothing to be drawn."""
    text = sound_text(heard)
    if text:
        paint_empty(painter, rect, text, palette)
        if heard.stage is Stage.READING:
            bar = QRectF(rect.left(), rect.bottom() - 1, rect.width() * heard.share, 2)
            painter.fillRect(bar, palette.color(Role.Highlight))
    elif heard.waveform is not None:
        ratio = painter.device().devicePixelRatioF()
        painter.drawImage(QRectF(rect), picture(heard.waveform, rect, axis, timebase, palette, ratio=ratio))


def paint_starts(painter: QPainter, rect: QRect, starts: IntArray, axis: Axis, palette: QPalette) -> None:
    """Draw a notch at the foot of each frame that a drag snaps to; the ruler has its own above."""
    seen = starts_in_reach(starts, axis)
    places = np.round(axis.left + (seen - axis.start) * axis.scale).tolist()
    painter.setPen(QPen(palette.color(Role.WindowText), 1))
    for x in places:
        painter.drawLine(QPointF(x - 0.5, rect.bottom() - NOTCH), QPointF(x - 0.5, rect.bottom()))


def starts_in_reach(starts: IntArray, axis: Axis) -> IntArray:
    """Those of the starts that are visible; none where they lie so close that a drag would stick to one everywhere."""
    seen = starts[(starts >= axis.start) & (starts <= axis.stop)]
    return seen if len(seen) * APART <= axis.width else seen[:0]


def sound_text(heard: Heard) -> str:
    """What the row says where it has nothing to draw; empty where it has, or soon will."""
    if heard.stage is Stage.NONE:
        return heard.reason or "This video has no sound."
    if heard.stage is Stage.UNKNOWN and heard.is_slow:
        return "Looking for its sound…"
    if heard.stage is Stage.READING and heard.is_slow:
        return f"The sound is being read: {round(100 * heard.share)} %"
    if heard.stage is Stage.FAILED:
        return f"Its sound cannot be read: {heard.reason}"
    if heard.waveform is not None and heard.waveform.is_empty:
        return "There is no sound while the pictures are shown."
    return ""


def picture(
    waveform: Waveform, rect: QRect, axis: Axis, timebase: Timebase, palette: QPalette, *, ratio: float = 1.0
) -> QImage:
    """The visible part, `ratio` pixels of the picture to one of the row.

    Heights go by the square root of the samples, and the loudest of the video takes the whole row: speech is seen
    beside a hammer.
    """
    wide, high = max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio))
    seen = waveform.between(pictures(axis, timebase, np.arange(wide + 1) * (axis.width / wide)))
    top = max(waveform.top, QUIETEST_TOP)
    middle, reach, thin = high / 2, high / 2 - ratio, THIN * ratio

    def height(samples: NDArray[np.integer] | NDArray[np.floating]) -> Pixels:
        part = samples.astype(np.float32) / top
        return np.asarray(np.sign(part) * np.sqrt(np.abs(part)) * reach, np.float32)

    loudest = _covered(high, middle - height(seen.high) - thin, middle - height(seen.low) + thin)
    average = height(seen.rms)
    steady = _covered(high, middle - average - thin, middle + average + thin)
    cells = np.where(seen.is_there, (LEVELS + 1) * _stepped(loudest) + _stepped(np.minimum(loudest, steady)), 0)
    cells = np.ascontiguousarray(cells, np.uint8)
    image = QImage(cells.data, wide, high, wide, QImage.Format.Format_Indexed8)
    image.setColorTable(_table(palette.color(Role.Link)))
    return image.copy()


def _covered(high: int, top: Pixels, bottom: Pixels) -> Pixels:
    """(high, n): how much of each pixel lies between top and bottom of its column, 0 to 1."""
    row = np.arange(high, dtype=np.float32)[:, None]
    return np.asarray(np.clip(np.minimum(row + 1, bottom) - np.maximum(row, top), 0, 1))


def _stepped(coverage: Pixels) -> NDArray[np.uint8]:
    return (coverage * LEVELS + 0.5).astype(np.uint8)


def _table(colour: QColor) -> list[int]:
    """The colours of all pairs of coverages: by the loudest samples, paler, and by the RMS over it."""
    steps = np.arange(LEVELS + 1) / LEVELS
    seen = 1 - (1 - PEAK_STRENGTH * steps[:, None]) * (1 - steps[None])
    alphas = np.rint(255 * seen).astype(int).ravel().tolist()
    return [(alpha << 24) | (colour.rgb() & 0xFFFFFF) for alpha in alphas]


def pictures(axis: Axis, timebase: Timebase, pixels: NDArray[np.floating]) -> NDArray[np.float64]:
    """The places in the video, in pictures, of pixels counted from the left of the lane."""
    return np.asarray((axis.start + pixels / axis.scale) * float(timebase.picture_ratio), np.float64)


def sound_tip(heard: Heard | None, axis: Axis, x: float, timebase: Timebase) -> str:
    """Time, frame and loudness under pixel `x`, as plain text; what the row says where there is none."""
    if heard is None:
        return ""
    if heard.waveform is None or heard.waveform.is_empty:
        return sound_text(heard)
    pixel = math.floor(x - axis.left)
    place = pictures(axis, timebase, np.array([pixel, pixel + 1.0]))
    seconds = _seconds(timebase, float(place[0]))
    at = f"{clock(seconds)}, " if seconds is not None else ""
    return f"{at}frame {axis.frame(axis.left + pixel):,}\n{_loud(heard.waveform.between(place))}"


def _seconds(timebase: Timebase, place: float) -> Fraction | None:
    """The time of a place between two pictures, since the first."""
    media = timebase.media
    if media is None or not 0 <= place < media.n_pictures:
        return None
    picture = int(place)
    stop = int(media.pts[picture + 1]) if picture + 1 < media.n_pictures else media.end
    start = int(media.pts[picture])
    return (start - int(media.pts[0]) + Fraction(place - picture) * (stop - start)) * media.unit


def _loud(found: Loudness) -> str:
    if not found.is_there[0]:
        return "no sound here"
    peak, rms = decibels(int(found.peak[0])), decibels(float(found.rms[0]))
    if peak is None:
        return "silence"
    average = f"\n{_signed(rms)} on average" if rms is not None else ""
    return f"{_signed(peak)} at its loudest{average}"


def _signed(value: float) -> str:
    """A level, to a tenth of a decibel."""
    return f"−{-value:.1f} dB" if value <= -0.05 else "0.0 dB"
