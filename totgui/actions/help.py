"""The Help menu."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from ..tour import Tour
from .menu import Command, Menu


class HelpMenu(Menu):
    title = "&Help"

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self._tour: Tour | None = None

    def commands(self) -> list[Command | None]:
        return [
            Command("help.tour", "Tour of the window", self.tour, tip="Seven steps; it can be left at any of them"),
            Command("help.shortcuts", "Keyboard shortcuts", self.shortcuts, ["F1"], "The sheet of all keys"),
        ]

    def tour(self) -> None:
        """Show what is where; without a project on the demo, which is opened first."""
        if self.session.project is None:
            self.window.actions_.file.open_demo()
            self.session.projectOpened.connect(self._begin, Qt.ConnectionType.SingleShotConnection)
        else:
            self._begin()

    def _begin(self) -> None:
        if self._tour is not None:
            self._tour.leave()
        self._tour = Tour(self.window, self.named)
        self._tour.ended.connect(self._forget)
        self._tour.start()

    def _forget(self) -> None:
        self._tour = None

    def shortcuts(self) -> None:
        """Show the sheet of all keys, which is also where they are changed."""
        self.window.actions_.tools.keys()
