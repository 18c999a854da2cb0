"""What every edit of a corrected track starts from and ends in: the present track, the checks, one swap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, Video, VideoId
from ..errors import EditError
from ..metrics.segments import rising_union
from .document import Document
from .edit import Edit, Swap
from .mapped import through
from .segmentation import Segmentation
from .values import Review, ReviewKey, ReviewStatus, TrackKey


def video_of(document: Document, video: VideoId) -> Video:
    """The video with this name. Raises EditError."""
    if video not in document.videos:
        raise EditError(f'There is no video "{video}" in this project.')
    return document.videos[video]


def mapped(document: Document, run: RunId, video: VideoId) -> Segmentation:
    """A run's prediction through its label map, as it arrives in Corrected. Raises EditError."""
    prediction = document.predictions.get((run, video))
    if prediction is None or run not in document.label_maps:
        raise EditError(f"{video_of(document, video).name} has no prediction of this run. Segment it first.")
    return through(prediction, document.label_maps[run])


def track_of(document: Document, video: VideoId, run: RunId | None, *, blank: bool = False) -> Segmentation:
    """The corrected track; without one the prediction that the same edit takes, or with `blank` nothing but gaps.

    Raises:
        EditError: there is nothing to start from.
    """
    known, track = video_of(document, video), document.corrected.get(video)
    if track is not None:
        return track
    if run is not None and (run, video) in document.predictions:
        return mapped(document, run, video)
    if blank:
        return Segmentation.uniform(UNLABELLED, known.timebase.n_frames)
    raise EditError(f"{known.name} has no corrected labels yet. Take a prediction, or start from the ground truth.")


def change(
    document: Document,
    video: VideoId,
    text: str,
    after: Segmentation,
    *,
    run: RunId | None = None,
    group: int | None = None,
    unseen: bool = False,
    shown: Segmentation | None = None,
) -> Edit:
    """The edit that puts `after` in place; its text says so when it takes the prediction of `run` on the way.

    An accepted video is in review again with the same edit. `unseen` is for labels that come from a run or a file: no
    person looked at them there, so frames that they change are checked no longer. Where nothing was corrected before,
    `shown`, else the prediction of `run`, is what was checked.
    """
    before = document.corrected.get(video)
    if before == after:
        raise EditError("Nothing would change.")
    if before is None and run is not None and (run, video) in document.predictions:
        text = f"take {document.runs[run].name}, then {text}"
        shown = mapped(document, run, video) if unseen else None
    reviews = reopened(document, video)
    if unseen:
        reviews = review_of_unseen(document.reviews.get(video), video, before or shown, after)
    return Edit(f"{text} in {video_of(document, video).name}", (Swap(TrackKey(video), before, after), *reviews), group)


def reopened(document: Document, video: VideoId) -> tuple[Swap, ...]:
    """What an edit of the track of an accepted video brings along: it is in review again."""
    review = document.review(video)
    if review.status is not ReviewStatus.ACCEPTED:
        return ()
    return (Swap(ReviewKey(video), review, replace(review, status=ReviewStatus.IN_REVIEW)),)


def review_of_unseen(
    review: Review | None, video: VideoId, before: Segmentation | None, after: Segmentation
) -> tuple[Swap, ...]:
    """What labels that nobody looked at bring along: the video is not accepted, the frames they change not checked."""
    if review is None:
        return ()
    status = ReviewStatus.IN_REVIEW if review.status is ReviewStatus.ACCEPTED else review.status
    checked = still_checked(review.checked, before, after) if review.checked else ()
    told = replace(review, status=status, checked=checked)
    return () if told == review else (Swap(ReviewKey(video), review, told),)


def still_checked(
    checked: tuple[tuple[int, int], ...], before: Segmentation | None, after: Segmentation
) -> tuple[tuple[int, int], ...]:
    """The frames of the spans ``[start, stop)`` whose label is what it was, as spans; none without a `before`."""
    if before is None:
        return ()
    spans = np.array(
        [(start, min(stop, after.n_frames)) for start, stop in checked if start < min(stop, after.n_frames)], np.int64
    )
    if not len(spans):
        return ()
    opens, closes = np.sort(spans, axis=0).T
    starts = rising_union(before.starts, after.starts, opens, closes[closes < after.n_frames])
    same, inside = (
        before.labels[np.searchsorted(before.starts, starts, side="right") - 1]
        == after.labels[np.searchsorted(after.starts, starts, side="right") - 1],
        np.searchsorted(opens, starts, side="right") > np.searchsorted(closes, starts, side="right"),
    )
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same & inside, [False]]).astype(np.int8)))
    bounds = np.append(starts, after.n_frames)[edges].tolist()
    return tuple(zip(bounds[::2], bounds[1::2], strict=True))


def check_action(document: Document, action: int) -> None:
    """Nothing when a label means something in this project. Raises EditError."""
    if action not in (BACKGROUND, UNLABELLED) and ActionId(action) not in document.actions:
        raise EditError(f"There is no action {action} in this project.")


def name_of(document: Document, action: int) -> str:
    """What a label is called in the text of an edit."""
    if action in (BACKGROUND, UNLABELLED):
        return "background" if action == BACKGROUND else "unlabelled"
    return document.actions[ActionId(action)].name


def frames(start: int, stop: int) -> str:
    """Frames ``[start, stop)`` as a person reads them: the first and the last."""
    return f"{start:,}" if stop == start + 1 else f"{start:,} to {stop - 1:,}"
