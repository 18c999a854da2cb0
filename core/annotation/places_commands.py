"""Edits of segments that lie in several videos: all of them at once, as one step that is undone as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..data.dataset import RunId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .on_track import check_action, name_of, reopened, track_of, video_of
from .review_commands import united
from .segment_commands import relabel_spans
from .segmentation import EDITED, Segmentation
from .values import ReviewKey, ReviewStatus, TrackKey

Span = tuple[int, int]
Places = Mapping[VideoId, Sequence[Span]]
"""Frames ``[start, stop)`` by video."""


def relabel_places(
    document: Document,
    places: Places,
    action: int,
    *,
    run: RunId | None = None,
    blank: bool = False,
    mapped: Mapping[VideoId, Segmentation] | None = None,
) -> Edit:
    """All frames of some spans of some videos become one action, background or unlabelled: one edit.

    A video without a corrected track takes the whole prediction of `run` first, in the same edit, as with every first
    edit of a video: a track is a partition, and what was not chosen keeps the labels that are shown. Accepted videos
    are in review again. Videos in which nothing would change are left alone.

    Args:
        mapped: predictions of `run` through its present label map, where they are known: they are not mapped again.
    Raises:
        EditError: nothing is chosen or would change, a span lies outside its video, there is nothing to start from.
    """
    check_action(document, action)
    chosen = {video: spans for video, spans in places.items() if spans}
    if not chosen:
        raise EditError("Nothing is selected.")
    if len(chosen) == 1:
        ((video, spans),) = chosen.items()
        return relabel_spans(document, video, spans, action, run=run, blank=blank)
    swaps: list[Swap] = []
    n_segments = n_videos = n_taken = 0
    for video, spans in chosen.items():
        before = document.corrected.get(video)
        known = None if mapped is None or before is not None else mapped.get(video)
        start = track_of(document, video, run, blank=blank) if known is None else known
        after = start.painted(spans, action, flags=EDITED)
        if before == after:
            continue
        n_segments, n_videos = n_segments + len(spans), n_videos + 1
        n_taken += starts_with_run(document, video, run)
        swaps += [Swap(TrackKey(video), before, after), *reopened(document, video)]
    if not swaps:
        raise EditError("Nothing would change.")
    text = f"relabel {_count(n_segments, n_videos)} as {name_of(document, action)}"
    if n_taken and run is not None:
        where = f"{n_taken} video{'' if n_taken == 1 else 's'}"
        text = f"take {document.runs[run].name} in {where}, then {text}"
    return Edit(text, tuple(swaps))


def starts_with_run(document: Document, video: VideoId, run: RunId | None) -> bool:
    """Whether an edit of a video takes the prediction of a run first."""
    return video not in document.corrected and run is not None and (run, video) in document.predictions


def check_places(document: Document, places: Places) -> Edit:
    """Spans of some videos were looked at and are right as they are; see `check_span`: one edit.

    Raises EditError: nothing is chosen, a span lies outside its video, or all of them were checked before.
    """
    swaps: list[Swap] = []
    n_spans = 0
    for video, spans in places.items():
        found = video_of(document, video)
        for start, stop in spans:
            if not 0 <= start < stop <= found.timebase.n_frames:
                raise EditError(
                    f"Frames {start} to {stop} are outside {found.name}, which has {found.timebase.n_frames:,}."
                )
        before = document.review(video)
        checked = united([*before.checked, *spans])
        if not spans or checked == before.checked:
            continue
        n_spans += len(spans)
        status = ReviewStatus.IN_REVIEW if before.status is ReviewStatus.NONE else before.status
        after = replace(before, status=status, checked=checked)
        swaps.append(Swap(ReviewKey(video), document.reviews.get(video), after))
    if not swaps:
        said = any(places.values())
        raise EditError("All of these were checked before." if said else "Nothing is selected.")
    where = _count(n_spans, len(swaps))
    if len(swaps) == 1:
        (video,) = (swap.key.video for swap in swaps if isinstance(swap.key, ReviewKey))
        where = f"{n_spans} segment{'' if n_spans == 1 else 's'} of {video_of(document, video).name}"
    return Edit(f"check {where}", tuple(swaps))


def _count(segments: int, videos: int) -> str:
    """How much an edit works on.

    >>> _count(1, 1), _count(1200, 31)
    ('1 segment in 1 video', '1,200 segments in 31 videos')
    """
    return f"{segments:,} segment{'' if segments == 1 else 's'} in {videos:,} video{'' if videos == 1 else 's'}"
