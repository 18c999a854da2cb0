"""Which action follows which: an arc diagram, actions on a line in their usual order, thick arcs for frequent ones."""

from __future__ import annotations

from typing import Any

from ..annotation.statistics import transitions, usual_order
from .content import ReportContent
from .strips import colour_of, name_of

GAP, MARGIN, THICKEST = 110, 60, 12.0


def diagram(content: ReportContent) -> dict[str, Any] | None:
    """Nodes and arcs with coordinates: onward arcs above the line, backward ones below. None without two actions."""
    cuts = {video: cut for video, tracks in content.rows.items() if (cut := tracks.best()) is not None}
    order, counts = usual_order(cuts.values()), {pair: len(found) for pair, found in transitions(cuts).items()}
    if len(order) < 2 or not counts:
        return None
    place = {label: number for number, label in enumerate(order)}
    most = max(counts.values())
    above = max((place[b] - place[a] for a, b in counts if place[b] > place[a]), default=0)
    below = max((place[a] - place[b] for a, b in counts if place[a] > place[b]), default=0)
    line = MARGIN + above * GAP / 2
    arcs = []
    for (a, b), count in sorted(counts.items(), key=lambda item: item[1]):
        x1, x2 = (MARGIN + place[label] * GAP for label in (a, b))
        radius = abs(x2 - x1) / 2
        arcs.append(
            {
                "path": f"M{x1} {line:.1f}A{radius} {radius} 0 0 1 {x2} {line:.1f}",
                "width": f"{max(1.0, THICKEST * count / most):.1f}",
                "colour": colour_of(content, a),
                "title": f"{name_of(content, a)} → {name_of(content, b)}: {count}",
                "count": count,
                "x": f"{(x1 + x2) / 2:.1f}",
                "y": f"{line - radius - 6 if x2 > x1 else line + radius + 16:.1f}",
            }
        )
    nodes = [
        {
            "x": MARGIN + place[label] * GAP,
            "number": place[label] + 1,
            "name": name_of(content, label),
            "colour": colour_of(content, label),
        }
        for label in order
    ]
    height = line + max(40.0, below * GAP / 2 + 30)
    return {"nodes": nodes, "arcs": arcs, "line": f"{line:.1f}", "width": 2 * MARGIN + (len(order) - 1) * GAP,
            "height": f"{height:.0f}"}  # fmt: skip
