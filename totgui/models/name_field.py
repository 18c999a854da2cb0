"""A field for the name of an action: it suggests names, and says while one types why a name cannot be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from core.annotation.action_commands import MAX_NAME

from .widgets import tip

BAD = "QLineEdit { border: 1px solid #c8452f; border-radius: 3px; padding: 2px; }"


class NameField(QLineEdit):
    """`nameGiven` sends a name that was typed and finished with Enter, or `on_leave`; `givenUp` comes with Esc."""

    nameGiven = Signal(str)
    givenUp = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, problem: Callable[[str], str] | None = None, on_leave: bool = True
    ) -> None:
        super().__init__(parent)
        self._problem = problem
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        assert popup is not None  # it makes its own when it is asked for the first time
        popup.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._popup = popup
        self.setCompleter(completer)
        self.setMaxLength(MAX_NAME)
        self.textEdited.connect(self._check)
        (self.editingFinished if on_leave else self.returnPressed).connect(self._finish)

    def suggest(self, names: Iterable[str]) -> None:
        """Names to offer, each once, in this order."""
        self._names.setStringList(list(dict.fromkeys(names)))

    def suggestions(self) -> list[str]:
        """The names that are offered."""
        return list(self._names.stringList())

    def problem(self) -> str:
        """Why the text cannot be given as a name; empty where it can."""
        return self._problem(self.text()) if self._problem is not None and self.text().strip() else ""

    def _check(self) -> None:
        problem = self.problem()
        self.setStyleSheet(BAD if problem else "")
        self.setToolTip(tip(problem) if problem else "")

    def _finish(self) -> None:
        if self.isModified() and self.text().strip() and not self.problem():
            self.setModified(False)
            self.nameGiven.emit(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._popup.isVisible():
            self.setModified(False)
            self.givenUp.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()
