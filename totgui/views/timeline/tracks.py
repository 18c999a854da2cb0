"""The rows of the timeline: where they lie, and how segments are painted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPalette, QPen

from core.annotation.segmentation import EDITED, Segmentation
from core.data.dataset import UNLABELLED

from ...palette import blend, text_on
from ...session.readings import stretches
from .geometry import Axis, IntArray, visible

FloatArray = NDArray[np.floating[Any]]
MARK_BAND = 13
"""Pixels at the top of the ruler that belong to the in and out marks."""
LEAST_HEATMAP = 2
"""Lines of text: lower, the names of its clusters would not be seen whole."""
OPTIONAL = ("comments", "sound")
"""Rows that come with the first comment of a project, and with the wish to see the sound."""
NARROW, GAP_FROM = 12, 5
"""Segments with fewer pixels than this are drawn without rounded corners or name; without a gap to the next."""


@dataclass(frozen=True)
class Row:
    """One row of the timeline, `top` to `top` + `height` in pixels."""

    key: str
    title: str
    top: int
    height: int

    def rect(self, axis: Axis) -> QRect:
        """The lane of the row."""
        return QRect(axis.left, self.top, axis.width, self.height)


GROWS = ("corrected", "confidence")
"""The rows that take the room of the scores where there is too little for those: a line, then what is left."""


def lay_out(
    height: int, line: int, runs: Iterable[tuple[str, str]] = (), *, optional: Collection[str] = ()
) -> list[Row]:
    """The rows in a view `height` pixels high with text lines of `line` pixels; the heatmap takes what is left.

    The scores are the first to go where there is no room: they lie below the lower edge then, whole.

    Args:
        runs: key and title of the rows of other runs and of another reviewer, which stand above the prediction.
        optional: those of `OPTIONAL` that are there.
    """
    heights = (
        ("minimap", "Whole video", line + 8, 4),
        ("ruler", "", line + MARK_BAND + 4, 3),
        ("comments", "Comments", line + 4, 3),
        ("sound", "Sound", line * 2 + 6, 4),
        ("ground-truth", "Ground truth", line + 9, 3),
        *((key, title, line + 9, 3) for key, title in runs),
        ("prediction", "Prediction", line + 9, 3),
        ("corrected", "Corrected", line * 2 + 6, 3),
        ("difference", "Difference", line, 4),
        ("confidence", "Confidence", line * 2, 4),
    )
    there = [row for row in heights if row[0] not in OPTIONAL or row[0] in optional]
    free = height - 4 - sum(tall + gap for _, _, tall, gap in there)
    source = line + 10
    scored = source + 2 + LEAST_HEATMAP * line + 6 <= free
    rows: list[Row] = []
    y = 4
    for key, title, tall, gap in there:
        if not scored and key in GROWS:  # the room of the scores goes to what there is
            more = max(0, min(line, free) if key == "corrected" else free - gap)
            tall, free = tall + more, free - more
        rows.append(Row(key, title, y, tall))
        y += tall + gap
    if not scored:
        y = max(y, height)
    rows.append(Row("source", "Scores", y, source))
    y += source + 2
    rows.append(Row("heatmap", "", y, max(LEAST_HEATMAP * line, height - y - 6)))
    return rows


def least_height(
    line: int, runs: Iterable[tuple[str, str]] = (), *, optional: Collection[str] = (), scored: bool = False
) -> int:
    """The height at which every row is seen, those of the scores only if `scored`."""
    top = next(row.top for row in lay_out(0, line, runs, optional=optional) if row.key == "source") + 2
    return top + line + 10 + LEAST_HEATMAP * line + 6 if scored else top


def hatch(painter: QPainter, rect: QRectF, palette: QPalette) -> None:
    """Fill with the grey hatching of what nobody has looked at."""
    base = palette.color(QPalette.ColorRole.Mid)
    base.setAlpha(90)
    painter.fillRect(rect, base)
    lines = palette.color(QPalette.ColorRole.PlaceholderText)
    lines.setAlpha(110)
    painter.fillRect(rect, QBrush(lines, Qt.BrushStyle.BDiagPattern))


def paint_track(
    painter: QPainter,
    rect: QRect,
    track: Segmentation,
    axis: Axis,
    *,
    palette: QPalette,
    colour: Callable[[int], QColor],
    name: Callable[[int], str],
    names: bool = True,
    selection: frozenset[int] = frozenset(),
) -> None:
    """Draw the visible segments with names where they fit; what is selected is outlined.

    Segments narrower than `NARROW` pixels are columns of one picture, so 10,000 cost no more than a few.
    """
    painter.save()
    painter.setClipRect(rect)
    edges, index = visible(track.starts, axis)
    labels = track.labels[index]
    known = np.unique(labels).tolist()
    colours = {label: colour(label) for label in known}
    wide = np.diff(edges) >= NARROW
    _paint_narrow(painter, rect, edges, labels, wide, colours, palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    boxes = [
        (int(labels[i]), int(index[i]), QRectF(edges[i], rect.top(), edges[i + 1] - edges[i] - 1, rect.height()))
        for i in np.flatnonzero(wide).tolist()
    ]
    by_label: dict[int, list[QRectF]] = {}
    for label, _, box in boxes:
        by_label.setdefault(label, []).append(box)
    for label, of_label in by_label.items():
        _paint_boxes(painter, of_label, label, colours[label], palette)
    if names:
        called = {label: name(label) for label in known}
        for label, _, box in boxes:
            if box.width() >= 25:
                _segment_text(painter, box, label, colours[label], called[label], palette)
    if rect.height() > 30:
        _paint_dots(painter, [(box, colours[of]) for of, i, box in boxes if track.flag(i) & EDITED])
    if selection:
        chosen = np.isin(index, np.fromiter(selection, np.int64, len(selection)))
        for first, stop in stretches(chosen):
            left, right = float(edges[first]), float(edges[stop])
            _outline(painter, QRectF(left, rect.top(), max(3.0, right - left - 1), rect.height()), palette)
    painter.restore()


def _paint_narrow(
    painter: QPainter,
    rect: QRect,
    edges: FloatArray,
    labels: IntArray,
    wide: NDArray[np.bool_],
    colours: dict[int, QColor],
    palette: QPalette,
) -> None:
    """Draw the pieces that are not wide as one line of pixels, as high as the row."""
    if wide.all():
        return
    ratio = painter.device().devicePixelRatioF()
    width = round(rect.width() * ratio)
    colours = dict(colours)
    if UNLABELLED in colours:
        mid, base = palette.color(QPalette.ColorRole.Mid), palette.color(QPalette.ColorRole.Base)
        colours[UNLABELLED] = blend(mid, base, 0.5)
    known = np.array(sorted(colours))
    table = np.array([colours[label].rgba() for label in known.tolist()], np.uint32)
    pixels = np.where(wide, np.uint32(0), table[np.searchsorted(known, labels)])
    cuts = np.clip(np.round((edges - rect.left()) * ratio).astype(np.int64), 0, width)
    line = np.zeros(width, np.uint32)
    line[cuts[0] : cuts[-1]] = np.repeat(pixels, np.diff(cuts))
    for back in range(1, 1 + round(ratio)):
        line[cuts[1:][np.diff(edges) >= GAP_FROM] - back] = 0
    image = QImage(line.tobytes(), width, 1, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    painter.drawImage(QRectF(rect), image)


def _paint_boxes(painter: QPainter, boxes: list[QRectF], label: int, colour: QColor, palette: QPalette) -> None:
    """Draw the wide segments of one label."""
    if label == UNLABELLED:
        for box in boxes:
            hatch(painter, box, palette)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for box in boxes:
        painter.drawRoundedRect(box, 3, 3)


def _paint_dots(painter: QPainter, boxes: list[tuple[QRectF, QColor]]) -> None:
    """Draw the dot of what a person has edited."""
    painter.setPen(Qt.PenStyle.NoPen)
    for box, colour in boxes:
        painter.setBrush(text_on(colour))
        painter.drawEllipse(QPointF(box.right() - 6, box.top() + 6.5), 2.5, 2.5)


def _segment_text(painter: QPainter, box: QRectF, label: int, colour: QColor, text: str, palette: QPalette) -> None:
    room = int(box.width()) - 10
    text = _fitting(painter.fontMetrics(), text, room)
    if not text:
        return
    painter.setPen(palette.color(QPalette.ColorRole.WindowText) if label == UNLABELLED else text_on(colour))
    painter.drawText(box.adjusted(7, 0, -3, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _fitting(metrics: QFontMetrics, text: str, room: int) -> str:
    """A text cut to a width; empty where less than a few letters fit."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    return text if len(text) >= 4 else ""


def _outline(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 5))
    painter.drawRoundedRect(box.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 2.5))
    painter.drawRoundedRect(box.adjusted(1.25, 1.25, -1.25, -1.25), 3, 3)


def paint_empty(painter: QPainter, rect: QRect, text: str, palette: QPalette) -> None:
    """Say in the row what is missing and how to get it."""
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    place = rect.adjusted(10, 0, -4, 0)
    metrics, flags = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    place.setHeight(min(place.height(), 3 * metrics.height()))
    if place.height() >= 2 * metrics.height():
        painter.drawText(place, flags | Qt.TextFlag.TextWordWrap, text)
    else:
        painter.drawText(place, flags, metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width()))
