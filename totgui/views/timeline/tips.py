"""What the tooltips of the timeline say, as plain text."""

from __future__ import annotations

from collections.abc import Callable

from core.annotation.segmentation import EDITED, TAKEN, Segmentation

from ...models.extent import NAME
from ...models.widgets import short
from .geometry import clock
from .shown import Shown


def tip_text(key: str, frame: int, height: float, shown: Shown, name: Callable[[int], str]) -> str:
    """The text for a frame of row `key`; `height` is the place inside the row, 0 to 1. Empty for none."""
    track = shown.track(key)
    if track is not None:
        return _segment(key, frame, track, shown, name)
    if key == "ruler":
        seconds = shown.video.timebase.seconds(frame)
        at = f"Frame {frame:,}" if seconds is None else f"Frame {frame:,}, {clock(seconds)}"
        return f"{at}\nDrag: mark a range"
    if key == "heatmap" and shown.pyramid is not None:
        last = shown.pyramid.n_clusters - 1
        cluster = min(max(0, int(height * (last + 1))), last)
        value = shown.pyramid.value(shown.video.timebase.row(frame), cluster)
        return f"Cluster {shown.clusters[cluster]}\nframe {frame:,}: {value:.4g}"
    if key == "difference" and shown.different is not None:
        count, total = shown.different.n_frames, shown.video.timebase.n_frames
        return f"{shown.versus}: {count:,} of {total:,} frames differ"
    if key == "confidence" and shown.confidence is not None:
        return f"frame {frame:,}: margin {float(shown.confidence[frame]):.3f}"
    return ""


def boundary_text(boundary: int, shown: Shown, name: Callable[[int], str]) -> str:
    """The text for a boundary of Corrected: where it is, and what a drag of it does."""
    track = shown.base
    assert track is not None  # else it has no boundary
    frame, timebase = int(track.starts[boundary + 1]), shown.video.timebase
    seconds = timebase.seconds(frame)
    at = f"frame {frame:,}" if seconds is None else f"frame {frame:,}, {clock(seconds)}"
    left, right = (short(name(int(track.labels[at])), NAME) for at in (boundary, boundary + 1))
    return f"{left} | {right}\nBoundary at {at}\nDrag: move. Shift: over whole segments. Alt: no snapping"


def _segment(key: str, frame: int, track: Segmentation, shown: Shown, name: Callable[[int], str]) -> str:
    timebase = shown.video.timebase
    index = track.index_at(frame)
    start, stop, label = track[index]
    lines = [name(label), f"{shown.titles[key]}, frames {start:,} to {stop - 1:,}"]
    begin, end = timebase.seconds(start), timebase.seconds(stop)
    if begin is not None and end is not None:
        lines.append(f"{clock(begin)} to {clock(end)} ({float(end - begin):.2f} s)")
    imported = shown.imported
    if key == "ground-truth" and imported is not None and imported.at(frame).label != label:
        lines.append(f"Imported as {name(imported.at(frame).label)}, which was merged")
    if key == "corrected":
        flags = track.flag(index)
        if shown.is_ghost:
            lines.append("The prediction; the first edit takes it")
        elif flags & EDITED:
            lines.append("Edited by a person")
        elif flags & TAKEN:
            lines.append("Taken from a prediction, not edited")
    return "\n".join(lines)
