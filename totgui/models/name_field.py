"""A field for the name of an action: it suggests names, and says while one types why a name cannot be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from core.annotation.action_commands import MAX_NAME

from .widgets import tip

_Reason = Qt.FocusReason
COMES_BACK = (_Reason.PopupFocusReason, _Reason.MenuBarFocusReason, _Reason.ActiveWindowFocusReason)
"""The focus returns from the list of suggestions, from a menu or from another window: what is typed goes on."""
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
        self._is_new_here = False
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
            self.setText(self.text())  # given: Ctrl+Z takes the name back now, no longer a letter
            self.nameGiven.emit(self.text().strip())

    def event(self, event: QEvent) -> bool:
        """Undo and redo go to the window where this field has nothing to take back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undo, redo = QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo
            nothing_to_undo = event.matches(undo) and not self.isUndoAvailable()
            if nothing_to_undo or (event.matches(redo) and not self.isRedoAvailable()):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._popup.isVisible():
            self.setModified(False)
            self.givenUp.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The whole name is selected for who comes here, by Tab or with the mouse; not while one types it."""
        super().focusInEvent(event)
        if event.reason() not in COMES_BACK:
            self.selectAll()
            self._is_new_here = event.reason() == _Reason.MouseFocusReason

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._is_new_here and not self.hasSelectedText():
            self.selectAll()
        self._is_new_here = False
