"""Strips of several tracks of a video, one above the other: what they hold, and how a block of them is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPalette, QPen

from core.annotation.segmentation import Segmentation
from core.annotation.statistics import differences
from core.data.dataset import UNLABELLED, VideoId

from ...models.drawing import Looks
from ...palette import text_on
from ..timeline.geometry import Axis, pieces

ALARM = QColor("#d93a3a")
Role = QPalette.ColorRole
MIDDLE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
MIDDLE_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Strip:
    """One track of a video; `table` still has to be applied to it (None: it is in actions). `score` is its text."""

    title: str
    track: Segmentation | None
    score: str = ""
    table: Mapping[int, int] | None = None

    @cached_property
    def cut(self) -> Segmentation | None:
        """The track in actions."""
        if self.track is None or self.table is None:
            return self.track
        return self.track.mapped(dict(self.table), default=UNLABELLED)


@dataclass(frozen=True)
class Block:
    """The strips of one video. Where they differ from strip number `reference` is marked below each; None: nowhere."""

    video: VideoId
    name: str
    n_frames: int
    strips: tuple[Strip, ...]
    reference: int | None = None

    @cached_property
    def wrong(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The stretches of frames on which each strip differs from the reference."""
        known = None if self.reference is None else self.strips[self.reference].cut
        return tuple(
            tuple(differences(known, strip.cut))
            if known is not None and strip.cut is not None and number != self.reference
            else ()
            for number, strip in enumerate(self.strips)
        )


