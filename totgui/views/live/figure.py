"""Lines over iterations as a figure: axes, legend, bands; drawn from values only, on any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen, QPolygonF

from ...models.axis import Scale, mark_text, marks

Role = QPalette.ColorRole
FAR = 1e5
"""Pixels; a painter counts in whole numbers of a limited size."""


@dataclass(frozen=True)
class Line:
    """One line; `name` empty leaves it out of the legend. `spread` are the half heights of a band around it."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    colour: QColor
    width: float = 2.0
    dashed: bool = False
    spread: Sequence[float] = ()


@dataclass(frozen=True)
class Frame:
    """Where the lines lie: a scale for each axis, between the marks and the legend."""

    x: Scale
    y: Scale
    box: QRectF

    @classmethod
    def fitted(
        cls, lines: Sequence[Line], span: tuple[float, float] | None, metrics: QFontMetrics, size: QSize, end: float
    ) -> Frame:
        """The frame of lines on a widget; `span` fixes the vertical axis, `end` is the least end of the other."""
        xs = [x for line in lines for x in (line.xs[0], line.xs[-1]) if len(line.xs)]
        ys = [y for line in lines for y in line.ys]
        low, high = span if span is not None else (min([0.0, *ys]), max(ys, default=1.0))
        pad = 0.0 if span is not None else 0.04 * (high - low or 1.0)
        left = metrics.horizontalAdvance("00.00") + 12
        box = QRectF(left, metrics.height() + 12, max(20, size.width() - left - 12), 1)
        box.setBottom(max(box.top() + 20, size.height() - metrics.height() - 10))
        x = Scale(0.0, max([1.0, end, *xs]), box.left(), box.right())
        return cls(x, Scale(low, high + pad, box.bottom(), box.top()), box)


def paint_figure(painter: QPainter, palette: QPalette, title: str, lines: Sequence[Line], frame: Frame) -> None:
    """Draw axes, lines, and the title with the legend."""
    _axes(painter, palette, frame)
    for line in lines:
        paint_line(painter, line, frame)
    metrics = painter.fontMetrics()
    painter.setPen(palette.color(Role.WindowText))
    painter.drawText(QPointF(8, 4 + metrics.ascent()), title)
    x = 8.0 + metrics.horizontalAdvance(title) + 16
    for line in lines:
        if not line.name:
            continue
        if x + 20 + metrics.horizontalAdvance(line.name) > frame.box.right() - 16:
            break
        y = 4 + metrics.height() / 2
        painter.setPen(_pen(line, 2.0))
        painter.drawLine(QPointF(x, y), QPointF(x + 14, y))
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(QPointF(x + 18, 4 + metrics.ascent()), line.name)
        x += 18 + metrics.horizontalAdvance(line.name) + 12


def _axes(painter: QPainter, palette: QPalette, frame: Frame) -> None:
    metrics, box = painter.fontMetrics(), frame.box
    for value in marks(frame.y.low, frame.y.high, max(2, round(box.height() / 24))):
        y = frame.y.at(value)
        painter.setPen(QPen(palette.color(Role.Mid), 1))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(palette.color(Role.PlaceholderText))
        place = QRectF(0, y - metrics.height() / 2, box.left() - 6, metrics.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, mark_text(value))
    for value in marks(frame.x.low, frame.x.high, max(2, round(box.width() / 80))):
        x = frame.x.at(value)
        painter.setPen(palette.color(Role.PlaceholderText))
        wide = metrics.horizontalAdvance(mark_text(value))
        left = min(max(box.left(), x - wide / 2), box.right() - wide)
        painter.drawText(QPointF(left, box.bottom() + 5 + metrics.ascent()), mark_text(value))


def _pen(line: Line, width: float) -> QPen:
    style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
    return QPen(line.colour, width, style, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)


def paint_line(painter: QPainter, line: Line, frame: Frame) -> None:
    """Draw one line and the band around it; of more values than the frame has pixels the least and the greatest."""
    xs, ys = _pixels(frame.x, line.xs), _pixels(frame.y, line.ys)
    if len(line.spread):
        mean, spread = np.asarray(line.ys, np.float64), np.asarray(line.spread, np.float64)
        above, below = (_polygon(xs, _pixels(frame.y, mean + sign * spread), frame) for sign in (1.0, -1.0))
        band = QColor(line.colour)
        band.setAlpha(45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF([*above, *below[::-1]]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(line, line.width))
    points = _polygon(xs, ys, frame)
    if len(points) == 1:
        painter.setBrush(line.colour)
        painter.drawEllipse(points[0], 2.0, 2.0)
    else:
        painter.drawPolyline(QPolygonF(points))


def _pixels(scale: Scale, values: Sequence[float] | np.ndarray) -> np.ndarray:
    """(n,) the pixels of values; what is far outside stays a number that a painter takes."""
    known = np.asarray(values, dtype=np.float64)
    return np.clip(scale.first + (known - scale.low) * scale.per_value, -FAR, FAR)


def _polygon(xs: np.ndarray, ys: np.ndarray, frame: Frame) -> list[QPointF]:
    """The points of a line: all, or for about each pixel of the frame the least and the greatest."""
    together = -(-len(xs) // max(1, round(frame.box.width())))
    if together > 2:
        starts = np.arange(0, len(xs), together)
        ys = np.stack([np.minimum.reduceat(ys, starts), np.maximum.reduceat(ys, starts)], axis=1).ravel()
        xs = np.repeat(xs[starts], 2)
    return list(map(QPointF, xs.tolist(), ys.tolist()))
