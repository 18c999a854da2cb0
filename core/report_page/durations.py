"""How long each action takes: its segments over all videos as a table with a box plot."""

from __future__ import annotations

from typing import Any

import numpy as np

from .content import ReportContent
from .strips import colour_of, name_of
from .transitions import usual_order

WIDTH = 400.0


def durations(content: ReportContent) -> dict[str, Any]:
    """One row an action: number of segments, extremes, quartiles, and where they lie on one common axis.

    In seconds where every video has a clock, else in frames.
    """
    cuts = {video: cut for video, tracks in content.rows.items() if (cut := tracks.best()) is not None}
    clocks = {video: content.videos[video].timebase for video in cuts}
    unit = "s" if clocks and all(clock.seconds(0) is not None for clock in clocks.values()) else "frames"
    lengths: dict[int, list[float]] = {}
    for video, cut in cuts.items():
        for start, stop, label in cut.segments:
            if label >= 0:
                first, last = clocks[video].seconds(start), clocks[video].seconds(stop)
                seconds = float(last - first) if first is not None and last is not None else 0.0
                lengths.setdefault(label, []).append(seconds if unit == "s" else float(stop - start))
    longest = max((max(values) for values in lengths.values()), default=1.0)
    rows = []
    for label in usual_order(cuts.values()):
        low, q1, middle, q3, high = (float(x) for x in np.percentile(lengths[label], [0, 25, 50, 75, 100]))
        x = [f"{WIDTH * value / longest:.1f}" for value in (low, q1, middle, q3, high)]
        rows.append(
            {
                "name": name_of(content, label),
                "colour": colour_of(content, label),
                "n": len(lengths[label]),
                "values": [low, q1, middle, q3, high],
                "x": x,
                "box": f"{max(1.0, WIDTH * (q3 - q1) / longest):.1f}",
            }
        )
    return {"unit": unit, "rows": rows, "width": WIDTH, "longest": longest}
