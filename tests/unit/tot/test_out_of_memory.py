"""A device that is full in the middle of a training costs nothing that was learned, and says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import layout

from core import api, cli
from core.errors import DeviceMemoryError, wanted_memory
from core.events import ShouldStop, StopKind
from core.tot import train as training
from core.tot.config import TrainConfig, half_batch
from core.tot.step import Stepper
from core.tot.train import train, train_many

CUDA = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 8 GiB.")
ERRORS = [
    CUDA,
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried to "
                 "allocate 21474836480 bytes. Error code 12 (Cannot allocate memory)"),
    MemoryError("Unable to allocate 20.0 GiB for an array with shape (1, 2)"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
]  # fmt: skip
CONFIG = TrainConfig(n_clusters=3, batch=32, iterations=60, normalise="l2", freeze_fraction=0.1)


def matrices() -> list[np.ndarray]:
    draw = np.random.default_rng(0)
    return [(np.repeat(np.eye(3), 20, axis=0) + 0.1 * draw.normal(size=(60, 3))).astype(np.float32) for _ in range(3)]


def fail_at(monkeypatch: pytest.MonkeyPatch, iteration: int, error: Exception) -> None:
    """Let one step find no memory, once, before it has changed anything."""
    plain, left = Stepper.gradients, [error]

    def gradients(self: Stepper, draw: object, *, step: int = 0) -> object:
        if step == iteration and left:
            raise left.pop()
        return plain(self, draw, step=step)

    monkeypatch.setattr(Stepper, "gradients", gradients)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "p.tot"
    api.create_project(path, api.open_dataset(layout(tmp_path / "data", "A"))).close()
    return path


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
def test_what_was_learned_is_kept_and_goes_on_with_the_very_next_step(monkeypatch, error):
    whole = train(matrices(), CONFIG)
    fail_at(monkeypatch, 38, error)
    kept = train(matrices(), CONFIG, step_every=10)
    assert (kept.iterations, kept.stopped_early, kept.out_of_memory) == (37, True, True)
    assert "cpu ran out of memory at iteration 38 of 60 with a batch of 32" in kept.warning
    assert ("20.0" in kept.warning) == bool(wanted_memory(error)), kept.warning
    assert kept.training_state is not None
    again = train(matrices(), CONFIG, resume=kept.training_state)
    assert again.iterations == 60 and not again.out_of_memory
    for name, value in whole.model.state().items():
        assert torch.equal(value, again.model.state()[name]), name


def test_several_runs_side_by_side_are_all_kept(monkeypatch):
    fail_at(monkeypatch, 38, CUDA)
    runs = train_many(matrices(), [CONFIG, TrainConfig(**{**_plain(CONFIG), "seed": 1})], step_every=10)
    assert [run.iterations for run in runs] == [37, 37] and all(run.out_of_memory for run in runs)


def test_an_update_that_was_cut_in_two_falls_back_to_the_last_whole_weights(monkeypatch):
    made: list[training._Training] = []
    plain_start, plain_step = training._Training.__init__, torch.optim.Adam.step

    def start(self, *arguments, **keywords):
        plain_start(self, *arguments, **keywords)
        made.append(self)

    def step(self, *arguments, **keywords):
        if made and made[0].done == 37 and self is made[0].stepper.optimisers[1]:
            raise CUDA
        return plain_step(self, *arguments, **keywords)

    monkeypatch.setattr(training._Training, "__init__", start)
    monkeypatch.setattr(torch.optim.Adam, "step", step)
    kept = train(matrices(), CONFIG, step_every=10)
    assert (kept.iterations, kept.out_of_memory, kept.training_state) == (30, True, None)
    monkeypatch.undo()
    stops = iter([None] * 29 + [StopKind.KEEP] * 9)
    should_stop: ShouldStop = lambda: next(stops)  # noqa: E731
    thirty = train(matrices(), CONFIG, should_stop=should_stop)
    for name, value in thirty.model.state().items():
        assert torch.equal(value, kept.model.state()[name]), name


def test_a_first_step_that_does_not_fit_names_what_was_wanted_and_what_to_do(monkeypatch):
    fail_at(monkeypatch, 1, CUDA)
    with pytest.raises(DeviceMemoryError, match=r"with a batch of 32, 20\.00 GiB were wanted") as caught:
        train(matrices(), CONFIG)
    assert caught.value.hint == "Halve the batch, or close other programs." and caught.value.device == "cpu"


def test_features_that_turn_out_not_to_fit_are_streamed(monkeypatch):
    plain, asked = training.FeatureBank, []

    def bank(matrices, scaling, device, resident):
        asked.append(resident)
        if resident is None:
            raise CUDA
        return plain(matrices, scaling, device, resident)

    whole = train(matrices(), CONFIG)
    monkeypatch.setattr(training, "FeatureBank", bank)
    streamed = train(matrices(), CONFIG)
    assert asked == [None, False] and streamed.bank is not None and not streamed.bank.resident
    for name, value in whole.model.state().items():
        assert torch.equal(value, streamed.model.state()[name]), name
    with pytest.raises(DeviceMemoryError):
        monkeypatch.setattr(training, "FeatureBank", lambda *_: (_ for _ in ()).throw(CUDA))
        train(matrices(), CONFIG, resident=True)


def test_half_a_batch_is_offered_where_it_is_enough_for_the_settings():
    half = half_batch(CONFIG)
    assert half is not None and half.batch == 16
    assert half_batch(TrainConfig(n_clusters=20, batch=32)) is None
    assert half_batch(TrainConfig(n_clusters=3, batch=256, sampling="official")).batch == 128
    assert half_batch(TrainConfig(n_clusters=3, batch=128, sampling="official")) is None


def test_tot_train_keeps_the_run_says_the_options_and_ends_with_3(project, monkeypatch, capsys):
    words = ["train", str(project), "--method", "tot", "--clusters", "3", "--iterations", "60", "--set", "batch=32",
             "--json"]  # fmt: skip
    fail_at(monkeypatch, 38, CUDA)
    assert cli.main(words) == 3
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert answer["iterations"] == 37
    assert "cpu ran out of memory at iteration 38 of 60" in err and "--set batch=16" in err
    assert "--device cpu" not in err, "it was there already"
    assert cli.main(["train", str(project), "--resume", answer["run"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["iterations"] == 60


def test_tot_train_that_learned_nothing_says_the_options_and_adds_no_run(project, monkeypatch, capsys):
    fail_at(monkeypatch, 1, CUDA)
    assert cli.main(["train", str(project), "--method", "tot", "--clusters", "3", "--set", "batch=32", "--json"]) == 3
    out, err = capsys.readouterr()
    assert not out and "20.00 GiB were wanted. Train again with half the batch (--set batch=16)." in err
    assert cli.main(["segment", str(project)]) == 2, "there is no run"


def _plain(config: TrainConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__struct_fields__}
