"""What one track says of an activity, computed once for all pictures of the panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.annotation.segmentation import Segmentation
from core.annotation.statistics import Durations, Place, durations, transitions, usual_times
from core.data.dataset import Video, VideoId


@dataclass(frozen=True)
class Numbers:
    """`title` names the track; `times` are the mean places of the actions, earliest first."""

    title: str
    n_videos: int
    times: Mapping[int, float]
    transitions: Mapping[tuple[int, int], list[Place]]
    durations: Durations

    @classmethod
    def of(cls, title: str, cuts: Mapping[VideoId, Segmentation], videos: Mapping[VideoId, Video]) -> Numbers:
        """The numbers of a track. On any thread."""
        return cls(title, len(cuts), usual_times(cuts.values()), transitions(cuts), durations(cuts, videos))

    @cached_property
    def _places(self) -> dict[int, list[Place]]:
        return {row.label: list(row.places) for row in self.durations.rows}

    @cached_property
    def _videos(self) -> dict[int, int]:
        return {label: len({place.video for place in places}) for label, places in self._places.items()}

    def places_of(self, label: int) -> list[Place]:
        """The segments of an action."""
        return self._places.get(label, [])

    def videos_with(self, label: int) -> int:
        """The number of videos in which an action occurs."""
        return self._videos.get(label, 0)
