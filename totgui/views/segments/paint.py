"""Paints the tiles of a contact sheet: pictures, a band in the colour of the action, words, what is odd and chosen."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPalette, QPen

from core.data.dataset import UNLABELLED

from ...models.widgets import AMBER, GREEN
from ...palette import ACCENT, text_on

Role = QPalette.ColorRole
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
CENTRED = Qt.AlignmentFlag.AlignCenter
ROUND = 4
ONE_LINE = Qt.TextFlag.TextSingleLine
KEPT = 4000
NAME_LETTERS = 80
"""A longer name fits beside nothing."""


@dataclass(frozen=True)
class Tile:
    """What is painted of one segment. `shots` are its pictures, None where there is none (yet).

    `status` `gives_way` where the action's name needs the room: most tiles say so. `scrubbed` says how far the pointer
    has gone through it, None where it is elsewhere; `scrub` is the picture there.
    """

    rect: QRect
    shot_rects: tuple[QRect, ...]
    shots: tuple[QImage | None, ...]
    scrubbed: float | None
    scrub: QImage | None
    waiting: bool
    band: QRect
    label: int
    action: str
    colour: QColor
    video: str
    when: str
    status: str
    gives_way: bool
    is_done: bool
    badge: str
    is_chosen: bool
    is_current: bool
    has_cursor: bool


@dataclass
class Elided:
    """Texts cut to a width, kept: cutting a name of 500 letters takes longer than to paint all else of a tile."""

    _known: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def cut(self, metrics: QFontMetrics, text: str, width: int, mode: Qt.TextElideMode) -> str:
        """A text on one line that is no wider than `width` pixels."""
        key = (text, width, mode.value)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[key] = metrics.elidedText(" ".join(text[:2000].split()), mode, width)
        return found

    def clear(self) -> None:
        """Forget all: the font is another one."""
        self._known.clear()


def paint_tile(painter: QPainter, palette: QPalette, tile: Tile, elided: Elided) -> None:
    """Draw one tile."""
    _ground(painter, palette, tile)
    for rect, shot in zip(tile.shot_rects, tile.shots, strict=True):
        _shot(painter, palette, rect, shot, waiting=tile.waiting)
    if tile.scrubbed is not None:
        _scrubbed(painter, tile.shot_rects[0], tile.scrub, tile.scrubbed)
    _band(painter, tile, elided)
    _words(painter, palette, tile, elided)
    if tile.badge and tile.scrubbed is None:
        _badge(painter, tile, elided)
    if tile.is_done:
        _done(painter, tile.shot_rects[-1])


def _ground(painter: QPainter, palette: QPalette, tile: Tile) -> None:
    """The tile itself: tinted where it is chosen, outlined where the playhead stands in it."""
    base, accent = palette.color(Role.Base), palette.color(Role.Link)
    fill, edge, width = palette.color(Role.AlternateBase), palette.color(Role.Mid), 1.0
    if tile.is_chosen:
        share = 0.22
        fill = QColor.fromRgbF(*(a * (1 - share) + b * share for a, b in zip(_rgb(base), _rgb(ACCENT), strict=True)))
        edge, width = accent, 2.0
    if tile.is_current:
        edge, width = palette.color(Role.WindowText), 2.0
    painter.setPen(QPen(edge, width))
    painter.setBrush(fill)
    half = width / 2
    painter.drawRoundedRect(QRectF(tile.rect).adjusted(half, half, -half, -half), ROUND, ROUND)
    if tile.has_cursor:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DotLine))
        painter.drawRoundedRect(QRectF(tile.rect).adjusted(-2.5, -2.5, 2.5, 2.5), ROUND + 2, ROUND + 2)


def _rgb(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _shot(painter: QPainter, palette: QPalette, rect: QRect, shot: QImage | None, *, waiting: bool) -> None:
    painter.fillRect(rect, palette.color(Role.Mid))
    if shot is None:
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(rect, int(CENTRED), "…" if waiting else "no picture")
        return
    size = shot.deviceIndependentSize()
    left, top = rect.x() + (rect.width() - size.width()) / 2, rect.y() + (rect.height() - size.height()) / 2
    painter.drawImage(QPointF(round(left), round(top)), shot)


def _scrubbed(painter: QPainter, rect: QRect, picture: QImage | None, share: float) -> None:
    """The picture that the pointer has come to, and a line that says how far that is."""
    if picture is not None:
        size = picture.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, picture)
    line = QRect(rect.x(), rect.bottom() - 3, rect.width(), 4)
    painter.fillRect(line, QColor(0, 0, 0, 140))
    line.setWidth(max(3, round(share * rect.width())))
    painter.fillRect(line, QColor("#ffffff"))


def _band(painter: QPainter, tile: Tile, elided: Elided) -> None:
    """The action, and at its end what people said of the segment."""
    painter.fillRect(tile.band, tile.colour)
    ink = text_on(tile.colour)
    if tile.label == UNLABELLED:
        hatch = QColor(ink)
        hatch.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hatch)
        painter.fillRect(tile.band, Qt.BrushStyle.BDiagPattern)
    painter.setPen(ink)
    inner, metrics = tile.band.adjusted(6, 0, -6, 0), painter.fontMetrics()
    room = metrics.horizontalAdvance(tile.status)
    fits = metrics.horizontalAdvance(tile.action[:NAME_LETTERS]) + room + 8 <= inner.width()
    if tile.status and (fits or not tile.gives_way):
        painter.drawText(inner, int(RIGHT) | ONE_LINE, tile.status)
        inner.setRight(max(inner.left() + 10, inner.right() - room - 8))
    text = elided.cut(metrics, tile.action, inner.width(), Qt.TextElideMode.ElideRight)
    painter.drawText(inner, int(LEFT) | ONE_LINE, text)


def _words(painter: QPainter, palette: QPalette, tile: Tile, elided: Elided) -> None:
    """Video on the first line; on the second start and length."""
    metrics = painter.fontMetrics()
    line, top = metrics.height(), tile.band.bottom() + 4
    first = QRect(tile.band.x() + 2, top, tile.band.width() - 4, line)
    second = first.translated(0, line)
    painter.setPen(palette.color(Role.WindowText))
    name = elided.cut(metrics, tile.video, first.width(), Qt.TextElideMode.ElideMiddle)
    painter.drawText(first, int(LEFT) | ONE_LINE, name)
    painter.setPen(palette.color(Role.PlaceholderText))
    when = elided.cut(metrics, tile.when, second.width(), Qt.TextElideMode.ElideRight)
    painter.drawText(second, int(LEFT) | ONE_LINE, when)


def _badge(painter: QPainter, tile: Tile, elided: Elided) -> None:
    """Why it is odd, on the picture at the bottom left."""
    metrics, shot = painter.fontMetrics(), tile.shot_rects[0]
    room = tile.shot_rects[-1].right() - shot.x() - 8
    text = elided.cut(metrics, tile.badge, max(10, room - 12), Qt.TextElideMode.ElideRight)
    rect = QRect(shot.x() + 4, shot.bottom() - metrics.height() - 5, metrics.horizontalAdvance(text) + 12, 0)
    rect.setHeight(metrics.height() + 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(AMBER))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(text_on(QColor(AMBER)))
    painter.drawText(rect, int(CENTRED) | ONE_LINE, text)


def _done(painter: QPainter, shot: QRect) -> None:
    """A green sign at the top right: a person found it right."""
    disc = QRectF(shot.right() - 20, shot.y() + 4, 16, 16)
    painter.setPen(QPen(QColor("#ffffff"), 1.2))
    painter.setBrush(QColor(GREEN))
    painter.drawEllipse(disc)
    painter.setPen(
        QPen(QColor("#ffffff"), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    x, y = disc.x(), disc.y()
    painter.drawPolyline([QPointF(x + 4.5, y + 8.5), QPointF(x + 7, y + 11), QPointF(x + 11.5, y + 5.5)])
