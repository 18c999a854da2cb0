"""The name of a run, edited in its cell of a table: the field says while one types why a name cannot be given."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from core.annotation import commands
from core.annotation.run_commands import run_name_problem
from core.data.dataset import RunId

from ..session import Session
from .name_field import NameField
from .widgets import Roomy

Index = QModelIndex | QPersistentModelIndex
ROOM = 28
"""Letters that the field has room for, however narrow the column is."""
LETTERS = 22
"""Of a name in a cell or a menu; it is whole in the tooltip."""


class RunNameDelegate(Roomy):
    """Edits the name of the run whose id stands in the cell as its user data."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        run, document = RunId(index.data(Qt.ItemDataRole.UserRole)), self._session.document

        def problem(name: str) -> str:
            now = self._session.document
            return run_name_problem(now, name, run) if now is not None else ""

        field = NameField(parent, problem=problem)
        if document is not None and run in document.runs:
            found = document.runs[run]
            field.setText(found.name)  # once: Qt asks for it whenever a cell changes, over what is typed
            field.setPlaceholderText(found.first_name)
            field.setAccessibleName(f"Name of {found.first_name.lower()}")
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Nothing: `createEditor` filled it."""

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        run, document = RunId(index.data(Qt.ItemDataRole.UserRole)), self._session.document
        if document is None or run not in document.runs or not isinstance(editor, NameField):
            return
        name, before = editor.text().strip(), document.runs[run]
        if (name or before.first_name) != before.name:
            self._session.do(lambda: commands.rename_run(document, run, name), self)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """The field is wide enough for a name, and ends with the table."""
        rect, parent = option.rect, editor.parentWidget()
        rect.setWidth(max(rect.width(), editor.fontMetrics().averageCharWidth() * ROOM))
        if parent is not None:
            rect.setRight(min(rect.right(), parent.width() - 1))
        editor.setGeometry(rect)
