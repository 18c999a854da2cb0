"""The compared tracks of the current video on one zoomable axis, with names in the segments and the playhead."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.data.timebase import Timebase

from ...models.drawing import Drawing, Looks
from ...models.picture import Picture
from ...models.widgets import percent
from ...session import Session
from ..timeline.geometry import Axis, Tick, clock, ticks
from .paint import Block, Columns, paint_block
from .rows import Rows
from .wall import measured

Role = QPalette.ColorRole
STRIP, GAP, TALLEST = 26, 7, 48


class VideoStrips(Picture):
    """One block, large. Click or drag seeks, Ctrl+wheel zooms at the pointer, Shift+wheel and middle drag pan."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self._rows: Rows | None = None
        self._looks: Looks | None = None
        self._block: Block | None = None
        self._axis = Axis.whole(1, left=0, width=1)
        self._grabbed: float | None = None
        self.setMinimumHeight(120)
        self.setMouseTracking(True)
        self.setAccessibleName("Compared tracks of the current video")
        self.setAccessibleDescription(
            "One strip a track on one time axis, a red line where it differs from the reference."
        )
        session.playback.frameChanged.connect(lambda _frame: self.update())
        session.currentVideoChanged.connect(self._on_video)

    def sizeHint(self) -> QSize:
        return QSize(700, 240)

    def show_rows(self, rows: Rows | None, looks: Looks | None) -> None:
        """Show the tracks of the current video."""
        self._rows, self._looks = rows, looks
        self._on_video()

    def _on_video(self) -> None:
        video, before = self._session.current_video, self._block
        known = self._rows is not None and video is not None and video in self._rows.document.videos
        self._block = self._rows.block(video) if known and self._rows is not None and video is not None else None
        if self._block is not None and (before is None or before.video != self._block.video):
            self._axis = Axis.whole(self._block.n_frames, left=0, width=1)
        self._lay_out()
        self.update()

    def fit_text(self) -> None:
        """Titles take other room now."""
        self._lay_out()

    def _lay_out(self) -> None:
        if self._rows is None or self._block is None:
            return
        columns = _columns(self._rows, self.fontMetrics(), self.width())
        self._axis = self._axis.resized(left=columns.axis_left, width=columns.strip)
        self.setMinimumHeight(self._top + columns.block(len(self._block.strips)) + 8)

    @property
    def columns(self) -> Columns:
        """Where titles, strips and scores lie; strips are taller where there is room."""
        assert self._rows is not None
        least = _columns(self._rows, self.fontMetrics(), self.width())
        n = len(self._block.strips) if self._block is not None else 1
        spare = self.height() - self._top - 8 - least.block(n)
        return replace(least, height=min(TALLEST, least.height + max(0, spare) // max(1, n)))

    @property
    def _top(self) -> int:
        return 2 * self.fontMetrics().height() + 16

    @property
    def axis(self) -> Axis:
        return self._axis

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.fillRect(event.rect(), palette.color(Role.Base))
        if self._block is None or self._looks is None or self._rows is None:
            return
        timebase = self._rows.document.videos[self._block.video].timebase
        self._draw(painter, palette, self._block, self.columns, self._axis, timebase, self._looks)
        self._playhead(painter, palette)

    def _draw(
        self,
        painter: QPainter,
        palette: QPalette,
        block: Block,
        columns: Columns,
        axis: Axis,
        timebase: Timebase,
        looks: Looks,
    ) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(palette.color(Role.WindowText))
        painter.drawText(QPointF(columns.left, 8 + metrics.ascent()), f"{block.name} · {_agreements(block)}")
        paint_axis(painter, palette, ticks(axis, timebase), axis, 12 + metrics.height(), metrics)
        top = 2 * metrics.height() + 16
        paint_block(painter, block, top, columns, looks, palette, axis=axis, names=True)

    def _playhead(self, painter: QPainter, palette: QPalette) -> None:
        assert self._block is not None
        x = self._axis.x(self._session.playback.frame + 0.5)
        if not self._axis.left <= x <= self._axis.right:
            return
        top, bottom = self._top - 6, self._top + self.columns.block(len(self._block.strips))
        painter.setPen(QPen(palette.color(Role.Base), 4))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(QPen(palette.color(Role.WindowText), 1.6))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    # --- gestures ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._block is None:
            return
        if event.button() == Qt.MouseButton.MiddleButton:
            self._grabbed = event.position().x()
        elif event.button() == Qt.MouseButton.LeftButton:
            strip = self.strip_at(event.position().y())
            if strip is not None and self._rows is not None and self._rows.tracks[strip].run is not None:
                self._session.select_run(self._rows.tracks[strip].run)
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._axis = self._axis.panned(self._grabbed - event.position().x())
            self._grabbed = event.position().x()
            self.update()
        elif event.buttons() & Qt.MouseButton.LeftButton and self._block is not None:
            self._seek(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the segment under the pointer."""
        strip = self.strip_at(event.position().y())
        if self._block is None or strip is None:
            return
        cut = self._block.strips[strip].cut
        if cut is not None:
            segment = cut.at(self._axis.frame(event.position().x()))
            self._axis = self._axis.showing(segment.start, segment.stop)
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._axis = self._axis.zoomed(1.0015**delta, event.position().x())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._axis = self._axis.panned(-delta)
        else:
            event.ignore()
            return
        self.update()

    def _seek(self, x: float) -> None:
        if self._axis.left <= x <= self._axis.right:
            self._session.playback.seek(self._axis.frame(x))

    def strip_at(self, y: float) -> int | None:
        """The number of the strip at a height of the widget."""
        return self.columns.strip_at(y - self._top, len(self._block.strips)) if self._block is not None else None

    def tip_at(self, point: QPoint) -> str:
        return self.describe(point.x(), point.y())

    def describe(self, x: float, y: float) -> str:
        """What is at a point, in words."""
        number = self.strip_at(y)
        if number is None or self._block is None or self._looks is None or self._rows is None:
            return ""
        strip = self._block.strips[number]
        if strip.cut is None or not self._axis.left <= x < self._axis.right:
            return ""
        start, stop, label = strip.cut.at(self._axis.frame(x))
        timebase = self._rows.document.videos[self._block.video].timebase
        begin, end = timebase.seconds(start), timebase.seconds(stop)
        when = "" if begin is None or end is None else f"\n{clock(begin)} to {clock(end)}"
        return f"{self._looks.name(label)}\n{strip.title}, frames {start:,} to {stop - 1:,}{when}"

    def drawing(self) -> Drawing | None:
        if self._block is None or self._looks is None or self._rows is None:
            return None
        video, looks, rows = self._block.video, self._looks, self._rows
        block, timebase = rows.block(video, later=True), rows.document.videos[video].timebase
        metrics = self.fontMetrics()
        columns = _columns(rows, metrics, 1000)
        axis = self._axis.resized(left=columns.axis_left, width=columns.strip)

        def paint(painter: QPainter, palette: QPalette) -> None:
            self._draw(painter, palette, block, columns, axis, timebase, looks)

        height = self._top + columns.block(len(block.strips)) + 8
        return Drawing(1000, height, paint, f"{block.name} strips", self.font())


def _columns(rows: Rows, metrics: QFontMetrics, width: int) -> Columns:
    one = measured(rows, metrics, width)
    return replace(one, name=0, strip=one.strip + one.name, height=STRIP, gap=GAP)


def _agreements(block: Block) -> str:
    """How far each track agrees with the first one."""
    if block.reference is None:
        return f"{block.n_frames:,} frames"
    title = block.strips[block.reference].title
    parts = []
    for number, (strip, wrong) in enumerate(zip(block.strips, block.wrong, strict=True)):
        if number != block.reference and strip.cut is not None and block.strips[block.reference].cut is not None:
            off = sum(stop - start for start, stop in wrong)
            parts.append(f"{strip.title} {percent(1 - off / block.n_frames)}%")
    return f"frames that agree with {title}, of {block.n_frames:,}: {', '.join(parts)}" if parts else ""


def paint_axis(
    painter: QPainter, palette: QPalette, marks: list[Tick], axis: Axis, top: int, metrics: QFontMetrics
) -> None:
    """Draw the ruler above the strips."""
    for mark in marks:
        x = axis.x(mark.frame)
        if not axis.left - 0.5 <= x <= axis.right:
            continue
        painter.setPen(QPen(palette.color(Role.Mid), 1))
        bottom = top + metrics.height() + 6
        painter.drawLine(QPointF(x, bottom - (7 if mark.text else 3)), QPointF(x, bottom))
        if mark.text and x + metrics.horizontalAdvance(mark.text) + 3 < min(axis.right + 40, painter.window().right()):
            painter.setPen(palette.color(Role.PlaceholderText))
            painter.drawText(QRectF(x + 3, top, 120, metrics.height()), Qt.AlignmentFlag.AlignLeft, mark.text)
