"""The picture on screen, or two side by side, with what is said on it; the wheel zooms, a drag pans."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.data.dataset import VideoId

from ...models.review_words import short_text
from ...playback import is_doubtful
from ...session import Session

GROUND, SHADOW, AMBER, DIM = QColor("#0c0d10"), QColor(0, 0, 0, 170), QColor("#e6a117"), QColor("#9aa3b0")
MAX_ZOOM = 32.0
TRACKS = (("corrected", "Corrected"), ("prediction", "Prediction"), ("ground-truth", "Ground truth"))
Pair = tuple[int, int]


class Clock(Protocol):
    """What shows frames: the playback, or the second video that follows it."""

    frame: int
    wanted: int

    @property
    def playing(self) -> bool:
        """Whether it moves by itself."""


class Picture(QWidget):
    """Paints the frame that playback has shown last, or a pair of frames: a boundary's last and first.

    `drawn_frame` is the frame whose picture was painted. A pair for a moment (`show_boundary`, while one is
    dragged) lies over a pair that stays (`keep_pair`).
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(200, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Video")
        self.setAccessibleDescription("The frame on screen with its labels. The wheel zooms, a drag pans.")
        self._session = session
        self._image: QImage | None = None
        self._image_frame = -1
        self._passing: Pair | None = None
        self._passing_labels: Pair = (0, 0)
        self._kept: Pair | None = None
        self._zoom = 1.0
        self._offset = QPointF()
        self._grab: QPointF | None = None
        self.drawn_frame = -1
        session.pictures.ready.connect(self._refresh_pair)
        session.painting.changed.connect(self.update)
        for signal in (session.reviewing.changed, session.reviewing.currentChanged):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    @property
    def _video(self) -> VideoId | None:
        """The video whose picture this is."""
        return self._session.current_video

    @property
    def _clock(self) -> Clock:
        """What says which frame was asked for."""
        return self._session.playback

    # --- what is shown -----------------------------------------------------------------------------

    def show_image(self, frame: int, image: QImage | None) -> None:
        """Draw this picture, which is the one of `frame`; None says that there is none."""
        self._image, self._image_frame = image, frame
        self.update()

    def show_boundary(self, frame: int, left_label: int, right_label: int) -> None:
        """Draw both frames at a boundary side by side, each under the label it would have, until `end_pair`.

        `frame` is the first frame of the right segment.
        """
        self._passing = (frame - 1, frame)
        self._passing_labels = (left_label, right_label)
        self.update()

    def end_pair(self) -> None:
        """Back to what was shown before `show_boundary`."""
        self._passing = None
        self.update()

    def keep_pair(self, pair: Pair | None) -> None:
        """Draw two frames side by side from now on; None draws one again."""
        if pair != self._kept:
            self._kept = pair
            self.update()

    @property
    def pair(self) -> Pair | None:
        """The two frames that are shown, if two are."""
        return self._passing or self._kept

    def _refresh_pair(self) -> None:
        if self.pair is not None:
            self.update()

    # --- zoom and pan ------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """How many times larger than fitting the picture is drawn."""
        return self._zoom

    def fit(self) -> None:
        """Show the whole picture."""
        self._zoom, self._offset = 1.0, QPointF()
        self.update()

    def zoom_at(self, factor: float, point: QPointF) -> None:
        """Zoom so that what lies under `point` stays there."""
        zoom = min(MAX_ZOOM, max(1.0, self._zoom * factor))
        from_middle = point - QRectF(self._box_at(point)).center()
        self._offset = from_middle + (self._offset - from_middle) * (zoom / self._zoom)
        self._zoom = zoom
        self._clip_offset()
        self.update()

    def _box_at(self, point: QPointF) -> QRectF:
        """The part of the view that shows one picture, under a point."""
        if self.pair is None:
            return QRectF(self.rect())
        return next((box for box in self._boxes() if box.contains(point)), self._boxes()[0])

    def _boxes(self) -> tuple[QRectF, QRectF]:
        half = self.width() / 2
        return QRectF(0, 0, half - 2, self.height()), QRectF(half + 2, 0, half - 2, self.height())

    def _clip_offset(self) -> None:
        """No further than to the edges of the picture."""
        if self._image is None:
            return
        box = QRectF(self.rect()) if self.pair is None else self._boxes()[0]
        drawn = self._fitted(box, self._image).size() * self._zoom
        far_x, far_y = (
            max(0.0, (a - b) / 2) for a, b in ((drawn.width(), box.width()), (drawn.height(), box.height()))
        )
        x, y = self._offset.x(), self._offset.y()
        self._offset = QPointF(min(far_x, max(-far_x, x)), min(far_y, max(-far_y, y)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_at(1.2 ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._zoom > 1.0:
            self._grab = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            self._offset += event.position() - self._grab
            self._grab = event.position()
            self._clip_offset()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), GROUND)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < 4)
        area = QRectF(self.rect())
        if self.pair is not None:
            self._paint_pair(painter, self.pair)
            return
        if self._image is None:
            self._paint_reason(painter, area)
        else:
            self._paint_image(painter, area, self._image)
        self.drawn_frame = self._image_frame
        self._paint_labels(painter, area)
        playback = self._clock
        if self._image is not None and not playback.playing and playback.frame != playback.wanted:
            text = f"approximate · frame {self._image_frame} of {playback.wanted}"
            chip(painter, QPointF(10, area.bottom() - painter.fontMetrics().height() - 16), text, mark=AMBER)
        elif self._image is not None and is_doubtful(self._image):
            text = f"the file is damaged here · this may not be frame {self._image_frame}"
            chip(painter, QPointF(10, area.bottom() - painter.fontMetrics().height() - 16), text, mark=AMBER)
        if self._zoom > 1.0:
            text = f"{self._zoom * 100:.0f} %"
            right = area.right() - painter.fontMetrics().horizontalAdvance(text) - 26
            chip(painter, QPointF(right, area.top() + 10), text)
        if self._session.painting.active:
            self._paint_painting(painter, area)

    def _paint_painting(self, painter: QPainter, area: QRectF) -> None:
        """An amber border and the word PAINT, with the action that is being painted."""
        painter.setPen(QPen(AMBER, 6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(3, 3, -3, -3))
        live = self._session.painting.live
        text = f"PAINT  {self._session.action_name(live.action)}" if live else "PAINT  press an action key"
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(text) + 26
        mark = QColor(self._session.action_colour(live.action)) if live else AMBER
        chip(painter, QPointF(area.center().x() - width / 2, area.top() + 12), text, mark=mark)

    def _paint_pair(self, painter: QPainter, pair: Pair) -> None:
        video = self._video
        if video is None:
            return
        images = self._session.pictures.pair(video, *pair)
        labels = self._passing_labels if self._passing else tuple(self._label_at(frame) for frame in pair)
        captions = zip(self._boxes(), pair, images, ("last", "first"), labels, strict=True)
        for box, frame, image, caption, label in captions:
            if image is not None:
                self._paint_image(painter, box, image)
            else:
                painter.setPen(DIM)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Decoding…")
            self._paint_caption(painter, box, f"{caption} frame, {frame}", label)

    def _label_at(self, frame: int) -> int | None:
        """The label of a frame in the track that stands for the video; None where there is none."""
        assert self._video is not None
        tracks = self._session.tracks(self._video)
        track = next((tracks[key] for key, _ in TRACKS if tracks.get(key) is not None), None)
        return track.at(frame).label if track is not None and 0 <= frame < track.n_frames else None

    def _paint_caption(self, painter: QPainter, box: QRectF, text: str, label: int | None) -> None:
        """The number of a frame of a pair, with its action."""
        mark = None
        if label is not None:
            metrics = painter.fontMetrics()  # the name gives way, the frame does not
            room = int(box.width()) - 20 - 26 - metrics.horizontalAdvance(f" · {text}")
            name = metrics.elidedText(self._session.action_name(label), Qt.TextElideMode.ElideRight, max(0, room))
            text = f"{name} · {text}"
            mark = QColor(self._session.action_colour(label))
        chip(painter, box.topLeft() + QPointF(10, 10), text, mark=mark, width=box.width() - 20)

    @staticmethod
    def _fitted(box: QRectF, image: QImage) -> QRectF:
        scale = min(box.width() / image.width(), box.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        return QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height)

    def _paint_image(self, painter: QPainter, box: QRectF, image: QImage) -> None:
        fitted = self._fitted(box, image)
        size, middle = fitted.size() * self._zoom, fitted.center() + self._offset
        target = QRectF(middle - QPointF(size.width() / 2, size.height() / 2), size)
        painter.save()
        painter.setClipRect(box)
        painter.drawImage(target, image)
        painter.restore()

    def _paint_reason(self, painter: QPainter, area: QRectF) -> None:
        document, video = self._session.document, self._video
        if document is None or video is None:
            text = "No video is open."
        elif document.videos[video].media is None:
            text = "This video has no video file.\n" + (
                "Timeline, heatmap and label map work on its features alone."
                if document.videos[video].features is not None
                else "Nor has it features: its labels can be looked at and edited, training leaves it out."
            )
        elif lost := self._session.files.missing(video, "media"):
            text = (
                f"The video file is missing:\n{lost.path}\n\nFile > Locate missing files… finds it where it lies now."
            )
        elif self._image_frame >= 0:
            text = f"Frame {self._image_frame} has no picture: the file does not hold it whole, or cannot be read."
        else:
            text = "Decoding…"
        painter.setPen(DIM)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        session, video = self._session, self._video
        if video is None or self._image_frame < 0:
            return
        tracks, top = session.tracks(video), area.top() + 10.0
        for key, title in TRACKS:
            track = tracks.get(key)
            if track is None or self._image_frame >= track.n_frames:
                continue
            label = track.at(self._image_frame).label
            text, mark = f"{title}: {session.action_name(label)}", QColor(session.action_colour(label))
            chip(painter, QPointF(area.left() + 10, top), text, mark=mark, width=area.width() - 120)
            top += painter.fontMetrics().height() + 12
        place = session.reviewing.shown_place
        if place is not None and place.video == video and place.start <= self._image_frame < place.stop:
            text = f"To look at: {short_text(session, place.main)}"
            chip(painter, QPointF(area.left() + 10, top), text, mark=AMBER, width=area.width() - 120)


def chip(painter: QPainter, at: QPointF, text: str, *, mark: QColor | None = None, width: float | None = None) -> None:
    """White text on a dark rounded ground, with a coloured mark before it; cut to `width` pixels."""
    metrics = painter.fontMetrics()
    left = 18.0 if mark else 8.0
    if width is not None:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width - left - 8))
    box = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text) + left + 8, metrics.height() + 6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADOW)
    painter.drawRoundedRect(box, 4, 4)
    if mark:
        painter.setBrush(mark)
        painter.drawRoundedRect(QRectF(box.left() + 5, box.center().y() - 5, 8, 10), 2, 2)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
