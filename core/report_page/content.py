"""What a report of one activity says, as values; the drawings are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..annotation.segmentation import Segmentation
from ..data.dataset import Action, ActionId, Video, VideoId
from ..metrics.report import Report as Scores


@dataclass(frozen=True)
class TrackRows:
    """The tracks of one video, all in ActionIds; None where there is none. `status` is its review."""

    truth: Segmentation | None
    prediction: Segmentation | None
    corrected: Segmentation | None
    status: str

    def best(self) -> Segmentation | None:
        """The track that people trust most: corrected, then ground truth, then prediction."""
        return self.corrected or self.truth or self.prediction


@dataclass(frozen=True)
class ReportContent:
    """One activity. `scores` by the name of what was scored, empty without ground truth; `label_free` is what can be
    said of the prediction then. `run` describes the training, None without one; `commands` repeat it.
    """

    title: str
    activity: str
    program: str
    edited_at: str
    videos: Mapping[VideoId, Video]
    actions: Mapping[ActionId, Action]
    rows: Mapping[VideoId, TrackRows]
    scores: Mapping[str, Scores] = field(default_factory=dict)
    label_free: Mapping[str, Any] | None = None
    run: Mapping[str, Any] | None = None
    curve: Sequence[tuple[float, float]] = ()
    label_map: Sequence[tuple[int, str]] = ()
    label_map_by_hand: bool = False
    commands: Sequence[str] = ()
    comments: Sequence[Mapping[str, Any]] = ()
    """Open comments as `core.comment_work.list_comments` has them."""
    findings: Sequence[str] = ()
