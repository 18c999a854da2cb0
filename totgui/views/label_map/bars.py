"""A bar that asks: a sentence and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...models.widgets import plain


class AskBar(QFrame):
    """A sentence and two buttons; hidden while there is nothing to ask."""

    accepted = Signal()
    dismissed = Signal()

    def __init__(self, yes: str, no: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet("AskBar { border-left: 4px solid #1f6fd6; background: palette(alternate-base); }")
        self._text = plain("", self)
        self.yes, self.no = QPushButton(yes, self), QPushButton(no, self)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 6)
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addLayout(buttons)
        self.yes.clicked.connect(self.accepted)
        self.no.clicked.connect(self.dismissed)
        self.hide()

    def text(self) -> str:
        """The sentence, empty while hidden."""
        return self._text.text()

    def say(self, text: str) -> None:
        """Ask this, or hide when it is empty."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
