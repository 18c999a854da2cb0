"""The timeline: every track of a video on one time axis, and the gestures that correct it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap, QWheelEvent
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from core.annotation.changes import Changes

from ...models.key_hints import STANDARD_KEYS
from ...session.chosen import RUN
from ..heatmap import SOURCES
from .edits import Nudges
from .geometry import Axis, Snap
from .gestures import BoundaryDrag
from .hand import Hand
from .held import Modifiers, Roll
from .lanes import Lanes
from .menu import row_menu
from .overlay import paint_overlay
from .paint import paint_rows
from .shown import Shown, read
from .tips import tip_text
from .tracks import Row, lay_out

if TYPE_CHECKING:
    from ...session import Session

OFF, PAGE, SMOOTH = "off", "page", "smooth"


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
        self.follow = PAGE
        self.snapped: Snap | None = None
        """What the range that is dragged has snapped to."""
        self.hand, self.lanes, self._nudges = Hand(self), Lanes(), Nudges(session, lambda: self.keys)
        self._rows: tuple[object, list[Row]] = ((), [])
        self._static: QPixmap | None = None
        self.keys: Mapping[str, str] = STANDARD_KEYS
        """The keys that the hints name, by command; see `show_keys`."""
        self._heads = (0, 0)
        self.source = QComboBox(self)
        for key, label in SOURCES:
            self.source.addItem(self.tr(label), key)
        self.source.setAccessibleName(self.tr("Scores shown in the heatmap"))
        self.source.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.source.currentIndexChanged.connect(self.refresh)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Timeline"))
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
        playback.frameChanged.connect(self._on_frame)
        playback.wantedChanged.connect(self._on_frame)
        playback.loopChanged.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(1000, 400)

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """The rows from top to bottom."""
        titles = self.shown.titles if self.shown else {}
        key = (self.height(), self.fontMetrics().height(), tuple(titles.items()))
        if self._rows[0] != key:
            runs = [(name, title) for name, title in titles.items() if name.startswith(RUN)]
            rows = lay_out(key[0], key[1], runs)
            self._rows = (key, [Row(r.key, titles.get(r.key, r.title), r.top, r.height) for r in rows])
        return self._rows[1]

    def row(self, key: str) -> Row:
        """The row with this key."""
        return next(row for row in self.rows if row.key == key)

    def row_at(self, y: float) -> str:
        """The key of the row at a height, empty for none."""
        return next((row.key for row in self.rows if row.top - 1 <= y < row.top + row.height + 2), "")

    @property
    def gutter(self) -> int:
        """Width of the labels at the left."""
        return self.fontMetrics().averageCharWidth() * 22

    @property
    def drag(self) -> BoundaryDrag | None:
        """The boundary that is dragged, as far as it has come."""
        return self.hand.held.drag if isinstance(self.hand.held, Roll) else None

    def _new_video(self) -> None:
        self.hand.forget()
        self.lanes.clear()
        self.refresh()
        self._new_rows()
        self.fit()

    def _new_rows(self) -> None:
        """Rows have come or gone. What is held goes on, unless it holds on to a track that is another one now."""
        self._let_go_of_another()
        self.refresh()
        line = self.fontMetrics().height()
        runs = len(self.shown.tracks) - 3 if self.shown else 0
        top = lay_out(0, line)[-1].top  # rows of runs take their room from the heatmap first: the window need not grow
        self.setMinimumHeight(max(260, top + 2 * line, top + runs * (line + 12) + line))
        self._place()

    def refresh(self) -> None:
        """Read everything again from the session."""
        self.shown = read(self.session, self.source.currentData(), self.shown)
        self.setAccessibleDescription(self._summary())
        self.source.setVisible(self.shown is not None and self.shown.pyramid is not None)
        self._repaint_all()

    def show_keys(self, native: Callable[[str], str]) -> None:
        """Name the keys in hints that commands have now; `native` gives the first one of a command as it is shown."""
        self.keys = {command: native(command) for command in STANDARD_KEYS}
        self._repaint_all()

    def _summary(self) -> str:
        if self.shown is None:
            return self.tr("No video")
        if self.shown.corrected is None:
            return self.tr("{}, nothing corrected yet").format(self.shown.video.name)
        return self.tr("{}, {} corrected segments").format(self.shown.video.name, len(self.shown.corrected))

    def _on_document(self, changes: Changes, initiator: object) -> None:
        self._let_go_of_another()
        self.refresh()

    def _let_go_of_another(self) -> None:
        """End a gesture where Corrected shows another track than the one under the pointer."""
        if self.shown is not None and self.session.base() is not self.shown.base:
            self.hand.cancel()

    def _repaint_all(self) -> None:
        self._static = None
        self.update()

    def set_axis(self, axis: Axis) -> None:
        """Show other frames."""
        if axis != self.axis:
            self.axis = axis
            self._repaint_all()
            self.axisChanged.emit()

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _place(self) -> None:
        self.set_axis(self.axis.resized(left=self.gutter, width=self.width() - self.gutter - 12))
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
            paint_rows(painter, self)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static)
        if self.shown is not None:
            paint_overlay(painter, self)
        painter.end()

    # --- zoom and pan ------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole video."""
        n_frames = self.shown.video.timebase.n_frames if self.shown else 1
        self.set_axis(Axis.whole(n_frames, left=self.gutter, width=self.width() - self.gutter - 12))

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
        self.set_axis(self.axis.zoomed(factor, x))

    def show_range(self, start: int, stop: int) -> None:
        """Zoom to frames ``[start, stop)``."""
        self.set_axis(self.axis.showing(start, stop))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.set_axis(self.axis.zoomed(1.25 ** (delta / 120), event.position().x()))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or event.angleDelta().x():
            self.set_axis(self.axis.panned(-delta / 120 * self.axis.width / 12))
        else:
            event.ignore()
            return
        event.accept()

    def _on_frame(self, frame: int) -> None:
        frame = self.session.playback.frame
        if self.hand.held is None and self.shown is not None and not self.axis.is_whole:
            self._follow(frame)
        heads = (round(self.axis.x(frame)), round(self.axis.x(self.session.playback.wanted)))
        wide = max(6, round(self.axis.scale)) + 10  # the line, its handle and the frame it stands for
        for x in {*self._heads, *heads}:
            self.update(QRect(x - wide, 0, 2 * wide, self.height()))
        mini = self.row("minimap")
        self.update(QRect(0, mini.top, self.width(), mini.height + 2))
        if self.session.painting.live is not None:
            self.update(self.row("corrected").rect(self.axis))
        self._heads = heads

    def _follow(self, frame: int) -> None:
        """Keep the playhead in view, as the person wants it."""
        seen = self.axis.width / self.axis.scale
        if self.follow == SMOOTH and self.session.playback.playing:
            self.set_axis(self.axis.starting_at(frame + 0.5 - seen / 2))
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
            self.hand.cancel()
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

    def nudge(self, delta: int) -> None:
        """Move the selected boundary by some frames; repeated nudges within a second are one undo step."""
        self._nudges.nudge(delta)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu_at(QPointF(event.pos()))
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu_at(self, point: QPointF) -> QMenu | None:
        """The context menu for a place, None where there is none."""
        if self.shown is None:
            return None
        return row_menu(self.session, self.row_at(point.y()), self.axis.frame(point.x()), self)

    def tip(self, point: QPointF) -> str:
        """What the tooltip says at a place, as plain text; empty for none."""
        key = self.row_at(point.y())
        if self.shown is None or not key or not self.axis.left <= point.x() < self.axis.right:
            return ""
        lane = self.row(key).rect(self.axis)
        height = (point.y() - lane.top()) / max(1, lane.height())
        return tip_text(key, self.axis.frame(point.x()), height, self.shown, self.session.action_name)
