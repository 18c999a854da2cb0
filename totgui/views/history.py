"""The history: every edit with its time, the newest on top; a click goes to the state after it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..models.history import NOW, SEQ, STATE, TIME, UNDONE, HistoryModel
from ..models.widgets import plain, tip
from ..session import Session

Role = QPalette.ColorRole
Index = QModelIndex | QPersistentModelIndex


class HistoryView(QWidget):
    """A list of all states of the project; the present one is marked."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = HistoryModel(self)
        self._empty = plain("No edits yet. Every edit appears here, and a click goes back to it.", self, dim=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.list = _list(self)  # a table: a QListView lays all its rows out again at every edit
        self.list.setModel(self.model)
        self.fit_text()
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("History of edits, newest first")
        self.list.clicked.connect(self._go_to)
        self.list.activated.connect(self._go_to)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._empty)
        column.addWidget(self.list, 1)
        session.projectChanged.connect(self._follow)
        session.documentChanged.connect(lambda *_: self._follow())
        self._follow()

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def fit_text(self) -> None:
        """Rows are as high as the text wants them now."""
        self.list.verticalHeader().setDefaultSectionSize(self.list.fontMetrics().height() + 10)

    def _follow(self) -> None:
        before = self.model.current_row, self.model.rowCount()
        self.model.follow(self._session.past.history)
        is_empty = self.model.rowCount() == 1
        self._empty.setVisible(is_empty)
        self.list.setVisible(not is_empty)
        if before != (self.model.current_row, self.model.rowCount()):
            now = self.model.index(self.model.current_row)
            self.list.setCurrentIndex(now)
            if self.isVisible():
                self.list.scrollTo(now)

    def _go_to(self, index: QModelIndex) -> None:
        self._session.past.go_to(index.data(SEQ))


def _list(parent: QWidget) -> QTableView:
    """A table that looks like a list: one column, rows of one height."""
    view = QTableView(parent)
    view.horizontalHeader().hide()
    view.horizontalHeader().setStretchLastSection(True)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setMouseTracking(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    return view


class EntryDelegate(QStyledItemDelegate):
    """One line: a mark at the present state, the text, the time; what was undone is dim."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, option.fontMetrics.height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        palette, state = option.palette, index.data(STATE)
        painter.save()
        rect, metrics = QRect(option.rect), option.fontMetrics
        if state == NOW:
            painter.fillRect(rect, palette.color(Role.Highlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, palette.color(Role.AlternateBase))
        bright = palette.color(Role.HighlightedText if state == NOW else Role.Text)
        dim = bright if state == NOW else palette.color(Role.PlaceholderText)
        time = index.data(TIME)
        painter.setPen(dim)
        box = rect.adjusted(8, 0, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
        font = option.font
        font.setStrikeOut(state == UNDONE)
        painter.setFont(font)
        painter.setPen(dim if state == UNDONE else bright)
        box.setRight(box.right() - metrics.horizontalAdvance(time) - 12)
        text = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def helpEvent(self, event, view, option, index) -> bool:  # type: ignore[no-untyped-def]
        from PySide6.QtWidgets import QToolTip

        QToolTip.showText(event.globalPos(), tip(index.data() or ""), view)
        return True
