"""A table whose columns are as wide as what stands in them, measured once after it was filled, not at every cell.

Qt's own mode for this measures all cells whenever it is asked where one of them is, and below a style sheet that is at
every cell that is set: a table of nineteen runs held the window up for seconds. Here nothing can forget to put it off.
"""

from __future__ import annotations

from PySide6.QtCore import SIGNAL, SLOT, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QTableWidget, QWidget

CHANGES = (
    "dataChanged(QModelIndex,QModelIndex,QList<int>)",
    "headerDataChanged(Qt::Orientation,int,int)",
    "rowsInserted(QModelIndex,int,int)",
    "columnsInserted(QModelIndex,int,int)",
    "modelReset()",
)
LOOKS = (QEvent.Type.StyleChange, QEvent.Type.FontChange)
KEPT = 20_000
"""Sizes of texts that are kept."""
Mode = QHeaderView.ResizeMode


class MeasuredTable(QTableWidget):
    """Columns in the mode `Fixed` are given their widths by `fit`, once before the table is painted again.

    Those in another mode (the one that takes what is free, one that a person drags) are left alone. Heights of rows
    follow their texts where `set_rows_fit` asks for it.
    """

    def __init__(self, rows: int, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(rows, columns, parent)
        self._rows_fit = self._last_fills = False
        self._sizes: dict[tuple[object, ...], int] = {}
        self._asked = QTimer(self)
        self._asked.setSingleShot(True)
        self._asked.setInterval(0)
        self._asked.timeout.connect(self.fit)
        self.horizontalHeader().setSectionResizeMode(Mode.Fixed)
        for change in CHANGES:  # from Qt to Qt: a call into Python at every cell would take longer than to measure it
            QObject.connect(self.model(), SIGNAL(change), self._asked, SLOT("start()"))
        self._asked.start()

    def set_rows_fit(self) -> None:
        """Rows are as high as their texts need at the widths of the columns."""
        self._rows_fit = True
        self._asked.start()

    def fit(self) -> None:
        """Measure now; without being asked nothing, and of a table that is not seen nothing either."""
        if not self.isVisible():
            return  # it stays asked: `showEvent` comes back to it
        self._asked.stop()
        header = self.horizontalHeader()
        self._last_fills |= header.stretchLastSection()
        header.setStretchLastSection(False)
        for column in range(self.columnCount()):
            if header.sectionResizeMode(column) == Mode.Fixed:
                header.resizeSection(column, self.width_of(column))
        if self._last_fills and header.length() < self.viewport().width():  # where there is no room, it is seen whole
            header.setStretchLastSection(True)
        if self._rows_fit:
            self.resizeRowsToContents()

    def width_of(self, column: int) -> int:
        """The width at which the head and every cell of a column are seen whole."""
        found = max(self.horizontalHeader().sectionSizeHint(column), self.horizontalHeader().minimumSectionSize())
        option, delegate, grid = QStyleOptionViewItem(), self.itemDelegate(), int(self.showGrid())
        self.initViewItemOption(option)
        for row in range(self.rowCount()):
            item = self.item(row, column)
            if item is None or self.isRowHidden(row):
                continue
            ticked, icon = item.data(Qt.ItemDataRole.CheckStateRole), item.data(Qt.ItemDataRole.DecorationRole)
            key = (item.text(), item.font().key(), ticked is not None, icon is not None)
            width = self._sizes.get(key)
            if width is None:
                if len(self._sizes) >= KEPT:
                    self._sizes.clear()
                width = self._sizes[key] = delegate.sizeHint(option, self.indexFromItem(item)).width()
            found = max(found, width + grid)
        return found

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._asked.isActive():
            self.fit()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._rows_fit or self._last_fills:
            self._asked.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in LOOKS:
            self._sizes.clear()
            self._asked.start()
