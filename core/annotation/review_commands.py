"""Edits of what a person says of a video: accepted, rejected, which places were found right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ..data.dataset import BACKGROUND, UNLABELLED, RunId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .on_track import mapped, still_checked, video_of
from .segmentation import EDITED, Segmentation
from .track_commands import take_prediction
from .values import Review, ReviewKey, ReviewStatus, TrackKey

Span = tuple[int, int]
WORDS = {
    ReviewStatus.NONE: "clear review of",
    ReviewStatus.IN_REVIEW: "review",
    ReviewStatus.ACCEPTED: "accept",
    ReviewStatus.REJECTED: "reject",
}


def set_review(
    document: Document, video: VideoId, status: ReviewStatus, note: str | None = None, *, reviewer: str | None = None
) -> Edit:
    """What a person says of a video; a note or a reviewer that is left out stays as it was.

    Raises EditError: nothing would change, or a video is to be accepted that still has unlabelled frames.
    """
    name, before = video_of(document, video).name, document.review(video)
    after = _said(before, status, note, reviewer)
    if after == before:
        raise EditError(f"{name} has this review already.")
    if status is ReviewStatus.ACCEPTED and (count := unlabelled_frames(document.corrected.get(video))):
        raise EditError(
            f"{count:,} frames of {name} are unlabelled. Label them, or accept it with the rest as background."
        )
    return Edit(f"{WORDS[status]} {name}", (_swap(document, video, after),))


def set_note(document: Document, video: VideoId, note: str, *, reviewer: str | None = None) -> Edit:
    """A note on a video, whatever was decided of it; who accepted or rejected it stays the one who did.

    Raises EditError: nothing would change.
    """
    name, before = video_of(document, video).name, document.review(video)
    if note == before.note:
        raise EditError(f"{name} has this note already.")
    is_decided = before.status in (ReviewStatus.ACCEPTED, ReviewStatus.REJECTED)
    after = _said(before, before.status, note, None if is_decided else reviewer)
    return Edit(f"{'note on' if note else 'no note on'} {name}", (_swap(document, video, after),))


def accept_rest_as_background(
    document: Document, video: VideoId, note: str | None = None, *, reviewer: str | None = None
) -> Edit:
    """Accepts a video whose unlabelled frames become background, as one edit; else as `set_review`.

    Raises EditError: there is no corrected track, or nothing in it is unlabelled.
    """
    name, track = video_of(document, video).name, document.corrected.get(video)
    if track is None or not unlabelled_frames(track):
        raise EditError(f"{name} has no unlabelled frames.")
    is_open = track.labels == UNLABELLED
    after = Segmentation.from_pieces(
        track.starts.tolist(),
        np.where(is_open, BACKGROUND, track.labels).tolist(),
        track.n_frames,
        [track.flag(i) | (EDITED if is_open[i] else 0) for i in range(len(track))],
    )
    review = _said(document.review(video), ReviewStatus.ACCEPTED, note, reviewer)
    swaps = (Swap(TrackKey(video), track, after), _swap(document, video, review))
    return Edit(f"accept {name} with the rest as background", swaps)


def accept_prediction(
    document: Document, run: RunId, video: VideoId, note: str | None = None, *, reviewer: str | None = None
) -> Edit:
    """Takes the prediction of a run into Corrected and accepts the video with it, as one edit.

    Raises EditError: there is no prediction, or frames of it would be unlabelled.
    """
    taken = take_prediction(document, run, video)
    name, track = video_of(document, video).name, mapped(document, run, video)
    if count := unlabelled_frames(track):
        raise EditError(f"{count:,} frames of the prediction of {name} belong to steps without a name.")
    kept = tuple(swap for swap in taken.swaps if not isinstance(swap.key, ReviewKey))
    before = document.review(video)
    checked = still_checked(before.checked, document.corrected.get(video) or track, track)
    review = _said(replace(before, checked=checked), ReviewStatus.ACCEPTED, note, reviewer)
    return Edit(f"take {document.runs[run].name} and accept {name}", (*kept, _swap(document, video, review)))


def check_span(document: Document, video: VideoId, start: int, stop: int) -> Edit:
    """Frames ``[start, stop)`` were looked at and are right as they are; an untouched video is in review from then on.

    Raises EditError: the span is outside the video, or all of it was checked before.
    """
    found = video_of(document, video)
    if not 0 <= start < stop <= found.timebase.n_frames:
        raise EditError(f"Frames {start} to {stop} are outside {found.name}, which has {found.timebase.n_frames:,}.")
    before = document.review(video)
    checked = united([*before.checked, (start, stop)])
    if checked == before.checked:
        raise EditError(f"Frames {start} to {stop - 1} of {found.name} were checked before.")
    status = ReviewStatus.IN_REVIEW if before.status is ReviewStatus.NONE else before.status
    after = replace(before, status=status, checked=checked)
    return Edit(f"check frames {start} to {stop - 1} of {found.name}", (_swap(document, video, after),))


def unlabelled_frames(track: Segmentation | None) -> int:
    """How many frames of a track nobody has looked at; 0 without a track."""
    return 0 if track is None else int((track.stops - track.starts)[track.labels == UNLABELLED].sum())


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same frames as spans that rise and lie apart.

    >>> united([(5, 9), (0, 2), (2, 4), (8, 12)])
    ((0, 4), (5, 12))
    """
    found: list[Span] = []
    for start, stop in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return tuple(found)


def _said(before: Review, status: ReviewStatus, note: str | None, reviewer: str | None) -> Review:
    """A review with what is new in it."""
    note = before.note if note is None else note
    return replace(before, status=status, note=note, reviewer=before.reviewer if reviewer is None else reviewer)


def _swap(document: Document, video: VideoId, after: Review) -> Swap:
    return Swap(ReviewKey(video), document.reviews.get(video), after)
