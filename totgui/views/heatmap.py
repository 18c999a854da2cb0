"""Scores as an image: time by cluster, a pyramid that keeps the maximum of each block, and a lookup table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen

from core.data.timebase import Timebase

from .timeline.geometry import Axis, IntArray, pieces

FloatArray = NDArray[np.floating[Any]]
SOURCES = (("posterior", "Soft assignment"), ("plan", "Transport plan"), ("prior", "Temporal prior"))
_VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")


def viridis() -> list[int]:
    """256 colours as ``0xffrrggbb``, from dark violet (0) to yellow (1)."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in _VIRIDIS], dtype=float)
    places = np.linspace(0, 1, len(anchors))
    at = np.linspace(0, 1, 256)
    red, green, blue = (np.interp(at, places, anchors[:, i]).round().astype(int) for i in range(3))
    colours: list[int] = (0xFF000000 | (red << 16) | (green << 8) | blue).tolist()
    return colours


VIRIDIS = viridis()


class Pyramid:
    """A (rows, K) matrix as (K, n) uint8 levels; level l holds the maximum of blocks of ``2**l`` rows.

    `top` is the value that takes the brightest colour: 1 for a soft assignment, the maximum otherwise.
    """

    def __init__(self, scores: FloatArray, *, top: float | None = None) -> None:
        self.scores = scores
        self.n_rows, self.n_clusters = scores.shape
        values = np.asarray(scores, dtype=np.float32)
        self.top = float(top if top is not None else np.nanmax(values, initial=0.0)) or 1.0
        scaled = np.nan_to_num(values.T * np.float32(255 / self.top), nan=0.0, posinf=255, neginf=0)
        level = np.ascontiguousarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))  # (K, rows)
        self.levels = [level]
        while level.shape[1] > 1:
            if level.shape[1] % 2:
                level = np.concatenate([level, level[:, -1:]], axis=1)
            level = np.maximum(level[:, 0::2], level[:, 1::2])
            self.levels.append(level)

    def columns(self, first: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(K, n) uint8: the maximum over rows ``[first, stop)`` of n columns; a peak of one row is never lost."""
        span = int(np.max(stop - first))
        number = min(max(0, span.bit_length() - 2), len(self.levels) - 1)
        level = self.levels[number]
        left = np.minimum(first >> number, level.shape[1] - 1)
        right = np.minimum((stop - 1) >> number, level.shape[1] - 1)
        out = level[:, left]
        for step in range(1, int(np.max(right - left)) + 1):
            out = np.maximum(out, level[:, np.minimum(left + step, right)])
        return np.ascontiguousarray(out)

    def image(self, axis: Axis, timebase: Timebase) -> QImage:
        """A picture of the visible part: one column a pixel, one line a cluster."""
        first, stop = axis.columns()
        rows = timebase.rows()
        cells = self.columns(np.minimum(rows[first], self.n_rows - 1), np.minimum(rows[stop - 1], self.n_rows - 1) + 1)
        return to_image(cells)

    def value(self, row: int, cluster: int) -> float:
        """The score itself, as the file holds it."""
        return float(self.scores[min(row, self.n_rows - 1), cluster])


def to_image(cells: NDArray[np.uint8]) -> QImage:
    """A picture of (height, width) uint8 cells in viridis; it owns its memory."""
    cells = np.ascontiguousarray(cells)
    height, width = cells.shape
    image = QImage(cells.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(VIRIDIS)
    return image.copy()


def paint_heatmap(painter: QPainter, rect: QRect, pyramid: Pyramid, axis: Axis, timebase: Timebase) -> None:
    """Draw the visible part of the scores into `rect`, each cluster a band of equal height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(rect), pyramid.image(axis, timebase))
    band = rect.height() / pyramid.n_clusters
    if band >= 8:
        painter.setPen(QColor(0, 0, 0, 70))
        for cluster in range(1, pyramid.n_clusters):
            y = round(rect.top() + cluster * band)
            painter.drawLine(rect.left(), y, rect.right(), y)
    painter.restore()


def paint_path(
    painter: QPainter, rect: QRect, starts: IntArray, clusters: IntArray, n_clusters: int, axis: Axis
) -> None:
    """Draw the decoded path over the heatmap: a line in the band of each segment's cluster, joined at its boundaries.

    Where segments are narrower than a pixel one a pixel is drawn; background has no band and leaves a gap.
    """
    band = rect.height() / max(1, n_clusters)
    lines: list[QLineF] = []
    before: tuple[float, float] | None = None
    for piece in pieces(starts, axis):
        cluster = int(clusters[piece.segment])
        if not 0 <= cluster < n_clusters:
            before = None
            continue
        y = rect.top() + (cluster + 0.5) * band
        if before is not None:
            lines.append(QLineF(piece.left, before[1], piece.left, y))
        lines.append(QLineF(piece.left, y, piece.right, y))
        before = (piece.right, y)
    painter.save()
    painter.setClipRect(rect)
    for colour, width in ((QColor(0, 0, 0, 140), 3.0), (QColor(255, 255, 255, 230), 1.2)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLines(lines)
    painter.restore()


def paint_cluster_names(
    painter: QPainter, rect: QRect, names: list[str], colours: list[str], palette: QPalette
) -> None:
    """Write the cluster names beside their bands; where bands are too low, only some of them."""
    line = painter.fontMetrics().height()
    band = rect.height() / max(1, len(names))
    every = max(1, int(np.ceil(line * 0.92 / band)))
    for cluster in range(len(names)):
        top = rect.top() + cluster * band
        bottom = rect.top() + (cluster + 1) * band
        chip = QRectF(rect.right() - 5, top + (1 if band > 5 else 0), 4, bottom - top - (2 if band > 5 else 0))
        painter.fillRect(chip, QColor(colours[cluster]))
        if cluster % every == 0:
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            place = QRectF(rect.left(), top + band / 2 - line / 2, rect.width() - 11, line)
            text = painter.fontMetrics().elidedText(names[cluster], Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)


def paint_colour_bar(painter: QPainter, rect: QRect, low: str, high: str, palette: QPalette) -> None:
    """Draw the lookup table with its two ends named."""
    metrics = painter.fontMetrics()
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    left, right = metrics.horizontalAdvance(low) + 6, metrics.horizontalAdvance(high) + 6
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, low)
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, high)
    bar = to_image(np.arange(256, dtype=np.uint8)[None, :])
    painter.drawImage(QRectF(rect.left() + left, rect.center().y() - 4, rect.width() - left - right, 8), bar)
