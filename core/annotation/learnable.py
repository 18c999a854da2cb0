"""Which frames a person vouches for: what the next training may learn from (docs/learning.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import UNLABELLED, VideoId
from ..errors import ConfigError
from .document import Document
from .learned import Learned, Taught
from .segmentation import EDITED, TAKEN, Segmentation
from .values import ReviewStatus

Spans = tuple[tuple[int, int], ...]

SOURCES: dict[str, str] = {
    "corrected": "accepted videos, and what was corrected in the others",
    "accepted": "accepted videos only",
    "none": "nothing",
}
"""Which corrected tracks a training learns from, with the words for it."""


def learnable(document: Document, source: str) -> Learned:
    """The corrected frames that a training may take as true; videos without any are absent.

    ``accepted`` takes every labelled frame of accepted videos. ``corrected`` takes those, and of the other videos the
    segments that a person drew, edited or imported, and the frames that were checked and found right: a segment that
    was only taken from a prediction may never have been looked at, so the rest of it says nothing until its video is
    accepted. Rejected videos say nothing. Ground truth is not read. Raises ConfigError for an unknown source.
    """
    found = {}
    for video, track, checked in _asked(document, source):
        cut = _vouched_cut(track, checked)
        if frames := int((cut.stops - cut.starts)[cut.labels != UNLABELLED].sum()):
            found[video] = Taught(tuple(cut.starts.tolist()), tuple(cut.labels.tolist()), frames)
    return Learned(source, found)


class Vouched(NamedTuple):
    """How many frames of a video may be learned from, and the actions that they name."""

    frames: int
    actions: frozenset[int]


def vouched(document: Document, source: str) -> dict[VideoId, Vouched]:
    """How much `learnable` would find in each video; for asking after every edit. Raises ConfigError."""
    found = {}
    for video, track, checked in _asked(document, source):
        key = ("vouched", checked)
        if key not in track.memo:
            cut = _vouched_cut(track, checked) if checked else track
            known = cut.labels != UNLABELLED if checked else _by_hand(track) & (track.labels != UNLABELLED)
            actions = frozenset(label for label in set(cut.labels[known].tolist()) if label >= 0)
            track.memo[key] = Vouched(int((cut.stops - cut.starts)[known].sum()), actions)
        if track.memo[key].frames:
            found[video] = track.memo[key]
    return found


def _asked(document: Document, source: str) -> Iterator[tuple[VideoId, Segmentation, Spans]]:
    """The tracks that are asked, each with the spans that count whoever labelled them. Raises ConfigError."""
    check_source(source)
    for video, track in document.corrected.items() if source != "none" else ():
        review = document.reviews.get(video)
        status = ReviewStatus.NONE if review is None else review.status
        if status is ReviewStatus.ACCEPTED:
            yield video, track, ((0, track.n_frames),)
        elif status is not ReviewStatus.REJECTED and source != "accepted":
            yield video, track, () if review is None else review.checked


def check_source(source: str) -> None:
    """Raises ConfigError, with the known ones, for an unknown source of corrections."""
    if source not in SOURCES:
        raise ConfigError(f'There is nothing called "{source}" to learn from; there are {", ".join(SOURCES)}.')


def _by_hand(track: Segmentation) -> NDArray[np.bool_]:
    """(segments,) which of them a person drew, edited or imported."""
    flags = np.zeros(len(track), np.uint8) if track.flags is None else np.asarray(track.flags)
    return np.asarray(((flags & EDITED) > 0) | ((flags & TAKEN) == 0))


def _vouched_cut(track: Segmentation, checked: Spans) -> Segmentation:
    """The track, UNLABELLED where no person vouches for it."""
    labels = np.where(_by_hand(track), track.labels, UNLABELLED)
    cut = Segmentation.from_pieces(track.starts, labels, track.n_frames)
    for start, stop in checked:
        if start < min(stop, track.n_frames):
            cut = cut.patched(track, start, min(stop, track.n_frames))
    return cut
