"""A small window near the playhead that asks for an action: its key commits, or a name that is typed; Esc gives up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.data.dataset import BACKGROUND
from core.data.words import one_word

from ..keymap import native, portable
from ..models.widgets import row_height
from .popup import Popup

LABEL, KEY = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT, KEY_ROOM = 26, 12
WIDTH, SHOWN = 300, 9
SHIFTED = "!@#$%^&*()"
"""What Shift and a digit type where Qt does not name the digit."""
Index = QModelIndex | QPersistentModelIndex


class Choice(NamedTuple):
    """One action on offer; `number` is its place among the actions that have keys, None for none.

    `keys` are those that relabel with it in the window, letters left out, in the portable form of Qt: they commit here
    too, and need not be digits. On many keyboards digits need Shift.
    """

    label: int
    name: str
    colour: str
    number: int | None
    keys: tuple[str, ...] = ()


class KeyAtTheRight(QStyledItemDelegate):
    """Paints a name as lists do, and its key, dimmed, at the right end, where menus have theirs."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        key = index.data(KEY) or ""
        room = option.fontMetrics.horizontalAdvance(key) + KEY_ROOM if key else 0
        whole, inner = QStyleOptionViewItem(option), QStyleOptionViewItem(option)
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, whole, painter, option.widget)
        inner.rect = option.rect.adjusted(4, 0, -room - 6, 0)
        super().paint(painter, inner, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.PlaceholderText
        painter.setPen(option.palette.color(role))
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -10, 0), int(end), key)


class ActionPopup(Popup):
    """Calls `then` once, with the label that was chosen or with the new name that was typed; never after Esc."""

    def __init__(
        self, title: str, choices: Sequence[Choice], then: Callable[[int | str], object], parent: QWidget
    ) -> None:
        super().__init__(title, parent)
        self._choices, self._then = choices, then
        self._has_signs = any(c.keys and not c.keys[0][-1].isdigit() for c in choices)
        self.field.setPlaceholderText("Key, or part of a name")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName(title)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(QSize(12, 12))
        self.list.setItemDelegate(KeyAtTheRight(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemClicked.connect(self._commit)
        self.stack(title, self.list, width=WIDTH)
        self._filter("")

    def show_at(self, place: QPoint, *, above: bool = False) -> None:
        row = max(self.list.sizeHintForRow(0), row_height(self.list, ROW_HEIGHT))
        self.list.setFixedHeight(row * min(SHOWN, max(1, self.list.count())) + 4)
        super().show_at(place, above=above)

    # --- what is offered -----------------------------------------------------------------------------

    def _filter(self, text: str) -> None:
        """Offer the names that hold every word of the text, those that begin with it first, and the text itself."""
        wanted = text.strip()
        typed = one_word(wanted)
        found = [c for c in self._choices if all(word in one_word(c.name) for word in typed.split())]
        found.sort(key=lambda c: (c.name != wanted, not one_word(c.name).startswith(typed)))
        self.list.clear()
        for choice in found:
            item = QListWidgetItem(_chip(choice.colour), choice.name, self.list)
            item.setData(LABEL, choice.label)
            item.setData(KEY, _key_text(choice))
            item.setSizeHint(QSize(0, row_height(self.list, ROW_HEIGHT)))
        if wanted and not any(one_word(c.name) == typed for c in self._choices):
            item = QListWidgetItem(f"New action “{wanted}”", self.list)
            item.setSizeHint(QSize(0, row_height(self.list, ROW_HEIGHT)))
            item.setData(LABEL, wanted)
        self.list.setCurrentRow(0)

    def offered(self) -> list[str]:
        """The names in the list, each after its key."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [f"{item.data(KEY)}   {item.text()}" if item.data(KEY) is not None else item.text() for item in items]

    def _commit(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._answer(item.data(LABEL))

    def _answer(self, answer: int | str) -> None:
        then = self._then
        self.close()
        then(answer)

    # --- keys ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = -1 if key == Qt.Key.Key_Up else 1
            self.list.setCurrentRow(min(max(0, self.list.currentRow() + step), self.list.count() - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif self.field.text():
            return False
        else:
            return self._commit_key(event)
        return True

    def _commit_key(self, event: QKeyEvent) -> bool:
        """A digit, or Del for background, commits at once while nothing is typed."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            wanted = next((c for c in self._choices if c.label == BACKGROUND), None)
        else:
            wanted = self._of_key(event)
        if wanted is None:
            return False
        self._answer(wanted.label)
        return True

    def _of_key(self, event: QKeyEvent) -> Choice | None:
        """The choice that a key stands for: the keys that relabel in the window, else the digits, with Shift or not."""
        sign = _sign(event)
        found = next((c for c in self._choices if sign in c.keys), None)
        if found is not None or (self._has_signs and not _on_keypad(event)):
            return found
        number = _number(event)
        return next((c for c in self._choices if number is not None and c.number == number), None)


def _sign(event: QKeyEvent) -> str:
    """The key in the form in which choices name theirs."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return portable(QKeySequence(QKeyCombination(held, Qt.Key(event.key()))).toString())


def _on_keypad(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)


def _number(event: QKeyEvent) -> int | None:
    """The place of the action that a key stands for: 1 to 9 and 0, then the same with Shift."""
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
        digit = event.key() - Qt.Key.Key_0
    elif shift and event.text() and event.text() in SHIFTED:
        digit = (SHIFTED.index(event.text()) + 1) % 10
    else:
        return None
    return (digit - 1) % 10 + (10 if shift else 0)


def _key_text(choice: Choice) -> str:
    """The key that commits a choice, empty where it has none."""
    if choice.keys:
        return native(choice.keys[0])
    if choice.number is None or choice.number >= 20:
        return "Del" if choice.label == BACKGROUND else ""
    digit = (choice.number + 1) % 10
    return f"{digit}" if choice.number < 10 else f"Shift+{digit}"


def _chip(colour: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(colour))
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # an action has its own colour also where it is chosen
    return icon
