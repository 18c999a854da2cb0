"""Which frames a person vouches for: what the next training may learn from (docs/learning.md)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..data.dataset import UNLABELLED
from ..errors import ConfigError
from .document import Document
from .learned import Learned, Taught
from .segmentation import ADOPTED, EDITED, Segmentation
from .values import ReviewStatus

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
    was only adopted from a prediction may never have been looked at, so the rest of it says nothing until its video is
    accepted. Rejected videos say nothing. Ground truth is not read. Raises ConfigError for an unknown source.
    """
    check_source(source)
    found = {}
    for video, track in document.corrected.items() if source != "none" else ():
        status = document.review(video).status
        accepted = status is ReviewStatus.ACCEPTED
        if status is ReviewStatus.REJECTED or (source == "accepted" and not accepted):
            continue
        taught = _taught(track, ((0, track.n_frames),) if accepted else document.review(video).checked)
        if taught.frames:
            found[video] = taught
    return Learned(source, found)


def check_source(source: str) -> None:
    """Raises ConfigError, with the known ones, for an unknown source of corrections."""
    if source not in SOURCES:
        raise ConfigError(f'There is nothing called "{source}" to learn from; there are {", ".join(SOURCES)}.')


@lru_cache(maxsize=4096)
def _taught(track: Segmentation, checked: tuple[tuple[int, int], ...]) -> Taught:
    flags = np.zeros(len(track), np.uint8) if track.flags is None else np.asarray(track.flags)
    by_hand = ((flags & EDITED) > 0) | ((flags & ADOPTED) == 0)
    labels = np.where(by_hand, track.labels, UNLABELLED)
    cut = Segmentation.from_pieces(track.starts, labels, track.n_frames)
    for start, stop in checked:
        if start < min(stop, track.n_frames):
            cut = cut.patched(track, start, min(stop, track.n_frames))
    frames = int((cut.stops - cut.starts)[cut.labels != UNLABELLED].sum())
    return Taught(tuple(cut.starts.tolist()), tuple(cut.labels.tolist()), frames)
