"""What the monkey reached: commands that were done, dialogs, menus and popups that opened, panels that were seen."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtWidgets import QDialog, QMenu, QMessageBox, QWidget


class Reach:
    """Counts by name."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.commands: Counter[str] = Counter()
        self.opened: Counter[str] = Counter()
        self.panels: Counter[str] = Counter()

    def watch(self, window: Any) -> None:
        """Count the commands of a window from now on."""
        self.known |= set(window.actions_.by_name)
        for name, action in window.actions_.by_name.items():
            action.triggered.connect(lambda _checked=False, n=name: self.commands.update([n]))

    def see(self, widget: QWidget) -> None:
        """Something has opened over the window."""
        if isinstance(widget, QMenu):
            owner = widget.parentWidget()
            self.opened[f"menu of {type(owner).__name__}" if owner is not None else "menu"] += 1
        elif isinstance(widget, QDialog) and not isinstance(widget, QMessageBox):
            self.opened[f"{type(widget).__name__} {widget.windowTitle()}".strip()] += 1
        else:
            self.opened[type(widget).__name__] += 1

    def look(self, window: Any) -> None:
        """The panels that can be seen at this moment."""
        for name, dock in window.docks.items():
            if dock.isVisible() and not dock.visibleRegion().isEmpty():
                self.panels[name] += 1

    def figures(self) -> dict[str, object]:
        """For the last line of a run."""
        never = sorted(self.known - set(self.commands))
        return {
            "commands done": f"{len(self.known) - len(never)} of {len(self.known)}",
            "never": never,
            "opened": dict(sorted(self.opened.items())),
            "panels seen": dict(sorted(self.panels.items())),
        }
