"""The row of comments: a sign at each place, what it says where there is room, and which one is under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPalette, QPen

from core.annotation.values import Comment

from ...models.widgets import AMBER, short
from ...palette import blend
from ...session.comments import Thread
from .geometry import Axis

SIGN, TAIL = 13, 3
"""Pixels of a sign's width, and of the point at its lower left that stands at the first frame."""
CROWDED, TEXT_FROM = 10, 60
"""Signs that begin closer than this are drawn as one; pixels up to the next sign from which a text is drawn."""
REACH = 4
"""Pixels beside a sign that still belong to it."""
Role = QPalette.ColorRole


def paint_comments(
    painter: QPainter, rect: QRect, thread: Thread, axis: Axis, *, palette: QPalette, current: int | None
) -> None:
    """Draw the visible comments, those that are settled below the open ones; `current` is outlined and comes last.

    However many there are, at most one sign for every few pixels is drawn.
    """
    painter.save()
    painter.setClipRect(rect.adjusted(-TAIL, 0, SIGN, 0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    inside = _visible(thread, axis, rect)
    settled = [i for i in inside if thread.comments[i].resolved and i != current]
    awaiting = [i for i in inside if not thread.comments[i].resolved and i != current]
    last = [current] if current is not None and current < len(thread.keys) else []
    for i in [*_apart(thread, settled, axis), *_apart(thread, awaiting, axis), *last]:
        _bar(painter, rect, thread.comments[i], axis, palette, is_current=i == current)
    _texts(painter, rect, thread, sorted({*inside, *last}), axis, palette)
    for i in [*_apart(thread, settled, axis), *_apart(thread, awaiting, axis), *last]:
        _sign(painter, rect, thread.comments[i], axis, palette, is_current=i == current)
    painter.restore()


def comment_under(thread: Thread, x: float, axis: Axis) -> int | None:
    """The number of the comment at a pixel: the sign nearest to it, else the shortest comment whose frames lie there.

    Of signs at one place the open one is meant, and of those the last.
    """
    if not len(thread.keys):
        return None
    lefts = axis.left + (thread.starts - axis.start) * axis.scale
    near = np.flatnonzero((x >= lefts - REACH) & (x <= lefts + SIGN + REACH))
    if len(near):
        return min(
            near.tolist(),
            key=lambda i: (round(abs(float(lefts[i]) + SIGN / 2 - x) / REACH), thread.comments[i].resolved, -i),
        )
    frame = axis.position(x)
    inside = np.flatnonzero((thread.starts <= frame) & (frame < thread.stops))
    return min(inside.tolist(), key=lambda i: (thread.stops[i] - thread.starts[i], -i), default=None)


def sign_colour(comment: Comment, palette: QPalette) -> QColor:
    """Amber asks to be looked at; what is settled is grey."""
    return QColor(AMBER) if not comment.resolved else palette.color(Role.Mid)


def _visible(thread: Thread, axis: Axis, rect: QRect) -> list[int]:
    """The comments whose sign or frames lie in the lane."""
    if not len(thread.keys):
        return []
    lefts = axis.left + (thread.starts - axis.start) * axis.scale
    rights = axis.left + (thread.stops - axis.start) * axis.scale
    shown = (lefts <= rect.right() + SIGN) & (np.maximum(rights, lefts + SIGN) >= rect.left())
    return np.flatnonzero(shown).tolist()


def _apart(thread: Thread, numbers: Sequence[int], axis: Axis) -> list[int]:
    """Those of some comments that are drawn: one for every few pixels."""
    found: list[int] = []
    last = -np.inf
    for i in numbers:
        x = axis.x(int(thread.starts[i]))
        if x - last >= CROWDED:
            found.append(i)
            last = x
    return found


def _bar(painter: QPainter, rect: QRect, comment: Comment, axis: Axis, palette: QPalette, *, is_current: bool) -> None:
    """The frames of a comment as a line at the foot of the row."""
    left = max(axis.x(comment.start), rect.left())
    right = min(axis.x(comment.stop), rect.right() + 1)
    if right - left < 2:
        return
    colour = sign_colour(comment, palette)
    if is_current:
        ground = QColor(colour)
        ground.setAlpha(60)
        painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), ground)
    painter.fillRect(QRectF(left, rect.bottom() - 2, right - left, 3), colour)


def _sign(painter: QPainter, rect: QRect, comment: Comment, axis: Axis, palette: QPalette, *, is_current: bool) -> None:
    """A speech bubble whose point stands at the first frame; hollow where the comment is settled."""
    x, top = axis.x(comment.start), rect.top() + 1.5
    height = min(rect.height() - TAIL - 3.0, 11.0)
    bubble, tail = QPainterPath(), QPainterPath()
    bubble.addRoundedRect(QRectF(x, top, SIGN - 1.0, height), 3, 3)
    tail.moveTo(x, top + height - 4)
    tail.lineTo(QPointF(x, top + height + TAIL))
    tail.lineTo(QPointF(x + 5, top + height - 0.5))
    shape = bubble.united(tail)
    colour = sign_colour(comment, palette)
    base = palette.color(Role.AlternateBase)
    if is_current:
        painter.setPen(QPen(palette.color(Role.WindowText), 2))
    else:
        painter.setPen(QPen(palette.color(Role.PlaceholderText) if comment.resolved else colour.darker(130), 1))
    painter.setBrush(base if comment.resolved else colour)
    painter.drawPath(shape)
    painter.setPen(QPen(palette.color(Role.PlaceholderText) if comment.resolved else QColor("#1b1f24"), 1.3))
    if comment.resolved:
        middle = QPointF(x + 5, top + height - 3)
        painter.drawPolyline([QPointF(x + 2.8, top + height / 2), middle, QPointF(x + 9.4, top + 2.6)])
    else:
        for y in (top + height * 0.36, top + height * 0.66):
            painter.drawLine(QPointF(x + 3, y), QPointF(x + SIGN - 4, y))


def _texts(
    painter: QPainter, rect: QRect, thread: Thread, numbers: Sequence[int], axis: Axis, palette: QPalette
) -> None:
    """What comments say, up to the next sign where that is far enough."""
    metrics = painter.fontMetrics()
    dim = palette.color(Role.PlaceholderText)
    bright = blend(palette.color(Role.WindowText), palette.color(Role.AlternateBase), 0.85)
    for place, i in enumerate(numbers):
        after = numbers[place + 1] if place + 1 < len(numbers) else None
        x = max(axis.x(int(thread.starts[i])) + SIGN + 3, rect.left() + 3.0)
        end = rect.right() if after is None else axis.x(int(thread.starts[after])) - 4
        if end - x < TEXT_FROM or axis.x(int(thread.starts[i])) < rect.left() - SIGN:
            continue
        comment = thread.comments[i]
        painter.setPen(dim if comment.resolved else bright)
        text = metrics.elidedText(short(comment.text, 200), Qt.TextElideMode.ElideRight, int(end - x))
        painter.drawText(
            QRectF(x, rect.top(), end - x, rect.height() - 2),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine,
            text,
        )
