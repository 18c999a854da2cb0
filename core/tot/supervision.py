"""What a person corrected as a term of the loss: cross entropy of the codes on corrected rows (docs/learning.md).

Each action that the person used is bound to one cluster, so a corrected row says which cluster its code should choose.
The term stands beside the losses of Eq. 3 and 1; every row without a correction is trained as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import ConfigError
from .bank import FeatureBank
from .config import TrainConfig
from .losses import cross_entropy, cross_entropy_gradient
from .network import Network

IntArray = NDArray[np.integer[Any]]
ROWS = 128
"""Corrected rows drawn for each step."""
EVENNESS = 0.5
"""0 draws every corrected row as often as any other, 1 draws every cluster as often; between, a short action still
has a voice and a long one is still heard more."""
HALF = 2.0
"""Corrected videos at which the term has half its weight, where a temporal prior holds the clusters to their places
beside it: one video shows one person and one camera. Without a prior only the term gives clusters their names, and it
always has its whole weight (measured: docs/learning.md)."""
SEED_STEP = 1_000_003
"""Seeds of the draws of neighbouring runs and steps lie far apart."""


@dataclass(frozen=True)
class Lessons:
    """What is known of the rows: one (T,) int64 array a video, in the order of the matrices; -1 where nobody said."""

    labels: tuple[IntArray, ...]

    @property
    def n_known(self) -> int:
        """Rows whose cluster is known."""
        return sum(int(np.count_nonzero(labels >= 0)) for labels in self.labels)


class Teacher:
    """Draws corrected rows and adds their gradient, for S runs that each draw their own.

    A draw depends on the seed of its run and on the number of the step alone: the other draws of a training stay what
    they are without corrections, and a training that goes on draws what it would have drawn.

    Raises ConfigError: other videos than the bank's, a cluster that a run lacks, or nothing known.
    """

    def __init__(self, lessons: Lessons, configs: Sequence[TrainConfig], bank: FeatureBank) -> None:
        if [len(labels) for labels in lessons.labels] != list(bank.lengths):
            raise ConfigError(
                "The corrections were made for other videos or other features than those of the training."
            )
        flat = np.concatenate(lessons.labels)
        known = np.flatnonzero(flat >= 0)
        fewest = min(config.n_clusters for config in configs)
        if not len(known) or flat.max() >= fewest:
            raise ConfigError(
                f"Corrections name clusters up to {flat.max()}; wanted 0 to {fewest - 1}, and at least one."
            )
        amount = len(known) / float(np.mean(bank.lengths))  # in videos of average length
        share = amount / (amount + HALF) if configs[0].uses_prior else 1.0
        self.weight = configs[0].correction_weight * share
        self._bank, self._tau = bank, configs[0].tau
        self._seeds = [config.seed for config in configs]
        self._rows, self._labels = (torch.from_numpy(each).to(bank.device) for each in (known, flat[known]))
        often = np.bincount(flat[known])[flat[known]].astype(np.float64) ** -EVENNESS
        self._cumulative = torch.from_numpy(np.cumsum(often) / often.sum())

    @torch.no_grad()
    def add_gradients(self, network: Network, step: int) -> Tensor:
        """Add the gradients of the term to those that the network holds; (S,) the term with its weight."""
        assert network.encoder.grad is not None and network.prototypes.grad is not None
        picks = self._draw(step)
        of_others = network.encoder.grad.clone(), network.prototypes.grad.clone()
        done = network.forward(self._bank.rows(self._rows[picks]))
        wanted = torch.zeros_like(done.scores).scatter_(2, self._labels[picks][..., None], 1.0)
        network.backward(done, cross_entropy_gradient(done.scores, wanted, tau=self._tau).mul_(self.weight))
        network.encoder.grad.add_(of_others[0])
        network.prototypes.grad.add_(of_others[1])
        return cross_entropy(done.scores, wanted, tau=self._tau).mul_(self.weight)

    def _draw(self, step: int) -> Tensor:
        """(S, ROWS) int64 places among the known rows."""
        drawn = [
            torch.rand(
                ROWS, generator=torch.Generator().manual_seed(SEED_STEP * (seed + 1) + step), dtype=torch.float64
            )
            for seed in self._seeds
        ]
        found = torch.searchsorted(self._cumulative, torch.stack(drawn), right=True)
        return found.clamp_max_(len(self._rows) - 1).to(self._bank.device)
