"""The sheet of all keys, by menu, with a filter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTableWidgetItem, QVBoxLayout, QWidget

from ..models.widgets import table


class ShortcutsDialog(QDialog):
    """Shows rows of (group, key, text)."""

    def __init__(self, rows: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter")
        self._filter.setClearButtonEnabled(True)
        self.table = table(("Key", "Does", "Menu"), self, stretch=1)
        for number in range(3):
            item = self.table.horizontalHeaderItem(number)
            if item is not None:
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setRowCount(len(rows))
        for row, (group, key, text) in enumerate(rows):
            item = QTableWidgetItem(key)
            font = item.font()
            font.setBold(True)
            item.setFont(font)
            self.table.setItem(row, 0, item)
            self.table.setItem(row, 1, QTableWidgetItem(text.replace("&", "")))
            self.table.setItem(row, 2, QTableWidgetItem(group))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._filter)
        column.addWidget(self.table, 1)
        column.addWidget(buttons)
        self._filter.textChanged.connect(self.filter)

    def sizeHint(self) -> QSize:
        return QSize(620, 640)

    def filter(self, text: str) -> None:
        """Show only rows that hold the text."""
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(3)]
            self.table.setRowHidden(row, not any(c and text.casefold() in c.text().casefold() for c in cells))
