"""The gradients written by hand, held to finite differences in double precision."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from finite_differences import assert_gradient, in_doubles
from msgspec import structs

from core.tot.bank import FeatureBank
from core.tot.config import TrainConfig
from core.tot.losses import Coherence, cross_entropy
from core.tot.network import Network, Shape
from core.tot.sampling import Draw, Sampler
from core.tot.scaling import fit_scaling
from core.tot.step import Outcome, Stepper

VIDEOS = [np.random.default_rng(n).normal(size=(60 + n, 5)).astype(np.float32) for n in range(2)]
BASE = TrainConfig(method="tot+tcl", n_clusters=3, batch=16, embedding=4, kappa=0.5, alpha=0.7, rho=0.3, tau=0.5)


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with in_doubles():
        yield


def _loss(network: Network, config: TrainConfig, bank: FeatureBank, draw: Draw, outcome: Outcome) -> torch.Tensor:
    """The total loss with the plan held still, from the definitions."""
    runs, n_videos, n_frames = draw.anchors.shape
    z = network.embed(bank.rows(draw.anchors.flatten(1)))
    scores = network.scores(z).view(runs, n_videos, n_frames, -1)
    total = cross_entropy(scores, outcome.plan, tau=config.tau).sum()
    if draw.positives is not None:
        near = network.embed(bank.rows(draw.positives.flatten(1)))
        shape = (runs, n_videos, n_frames, -1)
        total += config.alpha * Coherence(z.view(shape), near.view(shape), kappa=config.kappa).loss().sum()
    return total


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"method": "tot"},
        {"normalise": "l2"},
        {"normalise": "l2", "activation": "relu"},
        {"prototypes_per_cluster": 2, "normalise": "l2"},
        {"activation": "relu", "hidden": 7},
    ],
)
@pytest.mark.parametrize("n_runs", [1, 3])
def test_gradients_agree_with_finite_differences(values: dict[str, object], n_runs: int) -> None:
    config = structs.replace(BASE, **values)
    bank = FeatureBank(VIDEOS, fit_scaling(VIDEOS, "activity"), "cpu")
    network = Network(Shape.of(config, 5), n_runs)
    sampler = Sampler(bank.lengths, config, list(range(n_runs)))
    network.draw(sampler.generators)
    network.encoder.mul_(40)
    network.prototypes.mul_(40)
    draw = sampler.next()
    outcome = Stepper(network, [config] * n_runs, bank).gradients(draw)
    for parameter in (network.encoder, network.prototypes):
        assert_gradient(parameter, lambda: _loss(network, config, bank, draw, outcome))
