"""The wall of all videos: a block of strips each, as in the paper's Figure S1. Only what is seen is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from core.data.dataset import RunId, VideoId

from ...models.drawing import MAX_SIDE, Drawing, Looks
from ...models.picture import Saver
from ...models.widgets import show_tip
from ...session import Session
from .paint import Block, Columns, columns_for, legend_height, paint_block, paint_legend
from .rows import Rows

Role = QPalette.ColorRole
EXPORT_STRIP = 640
KEPT = 400
"""Blocks that are kept; more are seen on no screen."""


class Wall(QAbstractScrollArea):
    """Blocks in a given order. A click opens the video at that place, in the run whose strip was clicked."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: Rows | None = None
        self._order: Sequence[VideoId] = ()
        self._looks: Looks | None = None
        self._blocks: dict[VideoId, Block] = {}
        self._columns = Columns(12, 100, 100, 400, 50)
        self._saver = Saver(session, self, self.drawing)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Strips of all videos")
        self.setAccessibleDescription("A block of strips for each video, all of one width.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        session.playback.frameChanged.connect(self._on_frame)
        session.currentVideoChanged.connect(self.viewport().update)

    @property
    def saver(self) -> Saver:
        return self._saver

    def sizeHint(self) -> QSize:
        return QSize(700, 300)

    def show_rows(self, rows: Rows | None, order: Sequence[VideoId], looks: Looks | None) -> None:
        """Show these videos in this order."""
        self._rows, self._order, self._looks = rows, order, looks
        self._blocks.clear()
        self._lay_out()
        self.viewport().update()

    def block(self, video: VideoId) -> Block:
        """The block of a video, made when it is first seen."""
        assert self._rows is not None
        if video not in self._blocks:
            if len(self._blocks) >= KEPT:
                self._blocks.clear()
            self._blocks[video] = self._rows.block(video)
        return self._blocks[video]

    # --- places ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        rows, metrics = self._rows, self.fontMetrics()
        if rows is None:
            self.verticalScrollBar().setRange(0, 0)
            return
        self._columns = measured(rows, metrics, self.viewport().width())
        page, tall = self.viewport().height(), self._tall
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setSingleStep(max(8, tall // 3))
        bar.setRange(0, max(0, tall * len(self._order) - page))

    @property
    def _tall(self) -> int:
        return self._columns.block(len(self._rows.tracks) if self._rows else 1)

    def place(self, video: VideoId) -> QRect:
        """Where a video's block lies in the viewport; empty when it is not shown."""
        if video not in self._order:
            return QRect()
        top = list(self._order).index(video) * self._tall - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._tall)

    def hit(self, x: float, y: float) -> tuple[VideoId, int | None, int | None] | None:
        """Video, number of the strip and frame at a point of the viewport; None for nothing there."""
        number = int((y + self.verticalScrollBar().value()) // self._tall)
        if self._rows is None or not 0 <= number < len(self._order):
            return None
        video = self._order[number]
        inside = y + self.verticalScrollBar().value() - number * self._tall
        strip = self._columns.strip_at(inside, len(self._rows.tracks))
        axis = self._columns.axis(self._rows.document.videos[video].timebase.n_frames)
        return video, strip, axis.frame(x) if axis.left <= x < axis.right else None

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        palette = self.palette()
        painter.fillRect(event.rect(), palette.color(Role.Base))
        if self._rows is None or self._looks is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall, offset = self._tall, self.verticalScrollBar().value()
        first = max(0, (event.rect().top() + offset) // tall)
        last = min(len(self._order), (event.rect().bottom() + offset) // tall + 1)
        for number in range(first, last):
            video, top = self._order[number], number * tall - offset
            if video == self._session.current_video:
                painter.fillRect(QRectF(0, top, self.viewport().width(), tall), palette.color(Role.AlternateBase))
                painter.fillRect(QRectF(0, top, 3, tall), palette.color(Role.Highlight))
            paint_block(painter, self.block(video), top, self._columns, self._looks, palette)
            painter.setPen(QPen(palette.color(Role.Mid), 1))
            painter.drawLine(QPointF(0, top + tall - 0.5), QPointF(self.viewport().width(), top + tall - 0.5))
            if video == self._session.current_video:
                self._playhead(painter, video, top, tall)

    def _playhead(self, painter: QPainter, video: VideoId, top: int, tall: int) -> None:
        x = self._head_x(video)
        painter.setPen(QPen(self.palette().color(Role.Base), 3.5))
        painter.drawLine(QPointF(x, top + 4), QPointF(x, top + tall - 4))
        painter.setPen(QPen(self.palette().color(Role.WindowText), 1.5))
        painter.drawLine(QPointF(x, top + 3), QPointF(x, top + tall - 3))

    def _head_x(self, video: VideoId) -> float:
        assert self._rows is not None
        axis = self._columns.axis(self._rows.document.videos[video].timebase.n_frames)
        return axis.x(self._session.playback.frame + 0.5)

    def _on_frame(self, _frame: int) -> None:
        video = self._session.current_video
        if self._rows is None or video is None or not self.isVisible():
            return
        place = self.place(video)
        if place.intersects(self.viewport().rect()):
            self.viewport().update(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._lay_out()
            self.viewport().update()

    # --- gestures ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.hit(event.position().x(), event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or found is None:
            return
        video, strip, frame = found
        self.open(video, strip, frame)

    def open(self, video: VideoId, strip: int | None, frame: int | None) -> None:
        """Show a video at a frame; the run of the strip becomes the current one."""
        assert self._rows is not None
        run: RunId | None = self._rows.tracks[strip].run if strip is not None else None
        if run is not None:
            self._session.select_run(run)
        current = self._session.current_run
        self._session.chosen.show_runs(t.run for t in self._rows.tracks if t.run is not None and t.run != current)
        self._session.select_video(video)
        if frame is not None:
            self._session.playback.seek(frame)
        self.opened.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.hit(event.position().x(), event.position().y())
        on_strip = found is not None and found[2] is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_strip else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._order:
            super().keyPressEvent(event)
            return
        current = self._session.current_video
        order = list(self._order)
        number = order.index(current) + step if current in order else 0
        video = order[min(max(0, number), len(order) - 1)]
        self._session.select_video(video)
        self.scroll_to(video)

    def scroll_to(self, video: VideoId) -> None:
        """Bring a video's block into sight."""
        place, page = self.place(video), self.viewport().height()
        bar = self.verticalScrollBar()
        if place.top() < 0:
            bar.setValue(bar.value() + place.top())
        elif place.bottom() >= page:
            bar.setValue(bar.value() + place.bottom() - page + 1)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            text = self.describe(event.pos().x(), event.pos().y())
            show_tip(event, text, self)
            return True
        return super().viewportEvent(event)

    def describe(self, x: float, y: float) -> str:
        """What is at a point, in words."""
        found = self.hit(x, y)
        if found is None or self._rows is None or self._looks is None:
            return ""
        video, number, frame = found
        if number is None or frame is None:
            return ""
        strip = self.block(video).strips[number]
        if strip.cut is None:
            return f"{strip.title}: no labels of {self.block(video).name}"
        start, stop, label = strip.cut.at(frame)
        return f"{self._looks.name(label)}\n{strip.title}, {self.block(video).name}, frames {start:,} to {stop - 1:,}"

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._saver.open_menu(event.globalPos())

    # --- a picture ---------------------------------------------------------------------------------

    def drawing(self) -> Drawing | None:
        """All blocks in the present order with a legend, in as many columns as a picture can take."""
        if self._rows is None or self._looks is None or not self._order:
            return None
        blocks = [self._rows.block(video, later=True) for video in self._order]
        return wall_drawing(blocks, self._rows, self._looks, self.font())


def measured(rows: Rows, metrics: QFontMetrics, width: int) -> Columns:
    """Columns for the tracks and names of rows on a width."""
    wide: Callable[[str], int] = metrics.horizontalAdvance
    names = [wide(rows.document.videos[v].name) for v in rows.videos[:400]]
    titles, scores = [wide(t.title) for t in rows.tracks], [wide("100.0*")] if rows.scored else []
    return columns_for(width, names, titles, scores, line=metrics.height())


def wall_drawing(blocks: Sequence[Block], rows: Rows, looks: Looks, font: QFont) -> Drawing:
    """The wall as a drawing: the same data give the same picture."""
    font = QFont(font)
    font.setPixelSize(12)
    metrics = QFontMetrics(font)
    one = measured(rows, metrics, 0)
    columns = replace(one, left=16, strip=EXPORT_STRIP)
    tall, labels, about = columns.block(len(rows.tracks)), rows.labels(), _about(rows)
    n_columns = 1 + (len(blocks) * tall - 1) // (MAX_SIDE - 2000) if blocks else 1
    per_column = -(-len(blocks) // n_columns)
    pitch = columns.width + 40
    width = n_columns * pitch - 8
    head = 16 + (metrics.height() + 2) * len(about) + 6
    foot = legend_height(metrics, labels, looks, width - 32)

    def paint(painter: QPainter, palette: QPalette) -> None:
        painter.setPen(palette.color(Role.PlaceholderText))
        for number, line in enumerate(about):
            text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, width - 32)
            painter.drawText(QPointF(16, 16 + metrics.ascent() + number * (metrics.height() + 2)), text)
        for number, block in enumerate(blocks):
            column, row = divmod(number, per_column)
            moved = replace(columns, left=16 + column * pitch)
            paint_block(painter, block, head + row * tall, moved, looks, palette)
        top = head + per_column * tall + 8
        paint_legend(painter, labels, looks, palette, left=16, top=top, width=width - 32)

    return Drawing(width, head + per_column * tall + 8 + foot + 12, paint, "wall", font)


def _about(rows: Rows) -> list[str]:
    about = [f"{track.title}: {rows.about(track)}" for track in rows.tracks if track.run is not None]
    return [*about, *rows.legend()]
