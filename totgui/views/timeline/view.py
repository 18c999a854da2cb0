"""The timeline: every track of a video on one time axis, and the gestures that correct it."""

from __future__ import annotations

import html
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QMenu, QToolTip, QWidget

from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.edit import Edit
from core.annotation.segmentation import Segmentation
from core.errors import EditError

from ..heatmap import SOURCES
from . import paint
from .geometry import Axis, boundary_at
from .gestures import BoundaryDrag, extended, same_boundary, snap_targets
from .menu import corrected_menu
from .minimap import viewport
from .shown import TITLES, Shown, read
from .tips import tip_text
from .tracks import Row, lay_out

if TYPE_CHECKING:
    from ...session import Session

TRACK_ROWS = ("ground-truth", "prediction", "corrected", "difference", "confidence", "heatmap", "ruler")
GROUP_S = 1.0
"""Nudges of one boundary closer than this are one undo step."""


class TimelineView(QWidget):
    """Shows the current video of a session; asks the session to seek, select and edit."""

    boundaryPreview = Signal(int, int, int)  # frame where the right segment would begin; labels left and right of it
    boundaryPreviewEnded = Signal()
    axisChanged = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.shown: Shown | None = None
        self.axis = Axis.whole(1, left=0, width=1)
        self.follow = True
        self.selected_boundary: int | None = None
        self.drag: BoundaryDrag | None = None
        self._mode = ""  # what the held button does: seek, boundary, minimap, pan
        self._press = QPointF()
        self._pointer_x = 0.0
        self._hinted = False
        self._anchor: int | None = None
        self._pan_from: Axis | None = None
        self._hover_boundary: int | None = None
        self._nudged = (0.0, -1, 0)  # when, which boundary, group
        self._static: QPixmap | None = None
        self._heads = (0, 0)
        self._scroll = QTimer(self)
        self._scroll.setInterval(30)
        self._scroll.timeout.connect(self._scroll_at_edge)
        self.source = QComboBox(self)
        for key, label in SOURCES:
            self.source.addItem(self.tr(label), key)
        self.source.setAccessibleName(self.tr("Scores shown in the heatmap"))
        self.source.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.source.currentIndexChanged.connect(self.refresh)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Timeline"))
        self.setMinimumHeight(260)
        session.projectChanged.connect(self._new_video)
        session.currentVideoChanged.connect(self._new_video)
        session.currentRunChanged.connect(self.refresh)
        session.documentChanged.connect(self._on_document)
        session.selectionChanged.connect(self._repaint_all)
        session.playback.frameChanged.connect(self._on_frame)
        session.playback.wantedChanged.connect(self._on_frame)
        session.playback.loopChanged.connect(self.update)
        self._new_video()

    def sizeHint(self) -> QSize:
        return QSize(1000, 400)

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """The rows from top to bottom."""
        return lay_out(self.height(), self.fontMetrics().height())

    def row(self, key: str) -> Row:
        """The row with this key."""
        return next(row for row in self.rows if row.key == key)

    @property
    def gutter(self) -> int:
        """Width of the labels at the left."""
        return self.fontMetrics().averageCharWidth() * 22

    def _new_video(self) -> None:
        self._cancel_drag()
        self.selected_boundary = self._anchor = self._hover_boundary = None
        self.refresh()
        self.fit()

    def refresh(self) -> None:
        """Read everything again from the session."""
        before = self.shown.corrected if self.shown else None
        self.shown = read(self.session, self.source.currentData(), self.shown)
        corrected = self.shown.corrected if self.shown else None
        self.selected_boundary = same_boundary(self.selected_boundary, before, corrected)
        self.setAccessibleDescription(self._summary(corrected))
        self.source.setVisible(self.shown is not None and self.shown.pyramid is not None)
        self._repaint_all()

    def _summary(self, corrected: Segmentation | None) -> str:
        if self.shown is None:
            return self.tr("No video")
        if corrected is None:
            return self.tr("{}, nothing corrected yet").format(self.shown.video.name)
        return self.tr("{}, {} corrected segments").format(self.shown.video.name, len(corrected))

    def _on_document(self, changes: Changes, initiator: object) -> None:
        if What.SEGMENTATION in changes.what and self.session.current_video in changes.videos:
            self._cancel_drag()  # the track under the pointer is another one now
        self.refresh()

    def _repaint_all(self) -> None:
        self._static = None
        self.update()

    def _set_axis(self, axis: Axis) -> None:
        if axis != self.axis:
            self.axis = axis
            self._repaint_all()
            self.axisChanged.emit()

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _place(self) -> None:
        self._set_axis(self.axis.resized(left=self.gutter, width=self.width() - self.gutter - 12))
        row = self.row("source")
        self.source.setGeometry(self.gutter, row.top, min(190, max(60, self.axis.width)), row.height)
        self._repaint_all()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._place()
        super().changeEvent(event)

    def paintEvent(self, event: object) -> None:
        ratio = self.devicePixelRatioF()
        if self._static is None or self._static.devicePixelRatio() != ratio:
            self._static = QPixmap(self.size() * ratio)
            self._static.setDevicePixelRatio(ratio)
            self._static.fill(self.palette().color(self.backgroundRole()))
            painter = QPainter(self._static)
            painter.setFont(self.font())
            paint.paint_rows(painter, self)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static)
        if self.shown is not None:
            paint.paint_marks(painter, self)
        painter.end()

    # --- zoom and pan ------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole video."""
        n_frames = self.shown.video.timebase.n_frames if self.shown else 1
        self._set_axis(Axis.whole(n_frames, left=self.gutter, width=self.width() - self.gutter - 12))

    def zoom_in(self) -> None:
        """Zoom in around the playhead, or the middle where it is out of sight."""
        self._zoom(1.5)

    def zoom_out(self) -> None:
        """Zoom out around the playhead, or the middle where it is out of sight."""
        self._zoom(1 / 1.5)

    def _zoom(self, factor: float) -> None:
        x = self.axis.x(self.session.playback.frame + 0.5)
        if not self.axis.left <= x <= self.axis.right:
            x = self.axis.left + self.axis.width / 2
        self._set_axis(self.axis.zoomed(factor, x))

    def show_range(self, start: int, stop: int) -> None:
        """Zoom to frames ``[start, stop)``."""
        self._set_axis(self.axis.showing(start, stop))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._set_axis(self.axis.zoomed(1.25 ** (delta / 120), event.position().x()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self._set_axis(self.axis.panned(-delta / 120 * self.axis.width / 12))
        else:
            event.ignore()
            return
        event.accept()

    def _on_frame(self, frame: int) -> None:
        frame = self.session.playback.frame
        follow = self.follow and self._mode == "" and not self.axis.is_whole and self.shown is not None
        if follow and not self.axis.start <= frame < self.axis.stop:
            self._set_axis(self.axis.starting_at(frame - 0.05 * self.axis.width / self.axis.scale))
        heads = (round(self.axis.x(frame)), round(self.axis.x(self.session.playback.wanted)))
        wide = max(6, round(self.axis.scale)) + 60  # the line, its handle and the number beside it
        for x in {*self._heads, *heads}:
            self.update(QRect(x - wide, 0, 2 * wide, self.height()))
        self._heads = heads

    # --- mouse -------------------------------------------------------------------------------------

    def _row_at(self, y: float) -> str:
        return next((row.key for row in self.rows if row.top - 1 <= y < row.top + row.height + 2), "")

    def _boundary_under(self, point: QPointF) -> int | None:
        track = self.shown.corrected if self.shown else None
        if track is None or self._row_at(point.y()) != "corrected" or point.x() < self.axis.left - 4:
            return None
        return boundary_at(track.boundaries(), point.x(), self.axis)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point, key = event.position(), self._row_at(event.position().y())
        if self.shown is None or self._mode:
            return
        self._press, self._pointer_x, self._hinted = point, point.x(), False
        if event.button() == Qt.MouseButton.MiddleButton:
            self._mode, self._pan_from = "pan", self.axis
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and point.x() >= self.axis.left - 4:
            boundary = self._boundary_under(point)
            track = self.shown.corrected
            if boundary is not None and track is not None:
                self._mode, self.selected_boundary = "boundary", boundary
                self.drag = BoundaryDrag.begin(track, boundary)
                self.update()
            elif key == "minimap":
                self._mode = "minimap"
                self._minimap_to(point.x())
            elif key in TRACK_ROWS:
                self._mode = "seek"
                self.selected_boundary = None
                if key == "corrected" and track is not None:
                    self._select(self.axis.frame(point.x()), event.modifiers())
                self.session.playback.seek(self.axis.frame(point.x()))
                self.update()
        if self._mode in ("boundary", "seek"):
            self._scroll.start()

    def _select(self, frame: int, modifiers: Qt.KeyboardModifier) -> None:
        assert self.shown is not None and self.shown.corrected is not None
        index = self.shown.corrected.index_at(frame)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        selection = extended(self.session.selection, self._anchor, index, shift=shift, control=control)
        self.session.select_segments(selection)
        if not shift or self._anchor is None:
            self._anchor = index

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        self._pointer_x = point.x()
        if self._mode == "boundary":
            self._drag_to(point.x(), event.modifiers())
        elif self._mode == "seek":
            self.session.playback.seek(self.axis.frame(point.x()))
            self._hint(point)
        elif self._mode == "minimap":
            self._minimap_to(point.x())
        elif self._mode == "pan" and self._pan_from is not None:
            self._set_axis(self._pan_from.panned(self._press.x() - point.x()))
        else:
            self._hover(point)

    def _hover(self, point: QPointF) -> None:
        boundary = self._boundary_under(point)
        if boundary != self._hover_boundary:
            self._hover_boundary = boundary
            self.setCursor(Qt.CursorShape.SplitHCursor if boundary is not None else Qt.CursorShape.ArrowCursor)
            self.update()
        text = self.tip(point)
        if text:
            lines = html.escape(text).replace("\n", "<br>")
            QToolTip.showText(self.mapToGlobal(point.toPoint()) + QPoint(8, 12), f"<qt>{lines}</qt>", self)
        else:
            QToolTip.hideText()

    def _drag_to(self, x: float, modifiers: Qt.KeyboardModifier) -> None:
        assert self.drag is not None and self.shown is not None
        if not self.drag.has_moved and abs(x - self._press.x()) < 3:
            return
        free = modifiers & Qt.KeyboardModifier.AltModifier
        targets = [] if free else snap_targets(self.shown.tracks, self.session.playback.frame)
        self.drag = self.drag.moved(x, self.axis, targets)
        left, right = self.drag.labels
        self.boundaryPreview.emit(self.drag.frame, left, right)
        self.update()

    def _hint(self, point: QPointF) -> None:
        key = self._row_at(self._press.y())
        if key in ("ground-truth", "prediction") and not self._hinted and abs(point.x() - self._press.x()) > 8:
            self._hinted = True
            text = self.tr("{} cannot be edited. Press T to take it.").format(self.tr(TITLES[key]))
            self.session.message.emit(text, "info")

    def _minimap_to(self, x: float) -> None:
        row = self.row("minimap").rect(self.axis)
        frame = (x - row.left()) / max(1, row.width()) * self.axis.n_frames
        if self.axis.is_whole:
            self.session.playback.seek(int(frame))
        else:
            width = viewport(row, self.axis).width() / max(1, row.width()) * self.axis.n_frames
            self._set_axis(self.axis.starting_at(frame - width / 2))

    def _scroll_at_edge(self) -> None:
        if self.axis.is_whole or self._mode not in ("boundary", "seek"):
            return
        x = self._pointer_x
        beyond = x - self.axis.right if x > self.axis.right else min(0, x - self.axis.left)
        if beyond:
            self._set_axis(self.axis.panned(max(-60, min(60, beyond / 2))))
            if self._mode == "boundary":
                self._drag_to(x, Qt.KeyboardModifier.AltModifier)
            else:
                self.session.playback.seek(self.axis.frame(min(max(x, self.axis.left), self.axis.right)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        wanted = Qt.MouseButton.MiddleButton if self._mode == "pan" else Qt.MouseButton.LeftButton
        if event.button() != wanted or not self._mode:
            return
        drag = self.drag
        self._cancel_drag()
        if drag is not None and drag.has_moved:
            self._move_boundary(drag.boundary, drag.frame)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        track = self.shown.corrected if self.shown else None
        if track is not None and self._row_at(event.position().y()) == "corrected":
            segment = track.at(self.axis.frame(event.position().x()))
            self.show_range(segment.start, segment.stop)
        else:
            self.mousePressEvent(event)

    def focusInEvent(self, event: object) -> None:
        self._repaint_all()

    def focusOutEvent(self, event: object) -> None:
        self._repaint_all()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_boundary = None
        self.update()

    def _cancel_drag(self) -> None:
        if self._mode:
            self.setCursor(Qt.CursorShape.ArrowCursor)
        self._mode, self._pan_from = "", None
        self._scroll.stop()
        if self.drag is not None:
            self.drag = None
            self.boundaryPreviewEnded.emit()
        self.update()

    # --- keys, edits, menu, tips ---------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        wanted = self.drag is not None and event.type() == QEvent.Type.ShortcutOverride
        if wanted and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._mode:
            self._cancel_drag()
        else:
            super().keyPressEvent(event)

    def nudge(self, delta: int) -> None:
        """Move the selected boundary by some frames; repeated nudges within a second are one undo step."""
        track = self.shown.corrected if self.shown else None
        boundary = self.selected_boundary
        if track is None or boundary is None:
            self.session.message.emit(self.tr("No boundary is selected. Click one in Corrected."), "info")
            return
        at = BoundaryDrag.begin(track, boundary)
        frame = min(max(at.low, at.origin + delta), at.high)
        if frame == at.origin:
            return
        now = time.monotonic()
        when, which, group = self._nudged
        if which != boundary or now - when > GROUP_S:
            group = time.time_ns() // 1_000_000
        self._nudged = (now, boundary, group)
        if self._move_boundary(boundary, frame, group=group):
            self.session.playback.seek(frame)

    def _move_boundary(self, boundary: int, frame: int, *, group: int | None = None) -> bool:
        document, video = self.session.document, self.session.current_video

        def make() -> Edit:
            if document is None or video is None:
                raise EditError("No video is open.")
            return commands.move_boundary(document, video, boundary, frame, group=group)

        return self.session.do(make, self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu_at(QPointF(event.pos()))
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu_at(self, point: QPointF) -> QMenu | None:
        """The context menu for a place, None where there is none."""
        if self.shown is None or self._row_at(point.y()) != "corrected" or point.x() < self.axis.left:
            return None
        return corrected_menu(self.session, self.axis.frame(point.x()), self)

    def tip(self, point: QPointF) -> str:
        """What the tooltip says at a place, as plain text; empty for none."""
        key = self._row_at(point.y())
        if self.shown is None or not key or not self.axis.left <= point.x() < self.axis.right:
            return ""
        lane = self.row(key).rect(self.axis)
        height = (point.y() - lane.top()) / max(1, lane.height())
        return tip_text(key, self.axis.frame(point.x()), height, self.shown, self.session.action_name)

    @property
    def hovered_boundary(self) -> int | None:
        """The boundary of Corrected under the pointer."""
        return self._hover_boundary
