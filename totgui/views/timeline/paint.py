"""Puts the painted rows of the timeline together: what stands still, and the marks that move above it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from ..heatmap import paint_cluster_names, paint_colour_bar, paint_heatmap
from .minimap import paint_minimap, paint_viewport
from .ruler import paint_ruler
from .tracks import ALARM, Row, paint_confidence, paint_difference, paint_empty, paint_track

TimelineView = Any
"""The widget that is painted; to name its class here would close a circle of imports."""

EMPTY = {
    "ground-truth": "This video has no ground truth.",
    "prediction": "No prediction yet. Train a model, or segment this video with a run.",
    "corrected": "Nothing corrected yet. Press T to take the prediction",
    "difference": "Nothing to compare yet.",
    "confidence": "No scores yet. They come with a prediction.",
    "heatmap": "No scores. They come with a prediction; if the cache was emptied, segment again.",
}
Role = QPalette.ColorRole


def paint_rows(painter: QPainter, view: TimelineView) -> None:
    """Draw everything but playhead, hover and drag."""
    palette, axis, shown = view.palette(), view.axis, view.shown
    if shown is None:
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(view.rect(), Qt.AlignmentFlag.AlignCenter, view.tr("No video. Open a project or a dataset."))
        return
    session, timebase = view.session, shown.video.timebase
    for row in view.rows:
        rect = row.rect(axis)
        _gutter(painter, view, row)
        if row.key == "ruler":
            paint_ruler(painter, rect, axis, timebase, palette)
            continue
        if row.key == "minimap":
            paint_minimap(painter, rect, shown, palette, colour=session.action_colour, name=session.action_name)
            paint_viewport(painter, rect, axis, palette)
            continue
        if row.key == "source":
            if shown.pyramid is not None:
                left = rect.left() + view.source.width() + 16
                bar = QRect(left, rect.top(), min(220, rect.width() // 3), rect.height())
                paint_colour_bar(painter, bar, "0", f"{shown.pyramid.top:.3g}", palette)
            continue
        painter.fillRect(rect, palette.color(Role.Base if row.key == "corrected" else Role.AlternateBase))
        _lane(painter, view, row, rect)


def _lane(painter: QPainter, view: TimelineView, row: Row, rect: QRect) -> None:
    palette, axis, shown, session = view.palette(), view.axis, view.shown, view.session
    assert shown is not None
    missing = False
    if row.key == "difference":
        missing = shown.different is None
        if shown.different is not None:
            paint_difference(painter, rect, shown.different, axis)
    elif row.key == "confidence":
        missing = shown.confidence is None
        if shown.confidence is not None:
            paint_confidence(painter, rect, shown.confidence, axis, palette)
    elif row.key == "heatmap":
        missing = shown.pyramid is None
        if shown.pyramid is not None:
            paint_heatmap(painter, rect, shown.pyramid, axis, shown.video.timebase)
    else:
        track = shown.tracks.get(row.key)
        missing = track is None
        if track is not None:
            selection = session.selection if row.key == "corrected" else frozenset()
            painter.save()
            if row.key == "corrected":
                font = painter.font()
                font.setBold(True)
                painter.setFont(font)
            paint_track(
                painter,
                rect,
                track,
                axis,
                palette=palette,
                colour=session.action_colour,
                name=session.action_name,
                selection=selection,
            )
            painter.restore()
    if missing:
        paint_empty(painter, rect, view.tr(EMPTY[row.key]), palette)


def _gutter(painter: QPainter, view: TimelineView, row: Row) -> None:
    palette, shown = view.palette(), view.shown
    assert shown is not None
    room = QRect(10, row.top, view.gutter - 18, row.height)
    painter.save()
    if row.key == "heatmap" and shown.pyramid is not None:
        names = QRect(6, row.top, view.gutter - 8, row.height)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        paint_cluster_names(painter, names, shown.clusters, shown.cluster_colours, palette)
    elif row.title:
        if row.key == "corrected" and view.hasFocus():  # the keyboard is here
            painter.fillRect(QRect(0, row.top, 3, row.height), palette.color(Role.Highlight))
        font = painter.font()
        font.setBold(row.key == "corrected")
        painter.setFont(font)
        painter.setPen(palette.color(Role.WindowText if row.key in ("corrected", "source") else Role.PlaceholderText))
        text = view.tr(row.title)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()


def paint_marks(painter: QPainter, view: TimelineView) -> None:
    """Draw what moves: the boundary under the pointer or on its way, the frame asked for, the playhead."""
    axis, palette = view.axis, view.palette()
    rows = {row.key: row for row in view.rows}
    top, bottom = rows["ruler"].top, rows["heatmap"].top + rows["heatmap"].height
    lane = rows["corrected"].rect(axis)
    painter.save()
    painter.setClipRect(QRect(axis.left - 6, 0, axis.width + 12, view.height()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    if view.drag is not None and view.drag.has_moved:
        _drag_track(painter, view, lane)
    _boundaries(painter, view, lane)
    playback = view.session.playback
    _mini_head(painter, view, rows["minimap"].rect(axis))
    if playback.loop is not None:
        _loop(painter, view, rows["ruler"].rect(axis), bottom)
    if playback.wanted >= 0 and playback.wanted != playback.frame:
        x = axis.x(playback.wanted + 0.5)
        painter.setPen(QPen(palette.color(Role.PlaceholderText), 1))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    left, wide = axis.x(playback.frame), axis.scale
    accent = palette.color(Role.WindowText)
    if wide >= 4:  # the frame on screen is a band when frames are wide
        band = QColor(accent)
        band.setAlpha(38)
        painter.fillRect(QRectF(left, top, wide, bottom - top), band)
    x = left + (0.0 if wide >= 4 else wide / 2)
    painter.setPen(QPen(palette.color(Role.Base), 3.5))
    painter.drawLine(QPointF(x, top + 6), QPointF(x, bottom))
    painter.setPen(QPen(accent, 1.5))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(accent)
    y = rows["ruler"].top + rows["ruler"].height
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x - 6, y - 12),
                QPointF(x + 6, y - 12),
                QPointF(x + 6, y - 6),
                QPointF(x, y),
                QPointF(x - 6, y - 6),
            ]
        )
    )
    if view.drag is not None and view.drag.has_moved:
        _drag_line(painter, view, lane, top, bottom)
    painter.restore()


def _loop(painter: QPainter, view: TimelineView, ruler: QRect, bottom: int) -> None:
    start, stop = view.session.playback.loop or (0, 0)
    left, right = (min(max(view.axis.x(f), ruler.left()), ruler.right() + 1) for f in (start, stop))
    accent = QColor(view.palette().color(Role.Highlight))
    painter.fillRect(QRectF(left, ruler.bottom() - 3, right - left, 4), accent)
    accent.setAlpha(28)
    painter.fillRect(QRectF(left, ruler.top(), right - left, bottom - ruler.top()), accent)


def _mini_head(painter: QPainter, view: TimelineView, rect: QRect) -> None:
    x = rect.left() + (view.session.playback.frame + 0.5) / view.axis.n_frames * rect.width()
    painter.setPen(QPen(view.palette().color(Role.WindowText), 1.5))
    painter.drawLine(QPointF(x, rect.top() + 4), QPointF(x, rect.bottom() + 1))


def _boundaries(painter: QPainter, view: TimelineView, lane: QRect) -> None:
    assert view.shown is not None
    track = view.shown.corrected
    if track is None or (view.drag is not None and view.drag.has_moved):
        return
    for boundary, width in ((view.hovered_boundary, 2.0), (view.selected_boundary, 4.0)):
        if boundary is None or boundary >= len(track) - 1:
            continue
        x = view.axis.x(int(track.starts[boundary + 1])) - 0.5
        painter.setPen(QPen(view.palette().color(Role.Base), width + 3))
        painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
        painter.setPen(QPen(view.palette().color(Role.Highlight), width))
        painter.drawLine(QPointF(x, lane.top() - 2), QPointF(x, lane.bottom() + 2))


def _drag_track(painter: QPainter, view: TimelineView, lane: QRect) -> None:
    drag, shown, palette, axis = view.drag, view.shown, view.palette(), view.axis
    assert drag is not None and shown is not None and shown.corrected is not None
    painter.save()
    painter.fillRect(lane, palette.color(Role.Base))
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    paint_track(
        painter,
        lane,
        drag.applied(shown.corrected),
        axis,
        palette=palette,
        selection=view.session.selection,
        colour=view.session.action_colour,
        name=view.session.action_name,
    )
    painter.restore()


def _drag_line(painter: QPainter, view: TimelineView, lane: QRect, top: int, bottom: int) -> None:
    drag, palette, axis = view.drag, view.palette(), view.axis
    assert drag is not None
    x = axis.x(drag.frame) - 0.5
    ghost = axis.x(drag.origin) - 0.5
    painter.setPen(QPen(palette.color(Role.WindowText), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(ghost, lane.top()), QPointF(ghost, lane.bottom()))
    colour = ALARM if drag.frame in (drag.low, drag.high) else palette.color(Role.Highlight)
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine if not drag.target else Qt.PenStyle.SolidLine))
    painter.drawLine(QPointF(x, top), QPointF(x, bottom))
    painter.setPen(QPen(colour, 4))
    painter.drawLine(QPointF(x, lane.top() - 2), QPointF(x, lane.bottom() + 2))
    _flag(painter, view, x, lane, colour, f"{drag.target} {drag.frame:,}".strip(), f"{drag.frame - drag.origin:+,}")


def _flag(painter: QPainter, view: TimelineView, x: float, lane: QRect, colour: QColor, text: str, moved: str) -> None:
    label = f"{text}   {moved}"
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(label) + 16, metrics.height() + 6
    left = min(max(view.axis.left, x + 8), view.axis.right - width)
    box = QRectF(left, lane.bottom() + 6, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
