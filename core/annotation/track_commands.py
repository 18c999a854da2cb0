"""Edits of corrected tracks and reviews: each function makes an Edit from the present values, or refuses."""

from __future__ import annotations

from ..data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, Video, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .segmentation import ADOPTED, EDITED, Segmentation
from .values import Review, ReviewKey, ReviewStatus, TrackKey


def adopt_prediction(
    document: Document, run: RunId, video: VideoId, *, start: int | None = None, stop: int | None = None
) -> Edit:
    """Take a prediction through its label map into Corrected: all of it, or frames ``[start, stop)``.

    Frames outside a span keep what they have; without a corrected track they become unlabelled.
    """
    name = _video(document, video).name
    mapped = _mapped(document, run, video)
    before = document.corrected.get(video)
    if start is None and stop is None:
        return _change(document, video, f"adopt {document.runs[run].name} in {name}", mapped)
    after = before or Segmentation.uniform(UNLABELLED, mapped.n_frames)
    first, last = 0 if start is None else start, mapped.n_frames if stop is None else stop
    if not 0 <= first < last <= mapped.n_frames:
        raise EditError(f"Frames {first} to {last} are outside {name}, which has {mapped.n_frames:,} frames.")
    for segment, flags in zip(mapped.segments, mapped.flags if mapped.flags is not None else (), strict=True):
        if segment.start < last and segment.stop > first:
            after = after.relabel(max(first, segment.start), min(last, segment.stop), segment.label, flags=int(flags))
    return _change(document, video, f"adopt frames {first} to {last} in {name}", after)


def adopt_all(document: Document, run: RunId) -> Edit:
    """Take the run's prediction into Corrected for every video that has one and is not accepted, in one edit."""
    swaps = []
    for video in document.videos:
        if (run, video) not in document.predictions or document.review(video).status is ReviewStatus.ACCEPTED:
            continue
        before, after = document.corrected.get(video), _mapped(document, run, video)
        if before != after:
            swaps.append(Swap(TrackKey(video), before, after))
    if not swaps:
        raise EditError("There is nothing to adopt: no prediction differs from the corrected tracks.")
    return Edit(f"adopt {document.runs[run].name} in {len(swaps)} videos", tuple(swaps))


def start_from_ground_truth(document: Document, video: VideoId) -> Edit:
    """Corrected becomes the ground truth."""
    name, truth = _video(document, video).name, document.ground_truth.get(video)
    if truth is None:
        raise EditError(f"{name} has no ground truth.")
    return _change(document, video, f"start from ground truth in {name}", truth)


def start_unlabelled(document: Document, video: VideoId) -> Edit:
    """Corrected becomes one unlabelled segment."""
    known = _video(document, video)
    return _change(
        document, video, f"start unlabelled in {known.name}", Segmentation.uniform(UNLABELLED, known.timebase.n_frames)
    )


def move_boundary(
    document: Document, video: VideoId, boundary: int, frame: int, *, run: RunId | None = None, group: int | None = None
) -> Edit:
    """The boundary between segments `boundary` and `boundary` + 1 moves to `frame` (a roll edit)."""
    track = _track(document, video, run)
    return _change(
        document,
        video,
        f"move boundary in {_video(document, video).name}",
        track.move_boundary(boundary, frame, flags=EDITED),
        group=group,
    )


def relabel(
    document: Document, video: VideoId, start: int, stop: int, action: int, *, run: RunId | None = None
) -> Edit:
    """Frames ``[start, stop)`` become one action, background or unlabelled."""
    _check_action(document, action)
    after = _track(document, video, run).relabel(start, stop, action, flags=EDITED)
    return _change(document, video, f"relabel in {_video(document, video).name}", after)


def split(document: Document, video: VideoId, frame: int, action: int, *, run: RunId | None = None) -> Edit:
    """The segment that holds `frame` is cut there; the part from `frame` on becomes `action`."""
    _check_action(document, action)
    track = _track(document, video, run)
    segment = track.at(frame)
    if frame == segment.start:
        raise EditError(f"There is a boundary at frame {frame} already.")
    if action == segment.label:
        raise EditError("Both parts would have the same action. Choose another for the right part.")
    after = track.relabel(frame, segment.stop, action, flags=EDITED)
    return _change(document, video, f"split in {_video(document, video).name}", after)


def merge(document: Document, video: VideoId, index: int, neighbour: int = +1, *, run: RunId | None = None) -> Edit:
    """The next (+1) or previous (-1) segment takes the action of segment `index`."""
    track = _track(document, video, run)
    other = index + neighbour
    if neighbour not in (-1, 1) or not 0 <= index < len(track) or not 0 <= other < len(track):
        raise EditError("There is no segment on that side to merge with.")
    after = track.relabel(track[other].start, track[other].stop, track[index].label, flags=EDITED)
    return _change(document, video, f"merge in {_video(document, video).name}", after)


def import_track(document: Document, video: VideoId, segmentation: Segmentation) -> Edit:
    """Corrected becomes a track that was read from a file."""
    for label in segmentation.labels.tolist():
        _check_action(document, label)
    return _change(document, video, f"import labels in {_video(document, video).name}", segmentation)


def set_review(document: Document, video: VideoId, status: ReviewStatus, note: str = "") -> Edit:
    """What a person says of a video."""
    name, before, after = _video(document, video).name, document.reviews.get(video), Review(status, note)
    if after == document.review(video):
        raise EditError(f"{name} has this review already.")
    words = {
        ReviewStatus.NONE: "clear review of",
        ReviewStatus.IN_REVIEW: "review",
        ReviewStatus.ACCEPTED: "accept",
        ReviewStatus.REJECTED: "reject",
    }
    return Edit(f"{words[status]} {name}", (Swap(ReviewKey(video), before, after),))


def _video(document: Document, video: VideoId) -> Video:
    if video not in document.videos:
        raise EditError(f'There is no video "{video}" in this project.')
    return document.videos[video]


def _mapped(document: Document, run: RunId, video: VideoId) -> Segmentation:
    prediction = document.predictions.get((run, video))
    if prediction is None or run not in document.label_maps:
        raise EditError(f"{_video(document, video).name} has no prediction of this run. Segment it first.")
    return prediction.segmentation.mapped(document.label_maps[run].table(), default=UNLABELLED, flags=ADOPTED)


def _track(document: Document, video: VideoId, run: RunId | None) -> Segmentation:
    """The corrected track, or the shown prediction that the same edit adopts."""
    name, track = _video(document, video).name, document.corrected.get(video)
    if track is not None:
        return track
    if run is None:
        raise EditError(f"{name} has no corrected labels yet. Adopt a prediction, or start from the ground truth.")
    return _mapped(document, run, video)


def _change(document: Document, video: VideoId, text: str, after: Segmentation, *, group: int | None = None) -> Edit:
    before = document.corrected.get(video)
    if before == after:
        raise EditError("Nothing would change.")
    return Edit(text, (Swap(TrackKey(video), before, after),), group)


def _check_action(document: Document, action: int) -> None:
    if action not in (BACKGROUND, UNLABELLED) and ActionId(action) not in document.actions:
        raise EditError(f"There is no action {action} in this project.")
