"""The keys of all commands: a sheet to look at, with a filter, and a way to change each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..keymap import PRESETS, Keys, conflicts, keys_of, native, portable
from ..models.chooser import Chooser
from ..models.widgets import for_text, plain, table, tip
from ..palette import set_tone, tone

COMMAND, KEY = range(2)


@dataclass(frozen=True)
class Bindable:
    """A command whose keys can be chosen."""

    name: str
    text: str
    group: str
    keys: Keys


@dataclass(frozen=True)
class KeysAnswer:
    """What was chosen: a preset, and the keys of the commands that differ from it."""

    preset: str
    own: dict[str, Keys]


class KeysDialog(QDialog):
    """Shows every command with its keys; keys that two commands have are flagged and can be taken from one."""

    def __init__(
        self, commands: Sequence[Bindable], preset: str, own: Mapping[str, Keys], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self._commands = list(commands)
        self._defaults = {c.name: c.keys for c in commands}
        self._texts = {c.name: c.text.replace("&", "").rstrip("…") for c in commands}
        self.own = dict(own)
        self.preset = Chooser(self)
        for name, (text, _) in PRESETS.items():
            self.preset.addItem(text, name)
        self.preset.setCurrentIndex(self.preset.findData(preset))
        self.preset.setAccessibleName("Keyboard")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Filter by command, key or menu")
        self.field.setAccessibleName("Filter")
        self.field.setClearButtonEnabled(True)
        self.table = table(("Command", "Keys", "Menu"), self, stretch=COMMAND, words=range(3))
        self.table.setAccessibleName("Commands and their keys")
        self.edit = QKeySequenceEdit(self)
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName("Press the new key")
        self.set = QPushButton("Set", self)
        self.add = QPushButton("Add", self)
        self.clear = QPushButton("No key", self)
        self.default = QPushButton("Default", self)
        self.take = QPushButton("Take it", self)
        self.note = plain("", self)
        buttons = QDialogButtonBox(self)
        buttons.addButton("Use these keys", QDialogButtonBox.ButtonRole.AcceptRole)
        self.all_default = buttons.addButton("All to default", QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._lay_out(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._connect()
        self._fill()
        QWidget.setTabOrder(self.field, self.preset)
        self.field.setFocus()  # who types looks for a command, and chooses no other keyboard
        self.resize(self.sizeHint())

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        head, line, below = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.field, 1)
        head.addWidget(self.preset)
        line.addWidget(plain("New key", self))
        line.addWidget(self.edit, 1)
        for button in (self.set, self.add, self.clear, self.default):
            line.addWidget(button)
        below.addWidget(self.note, 1)
        below.addWidget(self.take)
        column = QVBoxLayout(self)
        for part in (head, self.table, line, below):
            column.addWidget(part, 1) if isinstance(part, QWidget) else column.addLayout(part)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.field.textChanged.connect(self.filter)
        self.preset.activated.connect(lambda _i: self._fill())
        self.table.itemSelectionChanged.connect(self._on_selected)
        self.edit.keySequenceChanged.connect(lambda _k: self._show_note())
        self.set.clicked.connect(lambda: self.give(adding=False))
        self.add.clicked.connect(lambda: self.give(adding=True))
        self.clear.clicked.connect(lambda: self._change(self.current, ()))
        self.default.clicked.connect(self._to_default)
        self.all_default.clicked.connect(self._all_to_default)
        self.take.clicked.connect(lambda: self.give(adding=False, taking=True))

    def sizeHint(self) -> QSize:
        return for_text(self, 760, 680)

    # --- values ------------------------------------------------------------------------------------

    def answer(self) -> KeysAnswer:
        """What was chosen."""
        return KeysAnswer(str(self.preset.currentData()), dict(self.own))

    def keys(self, name: str) -> Keys:
        """The keys of a command as they are chosen now."""
        return keys_of(name, self._defaults, str(self.preset.currentData()), self.own)

    def conflicts(self) -> dict[str, list[str]]:
        """Keys that more than one command has."""
        return conflicts(self._defaults, str(self.preset.currentData()), self.own)

    @property
    def current(self) -> str:
        """The command of the selected row, empty without one."""
        rows = self.table.selectionModel().selectedRows()
        return self._commands[rows[0].row()].name if rows else ""

    def choose(self, name: str) -> None:
        """Select the row of a command."""
        self.table.selectRow(next(row for row, c in enumerate(self._commands) if c.name == name))

    @property
    def pressed(self) -> str:
        """The key in the field."""
        return self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def holders(self, key: str) -> list[str]:
        """The other commands that have a key."""
        return [c.name for c in self._commands if c.name != self.current and key in self.keys(c.name)]

    # --- changes -----------------------------------------------------------------------------------

    def give(self, *, adding: bool, taking: bool = False) -> None:
        """The selected command gets the key of the field; one that others have is given only when it is taken."""
        name, key = self.current, portable(self.pressed)
        if not name or not key:
            return
        others = self.holders(key)
        if others and not taking:
            self._show_note()
            return
        for other in others:
            self.own[other] = tuple(k for k in self.keys(other) if k != key)
        before = self.keys(name)
        self._change(name, (*[k for k in before if k != key], key) if adding else (key,))
        self.edit.clear()

    def _change(self, name: str, keys: Keys) -> None:
        if name:
            self.own[name] = keys
            if self.own[name] == keys_of(name, self._defaults, str(self.preset.currentData()), {}):
                del self.own[name]
            self._fill()

    def _to_default(self) -> None:
        self.own.pop(self.current, None)
        self._fill()

    def _all_to_default(self) -> None:
        self.own.clear()
        self._fill()

    # --- what is shown -----------------------------------------------------------------------------

    def filter(self, text: str) -> None:
        """Show only rows that hold the text."""
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(3)]
            self.table.setRowHidden(row, not any(c and text.casefold() in c.text().casefold() for c in cells))

    def _fill(self) -> None:
        selected, doubled = self.current, {n for names in self.conflicts().values() for n in names}
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._commands))
        for row, command in enumerate(self._commands):
            keys = ", ".join(map(native, self.keys(command.name)))
            cells = [
                QTableWidgetItem(self._texts[command.name]),
                QTableWidgetItem(keys),
                QTableWidgetItem(command.group),
            ]
            font = cells[KEY].font()
            font.setBold(command.name in self.own)
            cells[KEY].setFont(font)
            if command.name in doubled:
                cells[KEY].setForeground(tone("warning"))
                cells[KEY].setToolTip(tip("Another command has this key too; neither answers to it."))
            for column, cell in enumerate(cells):
                self.table.setItem(row, column, cell)
            if command.name == selected:
                self.table.selectRow(row)
        self.table.blockSignals(False)
        self.filter(self.field.text())
        self._on_selected()

    def _on_selected(self) -> None:
        has_row = bool(self.current)
        for button in (self.clear, self.default):
            button.setEnabled(has_row)
        self.edit.setEnabled(has_row)
        self._show_note()

    def _show_note(self) -> None:
        set_tone(self.note, "warning" if self.holders(portable(self.pressed)) or self.conflicts() else "")
        name, key = self.current, portable(self.pressed)
        others = self.holders(key) if name and key else []
        for button in (self.set, self.add):
            button.setEnabled(bool(name and key and not others))
        self.take.setVisible(bool(others))
        if others:
            texts = ", ".join(f'"{self._texts[other]}"' for other in others)
            self.note.setText(f"{native(key)} belongs to {texts}. Take it, or press another key.")
        elif not name:
            self.note.setText("Choose a command to change its keys. Chosen keys are bold.")
        elif doubled := self.conflicts():
            listed = "; ".join(
                f"{native(k)}: {', '.join(self._texts[n] for n in names)}" for k, names in doubled.items()
            )
            self.note.setText(f"Keys that two commands have answer to neither. {listed}")
        else:
            self.note.setText(f'Press the new key of "{self._texts[name]}" in the field.')
