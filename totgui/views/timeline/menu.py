"""The context menus of the timeline: of Corrected, of the tracks that are read only, and of the ruler."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, RunId, VideoId

from ...models.widgets import in_menu
from ...session.chosen import RUN

if TYPE_CHECKING:
    from ...session import Session

Make = Callable[[int], Edit]


def row_menu(
    session: Session, key: str, frame: int, parent: QWidget, *, rename: Callable[[int], object]
) -> QMenu | None:
    """What can be done at a frame of a row; None where there is nothing. `rename` asks for the name of an action."""
    document, video = session.document, session.current_video
    if document is None or video is None:
        return None
    menu = RowMenu(session, document, video, frame, parent, rename=rename)
    if key == "corrected":
        menu.fill_corrected()
    elif key == "ruler":
        menu.fill_ruler()
    elif key == "sound":
        menu.fill_sound()
    elif key in ("ground-truth", "prediction") or key.startswith(RUN):
        menu.fill_read_only(key)
    if menu.isEmpty():
        menu.deleteLater()  # it would stay with the view, and hold what it is about
        return None
    return menu


class RowMenu(QMenu):
    """A menu for one frame of the current video."""

    def __init__(
        self,
        session: Session,
        document: Document,
        video: VideoId,
        frame: int,
        parent: QWidget,
        *,
        rename: Callable[[int], object],
    ) -> None:
        super().__init__(parent)
        self._rename_asked = rename
        self._session, self._document, self._video, self._frame = session, document, video, frame
        self._run = session.current_run
        self.setToolTipsVisible(True)

    def _do(self, text: str, make: Callable[[], Edit], *, usable: bool = True) -> None:
        self.addAction(text, lambda: (self._session.do(make, self.parent()), None)[1]).setEnabled(usable)

    def _call(self, text: str, do: Callable[[], object], *, usable: bool = True) -> None:
        self.addAction(text, lambda: (do(), None)[1]).setEnabled(usable)

    def _actions(self, title: str, make: Make, *, but: int | None = None, usable: bool = True) -> None:
        """A submenu of all actions in use, and background."""
        menu, session = self.addMenu(title), self._session
        found = [
            (action.name, int(action.id), action.colour)
            for action in self._document.actions.values()
            if not action.archived
        ]
        for name, label, colour in [*found, (self.tr("background"), BACKGROUND, session.action_colour(BACKGROUND))]:
            if label != but:
                give = partial(self._give, make, label)
                menu.addAction(chip(colour), name.replace("&", "&&"), give)
        menu.setEnabled(usable and not menu.isEmpty())

    def _give(self, make: Make, label: int) -> None:
        self._session.do(lambda: make(label), self.parent())

    # --- Corrected -----------------------------------------------------------------------------------

    def fill_corrected(self) -> None:
        """Everything that changes the segment at the frame, or the selection it belongs to."""
        track, document, video, run = self._session.base(), self._document, self._video, self._run
        if track is None:
            self._starts()
            return
        index = track.index_at(self._frame)
        start, stop, label = track[index]
        chosen = self._session.chosen
        spans = chosen.spans(self._frame) if index in chosen.segments else [(start, stop)]
        many = f" {len(spans)} segments" if len(spans) > 1 else ""
        like = int((track.labels == label).sum())
        self._actions(
            self.tr("Relabel{} to").format(many),
            lambda a: commands.relabel_spans(document, video, spans, a, run=run),
            but=None if many else label,
        )
        self._actions(
            self.tr("Relabel every {} ({}) to").format(self._session.action_name(label).replace("&", "&&"), like),
            lambda a: commands.relabel_like(document, video, label, a, run=run),
            but=label,
            usable=like > 1,
        )
        self._actions(
            self.tr("Split here, then"),
            lambda a: commands.split(document, video, self._frame, a, run=run),
            but=label,
            usable=start < self._frame,
        )
        self._rename(label)
        self._do(
            self.tr("Set background"),
            lambda: commands.relabel_spans(document, video, spans, BACKGROUND, run=run),
            usable=len(spans) > 1 or label != BACKGROUND,
        )
        self.addSeparator()
        self._do(
            self.tr("Merge with the next segment"),
            lambda: commands.merge(document, video, index, +1, run=run),
            usable=index + 1 < len(track),
        )
        self._do(
            self.tr("Merge with the previous segment"),
            lambda: commands.merge(document, video, index, -1, run=run),
            usable=index > 0,
        )
        self.addSeparator()
        self._marks(start, stop)
        self.addSeparator()
        self._starts()

    def _rename(self, label: int) -> None:
        """The name of an action, wherever it stands, can be changed from any of its segments."""
        if label in self._document.actions:
            name = self._session.action_name(label).replace("&", "&&")
            self._call(self.tr("Rename {}…").format(name), lambda: self._rename_asked(label))

    def _starts(self) -> None:
        document, video, run = self._document, self._video, self._run
        menu = self.addMenu(self.tr("Start again from"))
        do = self._session.do

        def add(text: str, make: Callable[[], Edit], usable: bool) -> None:
            menu.addAction(text, lambda: (do(make), None)[1]).setEnabled(usable)

        add(
            self.tr("the prediction"),
            lambda: commands.take_prediction(document, run or RunId(""), video),
            (run, video) in document.predictions,
        )
        add(
            self.tr("the ground truth"),
            lambda: commands.start_from_ground_truth(document, video),
            video in document.ground_truth,
        )
        add(self.tr("nothing: all unlabelled"), lambda: commands.start_unlabelled(document, video), True)

    def _marks(self, start: int, stop: int) -> None:
        chosen, playback = self._session.chosen, self._session.playback
        self._call(self.tr("Mark this segment as range"), lambda: chosen.select_range(start, stop))
        self._call(self.tr("Loop this segment"), lambda: playback.set_loop(start, stop))

    # --- the other rows ------------------------------------------------------------------------------

    def fill_read_only(self, key: str) -> None:
        """What can be taken from a row that is not edited, and which runs have a row."""
        track, chosen = self._track(key), self._session.chosen
        if track is not None:
            source = None if key == "ground-truth" else self._run_of(key)
            start, stop, label = track.at(self._frame)
            chosen_range = chosen.selected_range
            self._take(self.tr("Take this segment into Corrected"), source, start, stop)
            if chosen_range is not None:
                self._take(self.tr("Take the selected range into Corrected"), source, *chosen_range)
            self._take(self.tr("Take all of it into Corrected"), source, 0, track.n_frames)
            self.addSeparator()
            self._rename(label)
            self._marks(start, stop)
            self.addSeparator()
        self.addMenu(runs_menu(self._session, self))
        self.fill_sound()

    def _run_of(self, key: str) -> RunId | None:
        return self._run if key == "prediction" else RunId(key.removeprefix(RUN))

    def _track(self, key: str) -> Segmentation | None:
        if key == "ground-truth":
            return self._document.ground_truth.get(self._video)
        run = self._run_of(key)
        return self._session.mapped_prediction(run, self._video) if run is not None else None

    def _take(self, text: str, source: RunId | None, start: int, stop: int) -> None:
        document, video, run = self._document, self._video, self._run
        self._do(text, lambda: commands.take_span(document, video, source, start, stop, run=run))

    # --- the ruler -----------------------------------------------------------------------------------

    def fill_ruler(self) -> None:
        """Marks at the frame, and what can be done with the range."""
        chosen, playback, marked = self._session.chosen, self._session.playback, self._session.chosen.range
        self._call(self.tr("Mark in here"), lambda: chosen.set_in(self._frame))
        self._call(self.tr("Mark out here"), lambda: chosen.set_out(self._frame + 1))
        self._call(
            self.tr("Clear the marks"),
            chosen.clear_marks,
            usable=chosen.mark_in is not None or chosen.mark_out is not None,
        )
        self.addSeparator()
        start, stop = marked or (0, 1)
        document, video, run = self._document, self._video, self._run
        self._actions(
            self.tr("Give the range an action"),
            lambda a: commands.relabel_spans(document, video, [(start, stop)], a, run=run, blank=True, verb="set"),
            usable=marked is not None,
        )
        self._call(self.tr("Loop the range"), lambda: playback.set_loop(start, stop), usable=marked is not None)
        self._call(self.tr("Select the range"), lambda: chosen.select_range(start, stop), usable=marked is not None)
        self.addSeparator()
        self.fill_sound()

    # --- the rows that can be hidden -----------------------------------------------------------------

    def fill_sound(self) -> None:
        """Whether the sound has a row."""
        waveforms = self._session.waveforms
        row = self.addAction(self.tr("Show sound"), waveforms.toggle_row)
        row.setCheckable(True)
        row.setChecked(waveforms.is_row_shown)


def runs_menu(session: Session, parent: QWidget) -> QMenu:
    """A submenu with a tick for each run that has a row of its own."""
    menu = QMenu(parent.tr("Show runs"), parent)
    fill_runs(menu, session)
    return menu


def fill_runs(menu: QMenu, session: Session) -> None:
    """Put every run but the current one into a menu."""
    menu.clear()
    document, chosen = session.document, session.chosen
    for run in sorted(document.runs.values(), key=lambda r: -r.number) if document else []:
        if run.hidden or run.id == session.current_run:
            continue
        action = menu.addAction(in_menu(run.name))
        action.setCheckable(True)
        action.setChecked(run.id in chosen.runs)
        action.toggled.connect(
            lambda on, r=run.id: chosen.show_runs([*(x for x in chosen.runs if x != r), *([r] if on else [])])
        )
    if menu.isEmpty():
        menu.addAction("No other run").setEnabled(False)


def chip(colour: str) -> QIcon:
    """A small square of one colour."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
