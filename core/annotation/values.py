"""The values that a document holds beside segmentations: label maps, reviews, runs, tracks and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, ClusterId, RunId, VideoId
from .segmentation import Segmentation

Target = int
"""Where a cluster goes: an ActionId, BACKGROUND or UNMAPPED."""
UNMAPPED: Target = UNLABELLED
"""A cluster without a partner; adopted frames arrive as UNLABELLED and count as wrong."""


class TrackKind(StrEnum):
    GROUND_TRUTH = "ground-truth"
    PREDICTION = "prediction"
    CORRECTED = "corrected"


class ReviewStatus(StrEnum):
    NONE = "none"
    IN_REVIEW = "in-review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Review:
    """What a person said of one video."""

    status: ReviewStatus = ReviewStatus.NONE
    note: str = ""


@dataclass(frozen=True)
class LabelMap:
    """Which action each cluster of a run stands for.

    `proposed` is the Hungarian result, `overrides` what a person set (it wins), `locked` the clusters
    that a rematch leaves alone. A cluster in neither is UNMAPPED.
    """

    run: RunId
    n_clusters: int
    proposed: Mapping[ClusterId, Target] = field(default_factory=dict)
    overrides: Mapping[ClusterId, Target] = field(default_factory=dict)
    locked: frozenset[ClusterId] = frozenset()
    many_to_one: bool = False

    def target(self, cluster: int) -> Target:
        """The target of one cluster."""
        key = ClusterId(cluster)
        return self.overrides.get(key, self.proposed.get(key, UNMAPPED))

    def table(self) -> dict[int, Target]:
        """Target of every cluster, 0 to n_clusters - 1."""
        return {cluster: self.target(cluster) for cluster in range(self.n_clusters)}

    @property
    def is_edited_by_hand(self) -> bool:
        """Whether an override differs from the match."""
        return any(self.proposed.get(c, UNMAPPED) != t for c, t in self.overrides.items())


@dataclass(frozen=True)
class ScoresRef:
    """Where the matrices of one prediction lie in the cache: (rows, K) float32 `.npy` files; may be gone."""

    posterior: Path
    plan: Path
    prior: Path


@dataclass(frozen=True)
class Prediction:
    """One run's segmentation of one video, in clusters; arrives once and never changes."""

    run: RunId
    video: VideoId
    segmentation: Segmentation
    scores: ScoresRef | None = None
    decoder: str = "fixed-order"


@dataclass(frozen=True)
class Run:
    """One training: its settings, how it ended, its curve and its scores.

    `config` is `core.tot.config.TrainConfig` as plain values. `curve` holds one row per reported
    iteration: iteration, loss, cross_entropy, temporal_coherence, mof, f1 (None = unknown).
    """

    id: RunId
    number: int
    config: Mapping[str, Any]
    device: str
    seconds: float
    iterations: int
    stopped_early: bool
    finished: str
    losses: Mapping[str, float]
    curve: tuple[tuple[float | None, ...], ...] = ()
    parent: RunId | None = None
    hidden: bool = False

    @property
    def n_clusters(self) -> int:
        return int(self.config["n_clusters"])

    @property
    def name(self) -> str:
        return f"Run {self.number}"


@dataclass(frozen=True)
class StepText:
    """What a person wrote about one action for the training kit; blank where nobody wrote anything.

    `title` stands for the action's name where it is not blank. `video` is the one that shows the step best,
    None for the reference video of the kit.
    """

    title: str = ""
    key_points: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    safety: str = ""
    check: str = ""
    note: str = ""
    video: VideoId | None = None


@dataclass(frozen=True)
class KitText:
    """What a person wrote about the training kit as a whole; `video` None lets the program choose the reference."""

    title: str = ""
    edition: str = ""
    introduction: str = ""
    reviewer: str = ""
    video: VideoId | None = None


@dataclass(frozen=True)
class TrackKey:
    """Names the corrected track of one video."""

    video: VideoId


@dataclass(frozen=True)
class MapKey:
    """Names the label map of one run."""

    run: RunId


@dataclass(frozen=True)
class ActionKey:
    """Names one action."""

    action: ActionId


@dataclass(frozen=True)
class ReviewKey:
    """Names the review of one video."""

    video: VideoId


@dataclass(frozen=True)
class StepTextKey:
    """Names the text about one action."""

    action: ActionId


@dataclass(frozen=True)
class KitTextKey:
    """Names the text about the kit as a whole."""


Key = TrackKey | MapKey | ActionKey | ReviewKey | StepTextKey | KitTextKey
Value = Segmentation | LabelMap | Action | Review | StepText | KitText

__all__ = [
    "BACKGROUND",
    "UNMAPPED",
    "Action",
    "ActionKey",
    "Key",
    "KitText",
    "KitTextKey",
    "LabelMap",
    "MapKey",
    "Prediction",
    "Review",
    "ReviewKey",
    "ReviewStatus",
    "Run",
    "ScoresRef",
    "Segmentation",
    "StepText",
    "StepTextKey",
    "Target",
    "TrackKey",
    "TrackKind",
    "Value",
]
