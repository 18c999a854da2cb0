"""A plot of lines over iterations: axes, legend, and the values under the pointer. Nothing here knows a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ...models.axis import Scale, mark_text, marks
from ...models.picture import Drawing, Picture, SaveButton
from ...session import Session

Role = QPalette.ColorRole
EXPORT = QSize(760, 380)


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


class Plot(Picture):
    """Lines with a title; the pointer reads them."""

    def __init__(self, session: Session, title: str, span: tuple[float, float] | None, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.title, self._span = title, span
        self.lines: tuple[Line, ...] = ()
        self._end = 0.0
        self._pointer: float | None = None
        self._name = title.partition(" ")[0].lower()
        self.setMinimumHeight(130)
        self.setMouseTracking(True)
        self.setAccessibleName(f"{title} by iteration")
        self._button = SaveButton(self.saver, self)

    def resizeEvent(self, event: object) -> None:
        self._button.move(self.width() - self._button.width(), 0)

    def sizeHint(self) -> QSize:
        return QSize(210, 180)

    def show_lines(self, lines: Sequence[Line], end: float) -> None:
        """Show these lines, the important ones last; the axis reaches at least to iteration `end`."""
        self.lines, self._end = tuple(line for line in lines if len(line.xs)), end
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.palette().color(Role.Base))
        frame = Frame.fitted(self.lines, self._span, self.fontMetrics(), self.size(), self._end)
        paint_plot(painter, self.palette(), self.title, self.lines, frame, self._pointer)

    def read(self, iteration: float) -> list[tuple[str, float]]:
        """Name and value of every named line at the known iteration next to one."""
        return read(self.lines, iteration)

    def drawing(self) -> Drawing | None:
        if not self.lines:
            return None
        lines, span, title, end = self.lines, self._span, self.title, self._end
        metrics = self.fontMetrics()

        def paint(painter: QPainter, palette: QPalette) -> None:
            frame = Frame.fitted(lines, span, metrics, EXPORT, end)
            paint_plot(painter, palette, title, lines, frame, None)

        return Drawing(EXPORT.width(), EXPORT.height(), paint, f"{self._name} curves", self.font())


def read(lines: Sequence[Line], iteration: float) -> list[tuple[str, float]]:
    """Name and value of every named line at its point next to an iteration."""
    found = []
    for line in lines:
        if line.name:
            near = int(np.argmin(np.abs(np.asarray(line.xs) - iteration)))
            found.append((line.name, float(line.ys[near])))
    return found


def paint_plot(
    painter: QPainter, palette: QPalette, title: str, lines: Sequence[Line], frame: Frame, pointer: float | None
) -> None:
    """Draw axes, lines, title with legend, and the values at the pointer."""
    _axes(painter, palette, frame)
    for line in lines:
        _line(painter, line, frame)
    metrics = painter.fontMetrics()
    painter.setPen(palette.color(Role.WindowText))
    painter.drawText(QPointF(8, 4 + metrics.ascent()), title)
    x = 8.0 + metrics.horizontalAdvance(title) + 16
    at = frame.x.value(pointer) if pointer is not None and frame.box.left() <= pointer <= frame.box.right() else None
    values = dict(read(lines, at)) if at is not None else {}
    for line in lines:
        if not line.name:
            continue
        text = f"{line.name} {values[line.name]:.4g}" if line.name in values else line.name
        if x + 20 + metrics.horizontalAdvance(text) > frame.box.right() - 16:
            break
        y = 4 + metrics.height() / 2
        painter.setPen(_pen(line, 2.0))
        painter.drawLine(QPointF(x, y), QPointF(x + 14, y))
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(QPointF(x + 18, 4 + metrics.ascent()), text)
        x += 18 + metrics.horizontalAdvance(text) + 12
    if at is not None and pointer is not None:
        painter.setPen(QPen(palette.color(Role.PlaceholderText), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(pointer, frame.box.top()), QPointF(pointer, frame.box.bottom()))


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


def _line(painter: QPainter, line: Line, frame: Frame) -> None:
    low, high = frame.box.top(), frame.box.bottom()

    def point(x: float, y: float) -> QPointF:
        return QPointF(frame.x.at(x), min(max(frame.y.at(y), low - 2), high + 2))

    if len(line.spread):
        above = [point(x, y + s) for x, y, s in zip(line.xs, line.ys, line.spread, strict=True)]
        below = [point(x, y - s) for x, y, s in zip(line.xs, line.ys, line.spread, strict=True)]
        band = QColor(line.colour)
        band.setAlpha(45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF([*above, *below[::-1]]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(line, line.width))
    points = [point(x, y) for x, y in zip(line.xs, line.ys, strict=True)]
    if len(points) == 1:
        painter.setBrush(line.colour)
        painter.drawEllipse(points[0], 2.0, 2.0)
    else:
        painter.drawPolyline(QPolygonF(points))
