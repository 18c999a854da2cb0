"""How long each action takes over all videos: box plots with every segment as a point, and the numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QMenu, QTableWidget, QWidget

from core.annotation.statistics import Durations, Lengths, Place

from ...models.axis import Scale, mark_text, marks
from ...models.copying import Copying
from ...models.drawing import Drawing, Looks, drawable
from ...models.picture import Picture
from ...models.places import jump
from ...models.widgets import NameItem, NumberItem, table
from ...session import Session
from .numbers import Numbers

Role = QPalette.ColorRole
ROW, TOP = 34, 10
OUTLIER = "outlier"
OUTSIDE, BESIDE = 18, 78
"""Pixels between the end of the axis and the count of a row, so that no point lies on it; and both together."""
ALARM = QColor("#d93a3a")
EXPORT_WIDTH = 900
COLUMNS = ("Action", "N", "Median", "Mean", "Lower quartile", "Upper quartile", "Shortest", "Longest", "Outliers")


@dataclass(frozen=True)
class Plot:
    """Where rows and values lie: names left of `scale.first`, one row of ROW pixels an action."""

    durations: Durations
    scale: Scale
    names: int

    @classmethod
    def fitted(cls, durations: Durations, looks: Looks, metrics: QFontMetrics, width: int) -> Plot:
        """The plot on a width."""
        wide = max((metrics.horizontalAdvance(looks.name(row.label)) for row in durations.rows), default=0)
        names = min(190, wide + 34)
        return cls(durations, Scale(0, durations.longest, names + 8, max(names + 60, width - BESIDE)), names)

    @property
    def bottom(self) -> int:
        """The pixel at which the axis lies."""
        return TOP + ROW * len(self.durations.rows)

    def height(self, metrics: QFontMetrics) -> int:
        return self.bottom + metrics.height() * 2 + 14

    def point(self, row: int, number: int) -> QPointF:
        """The place of a segment's point: off the middle of the row by a share that only depends on its number."""
        lengths = self.durations.rows[row]
        off = ((number * 0.618034) % 1 - 0.5) * (0.4 if lengths.is_outlier[number] else 1)
        return QPointF(self.scale.at(float(lengths.values[number])), TOP + ROW * (row + 0.5) + off * (ROW - 16))

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and number of the segment whose point is next to a place; outliers have the longer reach."""
        row = int((y - TOP) // ROW)
        if not 0 <= row < len(self.durations.rows):
            return None
        lengths, best, nearest = self.durations.rows[row], None, 1e9
        for number, is_outlier in enumerate(lengths.is_outlier.tolist()):
            place = self.point(row, number)
            far = ((place.x() - x) ** 2 + (place.y() - y) ** 2) ** 0.5 - (4 if is_outlier else 0)
            if far < nearest:
                best, nearest = (row, number), far
        return best if nearest < 6 else None


class Boxes(Picture):
    """Painted; a click on a point opens its segment."""

    placesAsked = Signal(str, str, object)  # title, note, places

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._session = session
        self._numbers: Numbers | None = None
        self._looks: Looks | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("How long each action takes")
        self.setAccessibleDescription(
            "A box for each action over all videos, its outliers as points; the table below says the same in numbers."
        )

    def sizeHint(self) -> QSize:
        return QSize(460, 260)

    def show_numbers(self, numbers: Numbers | None, looks: Looks | None) -> None:
        """Show the lengths of a track's segments."""
        self._numbers, self._looks, self.hovered = numbers, looks, None
        self.setMinimumHeight(self.plot.height(self.fontMetrics()) if self.plot is not None else 0)
        self.update()

    def fit_text(self) -> None:
        """Rows are as high as the text wants them now."""
        self.show_numbers(self._numbers, self._looks)

    @property
    def plot(self) -> Plot | None:
        """Where everything lies on the present width; None without numbers."""
        if self._numbers is None or self._looks is None:
            return None
        return Plot.fitted(self._numbers.durations, self._looks, self.fontMetrics(), self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.palette().color(Role.Base))
        plot = self.plot
        if plot is not None and self._looks is not None:
            paint_boxes(painter, self.palette(), plot, self._looks, self.hovered)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.plot.at(event.position().x(), event.position().y()) if self.plot is not None else None
        self.hover(found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        plot = self.plot
        if event.button() != Qt.MouseButton.LeftButton or plot is None:
            return
        found = plot.at(event.position().x(), event.position().y())
        if found is not None:
            self.open(*found)
        row = int((event.position().y() - TOP) // ROW)
        if 0 <= row < len(plot.durations.rows):
            self.ask_places(row)

    def open(self, row: int, number: int) -> None:
        """Open the video of a segment at its start."""
        if self._numbers is not None:
            jump(self._session, self._numbers.durations.rows[row].places[number])

    def ask_places(self, row: int) -> None:
        """List the segments of an action: outliers first, then the others, the longest first."""
        if self._numbers is None or self._looks is None:
            return
        lengths = self._numbers.durations.rows[row]
        order = sorted(range(len(lengths.values)), key=lambda n: (not lengths.is_outlier[n], -lengths.values[n]))
        places: list[Place] = [lengths.places[n] for n in order]
        count = int(lengths.is_outlier.sum())
        note = f"{len(places)} segments; the {count} outliers come first" if count else f"{len(places)} segments"
        self.placesAsked.emit(self._looks.name(lengths.label), note, places)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = int((event.pos().y() - TOP) // ROW)
        if self.plot is not None and 0 <= row < len(self.plot.durations.rows):
            label = self.plot.durations.rows[row].label
            menu.addAction("Show segments", lambda: self._session.segments.ask(label))
            menu.addSeparator()
        self.saver.fill(menu)
        menu.popup(event.globalPos())

    def tip_at(self, point: QPoint) -> str:
        return self.describe(point.x(), point.y())

    def describe(self, x: float, y: float) -> str:
        """The segment under a point, else its action, in words."""
        plot, document = self.plot, self._session.document
        if plot is None or self._looks is None or document is None:
            return ""
        unit, found = plot.durations.unit, plot.at(x, y)
        if found is not None:
            lengths = plot.durations.rows[found[0]]
            place = lengths.places[found[1]]
            name = document.videos[place.video].name if place.video in document.videos else place.video
            return f"{name}, frame {place.start:,}: {length_text(float(lengths.values[found[1]]), unit)}"
        row = int((y - TOP) // ROW)
        if not 0 <= row < len(plot.durations.rows):
            return ""
        lengths = plot.durations.rows[row]
        _, q1, middle, q3, _ = (length_text(value, unit) for value in lengths.five)
        return f"{self._looks.name(lengths.label)}: median {middle}, half of them from {q1} to {q3}"

    def drawing(self) -> Drawing | None:
        if self._numbers is None or self._looks is None or not self._numbers.durations.rows:
            return None
        looks, metrics = self._looks, self.fontMetrics()
        plot = Plot.fitted(self._numbers.durations, looks, metrics, EXPORT_WIDTH)

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_boxes(painter, palette, plot, looks, None)

        return Drawing(EXPORT_WIDTH, plot.height(metrics), paint, f"durations {self._numbers.title}", self.font())


def length_text(value: float, unit: str) -> str:
    """A length with its unit."""
    return f"{value:.2f} s" if unit == "s" else f"{value:,.0f} frames"


def paint_boxes(
    painter: QPainter, palette: QPalette, plot: Plot, looks: Looks, hovered: tuple[int, int] | None
) -> None:
    """Draw the axis, then a row for each action."""
    metrics, scale = painter.fontMetrics(), plot.scale
    for value in marks(scale.low, scale.high, max(2, round((scale.last - scale.first) / 80))):
        x = scale.at(value)
        painter.setPen(QPen(palette.color(Role.Mid), 1))
        painter.drawLine(QPointF(x, TOP), QPointF(x, plot.bottom + 4))
        painter.setPen(palette.color(Role.PlaceholderText))
        box = QRectF(x - 60, plot.bottom + 6, 120, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, mark_text(value))
    unit = "seconds" if plot.durations.unit == "s" else "frames"
    middle = QRectF(scale.first, plot.bottom + 6 + metrics.height(), scale.last - scale.first, metrics.height())
    painter.setPen(palette.color(Role.PlaceholderText))
    painter.drawText(middle, Qt.AlignmentFlag.AlignHCenter, unit)
    if any(row.is_outlier.any() for row in plot.durations.rows):
        painter.drawText(middle, Qt.AlignmentFlag.AlignRight, OUTLIER)
        x = middle.right() - metrics.horizontalAdvance(OUTLIER) - 10
        _ring(painter, palette, QPointF(x, middle.center().y() + 1))
    for row, lengths in enumerate(plot.durations.rows):
        _row(painter, palette, plot, row, lengths, looks, hovered)


def _ring(painter: QPainter, palette: QPalette, place: QPointF) -> None:
    painter.setPen(QPen(ALARM, 1.8))
    painter.setBrush(palette.color(Role.Base))
    painter.drawEllipse(place, 3.6, 3.6)


def _row(
    painter: QPainter,
    palette: QPalette,
    plot: Plot,
    row: int,
    lengths: Lengths,
    looks: Looks,
    hovered: tuple[int, int] | None,
) -> None:
    metrics, scale = painter.fontMetrics(), plot.scale
    y = TOP + ROW * (row + 0.5)
    colour, ink = looks.colour(lengths.label), palette.color(Role.WindowText)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(8, y - 5, 10, 10), 2, 2)
    painter.setPen(ink)
    name = metrics.elidedText(looks.name(lengths.label), Qt.TextElideMode.ElideRight, plot.names - 26)
    centred = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(24, y - ROW / 2, plot.names - 22, ROW), centred | Qt.AlignmentFlag.AlignLeft, name)
    painter.setPen(palette.color(Role.PlaceholderText))
    count = QRectF(scale.last + OUTSIDE, y - ROW / 2, 48, ROW)
    painter.drawText(count, centred | Qt.AlignmentFlag.AlignLeft, f"n {len(lengths.values):,}")
    _, q1, median, q3, _ = (scale.at(value) for value in lengths.five)
    low, high = (scale.at(value) for value in lengths.whiskers)
    painter.setPen(QPen(ink, 1.2))
    for a, b in ((low, q1), (q3, high)):
        painter.drawLine(QPointF(a, y), QPointF(b, y))
    for x in (low, high):
        painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 5))
    fill = QColor(colour)
    fill.setAlpha(150)
    painter.setBrush(fill)
    painter.drawRect(QRectF(q1, y - 9, max(1.0, q3 - q1), 18))
    painter.setPen(QPen(ink, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(median, y - 9), QPointF(median, y + 9))
    dots = QColor(ink)
    dots.setAlpha(95)
    for number, is_outlier in enumerate(lengths.is_outlier.tolist()):
        place, is_hovered = plot.point(row, number), hovered == (row, number)
        painter.setPen(QPen(ALARM if is_outlier else ink, 1.8) if is_outlier or is_hovered else Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(Role.Base) if is_outlier or is_hovered else dots)
        size = 4.6 if is_hovered else 3.6 if is_outlier else 1.8
        painter.drawEllipse(place, size, size)


def numbers_table(parent: QWidget) -> QTableWidget:
    """The empty table of lengths."""
    made = table(COLUMNS, parent)
    made.setAccessibleName("Durations of the actions")
    made.setSortingEnabled(True)
    Copying(made)
    return made


def fill_table(widget: QTableWidget, numbers: Numbers | None, looks: Looks | None) -> None:
    """One row an action, in the usual order; every number in the unit of the heading."""
    rows = numbers.durations.rows if numbers is not None else ()
    unit = numbers.durations.unit if numbers is not None else "s"
    widget.setHorizontalHeaderLabels([f"{c} ({unit})" if c in COLUMNS[2:8] else c for c in COLUMNS])
    widget.setSortingEnabled(False)
    widget.setRowCount(len(rows))
    for place, row in enumerate(rows):
        low, q1, middle, q3, high = row.five
        name = NameItem(drawable(looks.name(row.label)) if looks is not None else "")
        name.setData(Qt.ItemDataRole.UserRole, place)
        widget.setItem(place, 0, name)
        widget.setItem(place, 1, NumberItem(f"{len(row.values):,}", len(row.values)))
        for column, value in enumerate((middle, row.mean, q1, q3, low, high), start=2):
            widget.setItem(place, column, NumberItem(f"{value:,.2f}" if unit == "s" else f"{value:,.0f}", value))
        count = int(row.is_outlier.sum())
        widget.setItem(place, len(COLUMNS) - 1, NumberItem(f"{count}", count))
    widget.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    widget.setSortingEnabled(True)
