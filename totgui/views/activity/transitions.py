"""Which action follows which: actions from top to bottom in their usual order, thick lines for what is frequent."""

from __future__ import annotations

from math import atan2, cos, sin

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from core.annotation.statistics import Place

from ...models.drawing import Drawing, Looks
from ...models.picture import Picture
from ...models.widgets import percent
from ...palette import ACCENT, text_on
from ...session import Session
from .arcs import SAMPLES, Arc, Graph, lay_out
from .numbers import Numbers

SKIP, BACK = QColor("#d98c00"), QColor("#d93a3a")
Role = QPalette.ColorRole
LEGEND = ((ACCENT, "next step"), (SKIP, "skips steps"), (BACK, "goes back"))
EXPORT_WIDTH = 760


class Transitions(Picture):
    """Painted; a click on a line or an action lists its places."""

    placesAsked = Signal(str, str, object)  # title, note, places

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._numbers: Numbers | None = None
        self._looks: Looks | None = None
        self._least = 1
        self._graph: Graph | None = None
        self.chosen: object = None
        """What was clicked: a pair of labels, a label, or None."""
        self.setMouseTracking(True)
        self.setAccessibleName("Which action follows which")
        self.setAccessibleDescription("A box for each action, a line from one to the next, wide where it is often so.")

    def sizeHint(self) -> QSize:
        return QSize(460, 320)

    def show_numbers(self, numbers: Numbers | None, looks: Looks | None, least: int) -> None:
        """Show the transitions that occur at least so often."""
        self._numbers, self._looks, self._least = numbers, looks, least
        self._lay_out()
        self.update()

    def fit_text(self) -> None:
        """Names take other room now."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._graph = None
        if self._numbers is not None and self._looks is not None:
            self._graph = graph_of(self._numbers, self._looks, self.fontMetrics(), self.width(), self._least)
            self.setMinimumHeight(round(self._graph.height) + self.fontMetrics().height() + 16)

    @property
    def graph(self) -> Graph | None:
        return self._graph

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self.palette().color(Role.Base))
        if self._graph is not None and self._looks is not None and self._numbers is not None:
            strong = self.hovered if self.hovered is not None else self.chosen
            paint_graph(painter, self.palette(), self._graph, self._numbers, self._looks, strong)

    # --- gestures ----------------------------------------------------------------------------------

    def _hit(self, event: QMouseEvent) -> object:
        return self.hit(event.position().x(), event.position().y())

    def hit(self, x: float, y: float) -> object:
        """The label of a node or the pair of an arc at a point; None for neither."""
        if self._graph is None:
            return None
        label = self._graph.node_at(x, y)
        if label is not None:
            return label
        arc = self._graph.arc_at(x, y)
        return None if arc is None else (arc.first, arc.second)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._hit(event)
        self.hover(found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._hit(event))

    def choose(self, what: object) -> None:
        """List the places of an arc (a pair of labels) or of an action (a label)."""
        self.chosen = what
        self.update()
        if self._numbers is None or self._looks is None or what is None:
            return
        if isinstance(what, tuple):
            places: list[Place] = self._numbers.transitions[what]
            title = f"{self._looks.name(what[0])} → {self._looks.name(what[1])}"
        else:
            places = self._numbers.places_of(int(str(what)))
            title = self._looks.name(int(str(what)))
        self.placesAsked.emit(title, self.describe(what), places)

    def tip_at(self, point: QPoint) -> str:
        what = self.hit(point.x(), point.y())
        return "" if what is None else self.describe(what)

    def describe(self, what: object) -> str:
        """A node or an arc in words."""
        numbers, looks = self._numbers, self._looks
        if numbers is None or looks is None:
            return ""
        if isinstance(what, tuple):
            found = numbers.transitions.get(what, [])
            total = sum(len(p) for (first, _), p in numbers.transitions.items() if first == what[0])
            videos = len({place.video for place in found})
            share = percent(len(found) / total) if total else "–"
            first, second = looks.name(what[0]), looks.name(what[1])
            return f"{second} follows {first} {times(len(found))}: {share}% of {total}, in {count_of(videos, 'video')}"
        label = int(str(what))
        return (
            f"{looks.name(label)}: {times(len(numbers.places_of(label)))}, in {numbers.videos_with(label)} of "
            f"{numbers.n_videos} videos"
        )

    def drawing(self) -> Drawing | None:
        if self._numbers is None or self._looks is None or not self._numbers.times:
            return None
        numbers, looks, metrics = self._numbers, self._looks, self.fontMetrics()
        graph = graph_of(numbers, looks, metrics, EXPORT_WIDTH, self._least)
        height = round(graph.height) + metrics.height() + 16

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_graph(painter, palette, graph, numbers, looks, None)

        return Drawing(EXPORT_WIDTH, height, paint, f"transitions {numbers.title}", self.font())


def count_of(number: int, word: str) -> str:
    """A number with its word, in the plural where there is more than one."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def times(number: int) -> str:
    """How often, in words."""
    return "once" if number == 1 else f"{number:,} times"


