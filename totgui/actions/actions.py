"""All menus of the window as Qt actions: built once, enabled by what can be done now."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu

from .edit import EditMenu
from .file import FileMenu
from .help import HelpMenu
from .labels import LabelsMenu
from .menu import Command, Menu
from .model import ModelMenu
from .playback import PlaybackMenu
from .review import ReviewMenu
from .segment import SegmentMenu
from .view import ViewMenu

DIGITS = 20
CHANGING = ("segment.", "labels.", "model.", "review.", "edit.undo", "edit.redo", "file.checkpoint")
"""Commands that a project that is open for reading does not take, by the head of their name."""
READING = ("review.next", "review.previous")


class Actions(QObject):
    """The actions of a window by the name of their command."""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self.window = window
        self.session = window.session
        self.file, self.edit, self.segment = FileMenu(window), EditMenu(window), SegmentMenu(window)
        self.model = ModelMenu(window)
        self.by_name: dict[str, QAction] = {}
        self._commands: dict[str, Command] = {}
        self._digits: list[QAction] = []
        parts = (
            self.file,
            self.edit,
            PlaybackMenu(window),
            self.segment,
            LabelsMenu(window),
            self.model,
            ReviewMenu(window),
            ViewMenu(window),
            HelpMenu(window),
        )
        self.menus = [self._menu(part) for part in parts]
        self._recent = self.menus[0].addMenu("Recent projects")
        self._recent.aboutToShow.connect(lambda: self.file.fill_recent(self._recent))
        docks = self.menus[-2].addMenu("Panels")
        for dock in window.docks.values():
            docks.addAction(dock.toggleViewAction())
        self._add_digits()
        self.session.projectChanged.connect(self.refresh)
        self.session.documentChanged.connect(lambda *_: self.refresh())
        self.session.jobsChanged.connect(self.refresh)
        self.session.currentVideoChanged.connect(self.refresh)
        self.session.playback.sourceChanged.connect(self.refresh)
        self.refresh()

    def _menu(self, part: Menu) -> QMenu:
        menu: QMenu = self.window.menuBar().addMenu(part.title)
        menu.setToolTipsVisible(True)
        for command in part.commands():
            if command is None:
                menu.addSeparator()
                continue
            action = QAction(command.text, self.window)
            action.setShortcuts([QKeySequence(key) for key in command.keys])
            action.setAutoRepeat(command.repeats)
            tip = command.tip or command.text.rstrip("…")
            action.setToolTip(tip + (f" ({command.keys[0]})" if command.keys else ""))
            action.triggered.connect(lambda _checked=False, do=command.do: do())
            menu.addAction(action)
            self.by_name[command.name] = action
            self._commands[command.name] = command
        return menu

    def _add_digits(self) -> None:
        for number in range(DIGITS):
            digit = (number + 1) % 10
            action = QAction(f"Action {number + 1}", self.window)
            action.setShortcut(QKeySequence(f"{digit}" if number < 10 else f"Shift+{digit}"))
            action.triggered.connect(lambda _checked=False, n=number: self.segment.relabel_number(n))
            self.window.addAction(action)
            self._digits.append(action)

    def set_single_keys(self, enabled: bool) -> None:
        """Turn keys without Ctrl on or off; off while a text field has the focus."""
        for action in [*self.by_name.values(), *self._digits]:
            keys = action.shortcut()
            if not keys.isEmpty() and not keys.toString().startswith(("Ctrl", "F1")):
                action.setEnabled(enabled and action.property("usable") is not False)

    def on_focus(self, _old: object, now: object) -> None:
        """Letters and digits belong to the text field that has the focus."""
        self.set_single_keys(not isinstance(now, QLineEdit))

    def refresh(self) -> None:
        """Enable what can be done now and name what undo would undo."""
        project = self.session.project
        read_only = project is not None and project.read_only
        for name, command in self._commands.items():
            if command.usable is not None or _changes_project(name):
                usable = not (read_only and _changes_project(name)) and (command.usable is None or command.usable())
                self.by_name[name].setProperty("usable", usable)
                self.by_name[name].setEnabled(usable)
        undo, redo = self.edit.undo_text, self.edit.redo_text
        self.by_name["edit.undo"].setText(f"Undo: {undo}" if undo else "Undo")
        self.by_name["edit.redo"].setText(f"Redo: {redo}" if redo else "Redo")


def _changes_project(name: str) -> bool:
    return name.startswith(CHANGING) and not name.startswith(READING)
