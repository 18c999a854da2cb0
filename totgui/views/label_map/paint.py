"""How the matrix of the label map is painted: cells, chips, heads, the chip under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen, QPixmap

from core.annotation.overlap import Overlap
from core.annotation.values import UNMAPPED, LabelMap
from core.data.dataset import BACKGROUND, VideoId

from ...models.medoids import Medoid
from ...models.widgets import AMBER
from ...palette import ACCENT, blend, luminance, tone
from .layout import SLOPE, Layout

SHADE = QColor("#256ac4")
BLACK, WHITE = QColor("#000000"), QColor("#ffffff")
CENTRE, LEFT, RIGHT = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass
class Scene:
    """Everything that is painted, from the view's values; `proposal` is a table that waits for Apply."""

    overlap: Overlap
    label_map: LabelMap
    name_of: Callable[[int], str]
    colour_of: Callable[[int], str]
    picture_of: Callable[[VideoId, int], QImage | None]
    medoids: Mapping[int, list[Medoid]] = field(default_factory=dict)
    proposal: Mapping[int, int] | None = None
    hover: tuple[int, int] | None = None
    hover_row: int | None = None
    cursor: tuple[int, int] | None = None
    refused: bool = False

    def column_name(self, column: int) -> str:
        """What stands over a column."""
        target = self.overlap.columns[column]
        if target == UNMAPPED:
            return "(unmapped)"
        retired = " (retired)" if target in self.overlap.inputs.retired else ""
        return "(background)" if target == BACKGROUND else self.name_of(target) + retired

    def is_assigned(self, cell: tuple[int, int]) -> bool:
        """Whether the chip of the row lies in this cell."""
        return self.overlap.column(self.label_map.target(cell[0])) == cell[1]