def graph_of(numbers: Numbers, looks: Looks, metrics: QFontMetrics, width: int, least: int) -> Graph:
    """The graph of the transitions that occur at least so often."""
    order = list(numbers.times)
    wide = max((metrics.horizontalAdvance(looks.name(label)) for label in order), default=60)
    counts = {pair: len(places) for pair, places in numbers.transitions.items() if len(places) >= least}
    return lay_out(order, counts, width=width, node=min(max(120, wide + 76), max(120, width * 0.5)))


def paint_graph(
    painter: QPainter, palette: QPalette, graph: Graph, numbers: Numbers, looks: Looks, strong: object
) -> None:
    """Draw lines, then nodes, then counts; what belongs to `strong` stands out."""
    metrics = painter.fontMetrics()
    for arc in graph.arcs:
        _arc(painter, arc, _is_strong(arc, strong))
    for label, box in graph.nodes.items():
        colour = looks.colour(label)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(text_on(colour))
        count = f"{numbers.videos_with(label)}/{numbers.n_videos}"
        room = box.adjusted(10, 0, -10, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        free = int(room.width()) - metrics.horizontalAdvance(count) - 8
        name = metrics.elidedText(looks.name(label), Qt.TextElideMode.ElideRight, free)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for arc in graph.arcs:
        if strong is None or _is_strong(arc, strong):
            _count(painter, palette, arc)
    _legend(painter, palette, graph)


def _is_strong(arc: Arc, strong: object) -> bool:
    return strong is None or strong == (arc.first, arc.second) or strong in (arc.first, arc.second)


def _arc(painter: QPainter, arc: Arc, strong: bool) -> None:
    colour = QColor(ACCENT if arc.steps == 1 else SKIP if arc.steps > 1 else BACK)
    colour.setAlpha((255 if arc.share > 0.05 else 150) if strong else 45)
    painter.setPen(QPen(colour, arc.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    long, wide = 6 + arc.width * 0.7, arc.width / 2 + 4
    neck = arc.path.percentAtLength(max(0.0, arc.path.length() - long + 1))  # a line to the end would blunt the head
    painter.drawPolyline([arc.path.pointAtPercent(neck * step / SAMPLES) for step in range(SAMPLES + 1)])
    end, before = arc.path.pointAtPercent(1), arc.path.pointAtPercent(neck)
    angle = atan2(end.y() - before.y(), end.x() - before.x())
    back = QPointF(end.x() - long * cos(angle), end.y() - long * sin(angle))
    wings = [back + QPointF(side * wide * sin(angle), -side * wide * cos(angle)) for side in (1, -1)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([end, *wings]))


def _count(painter: QPainter, palette: QPalette, arc: Arc) -> None:
    """Write how often, on a patch of the background so that lines below do not disturb."""
    text = str(arc.count)
    metrics = painter.fontMetrics()
    wide, tall = metrics.horizontalAdvance(text), metrics.height()
    left = arc.apex.x() if arc.steps == 1 else arc.apex.x() - wide / 2
    box = QRectF(left, arc.apex.y() - tall / 2, wide, tall)
    if arc.steps != 1:
        painter.fillRect(box.adjusted(-2, 0, 2, 0), palette.color(Role.Base))
    painter.setPen(palette.color(Role.WindowText))
    painter.drawText(box.adjusted(-4, 0, 4, 0), Qt.AlignmentFlag.AlignCenter, text)


def _legend(painter: QPainter, palette: QPalette, graph: Graph) -> None:
    metrics, x = painter.fontMetrics(), 14.0
    y = graph.height + 6 + metrics.height() / 2
    for colour, text in LEGEND:
        painter.setPen(QPen(colour, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, y), QPointF(x + 20, y))
        painter.setPen(palette.color(Role.PlaceholderText))
        painter.drawText(QPointF(x + 26, y + (metrics.ascent() - metrics.descent()) / 2), text)
        x += 26 + metrics.horizontalAdvance(text) + 20
