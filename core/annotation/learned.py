"""The record in a run of what it learned from: corrected segments as the training saw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..data.dataset import VideoId


@dataclass(frozen=True)
class Taught:
    """One video's corrected segments as a training saw them, UNLABELLED where it saw none; how many frames it saw."""

    starts: tuple[int, ...]
    labels: tuple[int, ...]
    frames: int


class Amount(NamedTuple):
    """How much there is to learn: videos, their frames, and the actions that these name (the fewest clusters)."""

    videos: int = 0
    frames: int = 0
    n_actions: int = 0


@dataclass(frozen=True)
class Learned:
    """What a run learned from; an empty one learned from the features alone. `source` is one of SOURCES."""

    source: str = "none"
    videos: Mapping[VideoId, Taught] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Corrected frames of all videos."""
        return sum(taught.frames for taught in self.videos.values())

    @property
    def n_actions(self) -> int:
        """How many actions the corrections name: the least number of clusters."""
        return len({label for taught in self.videos.values() for label in taught.labels if label >= 0})

    def note(self, video: VideoId | None = None) -> str:
        """What must be said beside scores of all videos, or of one; empty where nothing of it was learned from."""
        if video is not None:
            return "The run learned from the corrected labels of this video." if video in self.videos else ""
        return f"Learned from {self.words}: on those it was told the labels." if self.videos else ""

    @property
    def words(self) -> str:
        """The same in a few words, empty for a run that learned from no video."""
        n = len(self.videos)
        return f"{n} corrected video{'s' if n > 1 else ''}, {self.frames:,} frames" if n else ""
