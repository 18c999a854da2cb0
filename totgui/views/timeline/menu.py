"""The context menus of the tracks and of the ruler: of Corrected, and of what is read only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from core.annotation import commands
from core.annotation.edit import Edit
from core.data.dataset import BACKGROUND, RunId

from ...models.widgets import in_menu
from ...session.chosen import RUN, SECOND
from .canvas import Canvas
from .comment_menu import CommentMenu
from .frame_menu import FrameMenu
from .side_menu import SideMenu

if TYPE_CHECKING:
    from ...session import Session


def row_menu(session: Session, key: str, frame: int, view: Canvas, *, height: float = 0.0) -> QMenu | None:
    """What can be done at a frame of a row, None where there is nothing.

    Args:
        frame: below 0 for the name of the row at the left: what can be done with the row as a whole.
        height: the place inside the row, 0 to 1.
    """
    document, video = session.document, session.current_video
    if document is None or video is None:
        return None
    is_track = key == "corrected" or key in ("ground-truth", "prediction", SECOND) or key.startswith(RUN)
    kind = RowMenu if is_track or key == "ruler" else CommentMenu if key == "comments" else SideMenu
    menu: RowMenu | CommentMenu | SideMenu = kind(view, session, document, video, frame)
    menu.fill(key, height)
    if menu.isEmpty():
        menu.deleteLater()  # it would stay with the view, and hold what it is about
        return None
    return menu


class RowMenu(FrameMenu):
    """The menus of tracks and of the ruler."""

    def fill(self, key: str, height: float) -> None:
        """Everything for a row."""
        if key == "corrected" and self._frame < 0:
            self._fill_whole_corrected()
        elif key == "corrected":
            self._fill_corrected()
        elif key == "ruler":
            self._fill_ruler()
        else:
            self._fill_read_only(key)

    # --- Corrected -----------------------------------------------------------------------------------

    def _fill_corrected(self) -> None:
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
        self._boundary()
        self._actions(
            self.tr("Relabel{} to").format(many),
            lambda a: commands.relabel_spans(document, video, spans, a, run=run),
            but=None if many else label,
            keys=True,
        )
        self._actions(
            self.tr("Relabel every {} ({}) to").format(in_menu(self._session.action_name(label)), like),
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
            self.tr("Set to background"),
            lambda: commands.relabel_spans(document, video, spans, BACKGROUND, run=run),
            usable=len(spans) > 1 or label != BACKGROUND,
            command="segment.background",
        )
        self.addSeparator()
        self._do(
            self.tr("Merge with the next segment"),
            lambda: commands.merge(document, video, index, +1, run=run),
            usable=index + 1 < len(track),
            command="segment.merge-next",
        )
        self._do(
            self.tr("Merge with the previous segment"),
            lambda: commands.merge(document, video, index, -1, run=run),
            usable=index > 0,
            command="segment.merge-previous",
        )
        self._ask(self.tr("First and last frame…"), "segment.span", usable=len(spans) == 1)
        self.addSeparator()
        self._ask(self.tr("Segments like this one"), "review.segments")
        self._marks(start, stop)
        self.write(self.tr("Comment on this segment…"), spans[0][0], spans[-1][1])
        self.addSeparator()
        self._starts()

    def _boundary(self) -> None:
        """The boundary under the pointer, if one is."""
        track, head, boundary = self._session.base(), self._session.playback.frame, self._view.boundary_menu
        if track is None or boundary is None:
            return
        low, high = int(track.starts[boundary]) + 1, int(track.stops[boundary + 1]) - 1
        document, video, run = self._document, self._video, self._run
        self._do(
            self.tr("Move this boundary to the playhead"),
            lambda: commands.move_boundary(document, video, boundary, head, run=run),
            usable=low <= head <= high and head != int(track.starts[boundary + 1]),
        )
        self.addSeparator()

    def _fill_whole_corrected(self) -> None:
        """What can be done with Corrected as a whole."""
        if self._session.base() is not None:
            self._ask(self.tr("Select all segments"), "edit.select-all")
            self.addSeparator()
        self._starts()

    def _rename(self, label: int) -> None:
        """The name of an action, wherever it stands, can be changed from any of its segments."""
        if label in self._document.actions:
            name = in_menu(self._session.action_name(label))
            text, ask = self.tr("Rename {}…").format(name), self._view.renameAsked.emit
            self._call(text, lambda: ask(label), usable=self.is_writable)

    def _starts(self) -> None:
        document, video, run = self._document, self._video, self._run
        menu = self.addMenu(self.tr("Start again from"))
        menu.setEnabled(self.is_writable)
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

    def _fill_read_only(self, key: str) -> None:
        """What can be taken from a row that is not edited, and which runs have a row."""
        track, chosen = self._track(key), self._session.chosen
        if track is not None:
            chosen_range = chosen.selected_range
            if self._frame >= 0:
                start, stop, label = track.at(self._frame)
                self._take(self.tr("Take this segment into Corrected"), key, start, stop)
            if chosen_range is not None:
                self._take(self.tr("Take the selected range into Corrected"), key, *chosen_range)
            whole = self.tr("Take all of it into Corrected")
            self._take(whole, key, 0, track.n_frames, command="segment.take-video")
            self.addSeparator()
            if self._frame >= 0:
                if key != SECOND or label in self._document.actions:
                    self._rename(label)
                self._marks(start, stop)
                self.addSeparator()
        self.addMenu(runs_menu(self._session, self))
        self.fill_sound()

    # --- the ruler -----------------------------------------------------------------------------------

    def _fill_ruler(self) -> None:
        """Marks at the frame, and what can be done with the range."""
        chosen, playback, marked = self._session.chosen, self._session.playback, self._session.chosen.range
        if self._frame < 0:
            return
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
        self._ask(self.tr("Go to frame or time…"), "playback.go-to")
        self.write(self.tr("Comment here…"), self._frame, self._frame + 1)
        self.addSeparator()
        self.fill_sound()


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
