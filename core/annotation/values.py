"""The values that a document holds beside segmentations: label maps, reviews, runs, tracks and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NewType

from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, ClusterId, RunId, VideoId
from .learned import Learned
from .segmentation import Segmentation

CommentId = NewType("CommentId", int)

Target = int
"""Where a cluster goes: an ActionId, BACKGROUND or UNMAPPED."""
UNMAPPED: Target = UNLABELLED
"""A cluster without a partner; frames that are taken arrive as UNLABELLED and count as wrong."""


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
    """What a person said of one video.

    `reviewer` is who said it, blank where nobody gave a name. `checked` are spans ``[start, stop)`` of frames that were
    found right as they are; rising, apart from each other.
    """

    status: ReviewStatus = ReviewStatus.NONE
    note: str = ""
    reviewer: str = ""
    checked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Comment:
    """What a person wrote at frames ``[start, stop)`` of a video; it stays at its frames whatever becomes of segments.

    `author` is blank where nobody gave a name. `written` is in seconds since 1970, 0 where that is not known.
    """

    start: int
    stop: int
    text: str
    author: str = ""
    written: int = 0
    resolved: bool = False


class Leftovers(StrEnum):
    """Where a cluster goes that the match left without an action."""

    UNMAPPED = "unmapped"
    BACKGROUND = "background"
    LARGEST = "largest"


@dataclass(frozen=True)
class LabelMap:
    """Which action each cluster of a run stands for.

    `proposed` is the Hungarian result, `overrides` what a person set (it wins), `locked` the clusters
    that a rematch leaves alone. A cluster in neither follows `leftovers`: UNMAPPED, BACKGROUND, or the action in
    `fill` that it shares most frames with; the last is possible only where clusters may share actions.

    `reference` is the track that the match was counted against and `video` the one video it was counted on, None
    for the whole activity: a map of one video alone gives far higher scores.
    """

    run: RunId
    n_clusters: int
    proposed: Mapping[ClusterId, Target] = field(default_factory=dict)
    overrides: Mapping[ClusterId, Target] = field(default_factory=dict)
    locked: frozenset[ClusterId] = frozenset()
    many_to_one: bool = False
    leftovers: Leftovers = Leftovers.UNMAPPED
    fill: Mapping[ClusterId, Target] = field(default_factory=dict)
    reference: TrackKind = TrackKind.GROUND_TRUTH
    video: VideoId | None = None

    def target(self, cluster: int) -> Target:
        """The target of one cluster."""
        found = self.overrides.get(ClusterId(cluster))
        return self.matched(cluster) if found is None else found

    def matched(self, cluster: int) -> Target:
        """The target that a cluster has without a person: by the match, else by the policy for leftovers."""
        key = ClusterId(cluster)
        if key in self.proposed:
            return self.proposed[key]
        if self.leftovers is Leftovers.LARGEST:
            return self.fill.get(key, UNMAPPED)
        return int(BACKGROUND) if self.leftovers is Leftovers.BACKGROUND else UNMAPPED

    def table(self) -> dict[int, Target]:
        """Target of every cluster, 0 to n_clusters - 1."""
        return {cluster: self.target(cluster) for cluster in range(self.n_clusters)}

    @property
    def left_over(self) -> tuple[int, ...]:
        """The clusters that neither the match nor a person gave a target."""
        return tuple(c for c in range(self.n_clusters) if c not in self.proposed and c not in self.overrides)

    @property
    def by_hand(self) -> tuple[int, ...]:
        """The clusters whose target differs from the match."""
        return tuple(sorted(int(c) for c, t in self.overrides.items() if self.matched(c) != t))

    @property
    def is_edited_by_hand(self) -> bool:
        """Whether an override differs from the match."""
        return bool(self.by_hand)


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
    iteration: iteration, loss, cross_entropy, temporal_coherence, mof, f1 (None = unknown). `learned` says which
    corrections it learned from. `given_name` is blank until a person names it.
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
    learned: Learned = field(default_factory=Learned)
    given_name: str = ""

    @property
    def n_clusters(self) -> int:
        return int(self.config["n_clusters"])

    @property
    def name(self) -> str:
        """What it is called: as a person named it, else as it came."""
        return self.given_name or self.first_name

    @property
    def first_name(self) -> str:
        return f"Run {self.number}"

    @property
    def full_name(self) -> str:
        """The same with the number of a run that has a name, by which it is known to `tot` and in earlier exports."""
        return f"{self.given_name} (run {self.number})" if self.given_name else self.first_name


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
class RunName:
    """The name that a person gave a run; a run without one has no such value."""

    name: str


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


@dataclass(frozen=True)
class RunNameKey:
    """Names the name of one run."""

    run: RunId


@dataclass(frozen=True)
class CommentKey:
    """Names one comment on a video."""

    video: VideoId
    id: CommentId


Key = TrackKey | MapKey | ActionKey | ReviewKey | StepTextKey | KitTextKey | RunNameKey | CommentKey
Value = Segmentation | LabelMap | Action | Review | StepText | KitText | RunName | Comment

__all__ = [
    "BACKGROUND",
    "UNMAPPED",
    "Action",
    "ActionKey",
    "Comment",
    "CommentId",
    "CommentKey",
    "Key",
    "KitText",
    "KitTextKey",
    "LabelMap",
    "Leftovers",
    "MapKey",
    "Prediction",
    "Review",
    "ReviewKey",
    "ReviewStatus",
    "Run",
    "RunName",
    "RunNameKey",
    "ScoresRef",
    "Segmentation",
    "StepText",
    "StepTextKey",
    "Target",
    "TrackKey",
    "TrackKind",
    "Value",
]
