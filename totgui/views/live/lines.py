"""All lines of a graph as one item in it, drawn as a saved figure draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from ...models.axis import Scale
from .figure import Frame, Line, paint_line


class Lines(QGraphicsItem):
    """The library's own curves take ten times as long: each is an item that asks the view for its place and pixels."""

    def __init__(self, box: Any) -> None:
        super().__init__()
        self._box = box  # a ViewBox: its range is what is seen of the values
        self.lines: tuple[Line, ...] = ()
        self._hull = QRectF()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these, the last on top."""
        self.prepareGeometryChange()
        self.lines = tuple(lines)
        xs = [x for line in self.lines for x in (line.xs[0], line.xs[-1])]
        ys = [y for line in self.lines for y in (min(line.ys), max(line.ys))]
        spread = max((max(line.spread) for line in self.lines if len(line.spread)), default=0.0)
        if xs:
            wide, high = max(xs) - min(xs) or 1.0, max(ys) - min(ys) + 2 * spread or 1.0
            hull = QRectF(min(xs), min(ys) - spread, wide, high)
            self._hull = hull.adjusted(-0.1 * wide, -0.1 * high, 0.1 * wide, 0.1 * high)  # room for pens and points
        self.update()

    def boundingRect(self) -> QRectF:
        return self._hull

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        (left, right), (low, high) = self._box.viewRange()
        first, last = (painter.worldTransform().map(QPointF(x, y)) for x, y in ((left, low), (right, high)))
        x, y = Scale(left, right, first.x(), last.x()), Scale(low, high, first.y(), last.y())
        frame = Frame(x, y, QRectF(first, last).normalized())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.resetTransform()  # pens and points have their width in pixels
        for line in self.lines:
            paint_line(painter, line, frame)
        painter.restore()
