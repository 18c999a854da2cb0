"""The Help menu."""

from __future__ import annotations

from .menu import Command, Menu


class HelpMenu(Menu):
    title = "&Help"

    def commands(self) -> list[Command | None]:
        return [Command("help.shortcuts", "Keyboard shortcuts", self.shortcuts, ["F1"], "The sheet of all keys")]

    def shortcuts(self) -> None:
        """Show the sheet of all keys, which is also where they are changed."""
        self.window.actions_.tools.keys()
