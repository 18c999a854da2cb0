"""How long each action takes: its segments over all videos as a table with a box plot."""

from __future__ import annotations

from typing import Any

from ..annotation import statistics
from .content import ReportContent
from .strips import colour_of, name_of

WIDTH = 400.0


def durations(content: ReportContent) -> dict[str, Any]:
    """One row an action: number of segments, extremes, quartiles, and where they lie on one common axis.

    In seconds where every video has a clock, else in frames.
    """
    cuts = {video: cut for video, tracks in content.rows.items() if (cut := tracks.best()) is not None}
    found = statistics.durations(cuts, content.videos)
    scale = WIDTH / found.longest
    rows = []
    for lengths in found.rows:
        _, q1, _, q3, _ = lengths.five
        rows.append(
            {
                "name": name_of(content, lengths.label),
                "colour": colour_of(content, lengths.label),
                "n": len(lengths.values),
                "values": list(lengths.five),
                "x": [f"{scale * value:.1f}" for value in lengths.five],
                "box": f"{max(1.0, scale * (q3 - q1)):.1f}",
            }
        )
    return {"unit": found.unit, "rows": rows, "width": WIDTH, "longest": found.longest}
