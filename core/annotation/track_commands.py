"""Where a corrected track comes from: a prediction, the ground truth, a file, nothing; and what is said of a video."""

from __future__ import annotations

from collections.abc import Iterable

from ..data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .on_track import change, check_action, frames, mapped, review_of_unseen, track_of, video_of
from .segmentation import EDITED, Segmentation
from .values import ReviewStatus, TrackKey


def take_prediction(
    document: Document, run: RunId, video: VideoId, *, start: int | None = None, stop: int | None = None
) -> Edit:
    """Take a prediction through its label map into Corrected: all of it, or frames ``[start, stop)``.

    Frames outside a span keep what they have; without a corrected track they become unlabelled.
    """
    track, name = mapped(document, run, video), document.runs[run].name
    if start is None and stop is None:
        return change(document, video, f"take {name}", track, unseen=True, shown=track)
    before = track_of(document, video, None, blank=True)
    first, last = 0 if start is None else start, track.n_frames if stop is None else stop
    after = _copied(track, before, first, last)
    return change(document, video, f"take {frames(first, last)} of {name}", after, unseen=True, shown=track)


def take_span(
    document: Document, video: VideoId, source: RunId | None, start: int, stop: int, *, run: RunId | None = None
) -> Edit:
    """Take frames ``[start, stop)``; see `take_spans`."""
    return take_spans(document, video, source, [(start, stop)], run=run)


def take_spans(
    document: Document,
    video: VideoId,
    source: RunId | None,
    spans: Iterable[tuple[int, int]],
    *,
    run: RunId | None = None,
) -> Edit:
    """Take some spans of a run, or of the ground truth (None), into Corrected: one edit.

    Where nothing is corrected yet, the other frames come from the prediction of `run`, else they are unlabelled.
    """
    chosen = sorted(spans)
    if not chosen:
        raise EditError("Nothing is selected.")
    if source is not None and source not in document.runs:
        raise EditError("This run is not in the project.")
    name = "ground truth" if source is None else document.runs[source].name
    track = _truth(document, video).flagged(EDITED) if source is None else mapped(document, source, video)
    after = track_of(document, video, run, blank=True)
    for start, stop in chosen:
        after = _copied(track, after, start, stop)
    where = frames(*chosen[0]) if len(chosen) == 1 else f"{len(chosen)} spans"
    return change(
        document, video, f"take {where} of {name}", after, run=run, unseen=True, shown=None if source is None else track
    )


def take_of_another(
    document: Document,
    video: VideoId,
    name: str,
    track: Segmentation,
    spans: Iterable[tuple[int, int]],
    *,
    run: RunId | None = None,
) -> Edit:
    """Take some spans of another person's labels of a video, called `name`, into Corrected: one edit.

    Where nothing is corrected yet, the other frames come from the prediction of `run`, else they are unlabelled.
    Raises EditError: an action there is none of this project.
    """
    chosen = sorted(spans)
    if not chosen:
        raise EditError("Nothing is selected.")
    after = track_of(document, video, run, blank=True)
    for start, stop in chosen:
        after = _copied(track.flagged(EDITED), after, start, stop)
    known = {BACKGROUND, UNLABELLED, *document.actions}
    if any(ActionId(label) not in known for label in after.labels.tolist()):
        raise EditError(f"{name} uses an action there that this project has not. Make it first, under the same name.")
    where = frames(*chosen[0]) if len(chosen) == 1 else f"{len(chosen)} spans"
    return change(document, video, f"take {where} of {name}", after, run=run, unseen=True)


def _copied(source: Segmentation, into: Segmentation, start: int, stop: int) -> Segmentation:
    """`into` with frames ``[start, stop)`` of `source`. Raises EditError outside the video."""
    if not 0 <= start < stop <= source.n_frames:
        raise EditError(f"Frames {start:,} to {stop:,} are outside the video, which has {source.n_frames:,} frames.")
    return into.patched(source, start, stop)


def take_all(document: Document, run: RunId) -> Edit:
    """Take the run's prediction into Corrected for every video that has one and is not accepted, in one edit."""
    swaps: list[Swap] = []
    count = 0
    for video in document.videos:
        if (run, video) not in document.predictions or document.review(video).status is ReviewStatus.ACCEPTED:
            continue
        before, after = document.corrected.get(video), mapped(document, run, video)
        if before != after:
            count += 1
            swaps.append(Swap(TrackKey(video), before, after))
            swaps += review_of_unseen(document.reviews.get(video), video, before or after, after)
    if not swaps:
        raise EditError("There is nothing to take: no prediction differs from the corrected tracks.")
    return Edit(f"take {document.runs[run].name} in {count} videos", tuple(swaps))


def start_from_ground_truth(document: Document, video: VideoId) -> Edit:
    """Corrected becomes the ground truth."""
    return change(document, video, "start from ground truth", _truth(document, video), unseen=True)


def _truth(document: Document, video: VideoId) -> Segmentation:
    name, truth = video_of(document, video).name, document.ground_truth.get(video)
    if truth is None:
        raise EditError(f"{name} has no ground truth.")
    return truth


def start_unlabelled(document: Document, video: VideoId) -> Edit:
    """Corrected becomes one unlabelled segment."""
    n_frames = video_of(document, video).timebase.n_frames
    return change(document, video, "start unlabelled", Segmentation.uniform(UNLABELLED, n_frames), unseen=True)


def import_track(document: Document, video: VideoId, segmentation: Segmentation) -> Edit:
    """Corrected becomes a track that was read from a file."""
    for label in segmentation.labels.tolist():
        check_action(document, label)
    return change(document, video, "import labels", segmentation, unseen=True)
