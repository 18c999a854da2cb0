"""Clusters by their typical frames: three pictures each, a field for the name, frames and videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.annotation.overlap import Overlap
from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import RunId

from ...models.medoids import PER_CLUSTER, Medoid
from ...models.name_field import NameField
from ...models.widgets import plain, tip
from ...session import Session
from .player import Player

PICTURE, LARGEST = QSize(112, 66), QSize(224, 132)
"""Sizes of a picture: at least, and where the panel is wide."""
AROUND = 96
"""Pixels of a row beside its pictures."""


class Picture(QWidget):
    """A typical frame; resting on it plays its segment, a click goes there."""

    def __init__(self, session: Session, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._player = session, player
        self.medoid: Medoid | None = None
        self.setFixedSize(PICTURE)

    def show_medoid(self, medoid: Medoid | None) -> None:
        """Show this one."""
        self.medoid = medoid
        self.setVisible(medoid is not None)
        document = self._session.document
        if medoid is not None and document is not None:
            name = document.videos[medoid.video].name
            self.setAccessibleName(f"{name}, frame {medoid.frame}")
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def enterEvent(self, event: QEvent) -> None:
        if self.medoid is not None:
            self._player.offer(self.medoid, QRect(self.mapToGlobal(QPoint(0, 0)), self.size()))

    def leaveEvent(self, event: QEvent) -> None:
        self._player.stop()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._player.stop()
        if self.medoid is not None:
            self._session.select_video(self.medoid.video, self.medoid.frame)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.AlternateBase))
        image = None if self.medoid is None else self._session.pictures.thumbnail(self.medoid.video, self.medoid.frame)
        if image is not None:
            size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(self.rect().center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image)
            return
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        text = "no video" if self.medoid is None or self._has_no_file() else "…"
        frame = "" if self.medoid is None else f"\n{self.medoid.frame:,}"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text + frame)

    def _has_no_file(self) -> bool:
        document = self._session.document
        return document is None or self.medoid is None or document.videos[self.medoid.video].media is None


class Row(QFrame):
    """One cluster."""

    def __init__(self, cluster: int, session: Session, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        self.chip = QLabel(self)
        self.chip.setFixedSize(14, 22)
        self.field = NameField(self)
        self.field.setPlaceholderText(f"Name of cluster {cluster}")
        self.field.setAccessibleName(f"Name of cluster {cluster}")
        self.counts = plain("", self, dim=True)
        self.counts.setWordWrap(False)
        number = plain(str(cluster), self, bold=True)
        number.setWordWrap(False)
        for place, widget in enumerate((self.chip, number, self.field, self.counts)):
            grid.addWidget(widget, 0, place)
        strip = QGridLayout()
        self.pictures = [Picture(session, player, self) for _ in range(PER_CLUSTER)]
        for place, picture in enumerate(self.pictures):
            strip.addWidget(picture, 0, place)
        strip.setColumnStretch(PER_CLUSTER, 1)
        grid.addLayout(strip, 1, 2, 1, 2)
        grid.setColumnStretch(2, 1)


class Names(QScrollArea):
    """One row a cluster."""

    nameGiven = Signal(int, str)

    def __init__(self, session: Session, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._player = session, player
        self.rows: list[Row] = []
        self._run: RunId | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def fields(self) -> dict[int, NameField]:
        """The name field of each cluster."""
        return {cluster: row.field for cluster, row in enumerate(self.rows)}

    def show_clusters(
        self,
        run: RunId,
        found: Overlap,
        label_map: LabelMap,
        medoids: Mapping[int, Sequence[Medoid]],
        suggestions: Sequence[str],
    ) -> None:
        """Show the clusters of a run with the names they have; what is being typed stays."""
        if run != self._run or len(self.rows) != label_map.n_clusters:
            self._build(run, label_map.n_clusters)
        for cluster, row in enumerate(self.rows):
            target = label_map.target(cluster)
            colour = QColor(self._session.action_colour(target)).name()
            row.chip.setStyleSheet(f"background: {colour}; border-radius: 3px;")
            name = "" if target == UNMAPPED else self._session.action_name(target)
            if not (row.field.hasFocus() and row.field.isModified()) and row.field.text() != name:
                row.field.setText(name)
            row.field.suggest(suggestions)
            many = int(found.videos[cluster])
            row.counts.setText(f"{int(found.frames[cluster]):,} frames · {many} video{'' if many == 1 else 's'}")
            row.field.setToolTip(tip(name) if name else "")
            places = medoids.get(cluster, ())
            for place, picture in enumerate(row.pictures):
                picture.show_medoid(places[place] if place < len(places) else None)

    def _build(self, run: RunId, n_clusters: int) -> None:
        self._run = run
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self.rows = [Row(cluster, self._session, self._player, inner) for cluster in range(n_clusters)]
        for cluster, row in enumerate(self.rows):
            row.field.nameGiven.connect(lambda name, c=cluster: self.nameGiven.emit(c, name))
            row.field.returnPressed.connect(partial(self._go_on_from, cluster))
            row.field.installEventFilter(self)
            column.addWidget(row)
        column.addStretch(1)
        self.setWidget(inner)
        self._fit_pictures()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pictures()

    def _fit_pictures(self) -> None:
        """Pictures as large as the panel has room for: they carry the work where there is no ground truth."""
        wide = max(PICTURE.width(), min(LARGEST.width(), (self.viewport().width() - AROUND) // PER_CLUSTER))
        size = QSize(wide, wide * PICTURE.height() // PICTURE.width())
        for row in self.rows:
            for picture in row.pictures:
                picture.setFixedSize(size)

    def _go_on_from(self, cluster: int) -> None:
        """After Enter the next cluster is named."""
        if cluster + 1 < len(self.rows):
            self.rows[cluster + 1].field.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def refresh_pictures(self) -> None:
        """Show what has been decoded since."""
        for row in self.rows:
            for picture in row.pictures:
                picture.update()
