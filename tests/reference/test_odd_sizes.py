"""No NaN anywhere: huge scores, one frame, videos shorter than the bins, more clusters than frames, every method."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from msgspec import structs

from core.decode.registry import DECODERS, decode_all
from core.errors import ConfigError
from core.tot import infer
from core.tot.config import METHODS, TrainConfig
from core.tot.losses import Coherence, cross_entropy, cross_entropy_gradient
from core.tot.sinkhorn import log_kernel, transport_plan
from core.tot.train import train
from core.work.videos import decoder_settings

LENGTHS = (1, 3, 5, 40)  # a batch draws 32 rows from each: three videos are shorter than their bins
BASE = TrainConfig(n_clusters=6, batch=64, iterations=12, embedding=8)


def videos(size: float) -> list[np.ndarray]:
    draw = np.random.default_rng(3)
    return [(size * draw.normal(size=(n, 5))).astype(np.float32) for n in LENGTHS]


@pytest.mark.parametrize("normalise", ["none", "l2"])
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e4])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_trains_on_videos_of_any_length_and_size(method: str, size: float, normalise: str) -> None:
    if method == "asot":
        normalise = "l2"
    config = structs.replace(BASE, method=method, normalise=normalise)
    found = train(videos(size), config)
    assert found.iterations > 0 and not found.warning
    assert all(np.isfinite(value) for value in found.losses.values())
    posteriors = [infer.log_posterior(found, matrix) for matrix in videos(size)]
    assert all(np.isfinite(np.exp(values)).all() and not np.isnan(values).any() for values in posteriors)
    assert not any(np.isnan(infer.plan(found, matrix)).any() for matrix in videos(size))
    for decoder in DECODERS:
        labels = decode_all(decoder, posteriors, decoder_settings(config))
        assert [len(each) for each in labels] == list(LENGTHS), decoder
        assert all(each.min() >= 0 and each.max() < 6 for each in labels), decoder


@pytest.mark.parametrize("size", [0.0, 1.0, 1e2, 1e4])
@pytest.mark.parametrize("penalty", [0.0, 0.1])
def test_losses_and_plans_of_huge_scores_are_finite(size: float, penalty: float) -> None:
    generator = torch.Generator().manual_seed(0)
    scores = size * torch.randn(2, 3, 16, 5, generator=generator)
    plan = transport_plan(log_kernel(scores, None, rho=0.05), marginal_penalty=penalty, rho=0.05)
    assert torch.isfinite(plan).all() and torch.allclose(plan.sum(dim=-1), torch.ones(2, 3, 16))
    assert torch.isfinite(cross_entropy(scores, plan, tau=0.1)).all()
    assert torch.isfinite(cross_entropy_gradient(scores, plan, tau=0.1)).all()
    pairs = Coherence(scores, scores.flip(2), kappa=0.01)
    assert torch.isfinite(pairs.loss()).all() and all(torch.isfinite(each).all() for each in pairs.gradients())


@pytest.mark.parametrize("method", METHODS)
def test_features_that_do_not_vary_are_refused_and_one_such_column_is_not(method: str) -> None:
    config = structs.replace(BASE, method=method, standardise="activity", normalise="l2")
    with pytest.raises(ConfigError, match="do not vary"):
        train([np.full((40, 5), 3.0, np.float32)] * 2, config)
    matrices = videos(1.0)
    for matrix in matrices:
        matrix[:, 2] = 7.0
    found = train(matrices, config)
    assert all(np.isfinite(value) for value in found.losses.values())
