"""All menus of the window as Qt actions: built once, enabled by what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from ..icons import command_icon
from ..keymap import ACTION_KEY, N_ACTION_KEYS, Keymap, without_typing
from ..models.widgets import COMMAND
from ..session import Session
from ..views.timeline.menu import fill_runs
from .edit import EditMenu
from .file import FileMenu
from .help import HelpMenu
from .labels import LabelsMenu
from .menu import Command, Menu
from .model import ModelMenu
from .playback import PlaybackMenu
from .review import ReviewMenu
from .segment import SegmentMenu
from .tools import ToolsMenu
from .view import ViewMenu

CHANGING = ("segment.", "labels.", "model.", "review.", "edit.undo", "edit.redo", "file.checkpoint", "file.import")
"""Commands that a project that is open for reading does not take, by the head of their name."""
PRESSING = ("Space", "Return", "Enter")
"""Keys that belong to a button that has the focus."""
READING = ("review.next", "review.previous", "review.list", "review.segments")


class Actions(QObject):
    """The actions of a window by the name of their command."""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self.window = window
        self.session: Session = window.session
        self.file, self.edit, self.segment = FileMenu(window), EditMenu(window), SegmentMenu(window)
        self.labels, self.model, self.tools = LabelsMenu(window), ModelMenu(window), ToolsMenu(window)
        self.review, self.help = ReviewMenu(window), HelpMenu(window)
        self.by_name: dict[str, QAction] = {}
        self.commands: dict[str, Command] = {}
        self.groups: dict[str, str] = {}
        self._typing = self._on_button = False
        self._given: dict[str, Sequence[str]] = {}
        parts = (
            self.file,
            self.edit,
            PlaybackMenu(window),
            self.segment,
            self.labels,
            self.model,
            self.review,
            self.tools,
            ViewMenu(window),
            self.help,
        )
        self.menus = [self._menu(part) for part in parts]
        self._recent = QMenu("Recent projects", self.menus[0])
        self.menus[0].insertMenu(self.by_name["file.close"], self._recent)
        self._recent.aboutToShow.connect(lambda: self.file.fill_recent(self._recent))
        docks = self.menus[-2].addMenu("Panels")
        for dock in window.docks.values():
            docks.addAction(dock.toggleViewAction())
        runs = self.menus[-2].addMenu("Show runs")
        runs.aboutToShow.connect(lambda: fill_runs(runs, self.session))
        self._add_action_keys()
        self.keymap = Keymap(window.settings, {name: c.keys for name, c in self.commands.items()}, self)
        self.keymap.changed.connect(self._apply_keys)
        self.keymap.changed.connect(lambda: self.name_keys(self.window))
        self._apply_keys()
        self.name_keys(self.window)
        chosen, playback = self.session.chosen, self.session.playback
        for signal in (chosen.changed, self.session.painting.changed, playback.loopChanged):
            signal.connect(self.refresh)
        self.session.projectChanged.connect(self.refresh)
        self.session.documentChanged.connect(lambda *_: self.refresh())
        self.session.jobsChanged.connect(self.refresh)
        self.session.currentVideoChanged.connect(self.refresh)
        self.session.playback.sourceChanged.connect(self.refresh)
        self.session.sound.changed.connect(self.refresh)
        self.refresh()

    def _menu(self, part: Menu) -> QMenu:
        menu: QMenu = self.window.menuBar().addMenu(part.title)
        menu.setToolTipsVisible(True)
        below: dict[str, QMenu] = {}
        for command in part.commands():
            if command is None:
                menu.addSeparator()
                continue
            if command.under and command.under not in below:
                below[command.under] = menu.addMenu(command.under)
                below[command.under].setToolTipsVisible(True)
            place = below[command.under] if command.under else menu
            place.addAction(self._add(command, part.title.replace("&", "")))
        return menu

    def _add(self, command: Command, group: str) -> QAction:
        action = QAction(command.text, self.window)
        action.setIcon(command_icon(command.name))
        action.setAutoRepeat(command.repeats)
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda _checked=False, do=command.do: do())
        self.by_name[command.name] = action
        self.commands[command.name] = command
        self.groups[command.name] = group
        return action

    def _add_action_keys(self) -> None:
        """Twenty commands in no menu: relabel with the action that has this place in the list of actions."""
        for number in range(1, N_ACTION_KEYS + 1):
            key = f"{number % 10}" if number <= 10 else f"Shift+{number % 10}"
            command = Command(
                f"{ACTION_KEY}{number}",
                f"Relabel with action {number}",
                partial(self.segment.relabel_number, number - 1),
                [key],
            )
            self.window.addAction(self._add(command, "Labels"))

    def text_of(self, name: str) -> str:
        """What a command would do now; empty for the place of an action that is not there."""
        if name.startswith(ACTION_KEY):
            document, place = self.session.document, int(name.removeprefix(ACTION_KEY)) - 1
            actions = [a for a in document.actions.values() if not a.archived] if document is not None else []
            return f"Relabel with {actions[place].name}" if place < len(actions) else ""
        command = self.commands[name]
        return (command.whole_text if command.under else self.by_name[name].text()).replace("&", "")

    def _apply_keys(self) -> None:
        """Give every action its keys, and name the first in its tooltip."""
        self._give()
        for name, action in self.by_name.items():
            command, keys = self.commands[name], self.keymap.keys(name)
            text = command.tip or command.text.replace("&", "").rstrip("…")
            action.setToolTip(text + (f" ({self.keymap.native(name)})" if keys else ""))

    def _give(self) -> None:
        """Give the keys that have changed: those of few actions, where the focus moves."""
        for name, action in self.by_name.items():
            keys = self.keymap.keys(name)
            given = without_typing(keys) if self._typing else keys
            given = tuple(key for key in given if not (self._on_button and key in PRESSING))
            if given != self._given.get(name, ()):
                self._given[name] = given
                action.setShortcuts([QKeySequence(key) for key in given])

    def name_keys(self, inside: QWidget) -> None:
        """Name the key of a command in the tooltips of the widgets inside another that do it.

        Never while the focus moves: a dialog that closes moves it when its widgets are half gone, and to walk over
        those ends the program.
        """
        for widget in inside.findChildren(QWidget):
            if command_name := widget.property(COMMAND):
                key = self.keymap.native(str(command_name))
                widget.setToolTip(f"{widget.property('tip')} ({key})" if key else str(widget.property("tip")))

    def set_press_keys(self, enabled: bool) -> None:
        """Turn the keys that press a button on or off as shortcuts; off while a button has the focus."""
        if enabled == self._on_button:
            self._on_button = not enabled
            self._give()

    def set_single_keys(self, enabled: bool) -> None:
        """Turn keys that type text on or off; off while a text field has the focus."""
        if enabled == self._typing:
            self._typing = not enabled
            self._give()

    def on_focus(self) -> None:
        """Follow the focus. It is asked for: what the signal says had it before may be half gone."""
        self.give_keys(QApplication.focusWidget())

    def give_keys(self, now: QWidget | None) -> None:
        """Letters, digits and arrows belong to the field that has the focus; a popup keeps all keys to itself."""
        fields = QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox
        is_field = isinstance(now, fields) or (isinstance(now, QComboBox) and now.isEditable())
        if now is not None and now.window().windowType() == Qt.WindowType.Popup:
            is_field = False
        self.set_single_keys(not is_field)
        self.set_press_keys(not isinstance(now, QAbstractButton))

    def refresh(self) -> None:
        """Enable what can be done now and name what undo would undo."""
        project = self.session.project
        read_only = project is not None and project.read_only
        for name, command in self.commands.items():
            if command.usable is not None or _changes_project(name):
                usable = not (read_only and _changes_project(name)) and (command.usable is None or command.usable())
                self.by_name[name].setEnabled(usable)
            if command.checked is not None:
                self.by_name[name].setChecked(command.checked())
        undo, redo = self.edit.undo_text, self.edit.redo_text
        self.by_name["edit.undo"].setText(f"Undo: {undo}" if undo else "Undo")
        self.by_name["edit.redo"].setText(f"Redo: {redo}" if redo else "Redo")


def _changes_project(name: str) -> bool:
    return name.startswith(CHANGING) and not name.startswith(READING)
