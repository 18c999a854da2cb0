"""What training thinks of one pinned video now: time by cluster, with the decoded path drawn over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.annotation.changes import Changes, What
from core.data.dataset import VideoId
from core.events import MatrixSnapshot

from ...models.axis import Scale, mark_text, marks
from ...models.chooser import Chooser
from ...models.drawing import Drawing
from ...models.picture import Picture, SaveButton
from ...models.widgets import hold_size, plain
from ...session import Session
from ..heatmap import SOURCES, to_image

Role = QPalette.ColorRole
EXPORT = QSize(900, 320)


@dataclass(frozen=True)
class Matrix:
    """A snapshot as a picture of one cell a pixel, clusters from top to bottom, and the decoded path by cell."""

    values: np.ndarray
    image: QImage
    path: np.ndarray
    n_frames: int
    top: float

    @classmethod
    def of(cls, event: MatrixSnapshot) -> Matrix | None:
        """The matrix of an event; None where its sizes do not agree."""
        if len(event.data) != 4 * event.rows * event.columns or not event.rows or not event.columns:
            return None
        values = np.frombuffer(event.data, "<f4").reshape(event.rows, event.columns).T  # (K, rows)
        top = 1.0 if event.source == "posterior" else float(values.max()) or 1.0
        path = np.frombuffer(event.path, "<u2")
        cells = np.clip(np.nan_to_num(values / top) * 255, 0, 255).astype(np.uint8)
        return cls(values, to_image(cells), path if len(path) == event.rows else path[:0], event.n_frames, top)

    @property
    def n_clusters(self) -> int:
        return int(self.values.shape[0])


class Heat(Picture):
    """Painted; the pointer reads frame, cluster and value, a click goes to the frame."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self.matrix: Matrix | None = None
        self.name = ""
        hold_size(self, 0, 110, least=True)
        self.setMouseTracking(True)
        self.setAccessibleName("Time by cluster")
        self.setAccessibleDescription(
            "How much each cluster takes of each moment of the pinned video; a line is the decoded path."
        )
        session.playback.frameChanged.connect(self._on_frame)

    def sizeHint(self) -> QSize:
        return QSize(420, 180)

    def show_matrix(self, matrix: Matrix | None, name: str) -> None:
        """Show a matrix; `name` is that of its file."""
        self.matrix, self.name = matrix, name
        self.update()

    def _on_frame(self, _frame: int) -> None:
        if self.matrix is not None and self._session.current_video == self._session.pinned:
            self.update()

    def place(self, size: QSize) -> QRectF:
        """Where the matrix lies on a widget of this size."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("000") + 12
        return QRectF(left, 6, max(10, size.width() - left - 10), max(10, size.height() - metrics.height() - 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.palette().color(Role.Base))
        if self.matrix is None:
            return
        box = self.place(self.size())
        paint_matrix(painter, self.palette(), self.matrix, box)
        if self._session.current_video == self._session.pinned:
            x = box.left() + (self._session.playback.frame + 0.5) / self.matrix.n_frames * box.width()
            painter.setPen(QPen(QColor("#ffffff"), 3))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(QPen(QColor("#101216"), 1.2))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Frame and cluster at a point."""
        box = self.place(self.size())
        if self.matrix is None or not box.contains(x, y):
            return None
        frame = int((x - box.left()) / box.width() * self.matrix.n_frames)
        cluster = int((y - box.top()) / box.height() * self.matrix.n_clusters)
        return min(frame, self.matrix.n_frames - 1), min(cluster, self.matrix.n_clusters - 1)

    def describe(self, x: float, y: float) -> str:
        """Frame, cluster and value at a point, in words."""
        found = self.at(x, y)
        if found is None or self.matrix is None:
            return ""
        frame, cluster = found
        cell = min(frame * self.matrix.values.shape[1] // self.matrix.n_frames, self.matrix.values.shape[1] - 1)
        return f"frame {frame:,}, cluster {cluster}: at most {float(self.matrix.values[cluster, cell]):.4g} nearby"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position().x(), event.position().y())
        if found is not None and self._session.pinned is not None and event.button() == Qt.MouseButton.LeftButton:
            self._session.select_video(self._session.pinned)
            self._session.playback.seek(found[0])

    def tip_at(self, point: QPoint) -> str:
        return self.describe(point.x(), point.y())

    def drawing(self) -> Drawing | None:
        if self.matrix is None:
            return None
        matrix, box = self.matrix, self.place(EXPORT)

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_matrix(painter, palette, matrix, box)

        return Drawing(EXPORT.width(), EXPORT.height(), paint, self.name, self.font())