@dataclass(frozen=True)
class Columns:
    """Where names, titles, strips and scores of a block lie from left to right, and how tall a strip is."""

    left: int
    name: int
    title: int
    strip: int
    score: int
    height: int = 13
    gap: int = 5
    padding: int = 9

    @property
    def axis_left(self) -> int:
        return self.left + self.name + self.title

    @property
    def width(self) -> int:
        return self.name + self.title + self.strip + self.score

    def block(self, n_strips: int) -> int:
        """Height of a block with this many strips."""
        return max(1, n_strips) * (self.height + self.gap) - self.gap + 2 * self.padding

    def axis(self, n_frames: int) -> Axis:
        """The axis of a whole video on the strip's width."""
        return Axis.whole(n_frames, left=self.axis_left, width=self.strip)

    def strip_at(self, y: float, n_strips: int) -> int | None:
        """The number of the strip at a height inside a block, its gap below included; None above and below them."""
        number = int((y - self.padding) // (self.height + self.gap))
        return number if y >= self.padding and number < n_strips else None


def paint_block(
    painter: QPainter,
    block: Block,
    top: float,
    columns: Columns,
    looks: Looks,
    palette: QPalette,
    *,
    axis: Axis | None = None,
    names: bool = False,
) -> None:
    """Draw a block at a height: the video's name, and each strip with its title, differences and score."""
    metrics = painter.fontMetrics()
    axis = axis or columns.axis(block.n_frames)
    tall = columns.block(len(block.strips))
    if columns.name:
        painter.setPen(palette.color(Role.WindowText))
        text = metrics.elidedText(block.name, Qt.TextElideMode.ElideMiddle, columns.name - 12)
        painter.drawText(QRectF(columns.left, top, columns.name - 12, tall), MIDDLE_LEFT, text)
    y = top + columns.padding
    for strip, wrong in zip(block.strips, block.wrong, strict=True):
        middle = QRectF(0, y, 1, columns.height)
        painter.setPen(palette.color(Role.PlaceholderText))
        title = metrics.elidedText(strip.title, Qt.TextElideMode.ElideRight, columns.title - 8)
        left = columns.left + columns.name
        line = QRectF(left, middle.center().y() - metrics.height() / 2, columns.title - 8, metrics.height())
        painter.drawText(line, MIDDLE_LEFT, title)
        lane = QRectF(columns.axis_left, y, columns.strip, columns.height)
        if strip.cut is None:
            painter.setPen(QPen(palette.color(Role.Mid), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(lane.left(), lane.center().y()), QPointF(lane.right(), lane.center().y()))
        else:
            paint_strip(painter, lane, strip.cut, axis, looks, palette, names=names)
            paint_wrong(painter, QRectF(lane.left(), lane.bottom() + 1, lane.width(), 2.5), wrong, axis)
        painter.setPen(palette.color(Role.WindowText))
        line.moveLeft(columns.axis_left + columns.strip)
        line.setWidth(columns.score)
        painter.drawText(line, MIDDLE_RIGHT, strip.score)
        y += columns.height + columns.gap


def paint_strip(
    painter: QPainter,
    lane: QRectF,
    cut: Segmentation,
    axis: Axis,
    looks: Looks,
    palette: QPalette,
    *,
    names: bool = False,
) -> None:
    """Draw the visible segments in the colours of their actions, each at least one unit wide."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    # Narrow ones last: their wide neighbours would cover them.
    for piece in sorted(pieces(cut.starts, axis), key=lambda p: p.right - p.left < 1):
        label = int(cut.labels[piece.segment])
        colour = looks.colour(label)
        box = QRectF(piece.left, lane.top(), max(1.0, piece.right - piece.left), lane.height())
        painter.fillRect(box, colour)
        if label == UNLABELLED:
            painter.fillRect(box, QBrush(palette.color(Role.PlaceholderText), Qt.BrushStyle.BDiagPattern))
        if names and box.width() > 30:
            _name(painter, box, looks.name(label), text_on(colour))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _name(painter: QPainter, box: QRectF, name: str, colour: QColor) -> None:
    text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(box.width()) - 10)
    if len(text) > 2:
        painter.setPen(colour)
        painter.drawText(box.adjusted(6, 0, -2, 0), MIDDLE_LEFT, text)


def paint_wrong(painter: QPainter, lane: QRectF, wrong: Sequence[tuple[int, int]], axis: Axis) -> None:
    """Draw a red line where a track differs from the reference; one frame is seen at any zoom."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    reached = lane.left()
    for start, stop in wrong:
        left, right = max(axis.x(start), reached), min(axis.x(stop), lane.right())
        if right > lane.left() and left < lane.right():
            painter.fillRect(QRectF(left, lane.top(), max(1.0, right - left), lane.height()), ALARM)
            reached = max(reached, left + 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def columns_for(
    painter_width: int, names: Sequence[int], titles: Sequence[int], scores: Sequence[int], *, line: int, left: int = 12
) -> Columns:
    """Columns that give the strips what names, titles and scores (their widths in pixels) leave.

    Args:
        line: height of a line of text, which stands beside each strip.
    """
    name = min(170, max(names, default=0) + 18)
    title = min(140, max(titles, default=0) + 12)
    score = max(scores, default=0) + 12
    strip = max(80, painter_width - left - name - title - score - 12)
    return Columns(left, name, title, strip, score, height=max(Columns.height, line + 1 - Columns.gap))


LEGEND_NAME = 270
"""Pixels of a name in the legend, whose it is included; what is longer is cut."""


def paint_legend(
    painter: QPainter, labels: Sequence[int], looks: Looks, palette: QPalette, *, left: int, top: int, width: int
) -> int:
    """Draw chips with names, wrapped; the height they take."""
    metrics = painter.fontMetrics()
    tall = metrics.height() + 6
    for x, y, label in legend_places(metrics, labels, looks, width):
        box = QRectF(left + x, top + y + (tall - 11) / 2, 11, 11)
        painter.fillRect(box, looks.colour(label))
        painter.setPen(palette.color(Role.WindowText))
        text = metrics.elidedText(looks.name(label), Qt.TextElideMode.ElideRight, LEGEND_NAME)
        painter.drawText(QPointF(left + x + 17, top + y + (tall + metrics.ascent() - metrics.descent()) / 2), text)
    return legend_height(metrics, labels, looks, width)


def legend_places(metrics: QFontMetrics, labels: Sequence[int], looks: Looks, width: int) -> list[tuple[int, int, int]]:
    """x, y and label of each chip of a legend that is `width` wide."""
    places = []
    x, y, tall = 0, 0, metrics.height() + 6
    for label in labels:
        wide = min(LEGEND_NAME, metrics.horizontalAdvance(looks.name(label))) + 34
        if x and x + wide > width:
            x, y = 0, y + tall
        places.append((x, y, label))
        x += wide
    return places


def legend_height(metrics: QFontMetrics, labels: Sequence[int], looks: Looks, width: int) -> int:
    """The height of that legend."""
    places = legend_places(metrics, labels, looks, width)
    return (places[-1][1] if places else 0) + metrics.height() + 6
