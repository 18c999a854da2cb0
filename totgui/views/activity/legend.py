"""The legend of the map of frames: which colour is which action, and a way to see some actions alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.data.dataset import BACKGROUND, UNLABELLED

from ...models.drawing import Looks
from ...models.widgets import for_text, percent, tip
from ..heatmap import VIRIDIS
from .frames import Cloud

Role = QPalette.ColorRole
LABEL = Qt.ItemDataRole.UserRole
CHIP, ROW, NAME, LEAST_ROW = 12, 20, 150, 24
RAMP, RAMP_HEIGHT = 120, 8
RAMP_ENDS = ("start of video", "end")


def entries(cloud: Cloud, looks: Looks) -> list[tuple[int, float]]:
    """The labels of a cloud in the order of the actions, the reserved ones last, with their share of the points."""
    known, counts = np.unique(cloud.labels, return_counts=True)
    shares: dict[int, float] = {}
    for label, count in zip(known.tolist(), counts.tolist(), strict=True):
        name = label if label in looks.names else int(UNLABELLED)  # painted in the same colour
        shares[name] = shares.get(name, 0.0) + count / len(cloud.labels)
    reserved = (int(BACKGROUND), int(UNLABELLED))
    order = [*(label for label in looks.names if label not in reserved), *reserved]
    return [(label, shares[label]) for label in order if label in shares]


class Legend(QListWidget):
    """Colours and names. What is chosen, or else under the pointer, is sent by `lit`: a set of labels, None for all."""

    lit = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend of the map of frames")
        self.setAccessibleDescription("Choose actions to see their frames alone; Escape shows all again.")
        self.setSelectionMode(QListWidget.SelectionMode.MultiSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setIconSize(QSize(CHIP, CHIP))
        self.setMouseTracking(True)
        self.fit_text()
        self._under: int | None = None
        self.itemEntered.connect(lambda item: self._point_at(int(item.data(LABEL))))
        self.itemSelectionChanged.connect(self._tell)

    def fit_text(self) -> None:
        """As wide and with rows as high as names want it now."""
        self.setFixedWidth(for_text(self, 190, 0).width())
        for row in range(self.count()):
            self.item(row).setSizeHint(self._row_size())

    def _row_size(self) -> QSize:
        return QSize(0, max(LEAST_ROW, self.fontMetrics().height() + 6))

    def show_cloud(self, cloud: Cloud | None, looks: Looks | None) -> None:
        """List the labels of a cloud; what was chosen and is still there stays chosen."""
        chosen = self.chosen()
        self.blockSignals(True)
        self.clear()
        if cloud is not None and looks is not None:
            for label, share in entries(cloud, looks):
                self._add(label, looks, share).setSelected(label in chosen)
        self.blockSignals(False)
        self._point_at(None)

    def _add(self, label: int, looks: Looks, share: float) -> QListWidgetItem:
        item = QListWidgetItem(_chip(looks.colour(label)), looks.name(label), self)
        item.setData(LABEL, label)
        item.setSizeHint(self._row_size())
        item.setToolTip(tip(f"{looks.name(label)}: {percent(share)} % of the rows. Click: these alone."))
        return item

    def chosen(self) -> frozenset[int]:
        """The labels that are chosen."""
        return frozenset(int(item.data(LABEL)) for item in self.selectedItems())

    def _point_at(self, label: int | None) -> None:
        self._under = label
        self._tell()

    def _tell(self) -> None:
        chosen = self.chosen()
        if not chosen and self._under is not None:
            chosen = frozenset({self._under})
        self.lit.emit(chosen or None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: object) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selectedItems():  # type: ignore[attr-defined]
            self.clearSelection()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]


def _chip(colour: QColor) -> QIcon:
    pixmap = QPixmap(CHIP, CHIP)
    pixmap.fill(colour)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def paint_legend(painter: QPainter, palette: QPalette, looks: Looks, labels: Sequence[int], at: QPointF) -> None:
    """Colours and names of a saved picture, one below the other."""
    metrics = painter.fontMetrics()
    for row, label in enumerate(labels):
        y = at.y() + row * ROW
        painter.fillRect(QRectF(at.x(), y + (ROW - CHIP) / 2, CHIP, CHIP), looks.colour(label))
        painter.setPen(palette.color(Role.WindowText))
        name = metrics.elidedText(looks.name(label), Qt.TextElideMode.ElideRight, NAME)
        painter.drawText(QPointF(at.x() + CHIP + 6, y + (ROW + metrics.ascent() - metrics.descent()) / 2), name)


def paint_ramp(painter: QPainter, palette: QPalette, right: float, bottom: float) -> float:
    """The colours of time with both ends named, ending at a place; the width that it takes."""
    metrics = painter.fontMetrics()
    first, last = (metrics.horizontalAdvance(word) for word in RAMP_ENDS)
    left = right - last - 8 - RAMP
    bar = QRectF(left, bottom - (metrics.ascent() + RAMP_HEIGHT) / 2, RAMP, RAMP_HEIGHT)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for place in range(0, 256, 15):
        gradient.setColorAt(place / 255, QColor.fromRgb(VIRIDIS[place]))
    painter.fillRect(bar, gradient)
    painter.setPen(palette.color(Role.PlaceholderText))
    painter.drawText(QPointF(left - 8 - first, bottom), RAMP_ENDS[0])
    painter.drawText(QPointF(right - last, bottom), RAMP_ENDS[1])
    return first + last + RAMP + 16
