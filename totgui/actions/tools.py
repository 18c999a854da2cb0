"""The Tools menu: every command by name, and the keys of all of them."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from ..dialogs.keys import Bindable, KeysAnswer, KeysDialog
from ..dialogs.palette import CommandPalette, Entry
from ..keymap import ACTION_KEY
from ..models.widgets import accepted
from .menu import Command, Menu

PANEL = "panel."


class ToolsMenu(Menu):
    title = "&Tools"

    def commands(self) -> list[Command | None]:
        return [
            Command(
                "tools.palette",
                "Command palette…",
                self.palette,
                ["Ctrl+K"],
                "Find any command by a few of its letters",
            ),
            Command("tools.keys", "Keyboard shortcuts…", self.keys, tip="Choose the key of every command"),
        ]

    def palette(self) -> None:
        """Open the palette over the window."""
        palette = CommandPalette(self.entries(), self.window.settings.recent_commands(), self.window)
        # Queued: a command may ask in a dialog, and the click in a palette that is gone meanwhile would not come back.
        palette.chosen.connect(lambda name: QTimer.singleShot(0, self.window, lambda: self.run(name)))
        palette.open_over(self.window)

    def entries(self) -> list[Entry]:
        """Every command and every panel, with its key and whether it can be used now."""
        actions = self.window.actions_
        found = []
        for name, command in actions.commands.items():
            action = actions.by_name[name]
            text = actions.text_of(name)
            if text and name != "tools.palette":
                group = actions.groups[name]
                found.append(Entry(name, text, group, actions.keymap.native(name), command.tip, action.isEnabled()))
        is_open = self.is_open()
        for panel, dock in self.window.docks.items():
            text = f"Show panel: {panel}" if not dock.isVisible() else f"Go to panel: {panel}"
            found.append(Entry(PANEL + panel, text, "View", usable=is_open))
        return found

    def run(self, name: str) -> None:
        """Do what was chosen, and offer it first the next time."""
        self.window.settings.add_recent_command(name)
        if name.startswith(PANEL):
            panel = name.removeprefix(PANEL)
            dock = self.window.docks[panel]
            self.window.bring(panel)
            dock.widget().setFocus()
        else:
            self.window.actions_.by_name[name].trigger()

    def keys(self) -> None:
        """Show the keys of all commands, and take those that are chosen."""
        answer = ask_keys(self.bindable(), self.window)
        if answer is not None:
            self.window.actions_.keymap.change(answer.preset, answer.own)

    def bindable(self) -> list[Bindable]:
        """Every command with the keys that it has by default."""
        actions = self.window.actions_
        return [
            Bindable(name, self._text(name), actions.groups[name], actions.keymap.defaults[name])
            for name in actions.commands
        ]

    def _text(self, name: str) -> str:
        """What a command is called: that of an action by the action, every other one always the same."""
        actions = self.window.actions_
        return (actions.text_of(name) if name.startswith(ACTION_KEY) else "") or actions.commands[name].whole_text


def ask_keys(commands: list[Bindable], window: object) -> KeysAnswer | None:
    """The keys that a person chose, or None when they gave up."""
    keymap = window.actions_.keymap  # type: ignore[attr-defined]
    dialog = KeysDialog(commands, keymap.preset, keymap.own, window)  # type: ignore[arg-type]
    return dialog.answer() if accepted(dialog) else None
