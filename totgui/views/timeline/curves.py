"""The rows that are no tracks: where two tracks differ, and how sure the scores are. Drawn as pictures of pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from ...session.readings import UNCERTAIN
from .geometry import Axis, Stretches, column_any, column_min

ALARM = QColor("#d93a3a")
UNSURE = QColor("#e69f00")
LINE = 0.7
"""Half the thickness of the curve in pixels."""


def paint_difference(painter: QPainter, rect: QRect, different: Stretches, axis: Axis) -> None:
    """Draw red where the tracks differ; one frame is seen at any zoom."""
    line = np.where(column_any(different, axis), np.uint32(ALARM.rgba()), np.uint32(0))
    _draw(painter, rect, line[None, : rect.width()])


def paint_confidence(
    painter: QPainter, rect: QRect, confidence: NDArray[np.floating[Any]], axis: Axis, palette: QPalette
) -> None:
    """Draw the lowest margin under each pixel as a curve, amber below the threshold line.

    Thousands of points as one antialiased line took 20 ms; this takes one.
    """
    values = np.clip(column_min(confidence, axis), 0, 1)
    high = rect.height()
    heights = (high - values * (high - 2)).astype(np.float32)
    after = np.append(heights[1:], heights[-1:])
    top, bottom = np.minimum(heights, after) - LINE, np.maximum(heights, after) + LINE
    row = np.arange(high, dtype=np.float32)[:, None]
    curve = np.clip(np.minimum(row + 1, bottom) - np.maximum(row, top), 0, 1)
    area = np.clip(row + 1 - heights, 0, 1) * 0.24
    highlight = palette.color(QPalette.ColorRole.Highlight)
    weak = (values < UNCERTAIN)[None] & (row >= 0)
    layers = ((UNSURE, weak * 0.31), (highlight, area), (highlight, curve))
    _draw(painter, rect, _over(layers))
    y = rect.bottom() + 1 - UNCERTAIN * (high - 2)
    painter.setPen(QPen(UNSURE, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))


def _over(layers: tuple[tuple[QColor, NDArray[np.floating[Any]]], ...]) -> NDArray[np.uint32]:
    """(height, width) premultiplied ARGB of colours with these coverages, 0 to 1, each over the one before."""
    shape = layers[0][1].shape
    mixed = np.zeros((4, *shape), np.float32)
    for colour, coverage in layers:
        channels = np.array([colour.redF(), colour.greenF(), colour.blueF(), 1.0], np.float32)[:, None, None]
        part = coverage.astype(np.float32, copy=False)  # one of 64 bits would make all that follows so wide
        mixed *= 1 - part
        mixed += channels * part
    red, green, blue, alpha = (mixed * 255 + 0.5).astype(np.uint32)
    return np.asarray(alpha << 24 | red << 16 | green << 8 | blue, np.uint32)


def _draw(painter: QPainter, rect: QRect, pixels: NDArray[np.uint32]) -> None:
    """Draw (height, width) premultiplied pixels into a rectangle."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QRectF(rect), image)
