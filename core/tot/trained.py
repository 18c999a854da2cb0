"""What a training says on its way and leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .bank import FeatureBank
from .config import TrainConfig
from .cte import CteModel
from .examples import Examples
from .network import Network
from .scaling import Scaling
from .training_state import TrainingState


class Losses(NamedTuple):
    """The losses of one of several runs that are trained side by side."""

    loss: float
    cross_entropy: float
    temporal_coherence: float


@dataclass(frozen=True)
class StepInfo:
    """Losses and state of the first run at one iteration, and the losses of all that are trained beside it.

    `trained` may be used to look at a video before the next step, and so may `of(run)` for any of the runs.
    `masses` (K,) are the shares of the last batch that the clusters of the first run hold.
    """

    iteration: int
    iterations: int
    loss: float
    cross_entropy: float
    temporal_coherence: float
    entropy: float
    smallest_mass: float
    largest_mass: float
    seconds: float
    trained: Trained
    masses: tuple[float, ...] = ()
    runs: tuple[Losses, ...] = ()
    of: Callable[[int], Trained] | None = None
    corrections: float = 0.0


@dataclass
class Trained:
    """What a training learned: network, scaling of the features, settings, and how it went.

    With `members` it is what they agree on, and `model` and `scaling` are those of the most typical one.
    `warning` says why a training ended before its time with the last whole weights, `out_of_memory` whether that was
    it; `training_state` lets a training that was stopped go on, `paused` one of several runs. `examples` is what the
    corrected rows say by themselves, on rows scaled by `scaling`; None where nothing was corrected.
    """

    model: Network | CteModel
    scaling: Scaling
    config: TrainConfig
    n_dimensions: int
    iterations: int = 0
    seconds: float = 0.0
    device: str = "cpu"
    stopped_early: bool = False
    losses: dict[str, float] = field(default_factory=dict)
    warning: str = ""
    out_of_memory: bool = False
    training_state: TrainingState | None = None
    bank: FeatureBank | None = field(default=None, repr=False)
    members: tuple[Member, ...] = field(default=(), repr=False)
    examples: Examples | None = field(default=None, repr=False)
    paused: Paused | None = field(default=None, repr=False)


class Paused(NamedTuple):
    """All runs of a training that was stopped, method by method as far as they were begun, and its settings.

    A run with a `training_state` goes on from there; the others are done.
    """

    config: TrainConfig
    families: tuple[tuple[Trained, ...], ...]


class Member(NamedTuple):
    """One of several runs that speak together; `clusters` (K,) is its cluster for each cluster of the whole."""

    trained: Trained
    clusters: tuple[int, ...]
