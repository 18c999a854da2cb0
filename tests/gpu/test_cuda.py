"""The same on CUDA: skipped, with the reason, where no GPU is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec import structs

from core.errors import DeviceMemoryError
from core.tot import infer, train
from core.tot.captured import Captured
from core.tot.presets import preset
from core.tot.save_points import SavePoints
from core.tot.trained import Trained

IS_THERE = torch.version.cuda is not None and any(Path("/dev").glob("nvidia[0-9]*"))
"""Whether this machine has a GPU and this torch is made for it: then what is wrong with either must not be skipped."""
pytestmark = pytest.mark.skipif(
    not (IS_THERE or torch.cuda.is_available()),
    reason="no CUDA device: needs an NVIDIA GPU" if torch.version.cuda else "this torch is built without CUDA",
)
DRAW = np.random.default_rng(7)
CENTRES = DRAW.normal(size=(4, 12)) * 2
TRUTHS = [np.repeat(np.arange(4), DRAW.integers(30, 60, size=4)) for _ in range(7)]
VIDEOS = [(CENTRES[t] + DRAW.normal(size=(len(t), 12)) * 0.5).astype(np.float32) for t in TRUTHS]
METHODS = ("tot", "tot+tcl", "tot+entropy", "ot", "asot")


def test_the_gpu_of_this_machine_can_be_used() -> None:
    assert torch.cuda.is_available(), "a GPU is here, and torch cannot use it: look at its driver (nvidia-smi)"


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
def test_a_cuda_graph_gives_the_numbers_of_plain_steps(
    method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    played, replay = [], torch.cuda.CUDAGraph.replay
    monkeypatch.setattr(torch.cuda.CUDAGraph, "replay", lambda graph: (played.append(1), replay(graph))[1])
    recorded = trained(method, "cuda")
    # A recording that fails is given up in silence but for this: plain steps would pass the rest of the test.
    assert not caplog.records and len(played) > 20
    monkeypatch.setattr(Captured, "suits", staticmethod(lambda _stepper: False))
    plain = trained(method, "cuda")
    for video in VIDEOS:
        assert np.allclose(infer.posterior(recorded, video), infer.posterior(plain, video), atol=2e-3)


@pytest.mark.parametrize("method", METHODS)
def test_save_points_leave_a_cuda_graph_as_it_was(method: str, caplog: pytest.LogCaptureFixture) -> None:
    plain, kept = trained(method, "cuda"), []
    config = structs.replace(preset("generic", method=method, n_clusters=4), iterations=60, freeze_fraction=0.5)
    saves = SavePoints(kept.append, every_s=0.0, clock=lambda: 0.0)
    saved = train.train(VIDEOS, config, device="cuda", step_every=5, saves=saves)
    assert [runs[0].training_state.iteration for runs in kept] == list(range(5, 60, 5)) and not caplog.records
    for video in VIDEOS:
        assert np.allclose(infer.posterior(plain, video), infer.posterior(saved, video), atol=2e-3)


def test_the_last_device_records_as_the_first_does() -> None:
    """Work on a device that is not the current one must be recorded there, not done."""
    last = f"cuda:{torch.cuda.device_count() - 1}"
    one, other = trained("tot", "cuda:0"), trained("tot", last)
    for video in VIDEOS:
        assert np.allclose(infer.posterior(one, video), infer.posterior(other, video), atol=2e-3)


def test_a_full_device_is_explained_and_the_next_training_runs() -> None:
    total = torch.cuda.get_device_properties(0).total_memory
    config = structs.replace(preset("generic", method="tot+tcl", n_clusters=4), iterations=20)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction((1 << 30) / total)
    try:
        with pytest.raises(DeviceMemoryError, match=r"cuda:0 ran out of memory .* GiB were wanted"):
            train.train(VIDEOS, structs.replace(config, batch=65_536), device="cuda:0")
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
    assert train.train(VIDEOS, config, device="cuda:0").iterations == 20


def test_the_same_seed_repeats_itself() -> None:
    one, two = trained("tot+tcl", "cuda").model.state(), trained("tot+tcl", "cuda").model.state()
    assert all(torch.equal(one[name], two[name]) for name in one)
