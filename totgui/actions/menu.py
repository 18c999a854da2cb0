"""What every menu is made of: commands with a name that never changes, and the open document they work on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QPoint

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.values import Run
from core.data.dataset import BACKGROUND, ActionId, VideoId

from ..dialogs.action_popup import ActionPopup, Choice
from ..keymap import N_ACTION_KEYS, action_key, is_letter
from ..models.key_hints import named
from ..session import Session


@dataclass(frozen=True)
class Command:
    """One thing that a person can ask for, by menu, key or palette.

    `name` is its key in settings and tests. `usable` says whether it can be done now; None means always.
    A key that is held asks again and again only where it `repeats`. `checked` says whether it has a tick. Commands
    that stand together and name the same menu `under` which they belong form a submenu.
    """

    name: str
    text: str
    do: Callable[[], object]
    keys: Sequence[str] = ()
    tip: str = ""
    usable: Callable[[], bool] | None = None
    repeats: bool = True
    checked: Callable[[], bool] | None = None
    under: str = ""

    @property
    def whole_text(self) -> str:
        """The text as it reads without its menu around it: the submenu's first."""
        return f"{self.under}: {self.text}" if self.under else self.text


class Menu:
    """One menu of the window, or a part of one: its commands, and what several menus need to answer them."""

    title = ""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        self.window = window
        self.session: Session = window.session

    def commands(self) -> list[Command | None]:
        """The entries from top to bottom; None is a line between two groups."""
        raise NotImplementedError

    def is_open(self) -> bool:
        """Whether a project is open."""
        return self.session.project is not None

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    @property
    def shown_run(self) -> Run | None:
        """The run that is shown; None where no project is open, or it has none."""
        run = self.session.current_run
        return self.document.runs.get(run) if self.session.project is not None and run is not None else None

    @property
    def video(self) -> VideoId | None:
        return self.session.current_video if self.session.project is not None else None

    def edit(self, make: Callable[[VideoId], Edit]) -> bool:
        """Make an edit of the current video and apply it; False where there is none or it was refused."""
        video = self.video
        return video is not None and self.session.do(lambda: make(video))

    def go(self, video: VideoId, frame: int) -> None:
        """Open a video at a frame."""
        self.session.select_video(video)
        self.session.playback.seek(frame)

    def say(self, text: str, level: str = "info") -> None:
        """Show a message in the window."""
        self.window.show_message(text, level)

    def at_playhead(self, do: Callable[[int], object]) -> None:
        """Call `do` with the frame on screen, once it is the one that was asked for."""
        playback = self.session.playback
        if playback.playing or playback.wanted in (-1, playback.frame):
            do(playback.frame)
            return
        video = self.video

        def shown(frame: int) -> None:
            if self.video == video and playback.frame != playback.wanted:
                return
            playback.frameChanged.disconnect(shown)
            if self.video == video:
                do(frame)

        playback.frameChanged.connect(shown)

    def named(self, text: str) -> str:
        """A text with the keys that the commands in braces have now."""
        actions = self.window.actions_
        return named(text, actions.keymap.native, actions.text_of)

    # --- asking for an action ------------------------------------------------------------------------

    def give(
        self,
        title: str,
        make: Callable[[VideoId, ActionId], Edit],
        *,
        but: int | None = None,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Ask for an action near the playhead, then make an edit of the current video with it.

        A new name makes a new action in the same undo step. `but` is not offered; `then` is called when it is done.
        """
        video = self.video
        if video is None:
            return

        def answered(action: ActionId, group: int | None) -> None:
            if self.session.do(lambda: replace(make(video, action), group=group)) and then is not None:
                then()

        self.ask_action(title, answered, but=but)

    def ask_action(self, title: str, then: Callable[[ActionId, int | None], object], *, but: int | None = None) -> None:
        """Ask for an action near the playhead; `then` gets it, and the group of its edit where it is a new one."""

        def answered(answer: int | str) -> None:
            group = None
            if isinstance(answer, str):
                group = time.time_ns() // 1_000_000
                made = self._new_action(answer, group)
                if made is None:
                    return
                answer = made
            then(ActionId(answer), group)

        ActionPopup(title, self.choices(but), answered, self.window).show_at(self._beside_playhead())

    def choices(self, but: int | None = None) -> list[Choice]:
        """The actions in use with the numbers of their keys, and background."""
        used = [action for action in self.document.actions.values() if not action.archived]
        found = [
            Choice(int(a.id), a.name, a.colour, n if n < N_ACTION_KEYS else None, self._keys_of(n))
            for n, a in enumerate(used)
        ]
        found.append(Choice(int(BACKGROUND), "background", self.session.action_colour(BACKGROUND), None))
        return [choice for choice in found if choice.label != but]

    def _keys_of(self, place: int) -> tuple[str, ...]:
        """The keys that relabel with the action at a place, without letters: in a field those begin a name."""
        keys = self.window.actions_.keymap.keys(action_key(place)) if action_key(place) else ()
        return tuple(key for key in keys if not is_letter(key))

    def _new_action(self, name: str, group: int) -> ActionId | None:
        made: list[ActionId] = []

        def make() -> Edit:
            edit, action = commands.add_action(self.document, name)
            made.append(action)
            return replace(edit, group=group)

        if not self.session.do(make):
            return None
        self.window.settings.remember_name(name)
        return made[0]

    def _beside_playhead(self) -> QPoint:
        timeline = self.window.timeline
        if timeline.isVisible():
            return QPoint(timeline.mapToGlobal(timeline.head_point().toPoint()))
        return QPoint(self.window.mapToGlobal(self.window.rect().center()))
