"""A table whose columns are as wide as what stands in them, measured once after it was filled, not at every cell.

Qt's own mode for this measures all cells whenever it is asked where one of them is, and below a style sheet that is at
every cell that is set: a table of nineteen runs held the window up for seconds. Here nothing can forget to put it off.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import SIGNAL, SLOT, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionViewItem, QTableWidget, QWidget

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


class Wanted(NamedTuple):
    """Pixels of a column: with room for an arrow of sorting in its head, and without."""

    whole: int
    least: int


class MeasuredTable(QTableWidget):
    """Columns in the mode `Fixed` are given their widths by `fit`, once before the table is painted again.

    Those in another mode (the one that takes what is free, one that a person drags) are left alone. Heights of rows
    follow their texts where `set_rows_fit` asks for it.
    """

    def __init__(self, rows: int, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(rows, columns, parent)
        self._rows_fit = self._last_fills = False
        self._wanted: dict[int, Wanted] = {}
        self._sizes: dict[tuple[object, ...], int] = {}
        self._asked = QTimer(self)
        self._asked.setSingleShot(True)
        self._asked.setInterval(0)
        self._asked.timeout.connect(self.fit)
        self.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._asked.start())
        self.horizontalHeader().setSectionResizeMode(Mode.Fixed)
        for change in CHANGES:  # from Qt to Qt: a call into Python at every cell would take longer than to measure it
            QObject.connect(self.model(), SIGNAL(change), self._asked, SLOT("start()"))
        self._asked.start()

    def set_rows_fit(self) -> None:
        """Rows are as high as their texts need at the widths of the columns."""
        self._rows_fit = True
        self.setWordWrap(True)
        self._asked.start()

    def fit(self) -> None:
        """Measure now; without being asked nothing, and of a table that is not seen nothing either."""
        if not self.isVisible():
            return  # it stays asked: `showEvent` comes back to it
        self._asked.stop()
        self._wanted = {column: self._wanted_by(column) for column in range(self.columnCount())}
        self._share()

    def _share(self) -> None:
        """Give the columns their widths; what only an arrow of sorting would need goes to a name that has no room."""
        header = self.horizontalHeader()
        self._last_fills |= header.stretchLastSection()
        header.setStretchLastSection(False)
        modes = {column: header.sectionResizeMode(column) for column in self._wanted}
        sorts = header.sortIndicatorSection() if header.isSortIndicatorShown() else -1
        tight = Mode.Stretch in modes.values() and sum(w.whole for w in self._wanted.values()) > self.viewport().width()
        for column, wanted in self._wanted.items():
            if modes[column] == Mode.Fixed:
                header.resizeSection(column, wanted.least if tight and column != sorts else wanted.whole)
        if self._last_fills and header.length() < self.viewport().width():  # where there is no room, it is seen whole
            header.setStretchLastSection(True)
        if self._rows_fit:
            self.resizeRowsToContents()

    def width_of(self, column: int) -> int:
        """The width at which the head and every cell of a column are seen whole."""
        return self._wanted_by(column).whole

    def _wanted_by(self, column: int) -> Wanted:
        header = self.horizontalHeader()
        head, cells = header.sectionSizeHint(column), self._widest_cell(column)
        bare = (
            head - self._arrow() if header.isSortIndicatorShown() and column != header.sortIndicatorSection() else head
        )
        least = header.minimumSectionSize()
        return Wanted(max(head, cells, least), max(bare, cells, least))

    def _arrow(self) -> int:
        """What a head keeps free for the arrow of sorting, also where there is none."""
        style, header = self.style(), self.horizontalHeader()
        margin = style.pixelMetric(QStyle.PixelMetric.PM_HeaderMargin, None, header)
        return style.pixelMetric(QStyle.PixelMetric.PM_HeaderMarkSize, None, header) + margin

    def _widest_cell(self, column: int) -> int:
        option, delegate, grid = QStyleOptionViewItem(), self.itemDelegate(), int(self.showGrid())
        self.initViewItemOption(option)
        found = 0
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

    def commitData(self, editor: QWidget) -> None:
        """A field whose row was taken away while Return waited in line has nowhere to go; it is hidden by then."""
        if not editor.isHidden():
            super().commitData(editor)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._asked.isActive():
            self.fit()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._rows_fit or self._last_fills:
            self._asked.start()
        elif self._wanted and not self._asked.isActive():
            self._share()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in LOOKS:
            self._sizes.clear()
            self._asked.start()
