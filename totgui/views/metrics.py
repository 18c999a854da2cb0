"""Scores of the current run or of the corrected labels, beside the two baselines; never a number without its scope."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.annotation.map_notes import VIDEO_LEVEL, map_notes
from core.data.dataset import VideoId

from ..models.marks import MARK
from ..models.widgets import Banner, NumberItem, percent, plain, table
from ..session import Session
from .metrics_confusion import Confusion

TRACKS = (("prediction", "Prediction"), ("corrected", "Corrected"))
TILES = (("mof", "MoF"), ("f1", "F1"), ("edit", "Edit score"), ("miou", "mIoU"))
LINE = (("f1_10", "F1@10"), ("f1_25", "F1@25"), ("f1_50", "F1@50"), ("f1_majority", "majority F1"))


class Tile(QFrame):
    """One score, large, with its baselines below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(name)
        self.value = plain("–", self)
        font = self.value.font()
        font.setPointSizeF(font.pointSizeF() * 1.9)
        font.setBold(True)
        self.value.setFont(font)
        self.below = plain("", self, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(0)
        for widget in (plain(name, self, dim=True), self.value, self.below):
            column.addWidget(widget)


class MetricsView(QWidget):
    """Whole activity, videos, classes and confusion matrix."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._track = QComboBox(self)
        self._track.setAccessibleName("Track that is scored")
        for key, label in TRACKS:
            self._track.addItem(label, key)
        self.scope = plain("", self, dim=True)
        self._banner = Banner(self)
        self.tiles = {key: Tile(label, self) for key, label in TILES}
        self.line = plain("", self)
        self.videos = table(("Video", "Frames", "MoF", "Edit", "F1@50"), self)
        self.classes = table(("Action", "Frames", "Recall", "Precision", "IoU"), self)
        self.confusion = Confusion(self)
        for each in (self.videos, self.classes):
            each.setSortingEnabled(True)
            each.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.videos.itemSelectionChanged.connect(self._on_video)
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        for name, widget in (("Videos", self.videos), ("Classes", self.classes), ("Confusion", self.confusion)):
            tabs.addTab(widget, name)
        self.tabs = tabs
        grid = QGridLayout()
        grid.setSpacing(6)
        for number, tile in enumerate(self.tiles.values()):
            grid.addWidget(tile, number // 2, number % 2)
        scored = QWidget(self)
        column = QVBoxLayout(scored)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addWidget(self.line)
        column.addWidget(tabs, 1)
        self.empty = plain("", self, dim=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(scored)
        head = QHBoxLayout()
        head.addWidget(self.scope, 1)
        head.addWidget(self._track)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 8)
        whole.addLayout(head)
        whole.addWidget(self._banner)
        whole.addWidget(self._pages, 1)
        self._track.currentIndexChanged.connect(self._show)
        for signal in (session.projectChanged, session.currentRunChanged, session.reportReady):
            signal.connect(self._show)
        session.documentChanged.connect(lambda *_: self._show())
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(440, 560)

    def _show(self) -> None:
        session, track = self._session, str(self._track.currentData())
        document, run = session.document, session.current_run
        report = session.report(run, track) if document is not None else None
        if document is None or report is None:
            self.scope.setText("")
            self._banner.say("")
            self.empty.setText(self._without_report(track))
            self._pages.setCurrentWidget(self.empty)
            return
        self._pages.setCurrentIndex(1)
        label_map = document.label_maps.get(run) if run is not None and track == "prediction" else None
        how = (
            "no label map"
            if label_map is None
            else ("label map edited by hand" if label_map.is_edited_by_hand else "label map matched")
        )
        name = document.runs[run].name if run is not None and track == "prediction" else "Corrected"
        background = "background left out" if report.background else "no background"
        self.scope.setText(
            f"{name} · {report.level} level · {how} · {background} · {report.videos} videos, {report.frames:,} frames"
        )
        warnings = [] if label_map is None else map_notes(document, label_map)
        if report.level == "video":
            warnings.append(VIDEO_LEVEL)
        self._banner.say(" ".join(warnings))
        self._fill(report, MARK if label_map is not None and map_notes(document, label_map) else "")

    def _without_report(self, track: str) -> str:
        document, run = self._session.document, self._session.current_run
        if document is None:
            return "Open a project to see scores."
        segmentations = (
            dict(document.corrected)
            if track == "corrected"
            else {v: p.segmentation for (r, v), p in document.predictions.items() if r == run}
        )
        if not segmentations:
            return (
                "No corrected labels yet. Adopt a prediction, or start from ground truth."
                if track == "corrected"
                else "No predictions yet. Train a run, or segment the videos with one."
            )
        counts = [len(s) for s in segmentations.values()]
        lengths = [segment.length for s in segmentations.values() for segment in s.segments]
        free = (
            f"{len(segmentations)} videos · {np.mean(counts):.1f} segments a video · "
            f"{np.mean(lengths):,.0f} frames a segment (median {np.median(lengths):,.0f})"
        )
        if document.ground_truth:
            return f"Computing the scores…\n\n{free}"
        return f"Scores need ground truth. This dataset has none.\n\nWithout it:\n{free}"

    def _fill(self, report: Any, mark: str) -> None:
        split, single = report.baselines.get("equal_split"), report.baselines.get("one_class")
        for key, tile in self.tiles.items():
            tile.value.setText(percent(getattr(report, key)) + mark)
            known = hasattr(split, key) and hasattr(single, key)
            tile.below.setText(
                f"equal split {percent(getattr(split, key))} · one class {percent(getattr(single, key))}"
                if known
                else "no baseline"
            )
        self.line.setText(" · ".join(f"{label} {percent(getattr(report, key))}{mark}" for key, label in LINE))
        names = {video.id: video.name for video in self._session.document.videos.values()}
        _fill(
            self.videos,
            [
                (names.get(VideoId(row.video), row.video), row.frames, row.mof, row.edit, row.f1_50)
                for row in report.per_video
            ],
            [row.video for row in report.per_video],
            mark,
        )
        _fill(
            self.classes,
            [(row.action, row.frames, row.recall, row.precision, row.iou) for row in report.per_class],
            [row.action for row in report.per_class],
            mark,
        )
        self.confusion.show_table(np.array(report.confusion), list(report.confusion_labels))

    def _on_video(self) -> None:
        rows = self.videos.selectionModel().selectedRows()
        if rows and self.videos.hasFocus():
            self._session.select_video(VideoId(rows[0].data(Qt.ItemDataRole.UserRole)))


def _fill(widget: Any, rows: list[tuple[Any, ...]], keys: list[str], mark: str) -> None:
    """Put names, counts and fractions into a table that can be sorted."""
    widget.blockSignals(True)
    widget.setSortingEnabled(False)
    widget.setRowCount(len(rows))
    for number, (row, key) in enumerate(zip(rows, keys, strict=True)):
        head = QTableWidgetItem(str(row[0]))
        head.setData(Qt.ItemDataRole.UserRole, key)
        widget.setItem(number, 0, head)
        widget.setItem(number, 1, NumberItem(f"{row[1]:,}", row[1]))
        for column, value in enumerate(row[2:], start=2):
            widget.setItem(number, column, NumberItem(percent(value) + (mark if value is not None else ""), value))
    widget.setSortingEnabled(True)
    widget.blockSignals(False)
