"""The list of videos: review status, scores of the current run, and what is missing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.annotation.values import ReviewStatus
from core.data.dataset import VideoId

from ..models.widgets import AMBER, tip
from ..session import Session

STATUS = {
    ReviewStatus.NONE: "–",
    ReviewStatus.IN_REVIEW: "in review",
    ReviewStatus.ACCEPTED: "accepted",
    ReviewStatus.REJECTED: "rejected",
}
COLUMNS = ("Video", "Frames", "MoF", "Edit", "Status")


class NumberItem(QTableWidgetItem):
    """A cell that sorts by its number."""

    def __init__(self, text: str, number: float) -> None:
        super().__init__(text)
        self.number = number
        self.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return self.number < getattr(other, "number", 0.0)


class VideosView(QWidget):
    """Table of videos with a filter; the selected row is the video that is shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._filter = QLineEdit(self)
        self._filter.setPlaceholderText("Filter videos")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._apply_filter)
        self._table = QTableWidget(0, len(COLUMNS), self)
        self._table.setHorizontalHeaderLabels(COLUMNS)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setShowGrid(False)
        self._table.setAlternatingRowColors(True)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(26)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self._table.setSortingEnabled(True)
        self._table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self._table.itemSelectionChanged.connect(self._on_selected)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._filter)
        layout.addWidget(self._table)
        session.projectChanged.connect(self._fill)
        session.documentChanged.connect(lambda *_: self._fill())
        session.currentRunChanged.connect(self._fill)
        session.reportReady.connect(self._fill)
        session.currentVideoChanged.connect(self._mark_current)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(320, 300)

    def _scores(self) -> dict[str, tuple[float, float]]:
        report = self._session.report(self._session.current_run, "prediction")
        if report is None:
            return {}
        return {row.video: (row.mof, row.edit) for row in report.per_video}

    def _fill(self) -> None:
        document = self._session.document
        self._table.blockSignals(True)
        self._table.setSortingEnabled(False)
        self._table.setRowCount(0)
        scores = self._scores()
        for video in document.videos.values() if document else ():
            row = self._table.rowCount()
            self._table.insertRow(row)
            name = QTableWidgetItem(video.name)
            name.setData(Qt.ItemDataRole.UserRole, video.id)
            missing = [
                what
                for what, there in (
                    ("video file", video.media),
                    ("features", video.features),
                    ("ground truth", video.ground_truth),
                )
                if there is None
            ]
            if missing:
                name.setText(f"{video.name}  (no {', no '.join(missing)})" if "features" in missing else video.name)
            if reason := self._session.work.notes.get(video.id, ""):
                name.setToolTip(tip(reason))
                name.setForeground(QColor(AMBER))
            self._table.setItem(row, 0, name)
            frames = video.timebase.n_frames
            self._table.setItem(row, 1, NumberItem(f"{frames:,}", frames))
            for column, value in enumerate(scores.get(video.id, (None, None)), start=2):
                text = "–" if value is None else f"{100 * value:.1f}"
                self._table.setItem(row, column, NumberItem(text, -1.0 if value is None else value))
            status = document.review(video.id).status if document else ReviewStatus.NONE
            self._table.setItem(row, 4, QTableWidgetItem(STATUS[status]))
        self._table.setSortingEnabled(True)
        self._table.blockSignals(False)
        self._apply_filter(self._filter.text())
        self._mark_current()

    def _apply_filter(self, text: str) -> None:
        for row in range(self._table.rowCount()):
            item = self._table.item(row, 0)
            self._table.setRowHidden(row, item is None or text.casefold() not in item.text().casefold())

    def _mark_current(self) -> None:
        self._table.blockSignals(True)
        for row in range(self._table.rowCount()):
            item = self._table.item(row, 0)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == self._session.current_video:
                self._table.selectRow(row)
        self._table.blockSignals(False)

    def _on_selected(self) -> None:
        rows = self._table.selectionModel().selectedRows()
        if rows:
            self._session.select_video(VideoId(rows[0].data(Qt.ItemDataRole.UserRole)))
