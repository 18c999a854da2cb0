"""A second video beside the first, in step with it: which one, held together at their starts or at the same step."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from core.annotation.segmentation import Segmentation
from core.data.dataset import VideoId

from ...icons import icon
from ...models.chooser import Chooser
from ...session import Session
from .picture import AMBER, TRACKS, Clock, Picture, chip


class SecondPicture(Picture):
    """The picture of the second video."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Second video")
        session.companion.pictureReady.connect(self.show_image)

    @property
    def _video(self) -> VideoId | None:
        video = self._session.companion.video
        return None if video is None else video.id

    @property
    def _clock(self) -> Clock:
        return self._session.companion

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._session.companion.is_beyond:
            painter = QPainter(self)
            area = QRectF(self.rect())
            text = "outside this video"
            chip(painter, QPointF(10, area.bottom() - painter.fontMetrics().height() - 16), text, mark=AMBER)
            painter.end()


class SecondVideo(QWidget):
    """The line below both pictures: which is the second video, and where it is held together with the first.

    `picture` is placed beside the first by whoever owns this line; both are hidden while one video is shown.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.choice = Chooser(self)
        self.choice.setAccessibleName("Second video")
        self.choice.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(12)
        self.choice.activated.connect(self._on_chosen)
        self.starts = QPushButton("Same start", self)
        self.starts.setToolTip("Both videos begin together")
        self.starts.clicked.connect(lambda: session.companion.align(0, 0))
        self.step = QPushButton("This step", self)
        self.step.setToolTip("Hold both videos together at the start of the step under the playhead")
        self.step.clicked.connect(self.align_step)
        self._where = QLabel(self)
        self._where.setTextFormat(Qt.TextFormat.PlainText)
        close = QToolButton(self)
        close.setIcon(icon("close"))
        close.setToolTip("One video again")
        close.setAccessibleName("One video again")
        close.setAutoRaise(True)
        close.clicked.connect(self.leave)
        for button in (self.starts, self.step, close):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 0)
        row.addWidget(self.choice, 1)
        row.insertWidget(0, QLabel("Beside it:", self))
        for widget in (self._where, self.starts, self.step, close):
            row.addWidget(widget)
        self.setLayout(row)
        self.picture = SecondPicture(session, self)
        self.picture.hide()
        session.companion.pictureReady.connect(self._on_frame)
        session.projectChanged.connect(self.leave)
        self.hide()

    def toggle(self) -> None:
        """Show a second video beside the first, the next in the list to begin with; or one again."""
        if not self.isHidden():
            self.leave()
            return
        document = self._session.document
        if document is None or self._session.current_video is None:
            return
        videos = list(document.videos.values())
        self.choice.clear()
        for video in videos:
            self.choice.addItem(video.name)
        here = list(document.videos).index(self._session.current_video)
        self.choice.setCurrentIndex((here + 1) % len(videos))
        self.show()
        self.picture.show()
        self._on_chosen()

    def leave(self) -> None:
        """Show one video again."""
        self.hide()
        self.picture.hide()
        self._session.companion.show(None)

    def _on_frame(self, frame: int, _image: object) -> None:
        video = self._session.companion.video
        if video is not None:
            last = video.timebase.n_frames - 1
            self._where.setText(f"{frame:>{len(str(last))}} / {last}")

    def _on_chosen(self) -> None:
        document = self._session.document
        place = self.choice.currentIndex()
        if document is not None and 0 <= place < len(document.videos):
            self.picture.show_image(-1, None)
            self._session.companion.show(list(document.videos.values())[place])

    def align_step(self) -> None:
        """Hold both together where the step under the playhead begins in each, in the tracks that stand for them."""
        session, other = self._session, self._session.companion.video
        if session.current_video is None or other is None:
            return
        here, there = _track(session, session.current_video), _track(session, other.id)
        if here is None or there is None:
            session.message.emit("A step can be found only where both videos have a track.", "warning")
            return
        segment = here.at(min(session.playback.frame, here.n_frames - 1))
        found = next((s for s in there.segments if s.label == segment.label), None)
        if found is None:
            session.message.emit(f'{other.name} has no "{session.action_name(segment.label)}".', "warning")
            return
        session.companion.align(segment.start, found.start)


def _track(session: Session, video: VideoId) -> Segmentation | None:
    tracks = session.tracks(video)
    return next((tracks[key] for key, _ in TRACKS if tracks.get(key) is not None), None)