def paint_matrix(painter: QPainter, palette: QPalette, matrix: Matrix, box: QRectF) -> None:
    """Draw the cells, the path over them, frames below and clusters at the left."""
    metrics = painter.fontMetrics()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(box, matrix.image)
    band = box.height() / matrix.n_clusters
    every = max(1, int(np.ceil(metrics.height() / band)))
    painter.setPen(palette.color(Role.PlaceholderText))
    for cluster in range(0, matrix.n_clusters, every):
        line = QRectF(0, box.top() + (cluster + 0.5) * band - metrics.height() / 2, box.left() - 6, metrics.height())
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(cluster))
    scale = Scale(0, matrix.n_frames, box.left(), box.right())
    for value in marks(0, matrix.n_frames, max(2, round(box.width() / 80))):
        wide = metrics.horizontalAdvance(mark_text(value))
        left = min(max(box.left(), scale.at(value) - wide / 2), box.right() - wide)
        painter.drawText(QPointF(left, box.bottom() + 4 + metrics.ascent()), mark_text(value))
    if len(matrix.path):
        edges = np.linspace(box.left(), box.right(), len(matrix.path) + 1)
        heights = box.top() + (matrix.path + 0.5) * band
        points = [QPointF(x, float(y)) for i, y in enumerate(heights) for x in (float(edges[i]), float(edges[i + 1]))]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 150), 3.6), (QColor("#ffffff"), 1.8)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawPolyline(QPolygonF(points))


class LiveHeatmapView(QWidget):
    """The newest snapshot of each source of the pinned video."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._newest: dict[str, MatrixSnapshot] = {}
        self._videos = Chooser(self)
        self._videos.setAccessibleName("Pinned video")
        self._videos.setToolTip("The video that is shown while a run trains")
        self._videos.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._source = Chooser(self)
        self._source.setAccessibleName("Source")
        for key, label in SOURCES:
            self._source.addItem(label, key)
        self._state = plain("", self, dim=True)
        self.heat = Heat(session, self)
        row = QHBoxLayout()
        row.addWidget(self._videos, 1)
        row.addWidget(self._source)
        row.addWidget(SaveButton(self.heat.saver, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 0, 6, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._state)
        column.addWidget(self.heat, 1)
        self._videos.activated.connect(self._on_video)
        self._source.currentIndexChanged.connect(self._draw)
        session.jobEvent.connect(self._on_event)
        session.projectChanged.connect(self._fill)
        session.documentChanged.connect(self._on_document)
        session.pinnedChanged.connect(self._mark)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def _fill(self) -> None:
        self._newest.clear()
        self._list()
        self._draw()

    def _list(self) -> None:
        """The videos that a run can be trained on."""
        self._videos.clear()
        document = self._session.document
        for video in document.dataset.trainable if document else ():
            self._videos.addItem(video.name, video.id)
        self._mark()

    def _on_document(self, changes: Changes, _initiator: object) -> None:
        """Videos of which features were made are there now."""
        if changes.what & What.DATASET:
            self._list()

    def _mark(self) -> None:
        pinned = self._session.pinned
        if pinned is not None and self._videos.findData(pinned) >= 0:
            self._videos.setCurrentIndex(self._videos.findData(pinned))
        if any(snapshot.video != pinned for snapshot in self._newest.values()):
            self._newest.clear()
            self._draw()

    def _on_video(self, index: int) -> None:
        self._session.set_pinned(VideoId(self._videos.itemData(index)))

    def _on_event(self, event: object) -> None:
        if isinstance(event, MatrixSnapshot) and Matrix.of(event) is not None:
            self._newest[event.source] = event
            if event.source == self._source.currentData():
                self._draw()

    def _draw(self, *_: object) -> None:
        snapshot = self._newest.get(self._source.currentData())
        if snapshot is None:
            self._state.setText("Appears while a run trains.")
            self.heat.show_matrix(None, "")
            return
        matrix = Matrix.of(snapshot)
        self.heat.show_matrix(matrix, f"{self._videos.currentText()} {snapshot.source}")
        ending = "; line: decoded path" if matrix is not None and len(matrix.path) else ""
        self._state.setText(f"Iteration {snapshot.iteration:,}{ending}")
