"""The rows of the timeline: where they lie, and how segments, differences and confidence are painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPalette, QPen, QPolygonF

from core.annotation.segmentation import EDITED, Segmentation
from core.data.dataset import UNLABELLED

from ...palette import text_on
from ...session.readings import UNCERTAIN
from .geometry import Axis, column_max, column_min, pieces

ALARM = QColor("#d93a3a")
UNSURE = QColor("#e69f00")


@dataclass(frozen=True)
class Row:
    """One row of the timeline, `top` to `top` + `height` in pixels."""

    key: str
    title: str
    top: int
    height: int

    def rect(self, axis: Axis) -> QRect:
        """The lane of the row."""
        return QRect(axis.left, self.top, axis.width, self.height)


def lay_out(height: int, line: int) -> list[Row]:
    """The rows in a view `height` pixels high with text lines of `line` pixels; the heatmap takes what is left."""
    rows: list[Row] = []
    y = 4
    heights = (
        ("minimap", "Whole video", line + 8, 4),
        ("ruler", "", line + 8, 3),
        ("ground-truth", "Ground truth", line + 9, 3),
        ("prediction", "Prediction", line + 9, 3),
        ("corrected", "Corrected", line * 2 + 6, 3),
        ("difference", "Difference", line, 4),
        ("confidence", "Confidence", line * 2, 4),
        ("source", "Scores", line + 10, 2),
    )
    for key, title, tall, gap in heights:
        rows.append(Row(key, title, y, tall))
        y += tall + gap
    rows.append(Row("heatmap", "", y, max(2 * line, height - y - 6)))
    return rows


def hatch(painter: QPainter, rect: QRectF, palette: QPalette) -> None:
    """Fill with the grey hatching of what nobody has looked at."""
    base = palette.color(QPalette.ColorRole.Mid)
    base.setAlpha(90)
    painter.fillRect(rect, base)
    lines = palette.color(QPalette.ColorRole.PlaceholderText)
    lines.setAlpha(110)
    painter.fillRect(rect, QBrush(lines, Qt.BrushStyle.BDiagPattern))


def paint_track(
    painter: QPainter,
    rect: QRect,
    track: Segmentation,
    axis: Axis,
    *,
    palette: QPalette,
    colour: Callable[[int], str],
    name: Callable[[int], str],
    names: bool = True,
    selection: frozenset[int] = frozenset(),
) -> None:
    """Draw the visible segments, at most one rectangle a pixel, with names where they fit and selection outlined."""
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    colours: dict[int, QColor] = {}
    selected: list[QRectF] = []
    visible = pieces(track.starts, axis)
    for piece in visible:
        label = int(track.labels[piece.segment])
        if label not in colours:
            colours[label] = QColor(colour(label))
        wide = piece.right - piece.left
        gap = 1.0 if wide >= 5 else 0.0
        box = QRectF(piece.left, rect.top(), wide - gap, rect.height())
        _segment(painter, box, label, colours[label], palette)
        if names and wide >= 26:
            _segment_text(painter, box, label, colours[label], name(label), palette)
        if rect.height() > 30 and track.flag(piece.segment) & EDITED and wide >= 12:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(text_on(colours[label]))
            painter.drawEllipse(QPointF(box.right() - 6, box.top() + 6.5), 2.5, 2.5)
        if piece.segment in selection:
            selected.append(box)
    for box in selected:
        _outline(painter, box, palette)
    painter.restore()


def _segment(painter: QPainter, box: QRectF, label: int, colour: QColor, palette: QPalette) -> None:
    if label == UNLABELLED:
        hatch(painter, box, palette)
    elif box.width() < 6:
        painter.fillRect(box, colour)
    else:
        path = QPainterPath()
        path.addRoundedRect(box, 3, 3)
        painter.fillPath(path, colour)


def _segment_text(painter: QPainter, box: QRectF, label: int, colour: QColor, text: str, palette: QPalette) -> None:
    metrics = painter.fontMetrics()
    room = int(box.width()) - 10
    if metrics.horizontalAdvance(text) > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        if len(text) < 4:
            return
    painter.setPen(palette.color(QPalette.ColorRole.WindowText) if label == UNLABELLED else text_on(colour))
    painter.drawText(box.adjusted(7, 0, -3, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _outline(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 5))
    painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 2.5))
    painter.drawRoundedRect(box.adjusted(1.25, 1.25, -1.25, -1.25), 3, 3)


def paint_difference(painter: QPainter, rect: QRect, different: NDArray[np.bool_], axis: Axis) -> None:
    """Draw red where the tracks differ; one frame is seen at any zoom."""
    hit = column_max(different, axis)
    cuts = np.flatnonzero(np.diff(np.concatenate([[False], hit, [False]]).astype(np.int8)))
    for left, right in zip(cuts[0::2].tolist(), cuts[1::2].tolist(), strict=True):
        painter.fillRect(QRectF(rect.left() + left, rect.top(), max(1.5, right - left), rect.height()), ALARM)


def paint_confidence(
    painter: QPainter, rect: QRect, confidence: NDArray[np.floating[Any]], axis: Axis, palette: QPalette
) -> None:
    """Draw the lowest margin under each pixel as a curve, amber below the threshold line."""
    values = np.clip(column_min(confidence, axis), 0, 1)
    heights = rect.bottom() + 1 - values * (rect.height() - 2)
    points = [QPointF(rect.left() + i + 0.5, float(y)) for i, y in enumerate(heights)]
    area = QPolygonF([QPointF(rect.left(), rect.bottom() + 1), *points, QPointF(rect.right() + 1, rect.bottom() + 1)])
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    line = palette.color(QPalette.ColorRole.Highlight)
    fill = QColor(line)
    fill.setAlpha(60)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(area)
    weak = np.flatnonzero(np.diff(np.concatenate([[False], values < UNCERTAIN, [False]]).astype(np.int8)))
    amber = QColor(UNSURE)
    amber.setAlpha(80)
    for left, right in zip(weak[0::2].tolist(), weak[1::2].tolist(), strict=True):
        painter.fillRect(QRectF(rect.left() + left, rect.top(), right - left, rect.height()), amber)
    painter.setPen(QPen(line, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(points)
    y = rect.bottom() + 1 - UNCERTAIN * (rect.height() - 2)
    painter.setPen(QPen(UNSURE, 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    painter.restore()


def paint_empty(painter: QPainter, rect: QRect, text: str, palette: QPalette) -> None:
    """Say in the row what is missing and how to get it."""
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    place = rect.adjusted(10, 0, -4, 0)
    place.setHeight(min(place.height(), 3 * painter.fontMetrics().height()))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
