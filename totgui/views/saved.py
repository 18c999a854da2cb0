"""The line that says whether every edit is on disk, in words, and the way out when it is not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ..palette import set_tone
from ..session import SavedState


def saved_text(state: SavedState) -> str:
    """The words for a `SavedState`."""
    if state.kind == "saved":
        return f"Saved {state.at.astimezone():%H:%M:%S}" if state.at else "Saved"
    if state.kind == "saving":
        return "Saving…"
    if state.kind == "read-only":
        return "Read only"
    edits = f"{state.pending:,} edit{'s' if state.pending != 1 else ''}"
    held = " and in the emergency file" if state.held == state.pending else ""
    return f"NOT SAVED ({state.reason}): {edits} held in memory{held}"


class SavedLine(QWidget):
    """The state in the status bar; "Save a copy…" beside it while the project itself cannot take edits."""

    copyAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._copy = QPushButton("Save a copy…", self)
        self._copy.clicked.connect(self.copyAsked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text)
        row.addWidget(self._copy)
        self.clear()

    def text(self) -> str:
        return self._text.text()

    def clear(self) -> None:
        """No project is open."""
        self._text.setText("")
        self._text.setToolTip("")
        set_tone(self._text, "")
        self._copy.hide()

    def show_putting_away(self, name: str) -> None:
        """A project is being closed beside the window; none once the name is empty."""
        self.clear()
        if name:
            self._text.setText(f"Saving {name}…")

    def show_state(self, state: SavedState) -> None:
        """Say the state of the open project."""
        text = saved_text(state)
        self._text.setText(text)
        self._text.setToolTip(f"Last saved at {state.at.astimezone():%H:%M:%S}" if state.at else "")
        bad = state.kind == "not-saved"
        set_tone(self._text, "error" if bad else "")
        font = self._text.font()
        font.setBold(bad)
        self._text.setFont(font)
        self._copy.setVisible(bad or state.kind == "read-only")
        self.setAccessibleName(text)
