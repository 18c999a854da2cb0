"""The timeline: every track of a video on one time axis, and the gestures that correct it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from core.annotation.changes import Changes

from ...session.chosen import CORRECTED, SECOND
from .canvas import OFF, SMOOTH, Canvas
from .edits import Nudges
from .gestures import BoundaryDrag
from .hand import Hand
from .held import Modifiers, Roll
from .menu import row_menu
from .overlay import paint_overlay
from .paint import paint_rows
from .tips import boundary_text
from .tracks import least_height

if TYPE_CHECKING:
    from ...session import Session

AROUND = 30
"""Frames on either side of a boundary that is zoomed to."""


class TimelineView(Canvas):
    """Shows the current video of a session; asks the session to seek, select and edit."""

    heightWanted = Signal(int)  # a row has come, and the scores have no room below this height

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.hand, self._nudges = Hand(self), Nudges(session, lambda: self.keys)
        self._heads = (0, 0)
        self._had: tuple[str, ...] | None = None  # the rows of the video shown last that are not in every one
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect()
        self._new_video()

    def _connect(self) -> None:
        session, playback = self.session, self.session.playback
        session.projectChanged.connect(self._new_video)
        session.currentVideoChanged.connect(self._new_video)
        session.currentRunChanged.connect(self._new_rows)
        session.documentChanged.connect(self._on_document)
        session.selectionChanged.connect(self._repaint_all)
        session.chosen.activeChanged.connect(self._repaint_all)
        session.chosen.runsChanged.connect(self._new_rows)
        session.painting.changed.connect(self.update)
        session.comments.currentChanged.connect(self._repaint_all)
        for signal in (session.reviewing.changed, session.reviewing.currentChanged):
            signal.connect(self.update)
        session.reviewing.agreementChanged.connect(self._on_second)
        session.waveforms.changed.connect(self._on_sound)
        playback.frameChanged.connect(self._on_frame)
        playback.wantedChanged.connect(self._on_frame)
        playback.loopChanged.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(1000, 400)

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def drag(self) -> BoundaryDrag | None:
        """The boundary that is dragged, as far as it has come."""
        return self.hand.held.drag if isinstance(self.hand.held, Roll) else None

    def _new_video(self) -> None:
        self.hand.forget()
        self.lanes.clear()
        self.refresh()
        self._new_rows()
        self._leave_second()
        self.fit()

    def _new_rows(self) -> None:
        """Rows have come or gone. What is held goes on, unless it holds on to a track that is another one now."""
        self._let_go_of_another()
        self.refresh()
        line, runs, optional = self.fontMetrics().height(), self._run_titles(), self.optional
        self.setMinimumHeight(least_height(line, runs, optional=optional))
        self._place()
        wanted = least_height(line, runs, optional=optional, scored=True)
        without = least_height(line, runs, scored=True)
        has_come = self._had is not None and not set(optional) <= set(self._had)
        if has_come and self.isVisible() and without <= self.height() < wanted:
            self.heightWanted.emit(wanted)
        self._had = optional if self.shown is not None else self._had

    @property
    def optional_height(self) -> int:
        """Pixels of the rows that are not in every video or project, and are there."""
        line = self.fontMetrics().height()
        return least_height(line, optional=self.optional) - least_height(line)

    def _on_sound(self) -> None:
        """The row of the sound has come or gone, or shows more."""
        if self.session.waveforms.is_row_shown != ("sound" in self.optional):
            self._new_rows()
        elif self.shown is not None and self.shown.sound is not None:
            self.shown.sound, self.shown.snaps_to_sound = self.session.waveforms.heard, self.session.waveforms.snaps
            self._repaint_all()
        self._hear()

    def _hear(self) -> None:
        """The row is seen: the sound is read for it."""
        if self.isVisible() and "sound" in self.optional:
            self.session.waveforms.read()

    def showEvent(self, event: QShowEvent) -> None:
        self._hear()
        super().showEvent(event)

    def fit_text(self) -> None:
        """Rows are as high as the text wants them now."""
        self._new_rows()

    def _on_document(self, changes: Changes, initiator: object) -> None:
        self._let_go_of_another()
        rows = self.optional
        self.refresh()
        if self.optional != rows:
            self._new_rows()

    def _on_second(self) -> None:
        """A row of another reviewer's labels comes or goes."""
        self._new_rows()
        self._leave_second()

    def _leave_second(self) -> None:
        """Where the other reviewer has no labels of this video their row is gone, and cannot be the active one."""
        if self.session.chosen.active == SECOND and (self.shown is None or SECOND not in self.shown.tracks):
            self.session.chosen.activate(CORRECTED)

    def _let_go_of_another(self) -> None:
        """End a gesture where Corrected shows another track than the one under the pointer."""
        if self.shown is not None and self.session.base() is not self.shown.base:
            self.hand.cancel()

    def paintEvent(self, event: object) -> None:
        ratio = self.devicePixelRatioF()
        if self._static is None or self._static.devicePixelRatio() != ratio:
            self._static = QPixmap(self.size() * ratio)
            self._static.setDevicePixelRatio(ratio)
            self._static.fill(self.palette().color(self.backgroundRole()))
            painter = QPainter(self._static)
            painter.setFont(self.font())
            paint_rows(painter, self)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static)
        if self.shown is not None:
            paint_overlay(painter, self, self.shown, self.hand)
            self._heads = self._heads_now()  # where they are painted now: at another zoom they would stay behind
        painter.end()

    def _on_frame(self, frame: int) -> None:
        if self.hand.held is None and self.shown is not None and not self.axis.is_whole:
            self._follow()
        heads = self._heads_now()
        wide = max(6, round(self.axis.scale)) + 10  # the line, its handle and the frame it stands for
        for x in {*self._heads, *heads}:
            self.update(QRect(x - wide, 0, 2 * wide, self.height()))
        mini = self.row("minimap")
        self.update(QRect(0, mini.top, self.width(), mini.height + 2))
        if self.session.painting.live is not None:
            self.update(self.row("corrected").rect(self.axis))

    def _heads_now(self) -> tuple[int, int]:
        """The pixels of the frame on screen and of the one that was asked for."""
        playback = self.session.playback
        return round(self.axis.x(playback.frame)), round(self.axis.x(playback.wanted))

    def _follow(self) -> None:
        """Keep the playhead in view, as the person wants it.

        What counts is the frame that was asked for: the picture of another one may stand until that is decoded, and
        a click beside a playhead that is far away would else lead back to where it was.
        """
        seen, playback = self.axis.width / self.axis.scale, self.session.playback
        frame = playback.frame if playback.wanted < 0 else playback.wanted
        if self.follow == SMOOTH and playback.playing:
            self.set_axis(self.axis.starting_at(playback.frame + 0.5 - seen / 2))
        elif self.follow != OFF and not self.axis.start <= frame < self.axis.stop:
            self.set_axis(self.axis.starting_at(frame - 0.05 * seen))

    def head_point(self) -> QPointF:
        """Where the playhead crosses Corrected, inside the view; popups appear there."""
        lane = self.row("corrected").rect(self.axis)
        x = self.axis.x(self.session.playback.frame + 0.5)
        return QPointF(min(max(x, lane.left()), lane.right()), lane.bottom() + 4)

    # --- mouse and keys ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hand.double(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hand.leave()

    def focusInEvent(self, event: object) -> None:
        self._repaint_all()

    def focusOutEvent(self, event: object) -> None:
        self._repaint_all()

    def event(self, event: QEvent) -> bool:
        wanted = event.type() == QEvent.Type.ShortcutOverride and self.hand.held is not None
        if wanted and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Alt):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.hand.held is not None:
            self.hand.cancel(back=True)
        elif event.key() == Qt.Key.Key_Alt and self.hand.held is not None:
            self.hand.again(Modifiers.AltModifier)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.shown is not None:
            self.step_active(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt and self.hand.held is not None:
            self.hand.again(Modifiers.NoModifier)
        else:
            super().keyReleaseEvent(event)

    def step_active(self, rows: int) -> None:
        """Make the track above or below the active one active."""
        if self.shown is not None:
            keys = list(self.shown.tracks)
            place = keys.index(self.session.chosen.active) if self.session.chosen.active in keys else len(keys) - 1
            self.session.chosen.activate(keys[min(max(0, place + rows), len(keys) - 1)])

    def fit_chosen(self) -> None:
        """Zoom to what is selected; else to the marked range, the place to look at, or the segment at the playhead."""
        if self.shown is None:
            return
        chosen, base = self.session.chosen, self.shown.base
        place = self.session.reviewing.shown_place
        spans = chosen.spans(self.session.playback.frame)
        if chosen.boundary is not None and base is not None:
            at = int(base.starts[chosen.boundary + 1])
            spans = [(max(0, at - AROUND), min(base.n_frames, at + AROUND))]
        elif chosen.is_empty and chosen.range is not None:
            spans = [chosen.range]
        elif chosen.is_empty and place is not None and place.video == self.shown.video.id:
            spans = [(place.start, place.stop)]
        if spans:
            self.show_range(spans[0][0], spans[-1][1])

    def nudge(self, delta: int) -> None:
        """Move the selected boundary by some frames; repeated nudges within a second are one undo step."""
        self._nudges.nudge(delta)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.hand.held is not None:  # the menu would take the release, and what is dragged stick to the pointer
            return
        point = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # the middle of the view is nobody's choice
            point = self._chosen_place()
        else:
            self.hand.select_for_menu(QPointF(point))
        self._show_menu(self.menu_at(QPointF(point)), self.mapToGlobal(point))

    def show_menu_of_pictures(self, where: QPoint) -> None:
        """The menu of the pictures above, at a place of the screen."""
        self._show_menu(row_menu(self.session, "pictures", 0, self), where)

    def _show_menu(self, menu: QMenu | None, where: QPoint) -> None:
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def _chosen_place(self) -> QPoint:
        """Where the playhead crosses the active row, inside the view."""
        active = self.session.chosen.active
        row = self.row(active if any(row.key == active for row in self.rows) else "corrected")
        return QPoint(round(self.head_point().x()), row.top + row.height // 2)

    def tip(self, point: QPointF) -> str:
        """What the tooltip says at a place; a boundary goes before the segment it ends."""
        boundary = self.hand.boundary_under(point)
        if boundary is not None and self.shown is not None:
            return boundary_text(boundary, self.shown, self.session.action_name)
        return super().tip(point)

    def menu_at(self, point: QPointF) -> QMenu | None:
        """The context menu for a place, None where there is none."""
        if self.shown is None:
            return None
        key = self.row_at(point.y())
        self.boundary_menu = self.hand.boundary_under(point)
        self.comment_menu = self.hand.comment_under(point)
        frame = self.axis.frame(point.x()) if point.x() >= self.axis.left - 4 else -1
        height = (point.y() - self.row(key).top) / max(1, self.row(key).height) if key else 0.0
        return row_menu(self.session, key, frame, self, height=height)
