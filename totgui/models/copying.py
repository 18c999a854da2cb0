"""A table is copied as text, a row or the whole of it, to be pasted into a sheet or a paper."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QTableView


class Copying(QObject):
    """Ctrl+C copies the chosen row of a view, and its context menu the row or everything; values lie apart by tabs.

    A view that `has_menu` of its own shows `fill` there.
    """

    def __init__(self, view: QTableView, *, has_menu: bool = False) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)
        if not has_menu:
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._ask)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.copy_row(self._view.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def copy_row(self, index: QModelIndex) -> None:
        """Put the row of a cell on the clipboard; nothing where there is no such row."""
        if index.isValid():
            QGuiApplication.clipboard().setText("\t".join(row_text(self._view, index.row())))

    def copy_table(self) -> None:
        """Put the heads and every row on the clipboard, as they are sorted and without columns that are hidden."""
        model = self._view.model()
        rows = [row_text(self._view, row) for row in range(model.rowCount())]
        heads = [_one_line(model.headerData(column, Qt.Orientation.Horizontal)) for column in shown_columns(self._view)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in [heads, *rows]) + "\n")

    def fill(self, menu: QMenu, index: QModelIndex) -> None:
        """What can be copied at a cell."""
        row = menu.addAction("Copy this row\tCtrl+C", lambda: self.copy_row(index))
        row.setEnabled(index.isValid())
        menu.addAction("Copy the table", self.copy_table).setEnabled(self._view.model().rowCount() > 0)

    def _ask(self, point: QPoint) -> None:
        menu = QMenu(self._view)
        self.fill(menu, self._view.indexAt(point))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._view.viewport().mapToGlobal(point))


def shown_columns(view: QTableView) -> list[int]:
    """The columns that are seen, from left to right."""
    head = view.horizontalHeader()
    order = [head.logicalIndex(place) for place in range(head.count())]
    return [column for column in order if not view.isColumnHidden(column)]


def row_text(view: QTableView, row: int) -> list[str]:
    """The texts of a row as they are seen, each on one line and without tabs."""
    model = view.model()
    return [_one_line(model.index(row, column).data()) for column in shown_columns(view)]


def _one_line(text: object) -> str:
    return "" if text is None else " ".join(str(text).split())
