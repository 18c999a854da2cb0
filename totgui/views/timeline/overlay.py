"""What moves above the rows of the timeline: playhead, marks, loop, the boundary under the pointer, a drag, paint."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from core.annotation.segmentation import Segmentation

from ...models.extent import extent
from ...palette import text_on
from .canvas import Canvas
from .curves import ALARM, UNSURE
from .geometry import WIDE, Snap
from .gestures import BlockDrag
from .hand import Hand
from .held import Roll, Slide
from .paint import paint_corrected
from .shown import Shown
from .tracks import MARK_BAND

Role = QPalette.ColorRole


def paint_overlay(painter: QPainter, view: Canvas, shown: Shown, hand: Hand) -> None:
    """Draw everything that moves."""
    axis = view.axis
    rows = {row.key: row for row in view.rows}
    top, bottom = rows["ruler"].top, rows["heatmap"].top + rows["heatmap"].height
    lane, ruler = rows["corrected"].rect(axis), rows["ruler"].rect(axis)
    painter.save()
    painter.setClipRect(QRect(axis.left - 6, 0, axis.width + 12, view.height()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    roll = hand.held if isinstance(hand.held, Roll) and hand.held.drag.has_moved else None
    slide = hand.held if isinstance(hand.held, Slide) and hand.held.drag.has_moved else None
    if roll is not None:
        _rolled(painter, view, shown, roll, lane)
    elif slide is not None:
        _would_be(painter, view, shown, lane, slide.drag.applied(slide.track))
    place = view.session.reviewing.shown_place
    if place is not None and place.video == shown.video.id:
        _place(painter, view, lane, place.start, place.stop)
    if view.session.painting.live is not None:
        _painted(painter, view, lane, *view.session.painting.live)
    _range(painter, view, ruler, lane, bottom)
    if roll is None and slide is None:
        _boundaries(painter, view, shown, lane, hand.boundary)
    _mini_head(painter, view, rows["minimap"].rect(axis))
    if view.session.playback.loop is not None:
        _loop(painter, view, ruler, bottom)
    _playhead(painter, view, ruler, bottom)
    if roll is not None:
        _roll_line(painter, view, roll, lane, top, bottom)
    elif slide is not None:
        _slide_lines(painter, view, slide.drag, lane, top, bottom)
    elif view.snapped is not None:
        _range_line(painter, view, shown, view.snapped, top, bottom)
    painter.restore()


# --- playhead, loop, marks ---------------------------------------------------------------------------


def _playhead(painter: QPainter, view: Canvas, ruler: QRect, bottom: int) -> None:
    axis, palette, playback = view.axis, view.palette(), view.session.playback
    scale_top = ruler.top() + MARK_BAND
    if playback.wanted >= 0 and playback.wanted != playback.frame:
        x = axis.x(playback.wanted + 0.5)
        painter.setPen(QPen(palette.color(Role.PlaceholderText), 1))
        painter.drawLine(QPointF(x, scale_top), QPointF(x, bottom))
    left, wide = axis.x(playback.frame), axis.scale
    accent = palette.color(Role.WindowText)
    if wide >= WIDE:  # the frame on screen is a band when frames are wide
        band = QColor(accent)
        band.setAlpha(38)
        painter.fillRect(QRectF(left, scale_top, wide, bottom - scale_top), band)
    x = axis.head(playback.frame)
    y = ruler.bottom() + 1
    painter.setPen(QPen(palette.color(Role.Base), 3.5))
    painter.drawLine(QPointF(x, y), QPointF(x, bottom))
    painter.setPen(QPen(accent, 1.5))
    painter.drawLine(QPointF(x, scale_top), QPointF(x, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    handle = ((-6, -12), (6, -12), (6, -6), (0, 0), (-6, -6))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in handle]))


def _mini_head(painter: QPainter, view: Canvas, rect: QRect) -> None:
    x = rect.left() + (view.session.playback.frame + 0.5) / view.axis.n_frames * rect.width()
    painter.setPen(QPen(view.palette().color(Role.WindowText), 1.5))
    painter.drawLine(QPointF(x, rect.top() + 4), QPointF(x, rect.bottom() + 1))


def _between(view: Canvas, start: float, stop: float) -> tuple[float, float]:
    """The visible pixels of frames ``[start, stop)``."""
    axis = view.axis
    left, right = (min(max(axis.x(frame), axis.left), axis.right) for frame in (start, stop))
    return left, right


def _loop(painter: QPainter, view: Canvas, ruler: QRect, bottom: int) -> None:
    left, right = _between(view, *(view.session.playback.loop or (0, 0)))
    accent = QColor(view.palette().color(Role.Highlight))
    painter.fillRect(QRectF(left, ruler.bottom() - 3, right - left, 4), accent)
    accent.setAlpha(22)
    painter.fillRect(QRectF(left, ruler.bottom(), right - left, bottom - ruler.bottom()), accent)


def _place(painter: QPainter, view: Canvas, lane: QRect, start: int, stop: int) -> None:
    """A frame around what is to be looked at: the place of the review queue."""
    left, right = _between(view, start, stop)
    if right <= view.axis.left or left >= view.axis.right:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(UNSURE, 2.5))
    painter.drawRoundedRect(QRectF(left - 1, lane.top() - 2, max(4.0, right - left) + 1, lane.height() + 3), 5, 5)


def _range(painter: QPainter, view: Canvas, ruler: QRect, lane: QRect, bottom: int) -> None:
    """The in and out marks as flags on the ruler, and what lies between; strong where it is the selection."""
    chosen, axis, palette = view.session.chosen, view.axis, view.palette()
    accent = QColor(palette.color(Role.Highlight))
    if chosen.range is not None:
        left, right = _between(view, *chosen.range)
        bar = QRectF(left, ruler.top() + 2, right - left, MARK_BAND - 5)
        faint = QColor(accent)
        faint.setAlpha(90)
        painter.fillRect(bar, faint)
        faint.setAlpha(26)
        painter.fillRect(QRectF(left, ruler.top() + MARK_BAND, right - left, bottom - ruler.top() - MARK_BAND), faint)
        if chosen.takes_range and right > left:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(Role.Base), 4.5))
            box = QRectF(left, lane.top(), right - left, lane.height()).adjusted(1, 1, -1, -1)
            painter.drawRect(box)
            painter.setPen(QPen(accent, 2))
            painter.drawRect(box)
    for frame, side in ((chosen.mark_in, 1), (chosen.mark_out, -1)):
        if frame is None or not axis.left - 1 <= axis.x(frame) <= axis.right + 1:
            continue
        x = axis.x(frame)
        painter.setPen(QPen(accent, 1))
        painter.drawLine(QPointF(x, ruler.top() + 2), QPointF(x, bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        flag = ((0, 1), (9 * side, 1), (9 * side, 6), (0, MARK_BAND - 1))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, ruler.top() + dy) for dx, dy in flag]))


# --- Corrected ---------------------------------------------------------------------------------------


def _boundaries(painter: QPainter, view: Canvas, shown: Shown, lane: QRect, hovered: int | None) -> None:
    track = shown.base
    if track is None:
        return
    for boundary, width in ((hovered, 2.0), (view.session.chosen.boundary, 4.0)):
        if boundary is None or boundary >= len(track) - 1:
            continue
        x = view.axis.x(int(track.starts[boundary + 1])) - 0.5
        painter.setPen(QPen(view.palette().color(Role.Base), width + 3))
        painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
        painter.setPen(QPen(view.palette().color(Role.Highlight), width))
        painter.drawLine(QPointF(x, lane.top() - 2), QPointF(x, lane.bottom() + 2))


def _rolled(painter: QPainter, view: Canvas, shown: Shown, roll: Roll, lane: QRect) -> None:
    """Corrected as it would be; what would be swallowed is struck out."""
    palette = view.palette()
    _would_be(painter, view, shown, lane, roll.drag.applied(roll.track))
    gone = roll.drag.gone(roll.track)
    if not gone:
        return
    left, right = _between(view, int(roll.track.starts[gone[0]]), int(roll.track.stops[gone[-1]]))
    box = QRect(round(left), lane.top() + 2, max(2, round(right - left)), lane.height() - 4)
    painter.save()
    painter.fillRect(box, palette.color(Role.Base))
    painter.setOpacity(0.5)
    paint_corrected(painter, view, shown, box, roll.track)
    painter.restore()
    painter.setPen(QPen(palette.color(Role.WindowText), 2))
    painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))


def _would_be(painter: QPainter, view: Canvas, shown: Shown, lane: QRect, track: Segmentation) -> None:
    """Corrected as it would be."""
    painter.fillRect(lane, view.palette().color(Role.Base))
    paint_corrected(painter, view, shown, lane, track)


def _slide_lines(painter: QPainter, view: Canvas, drag: BlockDrag, lane: QRect, top: int, bottom: int) -> None:
    """Where the segments that move lay, where they would lie, and what they snapped to."""
    palette, axis = view.palette(), view.axis
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(Role.WindowText), 1, Qt.PenStyle.DotLine))
    left, right = _between(view, drag.start, drag.stop)
    painter.drawRect(QRectF(left, lane.top(), right - left, lane.height()))
    colour = ALARM if drag.is_at_its_end else palette.color(Role.Highlight)
    for edge in (drag.start + drag.by, drag.stop + drag.by):
        x = axis.x(edge) - 0.5
        is_snapped = bool(drag.target) and edge == drag.frame
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine if is_snapped else Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(QPen(colour, 4))
        painter.drawLine(QPointF(x, lane.top() - 2), QPointF(x, lane.bottom() + 2))
    text = f"{drag.target} {drag.frame:,}" if drag.target else f"frame {drag.frame:,}"
    _label(painter, view, axis.x(drag.frame) - 0.5, lane, colour, f"{text}   {drag.by:+,}")


def _roll_line(painter: QPainter, view: Canvas, roll: Roll, lane: QRect, top: int, bottom: int) -> None:
    drag, palette, axis = roll.drag, view.palette(), view.axis
    x, ghost = axis.x(drag.frame) - 0.5, axis.x(drag.origin) - 0.5
    painter.setPen(QPen(palette.color(Role.WindowText), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(ghost, lane.top()), QPointF(ghost, lane.bottom()))
    colour = ALARM if drag.is_at_its_end else palette.color(Role.Highlight)
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine if drag.target else Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setPen(QPen(colour, 4))
    painter.drawLine(QPointF(x, lane.top() - 2), QPointF(x, lane.bottom() + 2))
    gone = len(drag.gone(roll.track))
    over = f"   over {gone} segment{'s' if gone > 1 else ''}" if gone else ""
    text = f"{drag.target} {drag.frame:,}" if drag.target else f"frame {drag.frame:,}"
    _label(painter, view, x, lane, colour, f"{text}   {drag.frame - drag.origin:+,}{over}")


def _range_line(painter: QPainter, view: Canvas, shown: Shown, snapped: Snap, top: int, bottom: int) -> None:
    """The line at the end of the range that is dragged: what it snapped to, and how long the range is."""
    frame, target = snapped
    x, colour = view.axis.x(frame) - 0.5, view.palette().color(Role.Highlight)
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine if target else Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    text, marked = f"{target or 'frame'} {frame:,}", view.session.chosen.range
    if marked is not None:
        text += f"   {extent(shown.video.timebase, [marked])}"
    _label(painter, view, x, view.row("corrected").rect(view.axis), colour, text)


def _label(painter: QPainter, view: Canvas, x: float, lane: QRect, colour: QColor, text: str) -> None:
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 6
    left = min(max(view.axis.left, x + 8), view.axis.right - width)
    box = QRectF(left, lane.bottom() + 6, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(text_on(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _painted(painter: QPainter, view: Canvas, lane: QRect, start: int, stop: int, label: int) -> None:
    """The stretch that is being painted, as far as it has come."""
    left, right = _between(view, start, stop)
    if right <= left:
        return
    colour = QColor(view.session.action_colour(label))
    box = QRectF(left, lane.top(), right - left, lane.height())
    painter.fillRect(box, colour)
    painter.setPen(QPen(UNSURE, 3))
    painter.drawLine(box.topLeft(), box.topRight())
    painter.drawLine(box.bottomLeft(), box.bottomRight())
    if box.width() >= 30:
        text = view.session.action_name(label)
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()) - 10)
        painter.setPen(text_on(colour))
        painter.drawText(box.adjusted(7, 0, -3, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
