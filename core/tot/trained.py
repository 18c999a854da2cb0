"""What a training says on its way and leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field

from .bank import FeatureBank
from .checkpoint import Checkpoint
from .config import TrainConfig
from .cte import CteModel
from .network import Network
from .scaling import Scaling


@dataclass(frozen=True)
class StepInfo:
    """Losses and state at one iteration; `trained` may be used to look at a video before the next step."""

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


@dataclass
class Trained:
    """What a training learned: network, scaling of the features, settings, and how it went.

    `warning` says why a training ended before its time with the last whole weights; `checkpoint` lets a
    training that was stopped go on.
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
    checkpoint: Checkpoint | None = None
    bank: FeatureBank | None = field(default=None, repr=False)
