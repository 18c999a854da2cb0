"""The map of frames: a point a frame in the space of a run, in time order, linked to the playhead both ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.annotation.statistics import Place
from core.data.dataset import UNLABELLED, VideoId

from ...models.drawing import Drawing, Looks
from ...models.picture import Picture
from ...models.places import jump
from ...models.widgets import percent
from ...session import Session
from .frames import Cloud
from .legend import NAME, entries, paint_legend, paint_ramp
from .points import MARGIN, View, colours_of, points_image

Role = QPalette.ColorRole
REACH = 12.0
PATH_POINTS = 4000
EXPORT = QSize(900, 700)


class EmbeddingMap(Picture):
    """Painted. Click seeks, wheel zooms, drag pans, double-click shows all; a ring marks the frame on screen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self.cloud: Cloud | None = None
        self._looks: Looks | None = None
        self._title = ""
        self.by_time = False
        self.alone = False
        self.lit: frozenset[int] | None = None
        """Labels whose points stand out; None for all."""
        self.view: View | None = None
        self._image: QImage | None = None
        self._pixels: NDArray[np.float32] | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setMinimumHeight(160)
        self.setMouseTracking(True)
        self.setAccessibleName("Map of frames")
        self.setAccessibleDescription(
            "Each point is a frame; frames that look alike lie near one another. The frame on screen is ringed."
        )
        session.playback.frameChanged.connect(lambda _frame: self.update())
        session.currentVideoChanged.connect(self._renew)

    def sizeHint(self) -> QSize:
        return QSize(460, 320)

    def show_cloud(self, cloud: Cloud | None, looks: Looks | None, title: str) -> None:
        """Show a cloud, all of it."""
        fresh = cloud is None or self.cloud is None or cloud.points.shape != self.cloud.points.shape
        self.cloud, self._looks, self._title = cloud, looks, title
        if fresh or self.view is None:
            self.view = None
        self._renew()

    def set_colours(self, *, by_time: bool) -> None:
        """Colour by action, or by the place in the video."""
        self.by_time = by_time
        self._renew()

    def set_lit(self, labels: frozenset[int] | None) -> None:
        """Let the points of some labels stand out, or those of all."""
        if labels != self.lit:
            self.lit = labels
            self._renew()

    def set_alone(self, alone: bool) -> None:
        """Show the current video alone, or among all."""
        self.alone = alone
        self._renew()

    def _renew(self) -> None:
        self._image = self._pixels = None
        self.hovered = None
        self.update()

    # --- painting ----------------------------------------------------------------------------------

    def resizeEvent(self, event: object) -> None:
        self._renew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._renew()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.cloud is None or self._looks is None:
            painter.fillRect(event.rect(), self.palette().color(Role.Base))
            return
        if self.view is None:
            self.view = View.fitted(self.cloud.points, self.size())
        if self._image is None:
            self._pixels = self.view.pixels(self.cloud.points, self.size())
            self._image = self.render_points(self._pixels, self.size(), self.palette())
        painter.drawImage(0, 0, self._image)
        if self._pixels is not None:
            self._path(painter, self._pixels)
            self._marks(painter, self._pixels)
        _words(painter, self.palette(), self.cloud, self.size(), by_time=self.by_time)

    def render_points(self, pixels: NDArray[np.float32], size: QSize, palette: QPalette) -> QImage:
        """A picture of all points; those of other videos, or of actions that nobody chose, are pale or left out."""
        assert self.cloud is not None and self._looks is not None
        video = self._session.current_video
        own = self.cloud.part(video) if video is not None else slice(0, 0)
        colours = colours_of(self.cloud, self._looks, by_time=self.by_time)
        lit, base = self._lit(), palette.color(Role.Base)
        return points_image(pixels, colours, size, base, own=own, alone=self.alone, lit=lit)

    def _lit(self) -> NDArray[np.bool_] | None:
        """Which points stand out; None where all do."""
        if self.lit is None or self.cloud is None or self._looks is None or self.by_time:
            return None
        named = self.cloud.labels
        unknown = ~np.isin(named, list(self._looks.names))
        return np.isin(np.where(unknown, int(UNLABELLED), named), list(self.lit))

    def _path(self, painter: QPainter, pixels: NDArray[np.float32]) -> None:
        """The line through the current video's frames in time order."""
        video = self._session.current_video
        if self.cloud is None or video is None:
            return
        part = pixels[self.cloud.part(video)]
        part = part[:: 1 + len(part) // PATH_POINTS]
        if len(part) > 1:
            line = self.palette().color(Role.WindowText)
            line.setAlpha(70)
            painter.setPen(QPen(line, 1))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in part.tolist()]))
            for (x, y), word in ((part[0].tolist(), "start"), (part[-1].tolist(), "end")):
                _say_beside(painter, self.palette(), QPointF(x, y), word)

    def _marks(self, painter: QPainter, pixels: NDArray[np.float32]) -> None:
        ink, base = self.palette().color(Role.WindowText), self.palette().color(Role.Base)
        for point, size in ((self.hovered, 5.0), (self.head(), 7.0)):
            if point is not None:
                place = QPointF(float(pixels[point, 0]), float(pixels[point, 1]))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for colour, width in ((base, 5.0), (ink, 2.2)):
                    painter.setPen(QPen(colour, width))
                    painter.drawEllipse(place, size, size)

    def head(self) -> int | None:
        """The point of the frame on screen."""
        video = self._session.current_video
        if self.cloud is None or video is None:
            return None
        return self.cloud.point_at(video, self._session.playback.frame)

    # --- gestures ----------------------------------------------------------------------------------

    def point_near(self, x: float, y: float) -> int | None:
        """The point next to a place, within reach; with one video alone, of that one."""
        if self._pixels is None or self.cloud is None:
            return None
        part = slice(0, len(self._pixels))
        if self.alone and self._session.current_video is not None:
            part = self.cloud.part(self._session.current_video)
        pixels = self._pixels[part]
        if not len(pixels):
            return None
        far = (pixels[:, 0] - np.float32(x)) ** 2 + (pixels[:, 1] - np.float32(y)) ** 2
        nearest = int(far.argmin())
        return part.start + nearest if far[nearest] <= REACH**2 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and self.view is not None:
            moved = event.position() - self._pressed
            if self._dragged or moved.manhattanLength() > 4:
                self._dragged, self._pressed = True, event.position()
                self.view = self.view.panned(moved.x(), moved.y())
                self._renew()
            return
        found = self.point_near(event.position().x(), event.position().y())
        self.hover(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and not self._dragged:
            found = self.point_near(event.position().x(), event.position().y())
            if found is not None:
                self.go(found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.view = None
        self._renew()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.view is not None:
            factor = 1.0015 ** (event.angleDelta().y() or event.angleDelta().x())
            self.view = self.view.zoomed(factor, event.position(), self.size())
            self._renew()

    def go(self, point: int) -> None:
        """Show the frame of a point."""
        assert self.cloud is not None
        frame = int(self.cloud.frames[point])
        jump(self._session, Place(self.cloud.video_of(point), frame, frame))

    def tip_at(self, point: QPoint) -> str:
        found = self.point_near(point.x(), point.y())
        return "" if found is None else self.describe(found)

    def describe(self, point: int) -> str:
        """A point in words."""
        document = self._session.document
        if self.cloud is None or self._looks is None or document is None:
            return ""
        video: VideoId = self.cloud.video_of(point)
        name = document.videos[video].name if video in document.videos else video
        return f"{name}, frame {int(self.cloud.frames[point]):,}: {self._looks.name(int(self.cloud.labels[point]))}"

    def drawing(self) -> Drawing | None:
        if self.cloud is None or self._looks is None:
            return None
        from ...palette import theme_palette

        cloud, palette = self.cloud, theme_palette("light")
        size = QSize(2 * EXPORT.width(), 2 * EXPORT.height())  # points are a picture, also in SVG: there may be 100,000
        pixels = View.fitted(cloud.points, size).pixels(cloud.points, size)
        image, looks, by_time = self.render_points(pixels, size, palette), self._looks, self.by_time
        labels = [] if by_time else [label for label, _share in entries(cloud, looks)]
        width = EXPORT.width() + (NAME + 30 if labels else 0)

        def paint(painter: QPainter, palette: QPalette) -> None:
            painter.drawImage(QRectF(0, 0, EXPORT.width(), EXPORT.height()), image)
            _words(painter, palette, cloud, EXPORT, by_time=by_time)
            paint_legend(painter, palette, looks, labels, QPointF(EXPORT.width(), MARGIN))

        return Drawing(width, EXPORT.height(), paint, f"frames {self._title}", self.font())


def _say_beside(painter: QPainter, palette: QPalette, place: QPointF, word: str) -> None:
    """A word beside a point, on a little of the background so that it can be read over other points."""
    metrics = painter.fontMetrics()
    box = QRectF(place.x() + 9, place.y() - metrics.height() / 2, metrics.horizontalAdvance(word) + 6, metrics.height())
    back = palette.color(Role.Base)
    back.setAlpha(200)
    painter.fillRect(box, back)
    painter.setPen(palette.color(Role.WindowText))
    painter.drawText(QPointF(box.left() + 3, box.top() + metrics.ascent()), word)


def _words(painter: QPainter, palette: QPalette, cloud: Cloud, size: QSize, *, by_time: bool) -> None:
    """What the axes are, and what the colours are where they mean time."""
    taken = paint_ramp(painter, palette, size.width() - 8, size.height() - 6) + 16 if by_time else 0
    metrics = painter.fontMetrics()
    painter.setPen(palette.color(Role.PlaceholderText))
    first, second = (percent(share) for share in cloud.shares)
    fewer = f", every {cloud.every}. row" if cloud.every > 1 else ""
    text = f"{len(cloud.points):,} rows{fewer} · axes: first two principal components of the {cloud.about}"
    text += f", {first} and {second} % of the variance"
    room = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(size.width() - 16 - taken))
    painter.drawText(QPointF(8, size.height() - 6), room)
