"""The command palette: every command by a few of its letters, those used last first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..models.fuzzy import match
from ..models.widgets import for_text
from .popup import Popup

Index = QModelIndex | QPersistentModelIndex
WIDTH, ROWS = 640, 12
RECENT_BONUS = 12
ENTRY_ROLE, PLACES_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True)
class Entry:
    """A command as it is offered: its text, the menu it is in, its key, and whether it can be done now."""

    name: str
    text: str
    group: str
    key: str = ""
    tip: str = ""
    usable: bool = True


def ranked(entries: Sequence[Entry], recent: Sequence[str], query: str) -> list[tuple[Entry, tuple[int, ...]]]:
    """The entries that fit, best first: by letters, then those used last; what cannot be done now comes last."""
    age = {name: place for place, name in enumerate(recent)}
    found = []
    for place, entry in enumerate(entries):
        fit = match(query, entry.text)
        if fit is None:  # whole words of the menu's name and of the tip find it too, below the texts
            about = f"{entry.text} {entry.group} {entry.tip}"
            other = match(query, about) if all(word in about.casefold() for word in query.casefold().split()) else None
            fit = None if other is None else (other[0] - 2 * RECENT_BONUS, ())
        if fit is None:
            continue
        last = age.get(entry.name, len(recent))
        bonus = max(0, RECENT_BONUS - last) if entry.name in age else 0
        score = fit[0] + bonus if query.strip() else bonus
        found.append((not entry.usable, -score, last, place, entry, fit[1]))
    found.sort(key=lambda row: row[:4])
    return [(row[4], row[5]) for row in found]


class EntriesModel(QAbstractListModel):
    """The entries that fit what is typed."""

    def __init__(self, entries: Sequence[Entry], recent: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries, self._recent = entries, recent
        self.shown = ranked(entries, recent, "")

    def search(self, query: str) -> None:
        """Show what fits."""
        self.beginResetModel()
        self.shown = ranked(self._entries, self._recent, query)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, places = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.text}, {entry.group}, {entry.key or 'no key'}{'' if entry.usable else ', not possible now'}"
        return entry if role == ENTRY_ROLE else places if role == PLACES_ROLE else None


class EntryDelegate(QStyledItemDelegate):
    """Text with the typed letters bold, the menu dim behind it, the key on the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, places = index.data(ENTRY_ROLE), set(index.data(PLACES_ROLE))
        palette, chosen = option.palette, bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(option.rect, palette.highlight())
        dim = palette.color(QPalette.ColorRole.PlaceholderText)
        text = palette.color(QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text)
        rect = option.rect.adjusted(12, 0, -12, 0)
        bold = QFont(option.font)
        bold.setBold(True)
        key_width = option.fontMetrics.horizontalAdvance(entry.key) + 12 if entry.key else 0
        room = QRect(rect.left(), rect.top(), rect.width() - key_width, rect.height())
        x = room.left()
        flat = " ".join(entry.text.split())
        for place, letter in enumerate(flat):
            painter.setFont(bold if place in places else option.font)
            width = painter.fontMetrics().horizontalAdvance(letter)
            if x + width > room.right() - 14:
                painter.drawText(QRect(x, rect.top(), 20, rect.height()), Qt.AlignmentFlag.AlignVCenter, "…")
                x += 14
                break
            painter.setPen(text if entry.usable else dim)
            painter.drawText(QRect(x, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, letter)
            x += width
        painter.setFont(option.font)
        painter.setPen(text if chosen else dim)
        group = QRect(x + 14, rect.top(), max(0, room.right() - x - 14), rect.height())
        note = entry.group if entry.usable else f"{entry.group} · not possible now"
        shown = QFontMetrics(option.font).elidedText(note, Qt.TextElideMode.ElideRight, group.width())
        painter.drawText(group, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, entry.key)


class CommandPalette(Popup):
    """A popup over the window. `chosen` carries the name of the command; a click beside it or Esc closes it."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry], recent: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("Command palette", parent)
        self.field.setPlaceholderText("Type a few letters of a command")
        self.field.setAccessibleName("Find a command")
        self.field.setClearButtonEnabled(True)
        self.model = EntriesModel(entries, recent, self)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Commands that fit")
        self._none = QLabel("No command fits.", self)
        self._none.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._none.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.field)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.search)
        self.list.clicked.connect(lambda _index: self.accept())
        self._go(0)

    def open_over(self, window: QWidget) -> None:
        """Show it at the top of a window."""
        row = self.list.sizeHintForRow(0) if self.model.rowCount() else 28
        width = min(for_text(self, WIDTH, 0).width(), window.width() - 40)
        self.resize(width, min(ROWS * row + 64, window.height() - 80))
        self.move(window.mapToGlobal(window.rect().topLeft()).x() + (window.width() - width) // 2,
                  window.mapToGlobal(window.rect().topLeft()).y() + 48)  # fmt: skip
        self.show()
        self.field.setFocus()

    def search(self, query: str) -> None:
        """Show what fits."""
        self.model.search(query)
        self._none.setVisible(not self.model.shown)
        self._go(0)

    def accept(self) -> None:
        """Choose the marked command and close; one that is not possible now stays where it is."""
        row = self.list.currentIndex().row()
        if 0 <= row < len(self.model.shown) and self.model.shown[row][0].usable:
            name = self.model.shown[row][0].name
            self.close()
            self.chosen.emit(name)

    def _go(self, row: int) -> None:
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(min(max(row, 0), self.model.rowCount() - 1), 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            row, page = self.list.currentIndex().row(), ROWS - 2
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
            if (step := steps.get(Qt.Key(event.key()))) is not None:
                self._go(row + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.accept()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)
