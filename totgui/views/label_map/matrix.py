"""The matrix of the label map: clusters by targets, with a cursor for the keyboard; it sends wishes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from core.annotation.values import UNMAPPED
from core.data.dataset import BACKGROUND

from ...session import Session
from .board import Board
from .hand import Hand
from .paint import paint, paint_drag
from .words import target_name

Key = Qt.Key
STEPS = {Key.Key_Left: (0, -1), Key.Key_Right: (0, 1), Key.Key_Up: (-1, 0), Key.Key_Down: (1, 0)}
ENTER, UNMAP = (Key.Key_Return, Key.Key_Enter), (Key.Key_Delete, Key.Key_Backspace)
OWN_KEYS = {*STEPS, *ENTER, *UNMAP, Key.Key_B, Key.Key_L, Key.Key_F2, Key.Key_Escape}
"""Keys that are ours while the matrix has the focus."""


class Matrix(Board):
    """Rows are clusters, columns actions, (background) and (unmapped). It sends wishes and changes nothing."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.hand = Hand(self)
        session.clusterSelected.connect(self.point_at)

    # --- what is shown -----------------------------------------------------------------------------

    def show_effect(self, text: str, *, refused: bool) -> None:
        """What dropping the chip here would do; lines are parted by line breaks."""
        self._effect = text
        if self.scene is not None:
            self.scene.refused = refused and self.hand.drag is not None
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        palette, area = self.palette(), self.viewport().rect()
        painter.fillRect(area, palette.color(self.backgroundRole()))
        if self.scene is None:
            return
        self.scene.cursor = self.cursor_cell if self.hasFocus() or self._pointed else None
        paint(painter, self.scene, self.layout_now(), palette, area)
        drag = self.hand.drag
        if drag is not None:
            target = self.scene.label_map.target(drag.row)
            paint_drag(
                painter,
                palette,
                area,
                drag.at,
                chip=f"{drag.row} · {target_name(self.scene.name_of, target)}",
                colour=QColor(self._session.action_colour(target)),
                text=self._effect,
                warn=self.scene.refused,
            )

    # --- the mouse ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.double(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.player.stop()
        self.hand.leave()

    def hideEvent(self, event: QEvent) -> None:
        self.player.stop()

    # --- the cursor and the keyboard -----------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.scene is None or key not in OWN_KEYS:
            super().keyPressEvent(event)
            return
        row, column = self.cursor_cell
        if self.hand.drag is not None:
            if key == Key.Key_Escape:
                self.hand.cancel()
        elif key in STEPS:
            self._move_cursor(*STEPS[key])
        elif key in ENTER:
            self.assignAsked.emit(row, self.scene.overlap.columns[column])
        elif key == Key.Key_B:
            self.assignAsked.emit(row, int(BACKGROUND))
        elif key in UNMAP:
            self.assignAsked.emit(row, UNMAPPED)
        elif key == Key.Key_L:
            self.lockAsked.emit(row)
        elif key == Key.Key_F2:
            self.nameAsked.emit(row)
        else:
            super().keyPressEvent(event)
            return
        event.accept()
        self.viewport().update()

    def _move_cursor(self, down: int, right: int) -> None:
        assert self.scene is not None
        rows, columns = self.scene.overlap.counts.shape
        row = min(max(self.cursor_cell[0] + down, 0), rows - 1)
        column = min(max(self.cursor_cell[1] + right, 0), columns - 1)
        self.ensure_visible(row, column)
        self.point_to((row, column))

    def point_at(self, cluster: int) -> None:
        """Bring the cursor to the assigned cell of a cluster that was pointed at elsewhere."""
        if self.scene is None or not 0 <= cluster < len(self.scene.overlap.counts):
            return
        cell = (cluster, self.scene.overlap.column(self.scene.label_map.target(cluster)))
        self._pointed = True
        self.ensure_visible(*cell)
        self.point_to(cell)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._pointed = False
        if self.hand.drag is not None:
            self.hand.cancel()
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and Qt.Key(event.key()) in OWN_KEYS:
                event.accept()
                return True
        return super().event(event)
