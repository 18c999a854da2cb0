"""What the parts of the timeline draw and drag on: its rows, the frames that are visible, what was read to be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.annotation.values import CommentKey

from ...models.chooser import Chooser
from ...models.comment_words import tip_of
from ...models.key_hints import STANDARD_KEYS
from ...models.widgets import for_text
from ...session.chosen import RUN, SECOND
from ..heatmap import SOURCES
from .comments import comment_under
from .geometry import Axis, Snap
from .lanes import Lanes
from .scores import ScoresBeside
from .shown import Shown, add_scores, read
from .sound import sound_tip
from .tips import tip_text
from .tracks import Row, lay_out

if TYPE_CHECKING:
    from ...session import Session

OFF, PAGE, SMOOTH = "off", "page", "smooth"
"""How the timeline follows the playhead."""
SOURCE = 190
"""Pixels that the choice of the scores takes beside text of the usual size."""


class Canvas(QWidget):
    """One time axis over the rows of the current video; zooms and pans."""

    boundaryPreview = Signal(int, int, int)  # frame where the right segment would begin; labels left and right of it
    boundaryPreviewEnded = Signal()
    axisChanged = Signal()
    renameAsked = Signal(int)  # an action
    commandAsked = Signal(str)  # a command of the window, by its name

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.shown: Shown | None = None
        self.follow = PAGE
        self.boundary_menu: int | None = None
        """The boundary of Corrected that the context menu is about."""
        self.comment_menu: CommentKey | None = None
        """The comment that the context menu is about."""
        self.axis = Axis.whole(1, left=0, width=1)
        self.snapped: Snap | None = None
        """Where the end of the range that is dragged lies, and what it has snapped to."""
        self.lanes = Lanes()
        self._rows: tuple[object, list[Row]] = ((), [])
        self._static: QPixmap | None = None
        self.keys: Mapping[str, str] = STANDARD_KEYS
        """The keys that the hints name, by command; see `show_keys`."""
        self.cut_titles: dict[str, str] = {}
        """The titles of rows that are too long to be painted whole."""
        self.key_of: Callable[[str], str] = lambda command: STANDARD_KEYS.get(command, "")
        self.action_key: Callable[[int], str] = lambda place: ""
        self.is_usable: Callable[[str], bool] = lambda command: True
        """Whether a command of the window can be used now."""
        self.source = Chooser(self)
        for key, label in SOURCES:
            self.source.addItem(self.tr(label), key)
        self.source.setAccessibleName(self.tr("Scores shown in the heatmap"))
        self.source.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.scores = ScoresBeside(session, self.refresh, self)
        self.source.currentIndexChanged.connect(self.refresh)
        self.setAccessibleName(self.tr("Timeline"))

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """The rows from top to bottom."""
        titles = self.shown.titles if self.shown else {}
        key = (self.height(), self.fontMetrics().height(), tuple(titles.items()), self.optional)
        if self._rows[0] != key:
            rows = lay_out(key[0], key[1], self._run_titles(), optional=self.optional)
            self._rows = (key, [Row(r.key, titles.get(r.key, r.title), r.top, r.height) for r in rows])
        return self._rows[1]

    @property
    def optional(self) -> tuple[str, ...]:
        """The rows that are there, and are not in every video or project."""
        return self.shown.optional if self.shown else ()

    def current_comment(self) -> int | None:
        """The number of the comment that is looked at, in the row; None where it is on another video."""
        shown, key = self.shown, self.session.comments.current
        if shown is None or shown.comments is None or key is None or key.video != shown.video.id:
            return None
        return shown.comments.keys.index(key) if key in shown.comments.keys else None

    def _run_titles(self) -> list[tuple[str, str]]:
        """Keys and titles of the rows of other runs, and of another reviewer."""
        titles = self.shown.titles if self.shown else {}
        return [(name, title) for name, title in titles.items() if name.startswith(RUN) or name == SECOND]

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

    def refresh(self) -> None:
        """Read everything again from the session."""
        self.shown = read(self.session, self.shown)
        if self.shown is not None:
            add_scores(self.session, self.shown, self.scores.get(self.shown.video, self.source.currentData()))
        self.setAccessibleDescription(self._summary())
        self._place_source()
        self._repaint_all()

    def show_keys(self, native: Callable[[str], str], action_key: Callable[[int], str]) -> None:
        """Name the keys that commands have now.

        Args:
            native: the first key of a command, as it is shown.
            action_key: the same for the action at a place of the list; empty for none.
        """
        self.key_of, self.action_key = native, action_key
        self.keys = {command: native(command) for command in STANDARD_KEYS}
        self._repaint_all()

    def _summary(self) -> str:
        if self.shown is None:
            return self.tr("No video")
        n_open = self.shown.comments.n_open if self.shown.comments is not None else 0
        talk = self.tr(", open comments: {}").format(n_open) if n_open else ""
        if self.shown.corrected is None:
            return self.tr("{}, nothing corrected yet").format(self.shown.video.name) + talk
        return self.tr("{}, {} corrected segments").format(self.shown.video.name, len(self.shown.corrected)) + talk

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
        self._place_source()
        self._repaint_all()

    def _place_source(self) -> None:
        row, shown = self.row("source"), self.shown
        scored = shown is not None and (shown.is_reading or shown.pyramid is not None)
        wide = min(for_text(self, SOURCE, 0).width(), max(60, self.axis.width))
        self.source.setGeometry(self.gutter, row.top, wide, row.height)
        self.source.setVisible(scored and row.top < self.height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._place()
        super().changeEvent(event)

    def tip(self, point: QPointF) -> str:
        """What the tooltip says at a place, as plain text; empty for none."""
        key = self.row_at(point.y())
        if self.shown is None or not key or point.x() >= self.axis.right:
            return ""
        if point.x() < self.axis.left:
            return self.cut_titles.get(key, "")
        if key == "sound":
            return sound_tip(self.shown.sound, self.axis, point.x(), self.shown.video.timebase)
        if key == "comments":
            return self._comment_tip(point.x())
        lane = self.row(key).rect(self.axis)
        height = (point.y() - lane.top()) / max(1, lane.height())
        return tip_text(key, self.axis.frame(point.x()), height, self.shown, self.session.action_name)

    def _comment_tip(self, x: float) -> str:
        shown = self.shown
        number = comment_under(shown.comments, x, self.axis) if shown is not None and shown.comments else None
        if shown is None or shown.comments is None or number is None:
            return ""
        return tip_of(shown.video, shown.comments.comments[number])

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
