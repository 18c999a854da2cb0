"""The confusion matrix as a picture: ground truth in rows, labels in columns, shaded by share of the row."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from ...models.drawing import Drawing, drawable
from ...models.picture import Picture
from ...models.widgets import percent
from ...palette import ACCENT, blend, text_on
from ...session import Session

Role = QPalette.ColorRole
GAP, LEAST_NAME, MOST_NAME, SLANT = 8, 56, 130, math.radians(50)
"""Pixels around the names; the least and the most that a name is given; the names of columns rise at this angle."""
READABLE = 24
"""Pixels of a cell that holds its number."""
CAPTION = "Rows: ground truth. Columns: labels. Numbers: % of the row."
EXPORT_CELL = 44


@dataclass(frozen=True)
class Matrix:
    """(n, n) frames with the names of rows and columns, on cells of one size right of `left` and below `top`."""

    counts: NDArray[Any]
    labels: tuple[str, ...]
    left: int
    top: int
    cell: float

    @classmethod
    def fitted(cls, counts: NDArray[Any], labels: list[str], metrics: QFontMetrics, size: QSize) -> Matrix:
        """The matrix on a widget of this size."""
        names = tuple(drawable(label) for label in labels)
        below, cells = metrics.height() + 2 * GAP, READABLE * len(names)
        free_across = (size.width() - 2 * GAP - cells) / (1 + math.cos(SLANT))
        free_down = (size.height() - metrics.height() - below - cells) / math.sin(SLANT)
        most = min(MOST_NAME, max(LEAST_NAME, int(min(free_across, free_down))))  # long names go before the numbers do
        longest = min(most, max((metrics.horizontalAdvance(name) for name in names), default=0))
        left, top = longest + 2 * GAP, round(longest * math.sin(SLANT)) + metrics.height()
        beside = longest * math.cos(SLANT)
        room = min(size.width() - left - beside, size.height() - top - below) / max(1, len(names))
        return cls(counts, names, left, top, max(6.0, min(room, 56.0)))

    @property
    def side(self) -> float:
        return self.cell * len(self.labels)

    def box(self, row: int, column: int) -> QRectF:
        return QRectF(self.left + column * self.cell, self.top + row * self.cell, self.cell, self.cell)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell at a point."""
        row, column = int((y - self.top) // self.cell), int((x - self.left) // self.cell)
        size = len(self.labels)
        return (row, column) if 0 <= row < size and 0 <= column < size else None


class Confusion(Picture):
    """Painted; a click (or the arrows and Enter) asks for the places behind a cell."""

    cellChosen = Signal(int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._counts: NDArray[Any] = np.zeros((0, 0), int)
        self._labels: list[str] = []
        self.chosen: tuple[int, int] | None = None
        self._title = ""
        self.setMinimumSize(220, 180)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix: ground truth by label")
        self.setAccessibleDescription(
            "Rows are ground truth, columns labels. Arrows move, Enter lists the segments behind a cell."
        )

    def sizeHint(self) -> QSize:
        return QSize(400, 320)

    def show_table(self, counts: NDArray[Any], labels: list[str], title: str = "") -> None:
        """Show (n, n) frames; rows are ground truth."""
        if labels != self._labels:
            self.chosen = None
        self._counts, self._labels, self._title = counts, labels, title
        self.update()

    @property
    def matrix(self) -> Matrix:
        """Where the cells lie now."""
        return Matrix.fitted(self._counts, self._labels, self.fontMetrics(), self.size())

    def describe(self, row: int, column: int) -> str:
        """One cell in words."""
        count, total = int(self._counts[row, column]), int(self._counts[row].sum())
        share = percent(count / total) if total else "–"
        return f"{self._labels[row]} labelled {self._labels[column]}: {count:,} frames, {share}% of the action"

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Row and column under a point."""
        return self.matrix.at(point.x(), point.y())

    def choose(self, row: int, column: int) -> None:
        """Point at a cell and ask for its places."""
        self.chosen = row, column
        self.update()
        self.cellChosen.emit(row, column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.choose(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        on_cell = self.cell_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_cell else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self._labels:
            super().keyPressEvent(event)
            return
        row, column = self.chosen or (0, 0)
        last = len(self._labels) - 1
        self.choose(min(max(0, row + move[0]), last), min(max(0, column + move[1]), last))

    def tip_at(self, point: QPoint) -> str:
        cell = self.cell_at(point)
        return "" if cell is None else self.describe(*cell)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._labels:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_matrix(painter, self.palette(), self.matrix, self.chosen)

    def drawing(self) -> Drawing | None:
        if not self._labels:
            return None
        matrix = Matrix.fitted(self._counts, self._labels, self.fontMetrics(), QSize(10_000, 10_000))
        matrix = replace(matrix, cell=EXPORT_CELL)

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_matrix(painter, palette, matrix, None)

        caption = self.fontMetrics().horizontalAdvance(CAPTION) + 2 * GAP
        width = round(max(matrix.left + matrix.side + MOST_NAME * math.cos(SLANT), caption))
        height = round(matrix.top + matrix.side + self.fontMetrics().height() + 2 * GAP)
        return Drawing(width, height, paint, f"confusion {self._title}".strip(), self.font())


def paint_matrix(painter: QPainter, palette: QPalette, matrix: Matrix, chosen: tuple[int, int] | None) -> None:
    """Draw cells, their numbers where they fit, and the names of rows and columns."""
    metrics, cell = painter.fontMetrics(), matrix.cell
    base, totals = palette.color(Role.Base), matrix.counts.sum(axis=1)
    every = max(1, int(np.ceil(metrics.height() / cell)))
    for row, name in enumerate(matrix.labels):
        for column in range(len(matrix.labels)):
            share = float(matrix.counts[row, column] / totals[row]) if totals[row] else 0.0
            _cell(painter, matrix.box(row, column), share, base)
        if row % every == 0:
            painter.setPen(palette.color(Role.WindowText))
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, matrix.left - 2 * GAP)
            line = QRectF(0, matrix.top + row * cell, matrix.left - GAP, cell)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            painter.save()
            painter.translate(matrix.left + row * cell + cell / 2 + metrics.ascent() / 2, matrix.top - GAP / 2)
            painter.rotate(-math.degrees(SLANT))
            painter.drawText(0, 0, text)
            painter.restore()
    painter.setPen(palette.color(Role.PlaceholderText))
    painter.drawText(QPointF(GAP, matrix.top + matrix.side + GAP + metrics.ascent()), CAPTION)
    if chosen is not None and max(chosen) < len(matrix.labels):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.color(Role.WindowText), 2))
        painter.drawRect(matrix.box(*chosen).adjusted(0.5, 0.5, -0.5, -0.5))


def _cell(painter: QPainter, box: QRectF, share: float, base: QColor) -> None:
    fill = blend(ACCENT, base, share)
    painter.fillRect(box.adjusted(0.5, 0.5, -0.5, -0.5), fill)
    if box.width() >= READABLE and share >= 0.005:
        painter.setPen(text_on(fill))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{100 * share:.0f}")
