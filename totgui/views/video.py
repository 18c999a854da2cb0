"""The picture on screen, with its frame number, time and labels; two pictures while a boundary is dragged."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..playback import SPEEDS
from ..session import Session


def time_text(seconds: float | None) -> str:
    """``m:ss.mmm`` or ``h:mm:ss.mmm``; a dash where no time is known."""
    if seconds is None:
        return "–"
    millis = round(seconds * 1000)
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, milli = divmod(rest, 1000)
    return f"{hours}:{minutes:02}:{whole:02}.{milli:03}" if hours else f"{minutes}:{whole:02}.{milli:03}"


class Picture(QWidget):
    """Paints one picture, or two side by side; wheel zooms, drag pans, double-click fits."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(200, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Video")
        self._session = session
        self._image: QImage | None = None
        self._pair: tuple[tuple[int, QImage | None], tuple[int, QImage | None]] | None = None
        self._zoom = 1.0
        self._offset = QPointF()
        self._grab: QPoint | None = None
        self.drawn_frame = -1
        self._image_frame = -1

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def show_image(self, frame: int, image: QImage | None) -> None:
        """Draw this picture, which is the one of `frame`."""
        self._image, self._image_frame = image, frame
        self.update()

    def show_pair(self, left: int, right: int) -> None:
        """Draw two frames side by side until `end_pair`."""
        video = self._session.current_video
        if video is None:
            return
        thumbnail = self._session.thumbnail
        self._pair = ((left, thumbnail(video, left)), (right, thumbnail(video, right)))
        self.update()

    def refresh_pair(self) -> None:
        """Take pictures that have been decoded since."""
        if self._pair is not None:
            self.show_pair(self._pair[0][0], self._pair[1][0])

    def end_pair(self) -> None:
        self._pair = None
        self.update()

    def fit(self) -> None:
        self._zoom, self._offset = 1.0, QPointF()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#0c0d10"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        if self._pair is not None:
            half = area.width() / 2
            for number, (frame, image) in enumerate(self._pair):
                box = QRectF(number * half + 2, 0, half - 4, area.height())
                caption = ("last frame before", "first frame after")[number]
                self._draw(painter, box, image, f"{caption} · {frame}")
            return
        if self._image is None:
            self._draw_empty(painter, area)
        else:
            self._draw(painter, area, self._image, "", self._zoom, self._offset)
        self.drawn_frame = self._image_frame
        self._draw_label(painter, area)

    def _draw(
        self,
        painter: QPainter,
        box: QRectF,
        image: QImage | None,
        caption: str,
        zoom: float = 1.0,
        offset: QPointF | None = None,
    ) -> None:
        if image is not None and not image.isNull():
            scale = min(box.width() / image.width(), box.height() / image.height()) * zoom
            width, height = image.width() * scale, image.height() * scale
            target = QRectF(box.center().x() - width / 2, box.center().y() - height / 2, width, height)
            target.translate(offset or QPointF())
            painter.save()
            painter.setClipRect(box)
            painter.drawImage(target, image)
            painter.restore()
        if caption:
            self._chip(painter, QPointF(box.left() + 10, box.top() + 10), caption, QColor(0, 0, 0, 170))

    def _draw_empty(self, painter: QPainter, area: QRectF) -> None:
        document = self._session.document
        video = self._session.current_video
        if document is None or video is None:
            text = "No video is open."
        elif document.videos[video].media is None:
            text = "This video has no video file.\nTimeline, heatmap and label map work on its features alone."
        else:
            text = "Decoding…"
        painter.setPen(QColor("#9aa3b0"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_label(self, painter: QPainter, area: QRectF) -> None:
        session = self._session
        if session.current_video is None or self._image_frame < 0:
            return
        tracks = session.tracks(session.current_video)
        top = area.top() + 10.0
        for kind, title in (("corrected", "Corrected"), ("prediction", "Prediction"), ("ground-truth", "Ground truth")):
            track = tracks.get(kind)
            if track is None or self._image_frame >= track.n_frames:
                continue
            label = track.at(self._image_frame).label
            text = f"{title}: {session.action_name(label)}"
            self._chip(
                painter,
                QPointF(area.left() + 10, top),
                text,
                QColor(0, 0, 0, 170),
                QColor(session.action_colour(label)),
            )
            top += painter.fontMetrics().height() + 12

    @staticmethod
    def _chip(painter: QPainter, at: QPointF, text: str, back: QColor, mark: QColor | None = None) -> None:
        metrics = painter.fontMetrics()
        left = 18.0 if mark else 8.0
        box = QRectF(at.x(), at.y(), metrics.horizontalAdvance(text) + left + 8, metrics.height() + 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(box, 4, 4)
        if mark:
            painter.setBrush(mark)
            painter.drawRoundedRect(QRectF(box.left() + 5, box.center().y() - 5, 8, 10), 2, 2)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def wheelEvent(self, event: QWheelEvent) -> None:
        factor = 1.15 if event.angleDelta().y() > 0 else 1 / 1.15
        self._zoom = min(16.0, max(1.0, self._zoom * factor))
        if self._zoom == 1.0:
            self._offset = QPointF()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grab = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None and self._zoom > 1.0:
            now = event.position().toPoint()
            self._offset += QPointF(now - self._grab)
            self._grab = now
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()


class VideoView(QWidget):
    """The picture and the transport below it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        playback = session.playback
        self.picture = Picture(session, self)
        self._where = QLabel(self)
        self._where.setTextFormat(Qt.TextFormat.PlainText)
        font = QFont(self._where.font())
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFamilies(["DejaVu Sans Mono", "monospace"])
        self._where.setFont(font)
        self._badge = QLabel(self)
        self._badge.setTextFormat(Qt.TextFormat.PlainText)
        transport = QHBoxLayout()
        transport.setContentsMargins(8, 4, 8, 4)
        self._play = self._button("▶", "Play or pause (Space)", playback.toggle)
        slower = self._button("−", "Slower", lambda: self._change_speed(-1))
        self._speed = QLabel("1×", self)
        self._speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._speed.setMinimumWidth(44)
        faster = self._button("+", "Faster", lambda: self._change_speed(1))
        self._loop = self._button("⟳ Loop", "Loop the segment under the playhead (Ctrl+Space)", self.toggle_loop)
        self._loop.setCheckable(True)
        for widget in (
            self._button("|◀", "Start of the video (Home)", lambda: playback.seek(0)),
            self._button("◂", "One frame back (Left)", lambda: playback.step(-1)),
            self._play,
            self._button("▸", "One frame forward (Right)", lambda: playback.step(1)),
            self._button("▶|", "End of the video (End)", lambda: playback.seek(1 << 40)),
        ):
            transport.addWidget(widget)
        transport.addSpacing(8)
        transport.addWidget(self._where)
        transport.addStretch(1)
        transport.addWidget(self._badge)
        for widget in (slower, self._speed, faster, self._loop):
            transport.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.picture, 1)
        layout.addLayout(transport)
        playback.pictureReady.connect(self.picture.show_image)
        playback.frameChanged.connect(self._on_frame)
        playback.videoChanged.connect(self._on_video)
        playback.playingChanged.connect(lambda playing: self._play.setText("❚❚" if playing else "▶"))
        playback.speedChanged.connect(lambda speed: self._speed.setText(f"{speed:g}×"))
        playback.loopChanged.connect(lambda: self._loop.setChecked(playback.loop is not None))
        session.documentChanged.connect(lambda *_: self.picture.update())
        session.currentRunChanged.connect(self.picture.update)
        session.thumbnailReady.connect(self.picture.refresh_pair)
        self._on_video()

    def _button(self, text: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRaise(True)
        button.setMinimumSize(30, 28)
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        return button

    def _change_speed(self, direction: int) -> None:
        playback = self._session.playback
        now = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - abs(playback.speed)))
        index = min(len(SPEEDS) - 1, max(0, now + direction))
        playback.set_speed(SPEEDS[index] if playback.speed > 0 else -SPEEDS[index])

    def toggle_loop(self) -> None:
        """Loop the segment under the playhead, or stop looping."""
        session, playback = self._session, self._session.playback
        if playback.loop is not None or session.current_video is None:
            playback.clear_loop()
            return
        tracks = session.tracks(session.current_video)
        track = tracks["corrected"] or tracks["prediction"] or tracks["ground-truth"]
        if track is not None:
            segment = track.at(min(playback.frame, track.n_frames - 1))
            playback.set_loop(segment.start, segment.stop)
        else:
            self._loop.setChecked(False)

    def _on_video(self) -> None:
        self.picture.show_image(-1, None)
        self.picture.fit()
        timebase = self._session.playback.timebase
        media = timebase.media if timebase else None
        if media is None:
            self._badge.setText("")
        else:
            rate = f"{float(media.rate):.5g} fps" if media.rate else ""
            self._badge.setText(f"    {media.width}×{media.height}  {rate} {'VFR' if media.is_variable else 'CFR'}   ")
        self._where.setText("")

    def _on_frame(self, frame: int) -> None:
        timebase = self._session.playback.timebase
        if timebase is None:
            return
        if timebase.media is None or timebase.picture(frame) is None:
            self.picture.show_image(frame, None)
        seconds, end = timebase.seconds(frame), timebase.seconds(timebase.n_frames)
        times = f"   {time_text(float(seconds))} / {time_text(float(end))}" if seconds is not None and end else ""
        self._where.setText(f"frame {frame:>5} / {timebase.n_frames - 1}{times}")
