"""What a panel says while it has nothing to show, with the button that leads to what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.annotation.document import Document
from core.data.dataset import RunId

from .widgets import plain

TRAIN, SEGMENT = "Go to Training", "Segment the videos"
"""What the button can lead to, in its own words."""


def step_to_labels(document: Document | None, run: RunId | None) -> str:
    """What leads to a prediction of `run`, or of any run where it is None; empty where there is one."""
    if document is None or any(run in (None, known) for known, _ in document.predictions):
        return ""
    return SEGMENT if document.runs else TRAIN


class EmptyState(QWidget):
    """A dimmed text, and below it a button where it helps; `asked` tells with its words that it was pressed."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = plain("", self, dim=True)
        self.button = QPushButton("", self)
        self.button.clicked.connect(lambda: self.asked.emit(self.button.text()))
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)  # the text begins below the title of the panel
        column.setSpacing(8)
        column.addWidget(self._label)
        column.addLayout(row)
        column.addStretch(1)
        self.say("")

    def text(self) -> str:
        return self._label.text()

    def say(self, text: str, *, offer: str = "") -> None:
        """Say why there is nothing, and offer what helps: `TRAIN`, `SEGMENT`, or nothing."""
        self._label.setText(text)
        self.button.setText(offer)
        self.button.setVisible(bool(offer))
