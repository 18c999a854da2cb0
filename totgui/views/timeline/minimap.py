"""The minimap: the whole video in one strip, red ticks where tracks differ, a box around what is visible."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from .curves import paint_difference
from .geometry import Axis
from .shown import Shown
from .tracks import paint_track


def paint_minimap(
    painter: QPainter,
    rect: QRect,
    shown: Shown,
    palette: QPalette,
    *,
    colour: Callable[[int], QColor],
    name: Callable[[int], str],
) -> None:
    """Draw the strip and its ticks, without the viewport box."""
    whole = Axis.whole(shown.video.timebase.n_frames, left=rect.left(), width=rect.width())
    strip = QRect(rect.left(), rect.top() + 7, rect.width(), rect.height() - 8)
    painter.fillRect(strip, palette.color(QPalette.ColorRole.AlternateBase))
    if shown.main is not None:
        paint_track(painter, strip, shown.main, whole, palette=palette, colour=colour, name=name, names=False)
    if shown.different is not None:
        paint_difference(painter, QRect(rect.left(), rect.top(), rect.width(), 5), shown.different, whole)


def viewport(rect: QRect, axis: Axis) -> QRectF:
    """The box on the minimap around what the axis shows."""
    left = rect.left() + axis.start / axis.n_frames * rect.width()
    right = rect.left() + min(axis.stop, axis.n_frames) / axis.n_frames * rect.width()
    return QRectF(left, rect.top() + 5, max(4.0, right - left), rect.height() - 4)


def paint_viewport(painter: QPainter, rect: QRect, axis: Axis, palette: QPalette) -> None:
    """Dim what is outside the view and draw the box."""
    if axis.is_whole:
        return
    box = viewport(rect, axis)
    veil = QColor(palette.color(QPalette.ColorRole.Window))
    veil.setAlpha(150)
    painter.fillRect(QRectF(rect.left(), box.top(), box.left() - rect.left(), box.height()), veil)
    painter.fillRect(QRectF(box.right(), box.top(), rect.right() + 1 - box.right(), box.height()), veil)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
    painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
