"""The ruler: time, or frame numbers when zoomed in."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen

from core.data.timebase import Timebase

from .geometry import Axis, ticks
from .tracks import MARK_BAND


def paint_ruler(painter: QPainter, rect: QRect, axis: Axis, timebase: Timebase, palette: QPalette) -> None:
    """Draw the marks and their texts into `rect`."""
    painter.save()
    painter.setClipRect(rect)
    bottom, metrics = rect.bottom(), painter.fontMetrics()
    dim = palette.color(QPalette.ColorRole.PlaceholderText)
    faint = palette.color(QPalette.ColorRole.Mid)
    painter.setPen(QPen(faint, 1))
    painter.drawLine(rect.left(), bottom, rect.right(), bottom)
    for tick in ticks(axis, timebase):
        x = round(axis.x(tick.frame)) + 0.5
        painter.setPen(QPen(dim if tick.text else faint, 1))
        painter.drawLine(QPointF(x, bottom - (8 if tick.text else 4)), QPointF(x, bottom))
        if tick.text and x + 4 + metrics.horizontalAdvance(tick.text) <= rect.right():
            painter.setPen(dim)
            room = QRectF(x + 4, rect.top() + MARK_BAND - 2, 100, rect.height() - MARK_BAND)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, tick.text)
    painter.restore()
