"""What every menu is made of: commands with a name that never changes, and the open document they work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QInputDialog

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.data.dataset import BACKGROUND, ActionId, VideoId


@dataclass(frozen=True)
class Command:
    """One thing that a person can ask for, by menu, key or palette.

    `name` is its key in settings and tests. `usable` says whether it can be done now; None means always.
    A key that is held asks again and again only where it `repeats`.
    """

    name: str
    text: str
    do: Callable[[], object]
    keys: Sequence[str] = ()
    tip: str = ""
    usable: Callable[[], bool] | None = None
    repeats: bool = True


class Menu:
    """One menu of the window: its commands, and what several menus need to answer them."""

    title = ""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        self.window = window
        self.session = window.session

    def commands(self) -> list[Command | None]:
        """The entries from top to bottom; None is a line between two groups."""
        raise NotImplementedError

    def is_open(self) -> bool:
        """Whether a project is open."""
        return self.session.project is not None

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document  # type: ignore[no-any-return]

    @property
    def video(self) -> VideoId | None:
        return self.session.current_video  # type: ignore[no-any-return]

    def edit(self, make: Callable[[VideoId], Edit]) -> bool:
        """Make an edit of the current video and apply it; False where there is none or it was refused."""
        video = self.video
        return video is not None and self.session.do(lambda: make(video))

    def say(self, text: str, level: str = "info") -> None:
        """Show a message in the window."""
        self.window.show_message(text, level)

    def choose_action(self, title: str) -> ActionId | None:
        """Ask for an action by name; a new name makes a new action. None when the person gave up."""
        names = {a.name: a.id for a in self.document.actions.values() if not a.archived}
        name, accepted = QInputDialog.getItem(self.window, title, "Action:", [*names, "background"], 0, True)
        if not accepted or not name.strip():
            return None
        if name == "background":
            return BACKGROUND
        if name in names:
            return names[name]
        edit, action = commands.add_action(self.document, name)
        return action if self.session.edit(edit) else None
