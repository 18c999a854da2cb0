"""What keys and menus do to the segments that are chosen in the Segments panel, in whatever videos they lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.places_commands import Places, starts_with_run
from core.data.dataset import BACKGROUND

from ..models.widgets import short
from .menu import Command, Menu

PANEL = "Segments"
NONE_CHOSEN = "No segment is chosen in Segments. Click one there, or move to one with the arrow keys."


class SheetPart(Menu):
    """`is_meant` says that a command is to work on the panel: it has the focus."""

    def commands(self) -> list[Command | None]:
        return [
            Command(
                "review.segments",
                "Segments like this one",
                self.show,
                ["G"],
                "Every segment of this action over all videos, as pictures or a table",
                self.is_open,
            )
        ]

    @property
    def is_meant(self) -> bool:
        return bool(self.session.segments.has_focus)

    def show(self) -> None:
        """Show the segments with the action of the one under the playhead, chosen there, and give them the focus."""
        track = self.session.base()
        if track is None:
            self.show_label(None)
            return
        self.show_label(track.at(min(self.session.playback.frame, track.n_frames - 1)).label)
        self.window.segments().choose_current()

    def show_label(self, label: int | None) -> None:
        """Show the panel with the segments of a label, or of all, and give it the focus."""
        self.window.bring(PANEL)
        view = self.window.segments()
        view.show_label(label)
        view.setFocus()

    # --- the chosen segments -----------------------------------------------------------------------

    def _places(self) -> Places:
        """What is chosen; says so where nothing is."""
        found: Places = self.session.segments.places()
        if not found:
            self.say(NONE_CHOSEN)
        return found

    def relabel(self, action: int) -> None:
        """All chosen segments get another label: one step of the history."""
        if places := self._places():
            self._relabel(places, action, None)

    def relabel_by_name(self) -> None:
        """Ask for the action, beside what is chosen."""
        places = self._places()
        if not places:
            return
        count = sum(map(len, places.values()))
        title = f"Relabel {count:,} segments" if count > 1 else "Relabel"
        self.ask_action(title, lambda action, group: self._relabel(places, action, group))

    def _relabel(self, places: Places, action: int, group: int | None) -> None:
        document, run = self.document, self.session.current_run
        said = self._said(document, places, action)
        mapped = self.session.segments.predictions

        def make() -> Edit:
            edit = commands.relabel_places(document, places, action, run=run, blank=True, mapped=mapped)
            return replace(edit, group=group)

        if self.session.do(make):
            self.session.done.emit(said)

    def _said(self, document: Document, places: Places, action: int) -> str:
        """What is said once it is done."""
        run, name = self.session.current_run, short(self.session.action_name(action))
        text = f"{self._counted(document, places)} {name} now."
        taken = [video for video in places if starts_with_run(document, video, run)]
        if taken and run is not None:
            which = "it" if len(places) == 1 else "them" if len(taken) == len(places) else f"{len(taken):,} of them"
            text += f" Nothing was corrected in {which} yet: all of {document.runs[run].name} was taken there first."
        return text

    @staticmethod
    def _counted(document: Document, places: Places) -> str:
        """How many segments of which video, or of how many, up to the verb."""
        count = sum(map(len, places.values()))
        if len(places) > 1:
            return f"{count:,} segments in {len(places):,} videos are"
        name = short(document.videos[next(iter(places))].name, 40)
        return f"{count:,} segments of {name} are" if count > 1 else f"A segment of {name} is"

    def background(self) -> None:
        self.relabel(int(BACKGROUND))

    def check(self) -> None:
        """All chosen segments were looked at and are right as they are."""
        places, document = self._places(), self.session.document
        if not places or document is None:
            return
        if self.session.do(lambda: commands.check_places(document, places)):
            self.session.done.emit(f"{self._counted(document, places)} checked.")

    def play(self) -> None:
        """Play the segment that the cursor stands at, once."""
        segments, playback = self.session.segments, self.session.playback
        row, listing = segments.cursor, segments.listing
        if not 0 <= row < len(listing):
            self.say(NONE_CHOSEN)
            return
        playback.pause()
        self.session.select_video(listing.videos[int(listing.video[row])])
        playback.seek(int(listing.starts[row]))
        playback.play(until=int(listing.stops[row]) - 1)

    def toggle(self) -> None:
        """Play the segment, or pause what plays."""
        if self.session.playback.playing:
            self.session.playback.pause()
        else:
            self.play()

    def do(self, name: str) -> None:
        """A button of the panel, or an entry of its menu, does what the command of this name does to it."""
        does: dict[str, Callable[[], None]] = {
            "segment.relabel": self.relabel_by_name,
            "segment.background": self.background,
            "review.right": self.check,
            "playback.segment": self.play,
        }
        does[name]()

    def _beside_playhead(self) -> QPoint:
        """A popup stands beside what is chosen."""
        view = self.window.segments()
        return view.popup_point() if view.isVisible() else super()._beside_playhead()
