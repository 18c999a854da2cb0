"""A place of a video that a reviewer should look at, with its reasons: what a queue is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..data.dataset import VideoId


class Kind(StrEnum):
    """Why a place is doubted. The values are written into JSON and never change."""

    UNLABELLED = "unlabelled"
    SECOND_REVIEWER = "second-reviewer"
    RUNS = "runs-disagree"
    MARGIN = "low-margin"
    LENGTH = "unusual-length"
    ORDER = "unusual-order"
    FRAMES = "unusual-frames"
    LOOK = "looks-like-another"
    BOUNDARY = "near-boundary"


@dataclass(frozen=True)
class Reason:
    """One reason: its kind, its part of the frames that are expected to be wrong, and what it was read from.

    `found` and `usual` are numbers of the kind. LENGTH: the length in frames and the usual one. ORDER: how many of the
    times that the action `before` stood there this one followed, and how often it stood there. FRAMES: the distance to
    the action's usual frames and the usual distance. MARGIN: the mean margin and the median of the activity. RUNS: the
    runs that disagree somewhere, and all others. LOOK: the share of the frames that look more like another
    action than their own, in the other videos; mostly like `other`. `label` is the doubted action.
    """

    kind: Kind
    expected_frames: float
    label: int
    found: float = 0.0
    usual: float = 0.0
    before: int | None = None
    other: int | None = None


@dataclass(frozen=True)
class DoubtedPlace:
    """Frames ``[start, stop)`` of a video, how many are expected to be wrong, and why, the main reason first.

    `effort` is what it costs to get there, in frames: where two places expect as many wrong frames a frame of work,
    counted with it, they are worth the same.
    """

    video: VideoId
    start: int
    stop: int
    expected_frames: float
    reasons: tuple[Reason, ...]
    effort: float = 0.0

    @property
    def rank(self) -> tuple[float, VideoId, int]:
        """What the queue is sorted by: most wrong frames for the work first; equal ones by video and time."""
        return (-self.expected_frames / (self.stop - self.start + self.effort), self.video, self.start)

    @property
    def main(self) -> Reason:
        """The reason that expects most."""
        return self.reasons[0]
