"""The film strip above the timeline: a small picture for every stretch of the video, at every zoom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.data.dataset import Video

from .timeline.geometry import Axis

if TYPE_CHECKING:
    from ..session import Session

HEIGHT = 56
CROPPED_TO = 0.6
"""A cell may be so much narrower than its picture, which is cut at both sides then."""


class Cell(NamedTuple):
    """Frames ``[start, stop)``, which one picture stands for."""

    start: int
    stop: int


def cells(axis: Axis, picture_width: float) -> list[Cell]:
    """The visible cells of the strip, from left to right.

    A cell holds a power of two of frames and begins at a multiple of it: the same cells come back when the view is
    moved, and half of them when it is zoomed.

    >>> cells(Axis.whole(100, left=0, width=400), 80)[:2]
    [Cell(start=0, stop=16), Cell(start=16, stop=32)]
    """
    frames = max(1, 1 << max(0, math.ceil(math.log2(max(1e-9, picture_width * CROPPED_TO / axis.scale)))))
    first = max(0, math.floor(axis.start / frames))
    last = min(math.ceil(axis.stop / frames), math.ceil(axis.n_frames / frames))
    return [Cell(n * frames, min((n + 1) * frames, axis.n_frames)) for n in range(first, last)]


class FilmStrip(QWidget):
    """Shows the current video along an axis that the timeline hands over; a click or a drag seeks."""

    menuAsked = Signal(QPoint)  # a place of the screen
    wheeled = Signal(QWheelEvent)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._axis = Axis.whole(1, left=0, width=1)
        self._head, self._has_room = 0, True
        self._static: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Film strip")
        session.pictures.ready.connect(self._repaint_all)
        session.files.changed.connect(self._repaint_all)
        session.projectChanged.connect(self._on_video)
        session.currentVideoChanged.connect(self._on_video)
        session.playback.frameChanged.connect(self._on_frame)
        self._on_video()

    def sizeHint(self) -> QSize:
        return QSize(1000, HEIGHT)

    def show_axis(self, axis: Axis) -> None:
        """Show the frames that the timeline shows, at the same pixels."""
        if axis != self._axis:
            self._axis = axis
            self._repaint_all()

    @property
    def _video(self) -> Video | None:
        session = self._session
        if session.document is None or session.current_video is None:
            return None
        video = session.document.videos.get(session.current_video)
        return video if video is not None and video.media is not None and video.timebase.media is not None else None

    def set_room(self, has_room: bool) -> None:
        """Whether there is room for the pictures; they go where there is none."""
        if has_room != self._has_room:
            self._has_room = has_room
            self._on_video()

    def _on_video(self) -> None:
        self.setVisible(self._has_room and self._video is not None)
        self._repaint_all()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._repaint_all()
        super().changeEvent(event)

    def _repaint_all(self) -> None:
        self._static = None
        self.update()

    def _on_frame(self, frame: int) -> None:
        for x in {self._head, round(self._head_at(frame))}:
            self.update(QRect(x - 4, 0, 9, self.height()))

    def _head_at(self, frame: int) -> float:
        """The pixel of the playhead, the same as in the timeline below."""
        return self._axis.head(frame)

    # --- mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def _seek(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._session.playback.seek(self._axis.frame(event.position().x()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuAsked.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event)  # zoom belongs to the timeline below, which has the same axis

    # --- painting ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        video = self._video
        if video is None or self._axis.n_frames != video.timebase.n_frames:
            return
        ratio = self.devicePixelRatioF()
        if (
            self._static is None
            or self._static.devicePixelRatio() != ratio
            or self._static.size() != self.size() * ratio
        ):
            self._static = QPixmap(self.size() * ratio)
            self._static.setDevicePixelRatio(ratio)
            self._static.fill(self.palette().color(QPalette.ColorRole.Window))
            painter = QPainter(self._static)
            self._paint_cells(painter, video)
            painter.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._static)
        x = self._head_at(self._session.playback.frame)
        self._head = round(x)  # where it is painted now: at another zoom the line would stay behind
        if self._axis.left - 1 <= x <= self._axis.right:
            for colour, width in ((QPalette.ColorRole.Window, 4), (QPalette.ColorRole.WindowText, 1.5)):
                painter.setPen(QPen(self.palette().color(colour), width))  # a light line on dark pictures, and back
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()

    def _paint_cells(self, painter: QPainter, video: Video) -> None:
        media, axis = video.timebase.media, self._axis
        assert media is not None
        high = self.height() - 4.0
        found = [
            c for c in cells(axis, high * media.width / media.height) if video.timebase.picture(c.start) is not None
        ]
        tiles = [_pictures(video, cell) for cell in found]
        images = self._session.pictures.film_strip(video.id, tiles)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        gutter = QRect(10, 0, axis.left - 14, self.height())
        painter.drawText(gutter, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Pictures")
        painter.setClipRect(QRectF(axis.left, 0, axis.width, self.height()))
        empty = self.palette().color(QPalette.ColorRole.AlternateBase)
        for cell, image in zip(found, images, strict=True):
            left, right = axis.x(cell.start), axis.x(cell.stop)
            box = QRectF(left, 2, right - left - 1, high)
            painter.fillRect(box, empty)
            if image is not None:
                _draw_into(painter, box, image)
        if all(image is None for image in images) and (reason := self._why_empty(video, tiles)):
            lane = QRect(axis.left + 8, 0, max(0, axis.width - 16), self.height())
            painter.drawText(lane, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, reason)

    def _why_empty(self, video: Video, tiles: list[tuple[int, int]]) -> str:
        """Why there are no pictures and none will come; empty while they may."""
        if self._session.files.missing(video.id, "media") is not None:
            return "No pictures: the video file is missing."
        failed = self._session.pictures.film_failed(video.id, tiles)
        return "No pictures: the video file cannot be read." if failed else ""


def _pictures(video: Video, cell: Cell) -> tuple[int, int]:
    """(first picture, number of pictures) of a cell."""
    timebase = video.timebase
    first, last = timebase.picture(cell.start), timebase.picture(cell.stop - 1)
    assert first is not None
    return first, (first if last is None else last) - first + 1


def _draw_into(painter: QPainter, box: QRectF, image: QImage) -> None:
    """The middle of an image, as large as fills the box."""
    scale = max(box.width() / image.width(), box.height() / image.height())
    width, height = box.width() / scale, box.height() / scale
    painter.drawImage(box, image, QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height))
