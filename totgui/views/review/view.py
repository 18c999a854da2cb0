"""Reviewing: how far the activity is, what to say of the video, and where to look next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.data.dataset import VideoId

from ...models.empty import SEGMENT, EmptyState, step_to_labels
from ...models.review_places import FRAMES, TIME, VIDEO, WHY, PlacesModel
from ...models.videos import STATUS
from ...models.widgets import Elided, does_command, give_way, name_tabs, plain, rows_of
from ...session import Session
from .comments import CommentsView
from .progress import ReviewProgress
from .second import SecondReviewerView

EMPTY = {
    "none": "No predictions yet. Train, and the places where a correction is most likely are listed here.",
    "not-segmented": "No predictions yet. The places where a correction is most likely are listed here after that.",
    "wait": "Looking for places to review…",
    "done": "Nothing is left to look at. Accept the videos, or train another run to compare with.",
}


class ReviewView(QWidget):
    """Progress of the activity, the review of the shown video, and the queue of places."""

    acceptAsked = Signal()
    rejectAsked = Signal()
    stepAsked = Signal(int)
    rightAsked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._noted: VideoId | None = None  # whose note stands in the field
        self.progress = ReviewProgress(session, self)
        self.reviewer = QLineEdit(self)
        self.reviewer.setPlaceholderText("Your name")
        self.reviewer.setToolTip("Kept with the videos that you accept or reject, and with your comments")
        self.reviewer.setMaxLength(120)
        self.reviewer.setAccessibleName("Reviewer")
        self.note = QLineEdit(self)
        self.note.setPlaceholderText("Note on this video")
        self.note.setMaxLength(2000)
        self.note.setAccessibleName("Note on this video")
        self.note.editingFinished.connect(self._keep_note)
        self.status = Elided(self)
        self.count = plain("", self, bold=True)
        self.empty = EmptyState(self)
        self.why = plain("", self)
        self.model = PlacesModel(session, self)
        self.table = self._make_table()
        self._steps: list[QPushButton] = []
        """What goes through the places, of use where there are some."""
        self.second, self.comments = SecondReviewerView(session, self), CommentsView(session, self)
        self.tabs = tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        name_tabs(tabs, "Places to look at, comments, or another reviewer")
        tabs.addTab(self._queue(), "Where to look")
        tabs.addTab(self.comments, "Comments")
        self.comments.titleChanged.connect(lambda text: tabs.setTabText(tabs.indexOf(self.comments), text))
        tabs.addTab(self.second, "Another reviewer")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.progress)
        column.addLayout(self._video_form())
        column.addWidget(tabs, 1)
        session.reviewing.changed.connect(self._show_places)
        session.reviewing.currentChanged.connect(self._mark)
        session.currentVideoChanged.connect(self._show_video)
        session.documentChanged.connect(lambda *_: self._show_video())
        session.projectChanged.connect(self._show_video)
        session.leaving.connect(self._keep_note)
        self._show_places()
        self._show_video()

    def sizeHint(self) -> QSize:
        return QSize(400, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._session.reviewing.watch()

    def show_comments(self) -> None:
        """Bring the list of comments to the front of the panel."""
        self.tabs.setCurrentWidget(self.comments)

    # --- parts -----------------------------------------------------------------------------------------

    def _video_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Reviewer", self.reviewer)
        form.addRow("Note", self.note)
        row = QHBoxLayout()
        row.addWidget(self.status, 1)
        for text, signal in (("Reject", self.rejectAsked), ("Accept", self.acceptAsked)):
            button = QPushButton(text, self)
            button.setToolTip(f"{text} this video")
            does_command(button, f"review.{text.lower()}")
            button.clicked.connect(signal)
            row.addWidget(button)
        form.addRow(row)
        return form

    def _queue(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        for text, what in (("Previous", -1), ("Next", 1)):
            button = QPushButton(text, page)
            button.setToolTip(f"{text} place")
            button.setAccessibleName(f"{text} place")
            does_command(button, f"review.{text.lower()}-place")
            button.clicked.connect(lambda _checked=False, step=what: self.stepAsked.emit(step))
            row.addWidget(button)
            self._steps.append(button)
        row.addStretch(1)
        right = QPushButton("Looks right", page)
        right.setToolTip("This place is right as it is: take it off the list and go on")
        does_command(right, "review.right")
        right.clicked.connect(self.rightAsked)
        row.addWidget(right)
        self._steps.append(right)
        column.addLayout(row)
        column.addWidget(self.count)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        column.addWidget(self.why)
        return page

    def _make_table(self) -> QTableView:
        table = rows_of(self.model, "Places to look at", self)
        give_way(table)
        header = table.horizontalHeader()
        metrics = table.fontMetrics()
        for column, widest in {VIDEO: "episode_0000", TIME: "00:00.00", FRAMES: "Frames"}.items():
            header.resizeSection(column, metrics.horizontalAdvance(widest) + 14)
        header.setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        table.clicked.connect(lambda index: self._session.reviewing.go(self.model.places[index.row()]))
        return table

    # --- what is shown ---------------------------------------------------------------------------------

    def _show_places(self) -> None:
        reviewing, document = self._session.reviewing, self._session.document
        self.model.show_places(reviewing.places)
        n, expected = len(self.model.places), sum(p.expected_frames for p in self.model.places)
        self.count.setText(f"{n} place{'s' if n != 1 else ''}, about {expected:,.0f} frames to correct" if n else "")
        self.count.setVisible(bool(n))
        has_labels = document is not None and bool(document.predictions or document.corrected)
        offer = "" if has_labels else step_to_labels(document, None)
        nothing = "none" if offer != SEGMENT else "not-segmented"
        text = EMPTY[nothing if not has_labels else "done" if reviewing.is_ready else "wait"]
        self.empty.say(text, offer=offer)
        self.empty.setVisible(not n)
        self.table.setVisible(bool(n))
        for button in self._steps:
            button.setEnabled(bool(n))
        self._mark()

    def _mark(self) -> None:
        current = self._session.reviewing.current
        if current is not None and current in self.model.places:
            row = self.model.places.index(current)
            self.table.selectRow(row)
            self.why.setText(self.model.why(row))
        else:
            self.table.clearSelection()
            self.why.setText("")
        self.why.setVisible(bool(self.why.text()))

    def _show_video(self) -> None:
        document, video = self._session.document, self._session.current_video
        review = document.review(video) if document is not None and video is not None else None
        self.note.setEnabled(review is not None)
        self._show_note(video, review.note if review else "")
        if review is None or document is None or video is None:
            self.status.setText("")
            return
        word = STATUS[review.status] if review.status is not ReviewStatus.NONE else "not reviewed"
        by = f" by {review.reviewer}" if review.reviewer and review.status is not ReviewStatus.NONE else ""
        self.status.setText(f"Video {word}{by}")

    def _show_note(self, video: VideoId | None, note: str) -> None:
        """The note of the video that is shown; what is being typed on the one before is kept with that one first."""
        if video != self._noted:
            before, self._noted = self._noted, video
            if self.note.isModified():
                self._keep_note_of(before)
            self.note.setText(note)
        elif not (self.note.hasFocus() and self.note.isModified()):
            self.note.setText(note)

    def _keep_note(self) -> None:
        self._keep_note_of(self._noted)

    def _keep_note_of(self, video: VideoId | None) -> None:
        session, text = self._session, self.note.text().strip()
        self.note.setModified(False)
        document = session.document
        if document is not None and video in document.videos and text != document.review(video).note:
            session.do(lambda: commands.set_note(document, video, text, reviewer=self._name()))

    def _name(self) -> str | None:
        return self._session.reviewing.reviewer or None
