"""Which labels leave the project: the track, and the videos with ticks: accepted ones at first, never rejected ones."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.annotation.values import ReviewStatus
from core.data.dataset import RunId, VideoId

from ..models.chooser import Chooser
from ..models.widgets import row_height, short, tip
from ..session import Session

ROW_HEIGHT = 26

CORRECTED, PREDICTION, TRUTH = "corrected", "prediction", "ground-truth"
ACCEPTED, ALL, CHOSEN = "accepted", "all", "chosen"
STATUS = {
    ReviewStatus.NONE: "",
    ReviewStatus.IN_REVIEW: "in review",
    ReviewStatus.ACCEPTED: "accepted",
    ReviewStatus.REJECTED: "rejected",
}


class Selection(NamedTuple):
    """A track, the run it is of (predictions only), and videos."""

    track: str
    run: RunId | None
    videos: tuple[VideoId, ...]


class VideosChooser(QWidget):
    """Track and videos; `changed` follows every choice. What else a page asks first stands in the same `form`."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.track, self.which = Chooser(self), Chooser(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Videos")
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(84)
        self._is_filling = False
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.addRow("Labels", self.track)
        self.form.addRow("Videos", self.which)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.form)
        column.addWidget(self.list, 1)
        self._fill_tracks()
        self.track.currentIndexChanged.connect(self._fill_videos)
        self.which.activated.connect(self._on_which)
        self.list.itemChanged.connect(self._on_tick)
        self._fill_videos()

    def selection(self) -> Selection:
        """What is chosen."""
        track, run = self.track.currentData() or (CORRECTED, None)
        videos = []
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item.checkState() is Qt.CheckState.Checked:
                videos.append(VideoId(item.data(Qt.ItemDataRole.UserRole)))
        return Selection(track, run, tuple(videos))

    def problem(self) -> str:
        """Why nothing can be written, empty when it can."""
        if not self.track.count():
            return "There are no labels yet: take a prediction, import labels, or paint some."
        return "" if self.selection().videos else "Tick at least one video."

    def tick(self, video: VideoId, on: bool = True) -> None:
        """Tick one video, or take its tick away."""
        for number in range(self.list.count()):
            item = self.list.item(number)
            if item.data(Qt.ItemDataRole.UserRole) == video:
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _fill_tracks(self) -> None:
        document = self._session.document
        if document is None:
            return
        if document.corrected:
            self.track.addItem("Corrected", (CORRECTED, None))
        current = self._session.current_run
        runs = sorted(document.runs.values(), key=lambda run: (run.id != current, -run.number))
        predicted = {run for run, _ in document.predictions}
        for run in runs:
            if run.id in predicted and not run.hidden:
                self.track.addItem(f"Prediction of {short(run.name)}", (PREDICTION, run.id))
        if document.ground_truth:
            self.track.addItem("Ground truth", (TRUTH, None))

    def _fill_videos(self) -> None:
        document = self._session.document
        track, run = self.track.currentData() or (CORRECTED, None)
        if document is None:
            return
        has = {
            CORRECTED: set(document.corrected),
            TRUTH: set(document.ground_truth),
            PREDICTION: {video for of_run, video in document.predictions if of_run == run},
        }[track]
        accepted = [v for v in document.videos if v in has and document.review(v).status is ReviewStatus.ACCEPTED]
        self._is_filling = True
        self.which.clear()
        self.which.addItem(f"Accepted ({len(accepted)} of {len(document.videos)})", ACCEPTED)
        rejected = {v for v in has if document.review(v).status is ReviewStatus.REJECTED}
        usable = len(has) - len(rejected)
        self.which.addItem(f"All but rejected ({usable})" if rejected else f"All with these labels ({usable})", ALL)
        self.which.addItem("The ticked ones", CHOSEN)
        ticked = set(accepted) or has - rejected
        self.which.setCurrentIndex(0 if accepted else 1)
        self.list.clear()
        for video, values in document.videos.items():
            if video not in has:
                continue
            status = STATUS[document.review(video).status]
            item = QListWidgetItem(f"{values.name}   ({status})" if status else values.name)
            item.setToolTip(tip(values.name))
            item.setSizeHint(QSize(0, row_height(self.list, ROW_HEIGHT)))
            item.setData(Qt.ItemDataRole.UserRole, str(video))
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if video in ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self._is_filling = False
        self.changed.emit()

    def _on_which(self) -> None:
        which, document = self.which.currentData(), self._session.document
        if which == CHOSEN or document is None:
            return
        self._is_filling = True
        for number in range(self.list.count()):
            item = self.list.item(number)
            status = document.review(VideoId(item.data(Qt.ItemDataRole.UserRole))).status
            on = status is ReviewStatus.ACCEPTED or (which == ALL and status is not ReviewStatus.REJECTED)
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._is_filling = False
        self.changed.emit()

    def _on_tick(self) -> None:
        if not self._is_filling:
            self.which.setCurrentIndex(self.which.findData(CHOSEN))
            self.changed.emit()


def heading(text: str, parent: QWidget) -> QLabel:
    """A small heading over a part of a page."""
    label = QLabel(text, parent)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
