"""Where the nodes and arcs of a transition graph lie. Nodes in mean time order from top to bottom; no widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

NODE, GAP, MARGIN = 28, 26, 14
THICKEST = 9.0
SAMPLES = 40


@dataclass(frozen=True)
class Arc:
    """How often one action follows another. `share` is of all that follows the first; `steps` forward in the order."""

    first: int
    second: int
    count: int
    share: float
    steps: int
    path: QPainterPath
    apex: QPointF

    @property
    def width(self) -> float:
        return max(1.6, THICKEST * self.share)

    def distance(self, x: float, y: float) -> float:
        """How far a point lies from the middle of the line."""
        points = (self.path.pointAtPercent(i / SAMPLES) for i in range(SAMPLES + 1))
        return float(min((p.x() - x) ** 2 + (p.y() - y) ** 2 for p in points) ** 0.5)


@dataclass(frozen=True)
class Graph:
    """Boxes of the nodes by label, and the arcs, thin ones first."""

    nodes: Mapping[int, QRectF]
    arcs: tuple[Arc, ...]
    width: float
    height: float

    def arc_at(self, x: float, y: float) -> Arc | None:
        """The arc next to a point, within reach of the pointer."""
        near = [(arc.distance(x, y) - arc.width / 2, arc) for arc in self.arcs]
        best = min(near, key=lambda item: item[0], default=None)
        return best[1] if best is not None and best[0] < 7 else None

    def node_at(self, x: float, y: float) -> int | None:
        """The label of the node under a point."""
        return next((label for label, box in self.nodes.items() if box.contains(x, y)), None)


def lay_out(order: Sequence[int], counts: Mapping[tuple[int, int], int], *, width: float, node: float) -> Graph:
    """The graph in a picture `width` wide whose nodes are `node` wide.

    Onward steps that skip others bend to the right, backward ones to the left; the further, the wider the bend.
    """
    place = {label: number for number, label in enumerate(order)}
    out: dict[int, int] = {}
    for (first, _), count in counts.items():
        out[first] = out.get(first, 0) + count
    middle = width / 2
    boxes = {
        label: QRectF(middle - node / 2, MARGIN + number * (NODE + GAP), node, NODE) for label, number in place.items()
    }
    room = max(30.0, (width - node) / 2 - 44)
    furthest = max(1, len(order) - 1)
    arcs = []
    for (first, second), count in sorted(counts.items(), key=lambda item: item[1]):
        if first not in place or second not in place:
            continue
        steps = place[second] - place[first]
        bend = room * (0.25 + 0.75 * abs(steps) / furthest)
        path, apex = _line(boxes[first], boxes[second], steps, bend)
        arcs.append(Arc(first, second, count, count / out[first], steps, path, apex))
    arcs.sort(key=lambda arc: arc.share)
    return Graph(boxes, tuple(arcs), width, 2 * MARGIN + len(order) * (NODE + GAP) - GAP)


def _line(first: QRectF, second: QRectF, steps: int, bend: float) -> tuple[QPainterPath, QPointF]:
    if steps == 1:
        start, stop = QPointF(first.center().x(), first.bottom()), QPointF(second.center().x(), second.top())
        path = QPainterPath(start)
        path.lineTo(stop)
        return path, QPointF(start.x() + 10, (start.y() + stop.y()) / 2)
    side = 1 if steps > 0 else -1
    x1 = first.right() if side > 0 else first.left()
    x2 = second.right() if side > 0 else second.left()
    start, stop = QPointF(x1, first.center().y() + 4 * side), QPointF(x2, second.center().y() - 4 * side)
    path = QPainterPath(start)
    reach = bend * 4 / 3  # a cubic with both controls there comes as far as three quarters of the way
    path.cubicTo(QPointF(x1 + side * reach, start.y()), QPointF(x2 + side * reach, stop.y()), stop)
    return path, QPointF(x1 + side * bend, (start.y() + stop.y()) / 2)
