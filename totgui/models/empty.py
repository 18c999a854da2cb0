"""What a panel says while it has nothing to show, with the button that leads to what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from .widgets import plain


class EmptyState(QWidget):
    """A dimmed text, and below it a button where it helps; `asked` tells that it was pressed."""

    asked = Signal()

    def __init__(self, offer: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = plain("", self, dim=True)
        self.button = QPushButton(offer, self)
        self.button.clicked.connect(self.asked)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)  # the text begins below the title of the panel
        column.setSpacing(8)
        column.addWidget(self._label)
        column.addLayout(row)
        column.addStretch(1)
        self.say("", offers=False)

    def text(self) -> str:
        return self._label.text()

    def say(self, text: str, *, offers: bool) -> None:
        """Say why there is nothing, and whether the button helps."""
        self._label.setText(text)
        self.button.setVisible(offers)
