"""The matrix of the label map: clusters by targets. A chip is dragged, or the cursor moved and Enter pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from core.annotation.overlap import Overlap
from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import BACKGROUND

from ...models.medoids import Medoid
from ...models.widgets import percent, tip
from ...session import Session
from .layout import Layout
from .paint import Scene, chip_rect, paint, paint_drag, row_counts, smaller
from .player import Player

Key = Qt.Key
STEPS = {Key.Key_Left: (0, -1), Key.Key_Right: (0, 1), Key.Key_Up: (-1, 0), Key.Key_Down: (1, 0)}
ENTER, UNMAP = (Key.Key_Return, Key.Key_Enter), (Key.Key_Delete, Key.Key_Backspace)
OWN_KEYS = {*STEPS, *ENTER, *UNMAP, Key.Key_B, Key.Key_L, Key.Key_F2, Key.Key_Escape}
"""Keys that are ours while the matrix has the focus."""
EDGE, SCROLL_MS = 24, 30


@dataclass(frozen=True)
class Drag:
    """A chip under way: the row it belongs to, and where the pointer is."""

    row: int
    at: QPoint


class Matrix(QAbstractScrollArea):
    """Rows are clusters, columns actions, (background) and (unmapped). It sends wishes and changes nothing."""

    assignAsked = Signal(int, int)  # cluster, target
    lockAsked = Signal(int)
    nameAsked = Signal(int)
    cellChanged = Signal(int, int)  # cluster, target under the pointer, the chip or the cursor; -1, 0 for none

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.scene: Scene | None = None
        self.drag: Drag | None = None
        self._pressed: tuple[int, QPoint] | None = None
        self._effect = ""
        self.cursor_cell = (0, 0)
        self._pointed = False
        """Whether the cursor is shown without the focus: another view pointed at a cluster."""
        self.player = Player(session, self)
        self._edge = QTimer(self)
        self._edge.setInterval(SCROLL_MS)
        self._edge.timeout.connect(self._scroll_at_edge)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Label map: clusters by actions")
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(24)
            bar.valueChanged.connect(lambda _value: self.viewport().update())
        session.clusterSelected.connect(self.point_at)

    # --- what is shown -----------------------------------------------------------------------------

    def show_map(self, overlap: Overlap, label_map: LabelMap, medoids: Mapping[int, list[Medoid]]) -> None:
        """Show these counts and this map."""
        session = self._session
        scene = Scene(overlap, label_map, session.action_name, session.action_colour, session.thumbnail, medoids)
        if self.scene is not None:
            scene = replace(scene, hover_row=self.scene.hover_row)
        self.scene = scene
        rows, columns = overlap.counts.shape
        self.cursor_cell = (min(self.cursor_cell[0], rows - 1), min(self.cursor_cell[1], columns - 1))
        self._fit_bars()
        self.viewport().update()

    def show_proposal(self, table: Mapping[int, int] | None) -> None:
        """Outline the cells that a new match would assign."""
        if self.scene is not None:
            self.scene.proposal = table
            self.viewport().update()

    def show_effect(self, text: str, *, refused: bool) -> None:
        """What dropping the chip here would do; lines are parted by line breaks."""
        self._effect = text
        if self.scene is not None:
            self.scene.refused = refused and self.drag is not None
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(460, 360)

    def layout_now(self) -> Layout:
        """The layout for the present width, font and scrolled offset."""
        assert self.scene is not None
        rows, columns = self.scene.overlap.counts.shape
        document = self._session.document
        has_media = document is not None and any(v.media is not None for v in document.videos.values())
        found = Layout.of(
            QFontMetrics(self.font()),
            QFontMetrics(smaller(self.font())),
            rows=rows,
            names=[self.scene.column_name(column) for column in range(columns)],
            width=self.viewport().width(),
            has_media=has_media and bool(self.scene.medoids),
        )
        offset = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return replace(found, offset=offset)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is drawn in the viewport."""
        return self.layout_now().cell_rect(row, column)

    def chip_rect(self, row: int) -> QRect:
        """Where the chip of a cluster is drawn."""
        assert self.scene is not None
        column = self.scene.overlap.column(self.scene.label_map.target(row))
        return chip_rect(self.cell_rect(row, column))

    def name_rect(self, row: int) -> QRect:
        """Where the name of a row is written."""
        return self.layout_now().text_rect(row)

    def describe(self, row: int, target: int) -> str:
        """A sentence about one cell."""
        assert self.scene is not None
        found = self.scene.overlap
        column = found.column(target)
        count, total = int(found.counts[row, column]), int(found.counts[row].sum())
        share = f", {percent(count / total)} %" if total else ""
        return f"Cluster {row} · {self.scene.column_name(column)}: {count:,} frames{share}."

    def _fit_bars(self) -> None:
        if self.scene is None:
            return
        size, room = self.layout_now().content, self.viewport().size()
        for bar, whole, shown in (
            (self.horizontalScrollBar(), size.width(), room.width()),
            (self.verticalScrollBar(), size.height(), room.height()),
        ):
            bar.setPageStep(shown)
            bar.setRange(0, max(0, whole - shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bars()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        palette, area = self.palette(), self.viewport().rect()
        painter.fillRect(area, palette.color(self.backgroundRole()))
        if self.scene is None:
            return
        self.scene.cursor = self.cursor_cell if self.hasFocus() or self._pointed else None
        paint(painter, self.scene, self.layout_now(), palette, area)
        if self.drag is not None:
            target = self.scene.label_map.target(self.drag.row)
            name = "not mapped" if target == UNMAPPED else self._session.action_name(target)
            paint_drag(
                painter,
                palette,
                area,
                self.drag.at,
                chip=f"{self.drag.row} · {name}",
                colour=QColor(self._session.action_colour(target)),
                text=self._effect,
                warn=self.scene.refused,
            )

    # --- the mouse ---------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.player.stop()
        if self.scene is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layout, point = self.layout_now(), event.position().toPoint()
        row, cell, picture = layout.row_at(point), layout.cell_at(point), layout.picture_at(point)
        if row is None:
            return
        if layout.lock_rect(row).contains(point):
            self.lockAsked.emit(row)
        elif picture is not None:
            self._go_to(*picture)
        elif cell is None or self._is_assigned(cell):
            self._pressed = (row, point)
        if cell is not None:
            self.cursor_cell = cell
            self._tell(cell)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.scene is None:
            return
        point = event.position().toPoint()
        if self._pressed is not None and self.drag is None:
            row, start = self._pressed
            if (point - start).manhattanLength() >= QApplication.startDragDistance():
                self._begin_drag(row, point)
        if self.drag is not None:
            self._move_drag(point)
            return
        layout = self.layout_now()
        self._hover(layout.cell_at(point), layout.row_at(point))
        picture = layout.picture_at(point)
        medoids = self.scene.medoids.get(picture[0], []) if picture is not None else []
        if picture is not None and picture[1] < len(medoids):
            place = layout.picture_rect(*picture)
            self.player.offer(medoids[picture[1]], QRect(self.viewport().mapToGlobal(place.topLeft()), place.size()))
        else:
            self.player.stop()
        is_chip = self.scene.hover is not None and self._is_assigned(self.scene.hover)
        hand = (
            Qt.CursorShape.PointingHandCursor if picture or layout_lock(layout, point) else Qt.CursorShape.ArrowCursor
        )
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor if is_chip else hand)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        if self.drag is None or self.scene is None:
            return
        row, target = self.drag.row, self._dropped_on(event.position().toPoint())
        refused = self.scene.refused
        self._end_drag()
        if target is not None and (refused or target != self.scene.label_map.target(row)):
            self.assignAsked.emit(row, target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.scene is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layout, point = self.layout_now(), event.position().toPoint()
        cell, row = layout.cell_at(point), layout.row_at(point)
        self._pressed = None
        if cell is not None:
            self.assignAsked.emit(cell[0], self.scene.overlap.columns[cell[1]])
        elif row is not None and layout.text_rect(row).contains(point):
            self.nameAsked.emit(row)

    def _is_assigned(self, cell: tuple[int, int]) -> bool:
        assert self.scene is not None
        return self.scene.overlap.column(self.scene.label_map.target(cell[0])) == cell[1]

    def _go_to(self, row: int, place: int) -> None:
        medoids = self.scene.medoids.get(row, []) if self.scene else []
        if place < len(medoids):
            self._session.select_video(medoids[place].video, medoids[place].frame)

    def _begin_drag(self, row: int, point: QPoint) -> None:
        self.player.stop()
        self.drag = Drag(row, point)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._edge.start()

    def _move_drag(self, point: QPoint) -> None:
        assert self.scene is not None and self.drag is not None
        self.drag = Drag(self.drag.row, point)
        column = self.layout_now().column_at(QPoint(point.x(), self.layout_now().top))
        self._hover(None if column is None else (self.drag.row, column), self.drag.row)
        shape = Qt.CursorShape.ForbiddenCursor if self.scene.refused else Qt.CursorShape.ClosedHandCursor
        self.viewport().setCursor(shape)
        self.viewport().update()

    def _dropped_on(self, point: QPoint) -> int | None:
        """The target of the column under the pointer, None outside of the view."""
        if self.scene is None or not self.viewport().rect().contains(point):
            return None
        column = self.layout_now().column_at(QPoint(point.x(), self.layout_now().top))
        return None if column is None else self.scene.overlap.columns[column]

    def _end_drag(self) -> None:
        self.drag = self._pressed = None
        self._edge.stop()
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self._hover(None, None)
        self.viewport().update()

    def _scroll_at_edge(self) -> None:
        if self.drag is None:
            return
        layout, x = self.layout_now(), self.drag.at.x()
        step = EDGE if x > self.viewport().width() - EDGE else -EDGE if layout.head <= x < layout.head + EDGE else 0
        bar = self.horizontalScrollBar()
        before = bar.value()
        bar.setValue(before + step)
        if bar.value() != before:
            self._move_drag(self.drag.at)

    def _hover(self, cell: tuple[int, int] | None, row: int | None) -> None:
        assert self.scene is not None
        if (cell, row) != (self.scene.hover, self.scene.hover_row):
            is_other = cell != self.scene.hover
            self.scene.hover, self.scene.hover_row = cell, row
            if is_other:
                self._tell(cell)
            self.viewport().update()

    def _tell(self, cell: tuple[int, int] | None) -> None:
        if cell is None or self.scene is None:
            self._effect = ""
            if self.scene is not None:
                self.scene.refused = False
            self.cellChanged.emit(-1, 0)
            return
        target = self.scene.overlap.columns[cell[1]]
        self.setAccessibleDescription(self.describe(cell[0], target))
        self.cellChanged.emit(cell[0], target)

    def leaveEvent(self, event: QEvent) -> None:
        self.player.stop()
        if self.scene is not None and self.drag is None:
            self._hover(None, None)

    def hideEvent(self, event: QEvent) -> None:
        self.player.stop()

    # --- the keyboard ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.scene is None or key not in OWN_KEYS:
            super().keyPressEvent(event)
            return
        row, column = self.cursor_cell
        if self.drag is not None:
            if key == Key.Key_Escape:
                self._end_drag()
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
        self.cursor_cell = (row, column)
        self.ensure_visible(row, column)
        self._tell(self.cursor_cell)

    def point_at(self, cluster: int) -> None:
        """Bring the cursor to the assigned cell of a cluster that was pointed at elsewhere."""
        if self.scene is None or not 0 <= cluster < len(self.scene.overlap.counts):
            return
        self.cursor_cell = (cluster, self.scene.overlap.column(self.scene.label_map.target(cluster)))
        self._pointed = True
        self.ensure_visible(*self.cursor_cell)
        self._tell(self.cursor_cell)
        self.viewport().update()

    def ensure_visible(self, row: int, column: int) -> None:
        """Scroll so that a cell is seen whole."""
        layout = self.layout_now()
        rect, room = layout.cell_rect(row, column), self.viewport().size()
        for bar, low, high, first, last in (
            (self.horizontalScrollBar(), rect.left(), rect.right(), layout.head, room.width()),
            (self.verticalScrollBar(), rect.top(), rect.bottom(), layout.top, room.height()),
        ):
            bar.setValue(bar.value() + (low - first if low < first else max(0, high + 2 - last)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._pointed = False
        if self.drag is not None:
            self._end_drag()
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and Qt.Key(event.key()) in OWN_KEYS:
                event.accept()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.scene is not None:
            text = self._tip_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), tip(text), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _tip_at(self, point: QPoint) -> str:
        assert self.scene is not None
        layout, found = self.layout_now(), self.scene.overlap
        cell, row, column = layout.cell_at(point), layout.row_at(point), layout.column_at(point)
        if cell is not None:
            return self.describe(cell[0], found.columns[cell[1]])
        if row is not None:
            if layout.lock_rect(row).contains(point):
                return (
                    "Unlock" if row in self.scene.label_map.locked else "Lock: matching again leaves this row alone (L)"
                )
            if layout.picture_at(point) is not None:
                return ""
            target = self.scene.label_map.target(row)
            name = "not mapped" if target == UNMAPPED else self._session.action_name(target)
            hand = " Set by hand." if row in self.scene.label_map.by_hand else ""
            return f"Cluster {row}, {name}: {row_counts(found, row)}.{hand} Double-click or F2 to type a name."
        if column is not None and point.y() < layout.top:
            return f"{self.scene.column_name(column)}: {int(found.wanted[column]):,} frames"
        return ""


def layout_lock(layout: Layout, point: QPoint | QPointF) -> bool:
    """Whether a point lies on the lock of a row."""
    where = QPoint(round(point.x()), round(point.y()))
    row = layout.row_at(where)
    return row is not None and layout.lock_rect(row).contains(where)
