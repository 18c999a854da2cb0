"""Where everything of the label map's matrix stands: sizes in font units, places of cells, heads and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics

NARROW, WIDE = 56, 76
"""Widths in digits: below the first there are no pictures, from the second on three a cluster."""
LEAST_ROW, DENSE_FOOT = 24, 8
"""The least height of what is pressed, and the height of the colour under a name."""
SLOPE, REACH = 0.67, 1.11
"""Height of a name over its length, turned by 42 degrees, and its width over its height."""
TALLEST_ROW, TALLEST_BARE, WIDEST_CELL = 4.6, 3.2, 2.2
"""Where there is room: lines of text that a row may be high, with pictures and without, and how often the usual width
a cell may be wide."""


@dataclass(frozen=True)
class Layout:
    """Sizes in pixels and the scrolled offset. Heads stay, cells scroll below and beside them.

    `cell` is the width of a cell, `row` the height of a row, `head` the width of a row head, `top` the height of a
    column head, `line` the height of a line of text, `pictures` how many stand in a row head. Where not all of it
    fits, the layout is `dense`: one line a row, names alone in the heads; tooltips say the rest. Where there is more
    room than that, pictures and cells grow with it. `longest` is the width of the longest name over a column.
    """

    rows: int
    columns: int
    cell: int
    row: int
    head: int
    top: int
    line: int
    number: int
    pictures: int
    picture: QSize
    dense: bool = False
    longest: int = 0
    offset: QPoint = field(default_factory=QPoint)

    @classmethod
    def of(
        cls,
        metrics: QFontMetrics,
        small: QFontMetrics,
        *,
        rows: int,
        names: Sequence[str],
        counts: Sequence[str] = (),
        room: QSize,
        has_media: bool,
    ) -> Layout:
        """The layout for the room, the fonts, the names over the columns and what rows say of themselves."""
        said = max((small.horizontalAdvance(text) for text in counts), default=0)
        for most in (3, 2, 1, 0) if has_media else (0,):  # rather fewer pictures than a scroll bar
            usual = cls._usual(metrics, small, rows=rows, names=names, said=said, width=room.width(), most=most)
            whole = usual.content
            if whole.width() <= room.width() and whole.height() <= room.height():
                return usual._grown(room)
        return cls._dense(metrics, small, rows=rows, names=names, width=room.width())

    @classmethod
    def _dense(
        cls, metrics: QFontMetrics, small: QFontMetrics, *, rows: int, names: Sequence[str], width: int
    ) -> Layout:
        line, letter = metrics.height(), metrics.horizontalAdvance("0")
        row = max(LEAST_ROW, round(1.5 * line))
        number = metrics.horizontalAdvance("88") + 4
        text = max(6, min(16, round(width / max(1, letter) * 0.16))) * letter
        cell = max(small.horizontalAdvance("8,888") + 12, LEAST_ROW)
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        top = round(min(4.6 * line, max(1.2 * line, SLOPE * longest + 0.8 * line))) + DENSE_FOOT + 6
        return cls(rows, len(names), cell, row, 22 + number + 20 + text + 8, top, line, number, 0, QSize(), True)

    @classmethod
    def _usual(
        cls,
        metrics: QFontMetrics,
        small: QFontMetrics,
        *,
        rows: int,
        names: Sequence[str],
        said: int,
        width: int,
        most: int,
    ) -> Layout:
        line, letter = metrics.height(), metrics.horizontalAdvance("0")
        units = width / max(1, letter)
        pictures = min(most, 0 if units < NARROW else 3 if units >= WIDE else 1)
        row = round(2.7 * line)
        picture = _picture(row)
        number = metrics.horizontalAdvance("88") + 4
        text = max(10, min(24, round(units * 0.22))) * letter
        text = min(text, max(said + 4, 14 * letter)) if said else text  # what is left is for pictures
        head = 22 + number + 20 + pictures * (picture.width() + 4) + text + 8
        cell = max(metrics.horizontalAdvance("88,888") + 14, small.horizontalAdvance("no cluster") + 8)
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        top = round(2.9 * line + min(5.4 * line, max(1.2 * line, SLOPE * longest + 0.8 * line)))
        return cls(rows, len(names), cell, row, head, top, line, number, pictures, picture, longest=longest)

    def _grown(self, room: QSize) -> Layout:
        """The same with what is left of the room: larger pictures first, then wider cells, with level names above."""
        high, wide = room.height() - self.content.height(), room.width() - self.content.width()
        tallest = round((TALLEST_ROW if self.pictures else TALLEST_BARE) * self.line)
        row = self.row + max(0, min(high // max(1, self.rows), tallest - self.row))
        if self.pictures:
            row = min(row, self.row + wide * 9 // (16 * self.pictures))
        more = self.pictures * (_picture(row).width() - self.picture.width())
        grown = replace(self, row=row, picture=_picture(row) if self.pictures else self.picture, head=self.head + more)
        cell = self.cell + (room.width() - grown.content.width()) // self.columns
        widest = round(WIDEST_CELL * self.cell)
        grown = replace(grown, cell=max(self.cell, min(cell, widest)))
        return replace(grown, top=round(4.1 * self.line)) if grown.is_level else grown

    @property
    def is_level(self) -> bool:
        """Whether every name fits over its column as it is, not turned."""
        return not self.dense and self.longest + self.line <= self.cell

    @property
    def below(self) -> int:
        """The height of what stands under the names of a column head."""
        return DENSE_FOOT if self.dense else round(2.5 * self.line)

    @property
    def content(self) -> QSize:
        """The size of everything, heads included; rotated names, which begin mid-column, reach beyond the last one."""
        turned = 0 if self.is_level else round(REACH * (self.top - self.below))
        beyond = max(4, turned - self.cell // 2)
        return QSize(self.head + self.columns * self.cell + beyond, self.top + self.rows * self.row + 4)

    def row_top(self, row: int) -> int:
        """Where a row begins."""
        return self.top + row * self.row - self.offset.y()

    def column_left(self, column: int) -> int:
        """Where a column begins."""
        return self.head + column * self.cell - self.offset.x()

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is drawn."""
        return QRect(self.column_left(column), self.row_top(row), self.cell, self.row)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """The cell under a point."""
        row, column = self.row_at(point), self.column_at(point)
        return None if row is None or column is None else (row, column)

    def row_at(self, point: QPoint) -> int | None:
        """The row at the height of a point, in its head or its cells."""
        row = (point.y() - self.top + self.offset.y()) // self.row
        return row if point.y() >= self.top and 0 <= row < self.rows else None

    def column_at(self, point: QPoint) -> int | None:
        """The column over or under a point."""
        column = (point.x() - self.head + self.offset.x()) // self.cell
        return column if point.x() >= self.head and 0 <= column < self.columns else None

    def lock_rect(self, row: int) -> QRect:
        """Where the lock of a row is."""
        return QRect(2, self.row_top(row), 20, self.row)

    def number_rect(self, row: int) -> QRect:
        """Where the number of a cluster stands."""
        return QRect(22, self.row_top(row), self.number, self.row)

    def swatch_rect(self, row: int) -> QRect:
        """The colour of what the cluster is mapped to."""
        return QRect(22 + self.number + 4, self.row_top(row) + 8, 10, self.row - 16)

    def picture_rect(self, row: int, place: int) -> QRect:
        """One picture of a row head."""
        left = 22 + self.number + 20 + place * (self.picture.width() + 4)
        return QRect(QPoint(left, self.row_top(row) + 3), self.picture)

    def picture_at(self, point: QPoint) -> tuple[int, int] | None:
        """Row and place of the picture under a point."""
        row = self.row_at(point)
        if row is not None:
            for place in range(self.pictures):
                if self.picture_rect(row, place).contains(point):
                    return row, place
        return None

    def text_rect(self, row: int) -> QRect:
        """Name and counts of a row."""
        left = 22 + self.number + 20 + self.pictures * (self.picture.width() + 4)
        return QRect(left, self.row_top(row), self.head - left - 8, self.row)


def _picture(row: int) -> QSize:
    """The size of a picture in a row of this height."""
    return QSize(round((row - 6) * 16 / 9), row - 6)
