"""What every context menu of the timeline is made of: entries that edit, call, or ask for a command of the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, RunId, VideoId

from ...models.widgets import in_menu
from ...session.chosen import RUN, SECOND
from .canvas import Canvas

if TYPE_CHECKING:
    from ...session import Session

Make = Callable[[int], Edit]


class FrameMenu(QMenu):
    """A menu for one frame of the current video."""

    def __init__(self, view: Canvas, session: Session, document: Document, video: VideoId, frame: int) -> None:
        super().__init__(view)
        self._view, self._session, self._document = view, session, document
        self._video, self._frame = video, frame
        self._run = session.current_run
        self.setToolTipsVisible(True)

    def _do(self, text: str, make: Callable[[], Edit], *, usable: bool = True, command: str = "") -> None:
        """An entry that edits; `command` is the one that does the same, whose key is named."""
        usable = usable and self.is_writable
        self._call(text, lambda: self._session.do(make, self._view), usable=usable, command=command)

    def _call(self, text: str, do: Callable[[], object], *, usable: bool = True, command: str = "") -> None:
        self.addAction(self._with_key(text, command), lambda: (do(), None)[1]).setEnabled(usable)

    def _ask(self, text: str, command: str, *, usable: bool = True, checked: bool | None = None) -> None:
        """An entry that is a command of the window."""
        action = self.addAction(self._with_key(text, command), lambda: self._view.commandAsked.emit(command))
        action.setEnabled(usable and self._view.is_usable(command))
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)

    def _with_key(self, text: str, command: str) -> str:
        key = self._view.key_of(command) if command else ""
        return f"{text}\t{key}" if key else text

    def _actions(
        self, title: str, make: Make, *, but: int | None = None, usable: bool = True, keys: bool = False
    ) -> None:
        """A submenu of all actions in use, and background; with the `keys` that do the same."""
        menu, session = self.addMenu(title), self._session
        used = [action for action in self._document.actions.values() if not action.archived]
        key_of, label_key = self._view.key_of, self._view.action_key
        found = [(a.name, int(a.id), a.colour, label_key(place)) for place, a in enumerate(used)]
        ground = (self.tr("background"), BACKGROUND, session.action_colour(BACKGROUND), key_of("segment.background"))
        for name, label, colour, key in [*found, ground]:
            if label != but:
                text = f"{in_menu(name)}\t{key}" if keys and key else in_menu(name)
                menu.addAction(chip(colour), text, partial(self._give, make, label))
        menu.setEnabled(usable and self.is_writable and not menu.isEmpty())

    def write(self, text: str, start: int, stop: int) -> None:
        """An entry that asks for a comment on frames ``[start, stop)``."""
        self._call(text, lambda: self._session.comments.writeAsked.emit(start, stop), usable=self.is_writable)

    @property
    def is_writable(self) -> bool:
        """Whether the project takes edits."""
        project = self._session.project
        return project is None or not project.read_only

    def fill_sound(self, *, snaps: bool = False) -> None:
        """Whether the sound has a row; and whether drags snap to it."""
        waveforms = self._session.waveforms
        row = self.addAction(self._with_key(self.tr("Show sound"), "view.sound"), waveforms.toggle_row)
        row.setCheckable(True)
        row.setChecked(waveforms.is_row_shown)
        if snaps:
            starts = self.addAction(self.tr("Snap to the starts of sounds"), waveforms.toggle_snaps)
            starts.setCheckable(True)
            starts.setChecked(waveforms.snaps)

    def _run_of(self, key: str) -> RunId | None:
        return self._run if key == "prediction" else RunId(key.removeprefix(RUN))

    def _track(self, key: str) -> Segmentation | None:
        """What the row of a track that is read only shows."""
        if key == "ground-truth":
            return self._document.ground_truth.get(self._video)
        if key == SECOND:
            return self._session.reviewing.second_track(self._video)
        run = self._run_of(key)
        return self._session.mapped_prediction(run, self._video) if run is not None else None

    def _take(self, text: str, key: str, start: int, stop: int, *, command: str = "") -> None:
        """An entry that takes frames ``[start, stop)`` of a row into Corrected."""
        document, video, run = self._document, self._video, self._run
        track, name = self._track(key), self._session.reviewing.second_name
        if key == SECOND and track is not None:
            spans = [(start, stop)]
            take = partial(commands.take_of_another, document, video, name, track, spans, run=run)
        else:
            source = None if key == "ground-truth" else self._run_of(key)
            take = partial(commands.take_span, document, video, source, start, stop, run=run)
        self._do(text, take, command=command)

    def _give(self, make: Make, label: int) -> None:
        self._session.do(lambda: make(label), self._view)


def chip(colour: str) -> QIcon:
    """A small square of one colour."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
