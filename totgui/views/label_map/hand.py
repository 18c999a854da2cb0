"""The mouse on the matrix: what is under the pointer, the chip that is dragged, scrolling at the edge."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from .board import Board
from .layout import Layout

Shape = Qt.CursorShape
EDGE, SCROLL_MS = 24, 30


@dataclass(frozen=True)
class Drag:
    """A chip under way: the row it belongs to, and where the pointer is."""

    row: int
    at: QPoint


class Hand:
    """Turns presses and moves into wishes of the matrix; at most one chip is dragged at a time."""

    def __init__(self, matrix: Board) -> None:
        self.matrix = matrix
        self.drag: Drag | None = None
        self._pressed: tuple[int, QPoint] | None = None
        self._edge = QTimer(matrix)
        self._edge.setInterval(SCROLL_MS)
        self._edge.timeout.connect(self._scroll_at_edge)

    # --- press, move, release ------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Lock, go to a picture, or take hold of a chip; the cursor comes along."""
        matrix = self.matrix
        matrix.setFocus(Qt.FocusReason.MouseFocusReason)
        matrix.player.stop()
        if matrix.scene is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layout, point = matrix.layout_now(), event.position().toPoint()
        row, cell, picture = layout.row_at(point), layout.cell_at(point), layout.picture_at(point)
        if row is None:
            return
        if layout.lock_rect(row).contains(point):
            matrix.lockAsked.emit(row)
        elif picture is not None:
            matrix.go_to(*picture)
        elif cell is None or matrix.scene.is_assigned(cell):
            self._pressed = (row, point)
        if cell is not None:
            matrix.point_to(cell)
        matrix.viewport().update()

    def move(self, event: QMouseEvent) -> None:
        """Drag on, or show what is under the pointer."""
        if self.matrix.scene is None:
            return
        point = event.position().toPoint()
        if self._pressed is not None and self.drag is None:
            row, start = self._pressed
            if (point - start).manhattanLength() >= QApplication.startDragDistance():
                self._begin(row, point)
        if self.drag is not None:
            self._drag_to(self.drag.row, point)
            return
        layout = self.matrix.layout_now()
        self._hover(layout.cell_at(point), layout.row_at(point))
        self._offer_clip(layout, point)
        self.matrix.viewport().setCursor(self._shape(layout, point))

    def release(self, event: QMouseEvent) -> None:
        """Drop the chip: the wish is sent also where it is refused, so that the reason is said."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        scene, drag = self.matrix.scene, self.drag
        if drag is None or scene is None:
            return
        target, refused = self._dropped_on(event.position().toPoint()), scene.refused
        self.cancel()
        if target is not None and (refused or target != scene.label_map.target(drag.row)):
            self.matrix.assignAsked.emit(drag.row, target)

    def double(self, event: QMouseEvent) -> None:
        """Assign the cell, or type a name over the row."""
        matrix = self.matrix
        if matrix.scene is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layout, point = matrix.layout_now(), event.position().toPoint()
        cell, row = layout.cell_at(point), layout.row_at(point)
        self._pressed = None
        if cell is not None:
            matrix.assignAsked.emit(cell[0], matrix.scene.overlap.columns[cell[1]])
        elif row is not None and layout.text_rect(row).contains(point):
            matrix.nameAsked.emit(row)

    def leave(self) -> None:
        """Nothing is under the pointer; a chip stays in the hand."""
        if self.matrix.scene is not None and self.drag is None:
            self._hover(None, None)

    # --- a chip ------------------------------------------------------------------------------------

    def _begin(self, row: int, point: QPoint) -> None:
        self.matrix.player.stop()
        self.drag = Drag(row, point)
        self.matrix.viewport().setCursor(Shape.ClosedHandCursor)
        self._edge.start()

    def _drag_to(self, row: int, point: QPoint) -> None:
        self.drag = Drag(row, point)
        column = self._column_under(point)
        self._hover(None if column is None else (row, column), row)
        scene, viewport = self.matrix.scene, self.matrix.viewport()
        is_refused = scene is not None and scene.refused
        viewport.setCursor(Shape.ForbiddenCursor if is_refused else Shape.ClosedHandCursor)
        viewport.update()

    def cancel(self) -> None:
        """Let go of the chip; nothing changes."""
        self.drag = self._pressed = None
        self._edge.stop()
        self.matrix.viewport().setCursor(Shape.ArrowCursor)
        self._hover(None, None)
        self.matrix.viewport().update()

    def _column_under(self, point: QPoint) -> int | None:
        """The column under the pointer, also below the last row."""
        layout = self.matrix.layout_now()
        return layout.column_at(QPoint(point.x(), layout.top))

    def _dropped_on(self, point: QPoint) -> int | None:
        """The target of the column under the pointer, None outside of the view."""
        if not self.matrix.viewport().rect().contains(point):
            return None
        scene, column = self.matrix.scene, self._column_under(point)
        return None if column is None or scene is None else scene.overlap.columns[column]

    def _scroll_at_edge(self) -> None:
        if self.drag is None:
            return
        head, width, x = self.matrix.layout_now().head, self.matrix.viewport().width(), self.drag.at.x()
        step = EDGE if x > width - EDGE else -EDGE if head <= x < head + EDGE else 0
        bar = self.matrix.horizontalScrollBar()
        before = bar.value()
        bar.setValue(before + step)
        if bar.value() != before:
            self._drag_to(self.drag.row, self.drag.at)

    # --- what is under the pointer -------------------------------------------------------------------

    def _hover(self, cell: tuple[int, int] | None, row: int | None) -> None:
        scene = self.matrix.scene
        if scene is None or (cell, row) == (scene.hover, scene.hover_row):
            return
        is_other = cell != scene.hover
        scene.hover, scene.hover_row = cell, row
        if is_other:
            self.matrix.tell(cell)
        self.matrix.viewport().update()

    def _offer_clip(self, layout: Layout, point: QPoint) -> None:
        """Play the segment of a picture that the pointer rests on."""
        matrix, picture = self.matrix, layout.picture_at(point)
        medoid = matrix.medoid(*picture) if picture is not None else None
        if picture is None or medoid is None:
            matrix.player.stop()
            return
        place = layout.picture_rect(*picture)
        matrix.player.offer(medoid, QRect(matrix.viewport().mapToGlobal(place.topLeft()), place.size()))

    def _shape(self, layout: Layout, point: QPoint) -> Shape:
        scene, row = self.matrix.scene, layout.row_at(point)
        if scene is not None and scene.hover is not None and scene.is_assigned(scene.hover):
            return Shape.OpenHandCursor
        on_lock = row is not None and layout.lock_rect(row).contains(point)
        return Shape.PointingHandCursor if on_lock or layout.picture_at(point) else Shape.ArrowCursor
