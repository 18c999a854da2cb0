"""The confusion matrix as a picture: ground truth in rows, labels in columns, shaded by share of the row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from ..models.widgets import percent, tip
from ..palette import ACCENT

LEFT, BOTTOM = 130, 92


class Confusion(QWidget):
    """Painted, with a tooltip that reads each cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: NDArray[Any] = np.zeros((0, 0), int)
        self._labels: list[str] = []
        self.setAccessibleName("Confusion matrix: ground truth by label")

    def sizeHint(self) -> QSize:
        return QSize(400, 320)

    def show_table(self, counts: NDArray[Any], labels: list[str]) -> None:
        """Show (n, n) frames; rows are ground truth."""
        self._counts, self._labels = counts, labels
        self.update()

    def _cell(self) -> float:
        size = max(1, len(self._labels))
        return max(4.0, min((self.width() - LEFT - 8) / size, (self.height() - BOTTOM - 8) / size, 56))

    def describe(self, row: int, column: int) -> str:
        """One cell in words."""
        count, total = int(self._counts[row, column]), int(self._counts[row].sum())
        share = percent(count / total) if total else "–"
        return f"{self._labels[row]} labelled {self._labels[column]}: {count:,} frames, {share}% of the action"

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Row and column under a point."""
        cell = self._cell()
        row, column = int((point.y() - 6) // cell), int((point.x() - LEFT) // cell)
        size = len(self._labels)
        return (row, column) if 0 <= row < size and 0 <= column < size else None

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell is not None:
                QToolTip.showText(event.globalPos(), tip(self.describe(*cell)), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)  # type: ignore[arg-type]

    def paintEvent(self, event: object) -> None:
        size = len(self._labels)
        if not size:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, cell = self.palette(), self._cell()
        base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.WindowText)
        dim = palette.color(QPalette.ColorRole.PlaceholderText)
        totals = self._counts.sum(axis=1)
        metrics = painter.fontMetrics()
        every = max(1, int(np.ceil(metrics.height() / cell)))
        for row in range(size):
            for column in range(size):
                share = float(self._counts[row, column] / totals[row]) if totals[row] else 0.0
                rect = QRectF(LEFT + column * cell, 6 + row * cell, cell, cell)
                a, b = base.getRgbF()[:3], ACCENT.getRgbF()[:3]
                fill = QColor.fromRgbF(*((1 - share) * x + share * y for x, y in zip(a, b, strict=True)))
                painter.fillRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), fill)
                if cell >= 24 and share >= 0.005:
                    light = 0.3 * fill.redF() + 0.59 * fill.greenF() + 0.11 * fill.blueF()
                    painter.setPen(QColor("#ffffff") if light < 0.5 else QColor("#14171b"))
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{100 * share:.0f}")
            if row % every == 0:
                painter.setPen(text)
                name = metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideRight, LEFT - 12)
                painter.drawText(
                    QRectF(0, 6 + row * cell, LEFT - 8, cell),
                    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                    name,
                )
                painter.save()
                painter.translate(LEFT + row * cell + cell / 2, 6 + size * cell + 10)
                painter.rotate(40)
                painter.drawText(0, 6, metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideRight, 110))
                painter.restore()
        painter.setPen(dim)
        painter.drawText(
            QRectF(0, 10 + size * cell, LEFT - 8, 40), Qt.AlignmentFlag.AlignRight, "rows: ground truth\n% of the row"
        )
