"""The segment around a medoid, played in a small window while the pointer rests on its picture."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from ...models.medoids import Medoid
from ...session import Session

PICTURES, STEP_MS, REACH_S = 16, 125, 1.5
SIZE = QSize(320, 204)
WAIT_MS = 250


def clip_frames(medoid: Medoid, rate: float) -> list[int]:
    """Up to 16 frames of the segment, at most 1.5 s before and after the medoid, the medoid among them."""
    reach = max(1, round(REACH_S * rate))
    first, last = max(medoid.start, medoid.frame - reach), min(medoid.stop - 1, medoid.frame + reach)
    count = min(PICTURES, last - first + 1)
    frames = {first + round(i * (last - first) / max(1, count - 1)) for i in range(count)}
    return sorted(frames | {medoid.frame})


class Player(QWidget):
    """Shows one medoid's segment again and again; pictures come in as they are decoded."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFixedSize(SIZE)
        self._session = session
        self.medoid: Medoid | None = None
        self.frames: list[int] = []
        self._pictures: list[QImage | None] = []
        self._at = 0
        self._anchor = QRect()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._begin)
        self._tick = QTimer(self)
        self._tick.setInterval(STEP_MS)
        self._tick.timeout.connect(self._step)
        session.pictures.ready.connect(self._fetch)

    def offer(self, medoid: Medoid, anchor: QRect) -> None:
        """Play this one soon, beside a place on the screen."""
        if medoid == self.medoid:
            return
        self.stop()
        self.medoid, self._anchor = medoid, anchor
        self._wait.start()

    def stop(self) -> None:
        """Put the window away."""
        self._wait.stop()
        self._tick.stop()
        self.medoid = None
        self.frames, self._pictures = [], []
        self.hide()

    def _begin(self) -> None:
        document = self._session.document
        if self.medoid is None or document is None or self.medoid.video not in document.videos:
            return
        rate = document.videos[self.medoid.video].timebase.rate
        self.frames = clip_frames(self.medoid, float(rate) if rate else 25.0)
        self._at = self.frames.index(self.medoid.frame)
        self._pictures = [None] * len(self.frames)
        self._fetch()
        self.move(self._place())
        self.show()
        self._tick.start()

    def _place(self) -> QPoint:
        screen = QGuiApplication.screenAt(self._anchor.center()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = min(max(room.left(), self._anchor.left()), room.right() - SIZE.width())
        above = self._anchor.top() - SIZE.height() - 6
        return QPoint(left, above if above >= room.top() else self._anchor.bottom() + 6)

    def _fetch(self) -> None:
        if self.medoid is not None and self.frames and None in self._pictures:
            self._pictures = self._session.pictures.clip(self.medoid.video, self.frames)
            self.update()

    def _step(self) -> None:
        known = [i for i, picture in enumerate(self._pictures) if picture is not None]
        if known:
            self._at = next((i for i in known if i > self._at), known[0])
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.ToolTipBase))
        image = self._pictures[self._at] if self._at < len(self._pictures) else None
        area = self.rect().adjusted(1, 1, -1, -24)
        painter.setPen(palette.color(QPalette.ColorRole.ToolTipText))
        if image is None:
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "…")
        else:
            size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(area.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
        if self.medoid is not None and self.frames and self._session.document is not None:
            name = self._session.document.videos[self.medoid.video].name
            text = f"{name} · frame {self.frames[self._at]:,}"
            line = QRect(8, self.height() - 24, self.width() - 16, 22)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
