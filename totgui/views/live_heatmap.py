"""What training thinks of one pinned video now: time by cluster, with the decoded path drawn over it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.data.dataset import VideoId
from core.events import MatrixSnapshot

from ..models.widgets import plain
from ..session import Session

SOURCES = (("posterior", "Soft assignment"), ("plan", "Transport plan"), ("prior", "Temporal prior"))


class LiveHeatmapView(QWidget):
    """The newest snapshot of each source of the pinned video."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._newest: dict[str, MatrixSnapshot] = {}
        self._videos = QComboBox(self)
        self._videos.setAccessibleName("Pinned video")
        self._videos.setToolTip("The video that is shown while a run trains")
        self._videos.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._source = QComboBox(self)
        self._source.setAccessibleName("Source")
        for key, label in SOURCES:
            self._source.addItem(label, key)
        self._state = plain("", self, dim=True)
        self._plot = pg.PlotWidget(self)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMinimumHeight(120)
        self._plot.invertY(True)
        self._plot.setLabel("bottom", "frame")
        self._plot.setLabel("left", "cluster")
        self._plot.setAccessibleName("Time by cluster")
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setColorMap(pg.colormap.get("viridis"))
        self._plot.addItem(self._image)
        self._path = pg.PlotDataItem([], [], pen=pg.mkPen("#ffffff", width=2), stepMode="center")
        self._plot.addItem(self._path)
        row = QHBoxLayout()
        row.addWidget(self._videos, 1)
        row.addWidget(self._source)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.addLayout(row)
        column.addWidget(self._state)
        column.addWidget(self._plot, 1)
        self._apply_palette()
        self._videos.activated.connect(self._on_video)
        self._source.currentIndexChanged.connect(self._draw)
        session.jobEvent.connect(self._on_event)
        session.projectChanged.connect(self._fill)
        session.pinnedChanged.connect(self._mark)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(420, 260)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._apply_palette()
        super().changeEvent(event)

    def _apply_palette(self) -> None:
        palette = self.palette()
        self._plot.setBackground(palette.color(QPalette.ColorRole.Base))
        dim = palette.color(QPalette.ColorRole.PlaceholderText)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(palette.color(QPalette.ColorRole.Mid))
            axis.setTextPen(dim)
            axis.setStyle(tickLength=-3)

    def _fill(self) -> None:
        self._newest.clear()
        self._videos.clear()
        document = self._session.document
        for video in document.dataset.trainable if document else ():
            self._videos.addItem(video.name, video.id)
        self._mark()
        self._draw()

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
        if not isinstance(event, MatrixSnapshot):
            return
        if len(event.data) != 4 * event.rows * event.columns or not event.rows or not event.columns:
            return
        self._newest[event.source] = event
        if event.source == self._source.currentData():
            self._draw()

    def _draw(self) -> None:
        snapshot = self._newest.get(self._source.currentData())
        self._image.setVisible(snapshot is not None)
        self._path.setVisible(snapshot is not None)
        if snapshot is None:
            self._state.setText("Appears while a run trains.")
            return
        matrix = np.frombuffer(snapshot.data, "<f4").reshape(snapshot.rows, snapshot.columns)
        top = 1.0 if snapshot.source == "posterior" else float(matrix.max()) or 1.0
        self._image.setImage(matrix.T, levels=(0.0, top))
        frames, clusters = snapshot.n_frames, snapshot.columns
        self._image.setRect(0, -0.5, frames, clusters)
        self._plot.setRange(xRange=(0, frames), yRange=(-0.5, clusters - 0.5), padding=0)
        path = np.frombuffer(snapshot.path, "<u2")
        if len(path) == snapshot.rows:
            self._path.setData(np.linspace(0, frames, len(path) + 1), path.astype(float))
        else:
            self._path.setData(np.array([0.0, 0.0]), np.array([0.0]))
            self._path.setVisible(False)
        ending = "; line: decoded path" if len(path) == snapshot.rows else ""
        self._state.setText(f"Iteration {snapshot.iteration:,}{ending}")
