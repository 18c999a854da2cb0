"""The list of videos: review status, scores of the current run, and what is missing."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from core.data.dataset import VideoId
from core.data.words import one_spelling

from ..models.copying import Copying
from ..models.videos import EDIT, FILTER_ROLE, FRAMES, MOF, NAME, OPEN, REVIEW, SORT_ROLE, VIDEO_ROLE, VideosModel
from ..models.widgets import LEAST_TABLE_HEIGHT, rows_of
from ..session import Session

LEAST_WIDTH = 330
FRAME, CELL_MARGIN, NAME_LETTERS = 14, 22, (12, 26)
"""Pixels beside the table; beside a text; letters of a name that have room at least, and at most where it is longer."""
WIDEST = {FRAMES: "88,888", MOF: "100.0", EDIT: "100.0", REVIEW: "correct next", OPEN: "Comments"}
"""What a column is made wide enough for; the name takes the rest, so that nothing scrolls sideways."""


class VideosView(QWidget):
    """Table of videos with a filter; the selected row is the video that is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter videos")
        self._filter.setAccessibleName("Filter videos")
        self._filter.setClearButtonEnabled(True)
        self._model = VideosModel(session, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(SORT_ROLE)
        self._sorted.setFilterKeyColumn(NAME)
        self._sorted.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._sorted.setFilterRole(FILTER_ROLE)
        self._filter.textChanged.connect(lambda text: self._sorted.setFilterFixedString(one_spelling(text)))
        self._longest = WIDEST[FRAMES]
        self._table = self._make_table()
        self._table.selectionModel().selectionChanged.connect(self._on_selected)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        self.setMinimumWidth(LEAST_WIDTH)
        layout.addWidget(self._filter)
        layout.addWidget(self._table)
        session.currentVideoChanged.connect(self._mark_current)
        session.comments.changed.connect(self._hide_columns)
        self._model.modelReset.connect(self._mark_current)
        self._model.modelReset.connect(self._fit_frames)
        self._mark_current()

    @property
    def filter_text(self) -> str:
        """What the names are filtered by."""
        return self._filter.text()

    def set_filter(self, text: str) -> None:
        """Filter the names by a text; an empty one shows all."""
        self._filter.setText(text)

    def _make_table(self) -> QTableView:
        table = rows_of(self._sorted, "Videos", self)
        table.setMinimumHeight(LEAST_TABLE_HEIGHT)
        Copying(table)
        header = table.horizontalHeader()
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, widest in WIDEST.items():
            header.resizeSection(column, table.fontMetrics().horizontalAdvance(widest) + CELL_MARGIN)
        table.setSortingEnabled(True)
        table.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        return table

    def _fit_frames(self) -> None:
        """Room for the longest video's number of frames."""
        document = self._session.document
        longest = max((video.timebase.n_frames for video in document.videos.values()), default=0) if document else 0
        self._longest = max(f"{longest:,}", WIDEST[FRAMES], key=len)
        self._table.setColumnWidth(FRAMES, self._wide(FRAMES))
        self._hide_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hide_columns()

    def _hide_columns(self) -> None:
        """Where names would have no room, columns that can be read elsewhere go, the least wanted first."""
        document = self._session.document
        blank = () if document is None or document.ground_truth else (MOF, EDIT)  # dashes in every row
        if not self._session.comments.all_open:
            blank = (*blank, OPEN)
        shown = [column for column in WIDEST if column not in blank]
        self._table.setColumnHidden(OPEN, OPEN in blank)
        extent = self._table.verticalScrollBar().sizeHint().width()
        free = self.width() - FRAME - extent - self._name_room() - sum(self._wide(column) for column in shown)
        for column in (EDIT, MOF, FRAMES):
            no_room = free < 0 and column in shown and column != MOF
            self._table.setColumnHidden(column, no_room or column in blank)
            free += self._wide(column) if no_room else 0

    def _name_room(self) -> int:
        """Pixels that names are given before the scores: those of the longest, within bounds."""
        document, metrics = self._session.document, self._table.fontMetrics()
        names = [video.name for video in document.videos.values()] if document is not None else []
        longest = max(names, key=len, default="")
        least, most = (metrics.averageCharWidth() * letters for letters in NAME_LETTERS)
        return CELL_MARGIN + min(max(metrics.horizontalAdvance(longest), least), most)

    def _wide(self, column: int) -> int:
        """Pixels that a column takes where it is shown."""
        text = self._longest if column == FRAMES else WIDEST[column]
        return self._table.fontMetrics().horizontalAdvance(text) + CELL_MARGIN

    def sizeHint(self) -> QSize:
        return QSize(360, 300)

    def _mark_current(self) -> None:
        """Select the row of the video that is shown, without asking for it again."""
        row = self._model.row_of(self._session.current_video)
        index = self._sorted.mapFromSource(self._model.index(row, NAME)) if row >= 0 else None
        flags = QItemSelectionModel.SelectionFlag
        if index is None or not index.isValid():
            self._table.selectionModel().clearSelection()
            return
        self._table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._table.scrollTo(index)

    def _on_selected(self) -> None:
        rows = self._table.selectionModel().selectedRows()
        if rows:
            self._session.select_video(VideoId(rows[0].data(VIDEO_ROLE)))
