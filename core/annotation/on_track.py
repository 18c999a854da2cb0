"""What every edit of a corrected track starts from and ends in: the present track, the checks, one swap."""

from __future__ import annotations

from dataclasses import replace

from ..data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, Video, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .segmentation import ADOPTED, Segmentation
from .values import ReviewKey, ReviewStatus, TrackKey


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
    return prediction.segmentation.mapped(document.label_maps[run].table(), default=UNLABELLED, flags=ADOPTED)


def track_of(document: Document, video: VideoId, run: RunId | None, *, blank: bool = False) -> Segmentation:
    """The corrected track; without one the prediction that the same edit adopts, or with `blank` nothing but gaps.

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
    raise EditError(f"{known.name} has no corrected labels yet. Adopt a prediction, or start from the ground truth.")


def change(
    document: Document,
    video: VideoId,
    text: str,
    after: Segmentation,
    *,
    run: RunId | None = None,
    group: int | None = None,
) -> Edit:
    """The edit that puts `after` in place; its text says so when it adopts the prediction of `run` on the way.

    An accepted video is in review again with the same edit.
    """
    before = document.corrected.get(video)
    if before == after:
        raise EditError("Nothing would change.")
    if before is None and run is not None and (run, video) in document.predictions:
        text = f"adopt {document.runs[run].name}, then {text}"
    swaps = (Swap(TrackKey(video), before, after), *reopened(document, video))
    return Edit(f"{text} in {video_of(document, video).name}", swaps, group)


def reopened(document: Document, video: VideoId) -> tuple[Swap, ...]:
    """What an edit of the track of an accepted video brings along: it is in review again."""
    review = document.review(video)
    if review.status is not ReviewStatus.ACCEPTED:
        return ()
    return (Swap(ReviewKey(video), review, replace(review, status=ReviewStatus.IN_REVIEW)),)


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
