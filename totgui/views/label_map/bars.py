"""Two bars of the label map: what a new match would change; adopted segments whose cluster was remapped."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...models.widgets import plain

MAX_ROWS = 6


class AskBar(QFrame):
    """A sentence and two buttons; hidden while there is nothing to ask."""

    accepted = Signal()
    dismissed = Signal()

    def __init__(self, yes: str, no: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setStyleSheet("AskBar { border-left: 4px solid #2f7de1; background: palette(alternate-base); }")
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


def proposal_text(rows: list[tuple[int, str, str]], n_clusters: int, gain: str, notes: list[str]) -> str:
    """What a new match changes: ``(cluster, before, after)`` a row, then the gain and what must be said of it."""
    if not rows:
        head = "The match changes no row; rows that were set by hand to the same action lose their mark."
    else:
        listed = [f"{cluster}: {before} → {after}" for cluster, before, after in rows[:MAX_ROWS]]
        rest = f" and {len(rows) - MAX_ROWS} more" if len(rows) > MAX_ROWS else ""
        head = f"Re-solve changes {len(rows)} of {n_clusters} rows. {'; '.join(listed)}{rest}."
    return "\n".join([head, *([gain] if gain else []), *notes])
