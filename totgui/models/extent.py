"""How much of a video some frames are, and what is selected in it, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation.segmentation import Segmentation
from core.data.timebase import Timebase

from ..session.chosen import Chosen
from .widgets import short

NAME = 30
"""Letters that a name takes at most."""


def extent(timebase: Timebase, spans: Sequence[tuple[int, int]] | NDArray[np.integer[Any]]) -> str:
    """The frames of (n, 2) spans ``[start, stop)``, and the seconds where times are known.

    >>> from fractions import Fraction
    >>> extent(Timebase(100, Fraction(10)), [(0, 10), (20, 25)])
    '15 frames, 1.50 s'
    >>> extent(Timebase(100), [(4, 5)])
    '1 frame'
    """
    edges = np.asarray(spans, np.int64).reshape(-1, 2)
    frames = int((edges[:, 1] - edges[:, 0]).sum())
    text = f"{frames:,} frame{'' if frames == 1 else 's'}"
    try:
        seconds = timebase.seconds_of(edges[:, 1]) - timebase.seconds_of(edges[:, 0])
    except ValueError:
        return text
    return f"{text}, {float(seconds.sum()):.2f} s"


def chosen_text(chosen: Chosen, track: Segmentation | None, timebase: Timebase, name: Callable[[int], str]) -> str:
    """What is selected, and how much it is; empty where nothing is."""
    marked = chosen.selected_range
    if marked is not None:
        return f"Range {marked[0]:,} to {marked[1] - 1:,}: {extent(timebase, [marked])}"
    if track is None:
        return ""
    if chosen.boundary is not None and chosen.boundary + 1 < len(track):
        left, right = (short(name(int(track.labels[at])), NAME) for at in (chosen.boundary, chosen.boundary + 1))
        return f"{left} | {right}: boundary at {int(track.starts[chosen.boundary + 1]):,}"
    numbers = np.array(sorted(at for at in chosen.segments if at < len(track)), np.int64)
    if not len(numbers):
        return ""
    spans = np.stack([track.starts[numbers], track.stops[numbers]], axis=1)
    if len(spans) > 1:
        return f"{len(spans):,} segments: {extent(timebase, spans)}"
    (start, stop), label = spans[0].tolist(), int(track.labels[numbers[0]])
    return f"{short(name(label), NAME)} {start:,} to {stop - 1:,}: {extent(timebase, spans)}"
