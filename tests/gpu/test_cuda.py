"""The same on CUDA: skipped, with the reason, where no GPU is there."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from msgspec import structs

from core.tot import infer, train
from core.tot.captured import Captured
from core.tot.presets import preset
from core.tot.trained import Trained

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device: needs an NVIDIA GPU")
DRAW = np.random.default_rng(7)
CENTRES = DRAW.normal(size=(4, 12)) * 2
TRUTHS = [np.repeat(np.arange(4), DRAW.integers(30, 60, size=4)) for _ in range(7)]
VIDEOS = [(CENTRES[t] + DRAW.normal(size=(len(t), 12)) * 0.5).astype(np.float32) for t in TRUTHS]
METHODS = ("tot", "tot+tcl", "tot+entropy", "ot", "asot")


def trained(method: str, device: str, n_iterations: int = 60) -> Trained:
    config = preset("generic", method=method, n_clusters=4)
    return train.train(VIDEOS, structs.replace(config, iterations=n_iterations, freeze_fraction=0.5), device=device)


@pytest.mark.parametrize("method", METHODS)
def test_cuda_and_the_processor_agree(method: str) -> None:
    """After few steps; later ones may drift apart, since sums are added in another order."""
    one, other = trained(method, "cpu", 12), trained(method, "cuda", 12)
    for video in VIDEOS:
        assert np.allclose(infer.posterior(one, video), infer.posterior(other, video), atol=2e-3)


@pytest.mark.parametrize("method", METHODS)
def test_a_cuda_graph_gives_the_numbers_of_plain_steps(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = trained(method, "cuda")
    monkeypatch.setattr(Captured, "suits", staticmethod(lambda _stepper: False))
    plain = trained(method, "cuda")
    for video in VIDEOS:
        assert np.allclose(infer.posterior(recorded, video), infer.posterior(plain, video), atol=2e-3)


def test_the_same_seed_repeats_itself() -> None:
    one, two = trained("tot+tcl", "cuda").model.state(), trained("tot+tcl", "cuda").model.state()
    assert all(torch.equal(one[name], two[name]) for name in one)
