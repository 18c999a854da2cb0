"""The same segments as a table: a row each, sorted by a click on a head, chosen together with the pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.review.listing import Order, Status

from ...models.columns import ColumnsModel, Index
from ...models.widgets import NUMBER, WORDS, show_rows, tip
from ...session import Session
from .head import swatch
from .keys import ENTER, MOVES, keeps_key, own_key
from .rows import ShownRows
from .words import STATUS, describe, length_words, start_words, video_of, why

Role = Qt.ItemDataRole
Key = Qt.Key
COLUMNS = ("Video", "Action", "Start", "End", "Length", "Odd", "Review")
VIDEO, ACTION, START, END, LENGTH, ODD, REVIEW = range(len(COLUMNS))
HEAD_TIPS = ("", "", "", "", "", "Why it is odd, the main reason first; sorted by how likely its frames are wrong", "")
WIDEST = {VIDEO: "episode_000000", ACTION: "some longer action", START: "00:00.00", END: "00:00.00"}
WIDEST |= {LENGTH: "1,000.0 s", REVIEW: "not checked"}
REASON_ROOM = 220
ORDERS = {VIDEO: Order.PLACE, ACTION: Order.ACTION, LENGTH: Order.LENGTH, ODD: Order.DOUBT, REVIEW: Order.STATUS}
"""What a click on a head sorts by; times of different videos are not compared."""
SHOWN = (Role.DisplayRole, Role.ToolTipRole, Role.TextAlignmentRole, Role.DecorationRole)


class SegmentsModel(ColumnsModel):
    """The shown rows as a table model; cells are made when they are seen."""

    columns = COLUMNS
    head_tips = HEAD_TIPS
    numbers = (START, END, LENGTH)

    def __init__(self, session: Session, rows: ShownRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._rows = session, rows
        self._count = len(rows)
        self._icons: dict[str, QIcon] = {}

    def refresh(self) -> None:
        """The rows are others, or say other things."""
        self.beginResetModel()
        self._count = len(self._rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or role not in SHOWN or index.row() >= len(self._rows):
            return None
        if role == Role.TextAlignmentRole:
            return NUMBER if index.column() in self.numbers else WORDS
        table, row = self._rows.segments.table, self._rows.row(index.row())
        if role == Role.ToolTipRole:
            return tip(describe(self._session, table, row)).replace("\n", "<br>")
        video = video_of(self._session.document, table.listing, row)
        if video is None:
            return None
        if role == Role.DecorationRole:
            label = int(table.listing.labels[row])
            return self._icon(self._session.action_colour(label)) if index.column() == ACTION else None
        return self._text(index.column(), row, video)

    def _icon(self, colour: str) -> QIcon:
        found = self._icons.get(colour)
        if found is None:
            found = self._icons[colour] = swatch(colour)
        return found

    def _text(self, column: int, row: int, video: Any) -> str:
        table = self._rows.segments.table
        listing = table.listing
        if column == VIDEO:
            return str(video.name)
        if column == ACTION:
            return str(self._session.action_name(int(listing.labels[row])))
        if column == START:
            return start_words(video, listing, row)
        if column == END:
            return start_words(video, listing, row, end=True)
        if column == LENGTH:
            return length_words(listing, row)
        return why(self._session, video, table, row) if column == ODD else STATUS[Status(int(listing.status[row]))]


class SegmentsTable(QTableView):
    """Shows a `SegmentsModel`; what is chosen here is chosen in the session."""

    openAsked = Signal(int, int)  # row, frame
    menuAsked = Signal(QPoint)
    sortAsked = Signal(object, bool)  # Order, descending

    def __init__(self, session: Session, rows: ShownRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._is_following = rows, False
        self.model_ = SegmentsModel(session, rows, self)
        show_rows(self, self.model_, "Segments")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.horizontalHeader()
        for column, widest in WIDEST.items():
            header.resizeSection(column, self.fontMetrics().horizontalAdvance(widest) + 18)
        self._end = header.sectionSize(END)
        header.setSectionResizeMode(ODD, QHeaderView.ResizeMode.Stretch)
        header.setSectionsClickable(True)
        # Its own, always empty: a head that can be clicked asks at each painting whether its whole column is chosen,
        # cell by cell, which takes a tenth of a second where ten thousand rows are.
        header.setSelectionModel(QItemSelectionModel(self.model_, header))
        header.setSortIndicatorShown(True)
        header.sectionClicked.connect(self._sort_by)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self._choose())
        rows.changed.connect(self._on_rows)
        rows.segments.chosenChanged.connect(self._follow)
        self._show_sort()

    def _on_rows(self) -> None:
        self._is_following = True
        bar = self.verticalScrollBar()
        at = bar.value()
        self.model_.refresh()
        self._hide_least()
        bar.setValue(at)
        self._is_following = False
        self._show_sort()
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide_least()

    def _hide_least(self) -> None:
        """The action goes where all rows have the same; the end goes where the reasons would have no room."""
        header = self.horizontalHeader()
        self.setColumnHidden(ACTION, self._rows.wanted.label is not None)
        others = (c for c in range(len(COLUMNS)) if c not in (ODD, END) and not self.isColumnHidden(c))
        wide = sum(header.sectionSize(c) for c in others) + self._end
        self.setColumnHidden(END, self.viewport().width() - wide < REASON_ROOM)

    # --- sorting -----------------------------------------------------------------------------------

    def _sort_by(self, column: int) -> None:
        order = ORDERS.get(column)
        if order is None:
            self._show_sort()
            return
        wanted = self._rows.wanted
        first = order in (Order.DOUBT, Order.LENGTH)  # the largest first, at the first click
        self.sortAsked.emit(order, (not wanted.descending) if wanted.order is order else first)

    def _show_sort(self) -> None:
        wanted = self._rows.wanted
        column = next(c for c, order in ORDERS.items() if order is wanted.order)
        down = Qt.SortOrder.DescendingOrder if wanted.descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, down)

    # --- choosing ----------------------------------------------------------------------------------

    def _choose(self) -> None:
        """What a person has selected here is chosen."""
        if self._is_following:
            return
        places = [np.arange(r.top(), r.bottom() + 1) for r in self.selectionModel().selection().toList()]
        self._is_following = True
        at = self.currentIndex().row()
        if len(places) == 1 and len(places[0]) == 1:
            self._rows.choose(int(places[0][0]))
        else:
            if at >= 0:
                self._rows.stand_at(at)
            self._rows.choose_places(np.concatenate(places) if places else np.empty(0, np.int64))
        self._is_following = False

    def _follow(self) -> None:
        """Select what is chosen elsewhere."""
        if self._is_following:
            return
        self._is_following = True
        places = self._rows.chosen_places()
        selection = QItemSelection()
        edges = np.flatnonzero(np.diff(places) != 1) + 1
        for part in np.split(places, edges) if len(places) else ():
            selection.select(self.model_.index(int(part[0]), 0), self.model_.index(int(part[-1]), REVIEW))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect)
        cursor = self._rows.cursor
        if 0 <= cursor < self.model_.rowCount():
            self.selectionModel().setCurrentIndex(self.model_.index(cursor, VIDEO), flags.NoUpdate)
        self._is_following = False

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            row = self._rows.row(place)
            self.openAsked.emit(row, int(self._rows.listing.starts[row]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        if self._rows.segments.count:
            self.menuAsked.emit(at)

    # --- keys --------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        return keeps_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Key(event.key())
        if key in ENTER:
            self._open(self.currentIndex().row())
        elif key == Key.Key_Escape:
            self._rows.clear()
        elif key in MOVES or own_key(event):
            super().keyPressEvent(event)
            return
        else:  # letters are commands here, and no search for a row
            event.ignore()
            return
        event.accept()
