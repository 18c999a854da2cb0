"""The Help menu."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from ..dialogs.shortcuts import ShortcutsDialog
from .menu import Command, Menu


class HelpMenu(Menu):
    title = "&Help"

    def commands(self) -> list[Command | None]:
        return [Command("help.shortcuts", "Keyboard shortcuts", self.shortcuts, ["F1"])]

    def shortcuts(self) -> None:
        """Show the sheet of all keys."""
        native = QKeySequence.SequenceFormat.NativeText
        rows = [
            (menu.title().replace("&", ""), action.shortcut().toString(native), action.text())
            for menu in self.window.actions_.menus
            for action in menu.actions()
            if not action.shortcut().isEmpty()
        ]
        rows.append(("Labels", "1 … 9, 0, Shift+1 … Shift+0", "Relabel with action 1 to 20"))
        ShortcutsDialog(rows, self.window).exec()
