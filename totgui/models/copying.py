"""A table is copied as text, a row or the whole of it, to be pasted into a sheet or a paper."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QTableView


class Copying(QObject):
    """Ctrl+C copies the chosen row of a view, and its context menu the row or everything; values lie apart by tabs.

    A view that `has_menu` of its own shows `fill` there.
    """

    def __init__(self, view: QTableView, *, has_menu: bool = False) -> None:
        super().__init__(view)
        self._view, self._has_menu = view, has_menu
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
        is_asked = isinstance(event, QContextMenuEvent) and event.reason() == QContextMenuEvent.Reason.Keyboard
        if is_asked and not self._has_menu:
            self._ask_by_key()
            return True
        return super().eventFilter(watched, event)

    def copy_row(self, index: QModelIndex) -> None:
        """Put the row of a cell on the clipboard; nothing where there is no such row."""
        if index.isValid():
            _put(row_text(self._view, index.row()))

    def copy_table(self) -> None:
        """Put the heads and every row on the clipboard, as they are sorted and without columns that are hidden."""
        model = self._view.model()
        rows = [row_text(self._view, row) for row in range(model.rowCount())]
        heads = [_one_line(model.headerData(column, Qt.Orientation.Horizontal)) for column in shown_columns(self._view)]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in [heads, *rows]) + "\n")

    def fill(self, menu: QMenu, index: QModelIndex) -> None:
        """What can be copied at a cell; its row as it is now, for rows may come and go while the menu is open."""
        texts = row_text(self._view, index.row()) if index.isValid() else []
        row = menu.addAction("Copy this row\tCtrl+C", lambda: _put(texts))
        row.setEnabled(index.isValid())
        menu.addAction("Copy the table", self.copy_table).setEnabled(self._view.model().rowCount() > 0)

    def _ask(self, point: QPoint) -> None:
        self._open(self._view.indexAt(point), point)

    def _ask_by_key(self) -> None:
        """The menu key is about the chosen row, wherever the view thinks that the pointer could be."""
        index, inside = self._view.currentIndex(), self._view.viewport().rect()
        seen = self._view.visualRect(index) & inside
        self._open(index, (seen if seen.isValid() else inside).center())

    def _open(self, index: QModelIndex, point: QPoint) -> None:
        menu = QMenu(self._view)
        self.fill(menu, index)
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


def _put(row: list[str]) -> None:
    QGuiApplication.clipboard().setText("\t".join(row))


def _one_line(text: object) -> str:
    return "" if text is None else " ".join(str(text).split())
