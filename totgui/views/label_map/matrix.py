"""The matrix of the label map: clusters by targets, with a cursor for the keyboard; it sends wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
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
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from core.annotation.overlap import Overlap
from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import BACKGROUND

from ...models.medoids import Medoid
from ...models.widgets import show_tip
from ...session import Session
from .hand import Hand
from .layout import Layout
from .paint import Scene, chip_rect, paint, paint_drag, smaller
from .player import Player
from .tips import cell_text, tip_at
from .words import target_name

Key = Qt.Key
STEPS = {Key.Key_Left: (0, -1), Key.Key_Right: (0, 1), Key.Key_Up: (-1, 0), Key.Key_Down: (1, 0)}
ENTER, UNMAP = (Key.Key_Return, Key.Key_Enter), (Key.Key_Delete, Key.Key_Backspace)
OWN_KEYS = {*STEPS, *ENTER, *UNMAP, Key.Key_B, Key.Key_L, Key.Key_F2, Key.Key_Escape}
"""Keys that are ours while the matrix has the focus."""


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
        self._effect = ""
        self.cursor_cell = (0, 0)
        self._pointed = False
        """Whether the cursor is shown without the focus: another view pointed at a cluster."""
        self.player, self.hand = Player(session, self), Hand(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Label map: clusters by actions")
        self.setAccessibleDescription(
            "Rows are clusters, columns actions. Arrows move, Enter assigns, B sets background, Del unmaps, L locks."
        )
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(24)
            bar.valueChanged.connect(lambda _value: self.viewport().update())
        session.clusterSelected.connect(self.point_at)

    # --- what is shown -----------------------------------------------------------------------------

    def show_map(self, overlap: Overlap, label_map: LabelMap, medoids: Mapping[int, list[Medoid]]) -> None:
        """Show these counts and this map."""
        session = self._session
        scene = Scene(
            overlap, label_map, session.action_name, session.action_colour, session.pictures.thumbnail, medoids
        )
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
            self.scene.refused = refused and self.hand.drag is not None
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
            room=self.viewport().size(),
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
        layout = self.layout_now()
        return chip_rect(layout.cell_rect(row, column), dense=layout.dense)

    def name_rect(self, row: int) -> QRect:
        """Where the name of a row is written."""
        return self.layout_now().text_rect(row)

    def describe(self, row: int, target: int) -> str:
        """A sentence about one cell."""
        assert self.scene is not None
        return cell_text(self.scene, row, target)

    def medoid(self, row: int, place: int) -> Medoid | None:
        """The typical frame at a place of a row head."""
        medoids = self.scene.medoids.get(row, []) if self.scene else []
        return medoids[place] if place < len(medoids) else None

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

    def go_to(self, row: int, place: int) -> None:
        """Show the typical frame at a place of a row head."""
        medoid = self.medoid(row, place)
        if medoid is not None:
            self._session.select_video(medoid.video, medoid.frame)

    # --- the cursor and the keyboard -----------------------------------------------------------------

    def point_to(self, cell: tuple[int, int]) -> None:
        """Bring the cursor to a cell."""
        self.cursor_cell = cell
        self.tell(cell)

    def tell(self, cell: tuple[int, int] | None) -> None:
        """Say which cell is pointed at, by the pointer, the chip or the cursor."""
        if cell is None or self.scene is None:
            self._effect = ""
            if self.scene is not None:
                self.scene.refused = False
            self.cellChanged.emit(-1, 0)
            return
        target = self.scene.overlap.columns[cell[1]]
        self.setAccessibleDescription(self.describe(cell[0], target))
        self.cellChanged.emit(cell[0], target)

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

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.scene is not None:
            text = tip_at(self.scene, self.layout_now(), event.pos())
            show_tip(event, text, self.viewport())
            return True
        return super().viewportEvent(event)
