"""Clusters without ground truth: pictures of each cluster and a field to give it a name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import RunId, VideoId

from ..models.overlap import Overlap
from ..models.widgets import plain, tip
from ..session import Session

PICTURE = QSize(104, 62)


class Picture(QLabel):
    """A thumbnail; a click goes to its frame."""

    def __init__(self, session: Session, video: VideoId, frame: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._place = session, (video, frame)
        self.setFixedSize(PICTURE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setTextFormat(Qt.TextFormat.PlainText)
        name = session.document.videos[video].name if session.document else video
        self.setToolTip(tip(f"{name}, frame {frame:,}. Click to go there."))
        self.setAccessibleName(f"{name}, frame {frame}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.refresh()

    def refresh(self) -> None:
        """Show the picture once it is decoded."""
        image = self._session.thumbnail(*self._place)
        if image is None:
            self.setText("no picture")
            return
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(image).scaled(
            PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)

    def mousePressEvent(self, event: object) -> None:
        self._session.select_video(*self._place)


class Names(QScrollArea):
    """One row a cluster: number, colour, name field, frames, up to three pictures."""

    nameGiven = Signal(int, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.fields: dict[int, QLineEdit] = {}
        self.pictures: list[Picture] = []
        self._shown: object = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_clusters(self, run: RunId, found: Overlap, label_map: LabelMap) -> None:
        """Show the clusters of a run with the names they have."""
        self.fields, self.pictures = {}, []
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setSpacing(8)
        places = self._session.cluster_frames(run)
        for cluster in range(label_map.n_clusters):
            column.addWidget(self._row(cluster, found, label_map, places.get(cluster, []), inner))
        column.addStretch(1)
        self.setWidget(inner)

    def _row(
        self, cluster: int, found: Overlap, label_map: LabelMap, places: list[tuple[VideoId, int]], parent: QWidget
    ) -> QWidget:
        row = QFrame(parent)
        row.setFrameShape(QFrame.Shape.StyledPanel)
        grid = QGridLayout(row)
        grid.setContentsMargins(10, 8, 10, 8)
        target = label_map.target(cluster)
        chip = QLabel(row)
        chip.setFixedSize(14, 22)
        colour = self._session.action_colour(target)
        chip.setStyleSheet(f"background: {QColor(colour).name()}; border-radius: 3px;")
        field = QLineEdit("" if target == UNMAPPED else self._session.action_name(target), row)
        field.setPlaceholderText(f"Name of cluster {cluster}")
        field.setAccessibleName(f"Name of cluster {cluster}")
        field.editingFinished.connect(lambda: self._named(cluster))
        field.installEventFilter(self)
        self.fields[cluster] = field
        grid.addWidget(chip, 0, 0)
        grid.addWidget(plain(str(cluster), row, bold=True), 0, 1)
        grid.addWidget(field, 0, 2)
        many = int(found.videos[cluster])
        where = f"{many} {'video' if many == 1 else 'videos'}"
        count = plain(f"{int(found.frames[cluster]):,} frames · {where}", row, dim=True)
        count.setWordWrap(False)
        grid.addWidget(count, 0, 3)
        strip = QGridLayout()
        for number, (video, frame) in enumerate(places[:3]):
            picture = Picture(self._session, video, frame, row)
            self.pictures.append(picture)
            strip.addWidget(picture, 0, number)
        strip.setColumnStretch(3, 1)
        grid.addLayout(strip, 1, 2, 1, 2)
        grid.setColumnStretch(2, 1)
        return row

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def _named(self, cluster: int) -> None:
        field = self.fields[cluster]
        if field.isModified() and field.text().strip():
            field.setModified(False)
            self.nameGiven.emit(cluster, field.text().strip())

    def refresh_pictures(self) -> None:
        """Show what has been decoded since."""
        for picture in self.pictures:
            picture.refresh()