def paint(painter: QPainter, scene: Scene, layout: Layout, palette: QPalette, size: QRect) -> None:
    """The whole view: cells first, heads over what scrolls below them."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    table = scene.label_map.table()
    rows = [r for r in range(layout.rows) if -layout.row < layout.row_top(r) - layout.top < size.height()]
    columns = [c for c in range(layout.columns) if -layout.cell < layout.column_left(c) - layout.head < size.width()]
    painter.save()
    painter.setClipRect(QRect(layout.head, layout.top, size.width(), size.height()))
    for row in rows:
        for column in columns:
            _cell(painter, scene, layout, palette, row, column, table[row])
    painter.restore()
    painter.save()
    painter.setClipRect(QRect(layout.head, 0, size.width(), layout.top))
    for column in columns:
        _column_head(painter, scene, layout, palette, column, table)
    painter.restore()
    painter.save()
    painter.setClipRect(QRect(0, layout.top, layout.head, size.height()))
    for row in rows:
        _row_head(painter, scene, layout, palette, row, table[row])
    painter.restore()
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
    painter.drawLine(layout.head - 1, layout.top, layout.head - 1, size.height())


def _cell(
    painter: QPainter, scene: Scene, layout: Layout, palette: QPalette, row: int, column: int, target: int
) -> None:
    found, rect = scene.overlap, layout.cell_rect(row, column)
    count, total = int(found.counts[row, column]), int(found.counts[row].sum())
    share = count / total if total else 0.0
    fill = blend(SHADE, palette.color(QPalette.ColorRole.Base), share**0.7)
    painter.fillRect(rect.adjusted(1, 1, -1, -1), fill)
    is_assigned = found.column(target) == column
    if count:
        painter.setPen(ink(fill))
        text = rect.adjusted(0, 0, 0, -(6 if layout.dense else 14)) if is_assigned else rect
        most = 10_000 if layout.dense else 100_000
        usual = painter.font()
        if layout.dense:
            painter.setFont(smaller(usual))
        painter.drawText(text, CENTRE, f"{count:,}" if count < most else f"{count / 1000:,.0f}k")
        painter.setFont(usual)
    text_colour = palette.color(QPalette.ColorRole.WindowText)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_assigned:
        is_empty = not count and found.has_truth and target >= 0
        painter.setPen(QPen(text_colour, 2.2, Qt.PenStyle.DashLine if is_empty else Qt.PenStyle.SolidLine))
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 4, 4)
        _chip(painter, chip_rect(rect, dense=layout.dense), QColor(scene.colour_of(target)))
    if scene.proposal is not None and found.column(scene.proposal[row]) == column and not is_assigned:
        painter.setPen(QPen(QColor(AMBER), 2.4, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 4, 4)
    if (row, column) == scene.hover:
        painter.setPen(QPen(QColor("#c8452f") if scene.refused else ACCENT, 2))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 4, 4)
    if (row, column) == scene.cursor:
        painter.setPen(QPen(text_colour, 1, Qt.PenStyle.DotLine))
        painter.drawRect(rect.adjusted(4, 4, -5, -5))


def chip_rect(cell: QRect, *, dense: bool = False) -> QRect:
    """The chip inside its cell."""
    if dense:
        return QRect(cell.left() + 6, cell.bottom() - 7, cell.width() - 12, 4)
    return QRect(cell.left() + 7, cell.bottom() - 14, cell.width() - 14, 9)


def _chip(painter: QPainter, rect: QRect, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setBrush(ink(colour))
    for step in (-6, 0, 6) if rect.height() > 6 else ():  # a grip
        painter.drawEllipse(QPointF(rect.center().x() + step + 0.5, rect.center().y() + 0.5), 1.1, 1.1)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _column_head(
    painter: QPainter, scene: Scene, layout: Layout, palette: QPalette, column: int, table: Mapping[int, int]
) -> None:
    found, target = scene.overlap, scene.overlap.columns[column]
    is_taken = target in table.values()
    dim, text = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.WindowText)
    left, below = layout.column_left(column), layout.below
    if scene.hover is not None and scene.hover[1] == column:
        band = QRect(left + 1, layout.top - below - 2, layout.cell - 2, below)
        painter.fillRect(band, palette.color(QPalette.ColorRole.AlternateBase))
    painter.setPen(text if is_taken or target < 0 else dim)
    _column_name(painter, layout, column, scene.column_name(column))
    if target == UNMAPPED:
        return
    painter.fillRect(QRect(left + 6, layout.top - 5, layout.cell - 12, 3), QColor(scene.colour_of(target)))
    if layout.dense:
        return
    recall = found.recall(table, column) if target >= 0 else None
    lines = [f"{int(found.wanted[column]):,}"] if found.wanted[column] or target >= 0 else []
    if target >= 0:
        lines.append("no cluster" if not is_taken else "" if recall is None else f"{100 * recall:.0f} %")
    painter.setFont(smaller(painter.font()))
    height = painter.fontMetrics().height()
    for number, line in enumerate(lines):
        painter.setPen(tone("warning") if line == "no cluster" and found.wanted[column] else dim)
        top = layout.top - 7 - height * (2 - number)
        painter.drawText(QRect(left, top, layout.cell, height), CENTRE, line)
    painter.setFont(larger(painter.font()))


def _column_name(painter: QPainter, layout: Layout, column: int, name: str) -> None:
    left, bottom = layout.column_left(column), layout.top - layout.below
    if layout.is_level:
        rect = QRect(left, bottom - layout.line - 4, layout.cell, layout.line)
        painter.drawText(rect, CENTRE, elided(painter.fontMetrics(), name, layout.cell))
        return
    painter.save()
    painter.translate(left + layout.cell / 2 - 2, bottom - 6)
    painter.rotate(-42)
    painter.drawText(0, 0, elided(painter.fontMetrics(), name, round((bottom - 10) / SLOPE)))
    painter.restore()


def _row_head(painter: QPainter, scene: Scene, layout: Layout, palette: QPalette, row: int, target: int) -> None:
    found, top = scene.overlap, layout.row_top(row)
    dim, text = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.WindowText)
    if scene.hover_row == row:
        painter.fillRect(QRect(0, top, layout.head, layout.row), palette.color(QPalette.ColorRole.AlternateBase))
    is_locked = row in scene.label_map.locked
    if is_locked or scene.hover_row == row:
        _lock(painter, layout.lock_rect(row), text if is_locked else dim, is_locked)
    painter.setPen(text)
    painter.drawText(layout.number_rect(row), MIDDLE | RIGHT, str(row))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.colour_of(target)))
    painter.drawRoundedRect(layout.swatch_rect(row), 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _pictures(painter, scene, layout, palette, row)
    rect = layout.text_rect(row)
    middle = rect.center().y() + 1
    upper = rect if layout.dense else QRect(rect.left(), middle - layout.line, rect.width(), layout.line)
    name = "not mapped" if target == UNMAPPED else "background" if target == BACKGROUND else scene.name_of(target)
    painter.setPen(dim if target == UNMAPPED else text)
    by_hand = " *" if row in scene.label_map.by_hand else ""
    painter.drawText(upper, MIDDLE | LEFT, elided(painter.fontMetrics(), name + by_hand, rect.width()))
    if layout.dense:
        return
    painter.setFont(smaller(painter.font()))
    painter.setPen(dim)
    painter.drawText(
        QRect(rect.left(), middle, rect.width(), layout.line),
        MIDDLE | LEFT,
        elided(painter.fontMetrics(), row_counts(found, row), rect.width()),
    )
    painter.setFont(larger(painter.font()))


def row_counts(found: Overlap, row: int) -> str:
    """Purity, frames and videos of a cluster, the most telling first."""
    purity = found.purity(row)
    many = int(found.videos[row])
    parts = [] if purity is None else [f"{'mixed ' if found.is_mixed(row) else ''}{100 * purity:.0f} %"]
    parts += [f"{int(found.frames[row]):,}", f"{many} video{'' if many == 1 else 's'}"]
    return " · ".join(parts) if found.frames[row] else "no frames"


def _pictures(painter: QPainter, scene: Scene, layout: Layout, palette: QPalette, row: int) -> None:
    found = scene.medoids.get(row, [])
    for place in range(layout.pictures):
        rect = layout.picture_rect(row, place)
        image = scene.picture_of(found[place].video, found[place].frame) if place < len(found) else None
        if image is None:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.AlternateBase))
            continue
        ratio = painter.device().devicePixelRatio()
        wanted = rect.size() * ratio
        pixmap = QPixmap.fromImage(
            image.scaled(
                wanted, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
            )
        )
        spare = (pixmap.size() - wanted) / 2
        painter.drawPixmap(rect, pixmap, QRect(QPoint(spare.width(), spare.height()), wanted))


def _lock(painter: QPainter, rect: QRect, colour: QColor, closed: bool) -> None:
    centre = rect.center()
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    shift = 0 if closed else 3
    painter.drawArc(QRectF(centre.x() - 4 + shift, centre.y() - 7, 8, 9), 0, 180 * 16)
    if closed:
        painter.fillRect(QRectF(centre.x() - 5, centre.y() - 2, 10, 7), colour)
    else:
        painter.drawRect(QRectF(centre.x() - 5, centre.y() - 2, 10, 7))


def paint_drag(
    painter: QPainter,
    palette: QPalette,
    bounds: QRect,
    point: QPoint,
    *,
    chip: str,
    colour: QColor,
    text: str,
    warn: bool,
) -> None:
    """The chip at the pointer and what dropping it would do, kept inside the view."""
    metrics = painter.fontMetrics()
    lines = [elided(metrics, line, bounds.width() - 40) for line in text.split("\n") if line]
    chip = elided(metrics, chip, bounds.width() - 60)
    wide = max([metrics.horizontalAdvance(chip) + 16, *map(metrics.horizontalAdvance, lines)]) + 20
    high = metrics.height() * (1 + len(lines)) + 18 + (4 if lines else 0)
    box = QRect(point.x() + 14, point.y() + 12, wide, high)
    box.moveRight(min(box.right(), bounds.right() - 4))
    if box.bottom() > bounds.bottom() - 4:
        box.moveBottom(point.y() - 8)
    painter.setPen(QPen(QColor("#c8452f") if warn else palette.color(QPalette.ColorRole.Mid), 1.4))
    painter.setBrush(palette.color(QPalette.ColorRole.ToolTipBase))
    painter.drawRoundedRect(box, 6, 6)
    pill = QRect(box.left() + 8, box.top() + 6, metrics.horizontalAdvance(chip) + 16, metrics.height() + 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(pill, 6, 6)
    painter.setPen(ink(colour))
    painter.drawText(pill, CENTRE, chip)
    painter.setPen(palette.color(QPalette.ColorRole.ToolTipText))
    for number, line in enumerate(lines):
        top = pill.bottom() + 5 + number * metrics.height()
        painter.drawText(QRect(box.left() + 10, top, wide, metrics.height()), MIDDLE | LEFT, line)


def smaller(font: QFont) -> QFont:
    """The font of second lines."""
    return _sized(font, 0.86)


def larger(font: QFont) -> QFont:
    """The inverse of `smaller`."""
    return _sized(font, 1 / 0.86)


def _sized(font: QFont, factor: float) -> QFont:
    font = QFont(font)
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * factor)
    return font


def elided(metrics: QFontMetrics, text: str, width: int) -> str:
    """The text as far as it fits, on one line."""
    return metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, width)


def ink(fill: QColor) -> QColor:
    """Black or white, whichever reads better on a fill."""
    light = luminance(fill) + 0.05
    return WHITE if 1.05 / light >= light / (luminance(BLACK) + 0.05) else BLACK
