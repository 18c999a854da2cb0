"""Edits of the segments of one corrected track. Each works on the shown prediction where nothing is corrected yet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..data.dataset import RunId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit
from .on_track import change, check_action, frames, name_of, track_of
from .segmentation import EDITED

Span = tuple[int, int]


def move_boundary(
    document: Document, video: VideoId, boundary: int, frame: int, *, run: RunId | None = None, group: int | None = None
) -> Edit:
    """The boundary between segments `boundary` and `boundary` + 1 moves to `frame` (a roll edit)."""
    after = track_of(document, video, run).move_boundary(boundary, frame, flags=EDITED)
    return change(document, video, f"move boundary to {frame:,}", after, run=run, group=group)


def slide(
    document: Document,
    video: VideoId,
    first: int,
    last: int,
    by: int,
    *,
    run: RunId | None = None,
    group: int | None = None,
) -> Edit:
    """Segments `first` to `last` lie `by` frames later; their neighbours make room (a slide edit)."""
    track = track_of(document, video, run)
    after = track.slide(first, last, by, flags=EDITED)
    what = name_of(document, track[first].label) if first == last else f"{last - first + 1} segments"
    text = (
        f"move {what} to frames {frames(int(after.starts[first]), int(after.stops[last]))}"  # true of a group as well
    )
    return change(document, video, text, after, run=run, group=group)


def set_span(
    document: Document, video: VideoId, index: int, start: int, stop: int, *, run: RunId | None = None
) -> Edit:
    """Segment `index` is frames ``[start, stop)`` from now on; its neighbours follow: one edit."""
    track = track_of(document, video, run)
    after = track.spanning(index, start, stop, flags=EDITED)
    text = f"set {name_of(document, track[index].label)} to frames {frames(start, stop)}"
    return change(document, video, text, after, run=run)


def swallow(document: Document, video: VideoId, boundary: int, frame: int, *, run: RunId | None = None) -> Edit:
    """A boundary moves to `frame` over whole segments, which its growing side takes."""
    track = track_of(document, video, run)
    after = track.swallow(boundary, frame, flags=EDITED)
    gone = len(swallowed(track.starts, track.n_frames, boundary, frame))
    text = f"move boundary to {frame:,}"
    if gone:
        text += f" over {gone} segment{'s' if gone > 1 else ''}"
    return change(document, video, text, after, run=run)


def swallowed(starts: np.ndarray, n_frames: int, boundary: int, frame: int) -> range:
    """The numbers of the segments that a boundary takes whole on its way to `frame`.

    >>> swallowed(np.array([0, 10, 20, 30]), 40, 0, 30), swallowed(np.array([0, 10, 20, 30]), 40, 2, 5)
    (range(1, 3), range(1, 3))
    """
    if frame >= starts[boundary + 1]:
        last = len(starts) if frame >= n_frames else int(np.searchsorted(starts, frame, side="right")) - 1
        return range(boundary + 1, last)
    return range(int(np.searchsorted(starts, frame)), boundary + 1)


def relabel(
    document: Document, video: VideoId, start: int, stop: int, action: int, *, run: RunId | None = None
) -> Edit:
    """Frames ``[start, stop)`` become one action, background or unlabelled."""
    return relabel_spans(document, video, [(start, stop)], action, run=run)


def relabel_spans(
    document: Document,
    video: VideoId,
    spans: Iterable[Span],
    action: int,
    *,
    run: RunId | None = None,
    blank: bool = False,
    verb: str = "relabel",
) -> Edit:
    """All frames of some spans, wherever they lie, become one action: one edit.

    `blank` lets it start from an unlabelled track where there is neither a corrected one nor a prediction.
    """
    check_action(document, action)
    chosen = sorted(spans)
    if not chosen:
        raise EditError("Nothing is selected.")
    after = track_of(document, video, run, blank=blank).painted(chosen, action, flags=EDITED)
    where = frames(*chosen[0]) if len(chosen) == 1 else f"{len(chosen)} segments"
    return change(document, video, f"{verb} {where} as {name_of(document, action)}", after, run=run)


def relabel_like(document: Document, video: VideoId, label: int, action: int, *, run: RunId | None = None) -> Edit:
    """Every segment of the video that has one label gets another: one edit."""
    track = track_of(document, video, run)
    spans = [(start, stop) for start, stop, found in track.segments if found == label]
    if not spans:
        raise EditError("There is no such segment in this video.")
    check_action(document, action)
    every = f"every {name_of(document, label)} ({len(spans)})" if len(spans) > 1 else frames(*spans[0])
    after = track.painted(spans, action, flags=EDITED)
    return change(document, video, f"relabel {every} as {name_of(document, action)}", after, run=run)


def split(document: Document, video: VideoId, frame: int, action: int, *, run: RunId | None = None) -> Edit:
    """The segment that holds `frame` is cut there; the part from `frame` on becomes `action`."""
    check_action(document, action)
    track = track_of(document, video, run)
    segment = track.at(frame)
    if frame == segment.start:
        raise EditError(f"There is a boundary at frame {frame:,} already.")
    if action == segment.label:
        raise EditError("Both parts would have the same action. Choose another for the right part.")
    after = track.relabel(frame, segment.stop, action, flags=EDITED)
    return change(document, video, f"split at {frame:,}, then {name_of(document, action)}", after, run=run)


def merge(document: Document, video: VideoId, index: int, neighbour: int = +1, *, run: RunId | None = None) -> Edit:
    """The next (+1) or previous (-1) segment takes the action of segment `index`."""
    track = track_of(document, video, run)
    other = index + neighbour
    if neighbour not in (-1, 1) or not 0 <= index < len(track) or not 0 <= other < len(track):
        raise EditError("There is no segment on that side to merge with.")
    after = track.relabel(track[other].start, track[other].stop, track[index].label, flags=EDITED)
    return change(document, video, f"merge at {track[max(index, other)].start:,}", after, run=run)
