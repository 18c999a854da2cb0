"""What tables with named columns have in common: the heads with their tips, numbers at the right, words at the left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from .widgets import NUMBER, WORDS

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class ColumnsModel(QAbstractTableModel):
    """A table model whose columns are fixed; its rows and cells are the business of who inherits it."""

    columns: Sequence[str] = ()
    head_tips: Sequence[str] = ()
    """What the pointer reads at each head; empty where nothing needs to be said."""
    numbers: Collection[int] = ()
    """The columns that hold numbers."""

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Role.DisplayRole:
            return self.columns[section]
        if role == Role.ToolTipRole:
            return (self.head_tips[section] or None) if self.head_tips else None
        return (NUMBER if section in self.numbers else WORDS) if role == Role.TextAlignmentRole else None
