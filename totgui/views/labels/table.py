"""The table of actions: rows are dragged into another order, names edited in place, colours shown as swatches."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.annotation.action_commands import name_problem

from ...models.actions_table import ACTION_ROLE, COLOUR, KEY, NAME, SECONDS, SEGMENTS, ActionsModel
from ...models.name_field import NameField
from ...palette import ACCENT
from ...session import Session

Index = QModelIndex | QPersistentModelIndex
WIDEST = {KEY: "Shift+0", SEGMENTS: "Segments", SECONDS: "88,888.8"}
MARGIN = 18


class Swatch(QStyledItemDelegate):
    """Paints the colour of an action as a rounded field."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        colour = index.data(Qt.ItemDataRole.BackgroundRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(option.rect, option.palette.highlight() if chosen else option.palette.base())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(6, 5, -4, -5), 3, 3)
        painter.restore()


FILLED = "filled"


class NameDelegate(QStyledItemDelegate):
    """Edits a name in a field that says why it cannot be given."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        own = index.data(ACTION_ROLE)

        def problem(name: str) -> str:
            document = self._session.document
            return name_problem(document, name, own) if document is not None else ""

        return NameField(parent, problem=problem)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The name as it is, once: Qt asks again whenever a number in the table changes, also over what is typed."""
        if isinstance(editor, NameField) and not editor.property(FILLED):
            editor.setProperty(FILLED, True)
            editor.setText(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        if isinstance(editor, NameField) and isinstance(model, ActionsModel):
            model.setData(index, editor.text())


class ActionsTable(QTableView):
    """`moveAsked` carries the row that was dragged and the row before which it was dropped."""

    moveAsked = Signal(int, int)
    colourAsked = Signal(int)

    def __init__(self, session: Session, model: ActionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._pressed: tuple[int, QPoint] | None = None
        self.drop_row: int | None = None
        self.setAccessibleName("Actions")
        self.setItemDelegateForColumn(COLOUR, Swatch(self))
        self.setItemDelegateForColumn(NAME, NameDelegate(session, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.fit_text()
        header = self.horizontalHeader()
        header.setMinimumSectionSize(26)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self.setColumnWidth(COLOUR, 34)
        self._fit_columns()
        self.doubleClicked.connect(self._on_double_click)

    def fit_text(self) -> None:
        """Rows are as high, and columns as wide, as the text wants them now."""
        self.verticalHeader().setDefaultSectionSize(max(26, self.fontMetrics().height() + 10))
        if self.model() is not None:
            self._fit_columns()

    def _fit_columns(self) -> None:
        for column, text in WIDEST.items():
            self.setColumnWidth(column, self.fontMetrics().horizontalAdvance(text) + MARGIN)
        self._hide_seconds()

    def commitData(self, editor: QWidget) -> None:
        """A field whose list was filled anew while Return waited in line has nowhere to go; it is hidden by then."""
        if not editor.isHidden():
            super().commitData(editor)

    def sizeHint(self) -> QSize:
        return QSize(360, 280)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where names would have no room, the seconds go."""
        super().resizeEvent(event)
        self._hide_seconds()

    def _hide_seconds(self) -> None:
        others = sum(self.columnWidth(column) for column in (COLOUR, KEY, SEGMENTS))
        seconds = self.fontMetrics().horizontalAdvance(WIDEST[SECONDS]) + MARGIN
        room = self.fontMetrics().horizontalAdvance("Name") * 2 + MARGIN
        self.setColumnHidden(SECONDS, self.viewport().width() - others - seconds < room)

    def _on_double_click(self, index: QModelIndex) -> None:
        if index.column() == COLOUR:
            self.colourAsked.emit(index.row())

    # --- dragging a row ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        row = self.rowAt(round(event.position().y()))
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self._pressed = (row, event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        point = event.position().toPoint()
        if self.drop_row is None and (point - self._pressed[1]).manhattanLength() < QApplication.startDragDistance():
            return
        self.drop_row = self._row_before(point.y())
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.scrollTo(self.model().index(min(self.drop_row, self.model().rowCount() - 1), NAME))
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, drop = self._pressed, self.drop_row
        self._end_drag()
        if pressed is not None and drop is not None:
            self.moveAsked.emit(pressed[0], drop)
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.drop_row is not None:
            self._end_drag()
            event.accept()
            return
        super().keyPressEvent(event)

    def _end_drag(self) -> None:
        self._pressed = self.drop_row = None
        self.viewport().unsetCursor()
        self.viewport().update()

    def _row_before(self, y: int) -> int:
        """The row before which a drop at this height puts the dragged one."""
        height = max(1, self.verticalHeader().defaultSectionSize())
        row = round((y + self.verticalOffset()) / height)
        return min(max(0, row), self.model().rowCount())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.drop_row is not None:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(ACCENT, 2))
            y = self.drop_row * self.verticalHeader().defaultSectionSize() - self.verticalOffset()
            painter.drawLine(0, max(1, y), self.viewport().width(), max(1, y))
