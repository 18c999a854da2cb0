"""Puts the rows of the timeline together: everything that stands still while the playhead moves."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPalette

from core.annotation.segmentation import Segmentation

from ...models.key_hints import not_taken, nothing_corrected
from ...palette import blend
from ..heatmap import paint_cluster_names, paint_colour_bar, paint_heatmap, paint_path
from .canvas import Canvas
from .comments import paint_comments
from .curves import paint_confidence, paint_difference
from .geometry import Axis
from .lanes import Same
from .minimap import paint_minimap, paint_viewport
from .ruler import paint_ruler
from .shown import Shown
from .sound import paint_sound, paint_starts
from .tracks import Row, paint_empty, paint_track

EMPTY = {
    "ground-truth": "This video has no ground truth.",
    "prediction": "No prediction yet. Train a run, or segment this video with a run.",
    "difference": "Nothing to compare yet.",
    "confidence": "No scores yet. They come with a prediction.",
    "heatmap": "No scores yet. They come with a prediction.",
    "emptied": "The scores are not in the cache any more. Segment the video again to see them.",
    "reading": "The scores are being read.",
    "run": "This run has not segmented the video.",
}
GHOST = 0.4
"""How strong the prediction is drawn in Corrected as long as nobody has taken it."""
PATH_STEP = 4
"""Pixels that a step of the decoded path is wide at least, on average, where the path is drawn."""
SCORED = ("confidence", "heatmap")
Role = QPalette.ColorRole


def paint_rows(painter: QPainter, view: Canvas) -> None:
    """Draw everything but playhead, marks, hover and drag."""
    palette, axis, shown = view.palette(), view.axis, view.shown
    if shown is None:
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(view.rect(), Qt.AlignmentFlag.AlignCenter, view.tr("No video. Open a project or a dataset."))
        return
    _gutters(painter, view, shown)
    for row in view.rows:
        rect = row.rect(axis)
        if row.key == "source":
            if shown.pyramid is not None:
                left = rect.left() + view.source.width() + 16
                bar = QRect(left, rect.top(), min(220, rect.width() // 3), rect.height())
                paint_colour_bar(painter, bar, "0", f"{shown.pyramid.top:.3g}", palette)
            continue
        _lane(painter, view, shown, row, rect)
        if row.key == "minimap":
            paint_viewport(painter, rect, axis, palette)


def _lane(painter: QPainter, view: Canvas, shown: Shown, row: Row, rect: QRect) -> None:
    """Draw one row, from its picture where that still holds."""
    palette, axis, session = view.palette(), view.axis, view.session
    track = shown.track(row.key)
    look = (palette.cacheKey(), painter.font().key(), shown.actions)
    if row.key in ("minimap", "ruler"):
        ground = palette.color(view.backgroundRole())
        signature: tuple[Any, ...] = (*look, Same(shown.main), Same(shown.different))
        if row.key == "ruler":
            signature = (*look, axis, Same(shown.video))
    else:
        ground = palette.color(Role.Base if row.key == "corrected" else Role.AlternateBase)
        data = {
            "difference": shown.different,
            "confidence": shown.confidence,
            "heatmap": shown.pyramid,
            "sound": shown.sound,
        }
        signature = (*look, axis, Same(track or data.get(row.key)))
        if row.key in SCORED:
            has_prediction = shown.track("prediction") is not None
            signature = (*signature, Same(shown.path), shown.is_reading, view.scores.is_late, has_prediction)
        if row.key == "sound":
            signature = (*signature, shown.snaps_to_sound)
        if row.key == "comments":
            signature = (*look, axis, Same(shown.comments), view.current_comment())
        if row.key == "corrected":
            signature = (*signature, session.selection, shown.is_ghost, tuple(view.keys.items()))
    view.lanes.draw(painter, row.key, rect, ground, signature, lambda inner: _content(inner, view, shown, row, rect))


def _is_readable(path: Segmentation, axis: Axis) -> bool:
    """Whether the steps of a decoded path are wide enough to be told apart; else it would hide the scores below it."""
    first, last = np.searchsorted(path.starts, (axis.start, axis.stop))
    return bool(last - first <= axis.width / PATH_STEP)


def _content(painter: QPainter, view: Canvas, shown: Shown, row: Row, rect: QRect) -> None:
    palette, axis = view.palette(), view.axis
    track = shown.track(row.key)
    if row.key == "minimap":
        paint_minimap(painter, rect, shown, palette, colour=shown.colour, name=shown.name)
    elif row.key == "ruler":
        paint_ruler(painter, rect, axis, shown.video.timebase, palette)
    elif row.key == "comments" and shown.comments is not None:
        current = view.current_comment()
        paint_comments(painter, rect, shown.comments, axis, palette=palette, current=current)
    elif row.key == "difference" and shown.different is not None:
        paint_difference(painter, rect, shown.different, axis)
    elif row.key == "confidence" and shown.confidence is not None:
        paint_confidence(painter, rect, shown.confidence, axis, palette)
    elif row.key == "heatmap" and shown.pyramid is not None:
        paint_heatmap(painter, rect, shown.pyramid, axis, shown.video.timebase)
        if shown.path is not None and _is_readable(shown.path, axis):
            paint_path(painter, rect, shown.path.starts, shown.path.labels, shown.pyramid.n_clusters, axis)
    elif row.key == "sound" and shown.sound is not None:
        paint_sound(painter, rect, shown.sound, axis, shown.video.timebase, palette)
        if shown.sound_starts is not None:
            paint_starts(painter, rect, shown.sound_starts, axis, palette)
    elif row.key == "corrected" and track is not None:
        paint_corrected(painter, view, shown, rect, track, ghost=shown.is_ghost)
        if shown.is_ghost:
            _say_ghost(painter, view, rect)
    elif track is not None:
        paint_track(painter, rect, track, axis, palette=palette, colour=shown.colour, name=shown.name)
    elif row.key in SCORED and shown.is_reading:
        if view.scores.is_late:
            paint_empty(painter, rect, view.tr(EMPTY["reading"]), palette)
    else:
        emptied = row.key in SCORED and shown.track("prediction") is not None
        key = "emptied" if emptied else row.key
        text = nothing_corrected(view.keys) if key == "corrected" else EMPTY.get(key, EMPTY["run"])
        paint_empty(painter, rect, view.tr(text), palette)


def paint_corrected(
    painter: QPainter, view: Canvas, shown: Shown, rect: QRect, track: Segmentation, *, ghost: bool = False
) -> None:
    """Draw what Corrected holds, or would hold after a drag.

    A ghost is paler, not see-through: its names are black or white by what they really stand on.
    """
    ground = view.palette().color(Role.Base)
    pale = cache(lambda label: blend(shown.colour(label), ground, GHOST))
    painter.save()
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    paint_track(
        painter,
        rect,
        track,
        view.axis,
        palette=view.palette(),
        colour=pale if ghost else shown.colour,
        name=shown.name,
        selection=view.session.selection,
    )
    painter.restore()


def _say_ghost(painter: QPainter, view: Canvas, rect: QRect) -> None:
    """Say in the row that it shows the prediction, and how it is taken."""
    palette, metrics = view.palette(), painter.fontMetrics()
    text = metrics.elidedText(view.tr(not_taken(view.keys)), Qt.TextElideMode.ElideRight, rect.width() - 32)
    width = metrics.horizontalAdvance(text) + 16
    box = QRect(rect.left() + 8, rect.center().y() - metrics.height() // 2 - 2, width, metrics.height() + 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(palette.color(Role.Mid))
    painter.setBrush(palette.color(Role.Base))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(palette.color(Role.Text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _gutters(painter: QPainter, view: Canvas, shown: Shown) -> None:
    """Draw the names at the left, from their picture where that still holds."""
    palette, chosen = view.palette(), view.session.chosen

    def paint(inner: QPainter) -> None:
        for row in view.rows:
            _gutter(inner, view, shown, row)

    signature = (palette.cacheKey(), painter.font().key(), tuple(view.rows), chosen.active, view.hasFocus())
    names = (tuple(shown.clusters), tuple(shown.cluster_colours))
    area = QRect(0, 0, view.gutter, view.height())
    view.lanes.draw(painter, "gutter", area, palette.color(view.backgroundRole()), (*signature, names), paint)


def _gutter(painter: QPainter, view: Canvas, shown: Shown, row: Row) -> None:
    palette, active = view.palette(), view.session.chosen.active
    painter.save()
    if row.key == "heatmap" and shown.pyramid is not None:
        names = QRect(6, row.top, view.gutter - 8, row.height)
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        paint_cluster_names(painter, names, shown.clusters, shown.cluster_colours, palette)
    elif row.title:
        is_active = row.key == active
        if is_active:  # T and Ctrl+arrows work on it; brighter where the keyboard is here
            bar = palette.color(Role.Highlight if view.hasFocus() else Role.PlaceholderText)
            painter.fillRect(QRect(0, row.top, 3, row.height), bar)
        font = painter.font()
        font.setBold(row.key == "corrected")
        painter.setFont(font)
        bright = is_active or row.key == "corrected"
        painter.setPen(palette.color(Role.WindowText if bright else Role.PlaceholderText))
        room = QRect(10, row.top, view.gutter - 18, row.height)
        title = view.tr(row.title)
        text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        view.cut_titles[row.key] = title if text != title else ""
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.restore()
