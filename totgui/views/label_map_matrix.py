"""The painted matrix of the label map: clusters by targets, shaded by overlap, the assigned cell outlined."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import BACKGROUND

from ..models.overlap import Overlap
from ..models.widgets import percent, tip
from ..palette import ACCENT
from ..session import Session

CELL, ROW, HEAD, TOP = 46, 30, 176, 118
OWN_KEYS = (
    Qt.Key.Key_B,
    Qt.Key.Key_L,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)


class Matrix(QWidget):
    """Rows are clusters, columns actions, (background) and (unmapped). It sends wishes and changes nothing."""

    assignAsked = Signal(int, int)  # cluster, target
    lockAsked = Signal(int)
    cellChanged = Signal(int, int)  # cluster, target under the pointer or the cursor; -1, 0 for none

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._overlap: Overlap | None = None
        self._map: LabelMap | None = None
        self._hover: tuple[int, int] | None = None
        self.cursor_cell = (0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Label map: clusters by actions")

    def show_map(self, overlap: Overlap | None, label_map: LabelMap | None) -> None:
        """Show these counts and this map."""
        self._overlap, self._map = overlap, label_map
        if overlap is not None:
            rows, columns = overlap.counts.shape
            self.cursor_cell = (min(self.cursor_cell[0], rows - 1), min(self.cursor_cell[1], columns - 1))
            self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        if self._overlap is None:
            return QSize(200, 100)
        rows, columns = self._overlap.counts.shape
        return QSize(HEAD + columns * CELL + 64, TOP + rows * ROW + 8)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is drawn."""
        return QRect(HEAD + column * CELL, TOP + row * ROW, CELL, ROW)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """The cell under a point."""
        if self._overlap is None or point.x() < HEAD or point.y() < TOP:
            return None
        row, column = (point.y() - TOP) // ROW, (point.x() - HEAD) // CELL
        rows, columns = self._overlap.counts.shape
        return (row, column) if row < rows and column < columns else None

    # --- input -------------------------------------------------------------------------------------

    def _tell(self, cell: tuple[int, int] | None) -> None:
        if cell is None or self._overlap is None:
            self.cellChanged.emit(-1, 0)
        else:
            self.cellChanged.emit(cell[0], self._overlap.columns[cell[1]])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell != self._hover:
            self._hover = cell
            self.setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
            self._tell(cell)
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = None
        self._tell(None)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if cell is not None and self._overlap is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cursor_cell = cell
            self.assignAsked.emit(cell[0], self._overlap.columns[cell[1]])
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._overlap is None:
            super().keyPressEvent(event)
            return
        row, column = self.cursor_cell
        rows, columns = self._overlap.counts.shape
        step = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }.get(Qt.Key(event.key()))
        if step is not None:
            self.cursor_cell = (min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1))
            self._tell(self.cursor_cell)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.assignAsked.emit(row, self._overlap.columns[column])
        elif event.key() == Qt.Key.Key_B:
            self.assignAsked.emit(row, int(BACKGROUND))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.assignAsked.emit(row, UNMAPPED)
        elif event.key() == Qt.Key.Key_L:
            self.lockAsked.emit(row)
        else:
            super().keyPressEvent(event)
            return
        event.accept()
        self.update()

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and self._overlap is not None:
            column = (event.pos().x() - HEAD) // CELL
            if event.pos().x() >= HEAD and 0 <= column < len(self._overlap.columns):
                QToolTip.showText(event.globalPos(), tip(self.column_name(column)), self)
            else:
                QToolTip.hideText()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in OWN_KEYS:
            event.accept()  # these keys are ours while the matrix has the focus
            return True
        return super().event(event)  # type: ignore[arg-type]

    # --- painting ----------------------------------------------------------------------------------

    def column_name(self, column: int) -> str:
        """What stands over a column."""
        assert self._overlap is not None
        target = self._overlap.columns[column]
        if target == UNMAPPED:
            return "(unmapped)"
        return "(background)" if target == BACKGROUND else self._session.action_name(target)

    def paintEvent(self, event: QPaintEvent) -> None:
        found, label_map = self._overlap, self._map
        if found is None or label_map is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        table = label_map.table()
        for column in range(len(found.columns)):
            self._paint_column_head(painter, column, table)
        for row in range(found.counts.shape[0]):
            if event.rect().intersects(QRect(0, TOP + row * ROW, self.width(), ROW)):
                self._paint_row(painter, row, table)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_rect(*self.cursor_cell).adjusted(1, 1, -2, -2))

    def _paint_column_head(self, painter: QPainter, column: int, table: dict[int, int]) -> None:
        assert self._overlap is not None
        found, target = self._overlap, self._overlap.columns[column]
        taken = target in table.values()
        dim, text = map(self.palette().color, (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.WindowText))
        metrics = QFontMetrics(self.font())
        name = metrics.elidedText(self.column_name(column), Qt.TextElideMode.ElideRight, 118)
        painter.save()
        painter.translate(HEAD + column * CELL + CELL / 2 - 2, TOP - 22)
        painter.rotate(-48)
        painter.setPen(text if taken or target < 0 else dim)
        painter.drawText(QPointF(0, 0), name)
        painter.restore()
        if target != UNMAPPED:
            chip = QRectF(HEAD + column * CELL + 6, TOP - 6, CELL - 12, 3)
            painter.fillRect(chip, QColor(self._session.action_colour(target)))
        recall = found.recall(table, column) if target >= 0 and found.has_truth else None
        painter.setPen(dim)
        below = "none" if target >= 0 and not taken else "" if recall is None else f"{100 * recall:.0f}%"
        painter.drawText(QRect(HEAD + column * CELL, TOP - 21, CELL, 14), Qt.AlignmentFlag.AlignCenter, below)

    def _paint_row(self, painter: QPainter, row: int, table: dict[int, int]) -> None:
        assert self._overlap is not None and self._map is not None
        found, target = self._overlap, table[row]
        palette = self.palette()
        text, dim = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.PlaceholderText)
        top = TOP + row * ROW
        if self._hover is not None and self._hover[0] == row:
            painter.fillRect(QRect(0, top, self.width(), ROW), palette.color(QPalette.ColorRole.AlternateBase))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._session.action_colour(target)))
        painter.drawRoundedRect(QRectF(8, top + 8, 14, ROW - 16), 3, 3)
        painter.setPen(text)
        painter.drawText(QRect(28, top, 26, ROW), Qt.AlignmentFlag.AlignVCenter, str(row))
        painter.drawText(
            QRect(44, top, 66, ROW),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            f"{int(found.frames[row]):,}",
        )
        purity = found.purity(row)
        painter.setPen(dim)
        painter.drawText(
            QRect(112, top, 42, ROW),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            "–" if purity is None else f"{100 * purity:.0f}%",
        )
        if row in self._map.locked:
            _paint_lock(painter, QRectF(158, top + ROW / 2 - 6, 10, 12), text)
        total = int(found.counts[row].sum())
        base, assigned = palette.color(QPalette.ColorRole.Base), found.column(target)
        for column in range(len(found.columns)):
            rect, count = self.cell_rect(row, column), int(found.counts[row, column])
            share = count / total if total else 0.0
            fill = _mix(base, ACCENT, share)
            painter.fillRect(rect.adjusted(1, 1, -1, -1), fill)
            if count and share >= 0.005:
                painter.setPen(QColor("#ffffff") if _luminance(fill) < 0.5 else QColor("#14171b"))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _short(count))
            if (row, column) == self._hover:
                painter.setPen(QPen(ACCENT, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5))
            if column == assigned:
                style = Qt.PenStyle.SolidLine if count or not found.has_truth or target < 0 else Qt.PenStyle.DashLine
                painter.setPen(QPen(text, 2.4, style))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 3, 3)

    def describe(self, row: int, target: int) -> str:
        """A sentence about one cell, for the line below the matrix."""
        assert self._overlap is not None
        column = self._overlap.column(target)
        count, total = int(self._overlap.counts[row, column]), int(self._overlap.counts[row].sum())
        share = f", {percent(count / total)}% of the cluster" if total else ""
        return f"Cluster {row} · {self.column_name(column)}: {count:,} frames shared{share}."


def _mix(base: QColor, colour: QColor, share: float) -> QColor:
    share = share**0.7
    parts = ((1 - share) * a + share * b for a, b in zip(base.getRgbF()[:3], colour.getRgbF()[:3], strict=True))
    return QColor.fromRgbF(*parts)


def _luminance(colour: QColor) -> float:
    return 0.3 * colour.redF() + 0.59 * colour.greenF() + 0.11 * colour.blueF()


def _short(count: int) -> str:
    return f"{count:,}" if count < 10_000 else f"{count / 1000:.0f}k"


def _paint_lock(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(rect.left() + 2, rect.top(), rect.width() - 4, 9), 0, 180 * 16)
    painter.fillRect(QRectF(rect.left(), rect.top() + 5, rect.width(), 7), colour)
