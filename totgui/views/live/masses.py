"""How much each cluster holds of what is trained now: a bar each, with the share that all would have alike."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from core.events import Started, TrainingMetrics

from ...models.drawing import Drawing
from ...models.picture import Picture
from ...models.widgets import hold_size, percent
from ...palette import ACCENT
from ...session import Session

Role = QPalette.ColorRole
EMPTY = 0.1
"""A cluster with less than this share of an equal part holds almost nothing."""
ALARM = QColor("#d93a3a")
EXPORT = QSize(760, 240)


class Masses(Picture):
    """Painted from the newest metrics of a training."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.masses: tuple[float, ...] = ()
        hold_size(self, 0, 70, least=True)
        self.setAccessibleName("Shares of the clusters")
        self.setAccessibleDescription("A bar for each cluster: its share of all frames.")
        session.jobEvent.connect(self._on_event)
        session.projectChanged.connect(lambda: self._show(()))

    def sizeHint(self) -> QSize:
        return QSize(420, 110)

    def _on_event(self, event: object) -> None:
        if isinstance(event, TrainingMetrics):
            self._show(event.masses)
        elif isinstance(event, Started) and event.device and event.text == "Training":
            self._show(())

    def _show(self, masses: tuple[float, ...]) -> None:
        if masses != self.masses:
            self.masses = masses
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.palette().color(Role.Base))
        paint_masses(painter, self.palette(), self.masses, self.size())

    def describe(self, x: float) -> str:
        """The cluster at a place, in words."""
        box = _box(self.size(), self.fontMetrics().height())
        if not self.masses or not box.left() <= x < box.right():
            return ""
        cluster = int((x - box.left()) / box.width() * len(self.masses))
        share = self.masses[cluster]
        return (
            f"Cluster {cluster}: {percent(share)} % of the frames; an equal part is {percent(1 / len(self.masses))} %"
        )

    def tip_at(self, point: QPoint) -> str:
        return self.describe(point.x())

    def drawing(self) -> Drawing | None:
        masses = self.masses
        if not masses:
            return None

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_masses(painter, palette, masses, EXPORT)

        return Drawing(EXPORT.width(), EXPORT.height(), paint, "cluster shares", self.font())


def _box(size: QSize, line: int) -> QRectF:
    return QRectF(12, line + 10, max(10, size.width() - 24), max(10, size.height() - 2 * line - 18))


def empty_clusters(masses: tuple[float, ...]) -> int:
    """How many clusters hold almost nothing."""
    return sum(share < EMPTY / len(masses) for share in masses)


def paint_masses(painter: QPainter, palette: QPalette, masses: tuple[float, ...], size: QSize) -> None:
    """Draw a bar a cluster, the line of equal shares, and how many clusters are all but empty."""
    metrics = painter.fontMetrics()
    box = _box(size, metrics.height())
    painter.setPen(palette.color(Role.PlaceholderText))
    if not masses:
        room = QRectF(12, 6, size.width() - 18, size.height() - 8)
        painter.drawText(room, Qt.TextFlag.TextWordWrap, "Shares of the clusters appear while a run trains.")
        return
    count = empty_clusters(masses)
    text = "Share of the frames by cluster (line: equal parts)"
    text += f" · {count} of {len(masses)} hold almost nothing" if count else ""
    if metrics.horizontalAdvance(text) > size.width() - 18:
        text = text.replace(" (line: equal parts)", "")
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, size.width() - 18)
    painter.drawText(QPointF(12, 6 + metrics.ascent()), text)
    high, wide = max(*masses, 2 / len(masses)), box.width() / len(masses)
    every = max(1, -(-(metrics.horizontalAdvance("000") + 4) // max(1, int(wide))))
    for cluster, share in enumerate(masses):
        tall = max(1.5, share / high * box.height())
        left = box.left() + cluster * wide
        colour = ALARM if share < EMPTY / len(masses) else ACCENT
        painter.fillRect(QRectF(left + 1, box.bottom() - tall, max(1.0, wide - 2), tall), colour)
        if cluster % every == 0:
            painter.setPen(palette.color(Role.PlaceholderText))
            line = QRectF(left - 20, box.bottom() + 3, wide + 40, metrics.height())
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, str(cluster))
    y = box.bottom() - box.height() / len(masses) / high
    painter.setPen(QPen(palette.color(Role.WindowText), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
