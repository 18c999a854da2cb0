"""What the matrix of the label map shows and where: its cells, the cursor, and the wishes that it sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from core.annotation.overlap import Overlap
from core.annotation.values import LabelMap

from ...models.medoids import Medoid
from ...models.widgets import show_tip
from ...session import Session
from .layout import Layout
from .paint import Scene, chip_rect, row_counts, smaller
from .player import Player
from .tips import cell_text, tip_at


class Board(QAbstractScrollArea):
    """Rows are clusters, columns actions, (background) and (unmapped)."""

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
        self.player = Player(session, self)
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
            counts=[row_counts(self.scene.overlap, row) for row in range(rows)],
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

    def ensure_visible(self, row: int, column: int) -> None:
        """Scroll so that a cell is seen whole."""
        layout = self.layout_now()
        rect, room = layout.cell_rect(row, column), self.viewport().size()
        for bar, low, high, first, last in (
            (self.horizontalScrollBar(), rect.left(), rect.right(), layout.head, room.width()),
            (self.verticalScrollBar(), rect.top(), rect.bottom(), layout.top, room.height()),
        ):
            bar.setValue(bar.value() + (low - first if low < first else max(0, high + 2 - last)))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.scene is not None:
            text = tip_at(self.scene, self.layout_now(), event.pos())
            show_tip(event, text, self.viewport())
            return True
        return super().viewportEvent(event)

    # --- what is pointed at --------------------------------------------------------------------------

    def go_to(self, row: int, place: int) -> None:
        """Show the typical frame at a place of a row head."""
        medoid = self.medoid(row, place)
        if medoid is not None:
            self._session.select_video(medoid.video, medoid.frame)

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
