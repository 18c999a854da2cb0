"""The history as a list model: the newest edit on top, the start at the bottom, edits of one group as one row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.annotation.history import History, Step

Index = QModelIndex | QPersistentModelIndex
TIME, STATE, SEQ = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
DONE, NOW, UNDONE = "done", "now", "undone"


class Entry(NamedTuple):
    """Steps `first` to `last` of the whole history, which are undone together."""

    first: int
    last: int


class HistoryModel(QAbstractListModel):
    """What was done and what was undone since, as one list. `follow` takes over only what has changed at its end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[Step] = []
        self._entries: list[Entry] = []
        self._lasts: list[int] = []
        self._n_done = 0

    # --- following ---------------------------------------------------------------------------------

    def follow(self, history: History | None) -> None:
        """Show a history as it is now."""
        done, undone = (history.done, history.undone) if history else ([], [])
        total = len(done) + len(undone)

        def step_at(place: int) -> Step:
            return done[place] if place < len(done) else undone[total - 1 - place]

        same = min(len(self._steps), total)
        while same and self._steps[same - 1] is not step_at(same - 1):
            same -= 1
        if same == 0 and total != len(self._steps):
            self._start_again(total, step_at)
        else:
            self._cut(same)
            self._append(same, total, step_at)
        self._mark(len(done))

    def _start_again(self, total: int, step_at: Callable[[int], Step]) -> None:
        self.beginResetModel()
        self._steps, self._entries, self._lasts = [], [], []
        for place in range(total):
            self._add(step_at(place))
        self._n_done = 0
        self.endResetModel()

    def _cut(self, length: int) -> None:
        keep = bisect_left(self._lasts, length)  # entries that end before `length`
        gone = len(self._entries) - keep
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._entries[keep:], self._lasts[keep:], self._steps[length:]
            self.endRemoveRows()
        start = self._lasts[-1] + 1 if self._lasts else 0
        if start < length:  # a group lost its newer steps
            self._insert([self._steps[place] for place in range(start, length)], start)

    def _append(self, same: int, total: int, step_at: Callable[[int], Step]) -> None:
        if same < total:
            self._insert([step_at(place) for place in range(same, total)], same)

    def _insert(self, steps: list[Step], place: int) -> None:
        del self._steps[place:]
        while steps and self._joins(steps[0]):
            self._add(steps.pop(0))
            self.dataChanged.emit(self.index(0), self.index(0))
        new = sum(1 for i, step in enumerate(steps) if i == 0 or not _one_group(steps[i - 1], step))
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            for step in steps:
                self._add(step)
            self.endInsertRows()

    def _joins(self, step: Step) -> bool:
        return bool(self._steps) and _one_group(self._steps[-1], step)

    def _add(self, step: Step) -> None:
        place = len(self._steps)
        if self._joins(step):
            self._entries[-1] = Entry(self._entries[-1].first, place)
            self._lasts[-1] = place
        else:
            self._entries.append(Entry(place, place))
            self._lasts.append(place)
        self._steps.append(step)

    def _mark(self, n_done: int) -> None:
        before, self._n_done = self.current_row, n_done
        low, high = sorted((min(before, self.rowCount() - 1), self.current_row))
        self.dataChanged.emit(self.index(low), self.index(high), [STATE])

    # --- reading -----------------------------------------------------------------------------------

    @property
    def current_row(self) -> int:
        """The row of the state that the project is in."""
        return len(self._entries) - bisect_left(self._lasts, self._n_done)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._entries) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = len(self._entries) - 1 - index.row()
        newest = self._steps[self._entries[place].last] if place >= 0 else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(place, newest)
        if role == TIME:
            return _moment(newest.ts) if newest is not None and newest.ts else ""
        if role == SEQ:
            return newest.seq if newest is not None else 0
        if role == STATE:
            now = self.current_row
            return NOW if index.row() == now else UNDONE if index.row() < now else DONE
        return None

    def _text(self, place: int, newest: Step | None) -> str:
        if newest is None:
            return "Start of the project"
        count = self._entries[place].last - self._entries[place].first + 1
        text = newest.text[:1].upper() + newest.text[1:]
        return f"{text} ({count} steps)" if count > 1 else text


def _one_group(one: Step, other: Step) -> bool:
    return one.group is not None and one.group == other.group


def _moment(seconds: float) -> str:
    """The time of today, the date of another day."""
    moment = datetime.fromtimestamp(seconds)
    return moment.strftime("%H:%M:%S" if moment.date() == datetime.now().date() else "%Y-%m-%d %H:%M")
