"""A recorded step: the same weights as plain steps, and plain steps where a recording fails or lies. On the processor,
with recordings that play the step itself; `tests/gpu` does it with CUDA graphs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from msgspec import structs
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from core.tot.bank import FeatureBank
from core.tot.captured import Captured, Record, Work
from core.tot.config import TrainConfig
from core.tot.network import Network, Shape
from core.tot.sampling import Draw, Sampler
from core.tot.scaling import fit_scaling
from core.tot.step import Outcome, Stepper

VIDEOS = [np.random.default_rng(n).normal(size=(40 + n, 6)).astype(np.float32) for n in range(3)]
TOT = TrainConfig(method="tot", n_clusters=4, batch=32, embedding=8)
CONFIGS = {
    "tot": TOT,
    "tot+tcl": structs.replace(TOT, method="tot+tcl"),
    "asot": structs.replace(TOT, method="asot", activation="relu", normalise="l2"),
}


VARIANTS = {
    **CONFIGS,
    "ot": structs.replace(TOT, method="ot"),
    "entropy": structs.replace(TOT, method="tot+entropy"),
    "relaxed": structs.replace(TOT, marginal_penalty=0.1),
    "own order": structs.replace(TOT, order="video", normalise="l2"),
    "sub-prototypes": structs.replace(TOT, prototypes_per_cluster=2),
    "a video a problem": structs.replace(TOT, ot_scope="video"),
}


def stepper_of(config: TrainConfig, n_runs: int = 1) -> tuple[Stepper, Sampler]:
    bank = FeatureBank(VIDEOS, fit_scaling(VIDEOS, "activity"), "cpu")
    network = Network(Shape.of(config, bank.n_columns), n_runs)
    sampler = Sampler(bank.lengths, config, [3 + run for run in range(n_runs)])
    network.draw(sampler.generators)
    return Stepper(network, [config] * n_runs, bank), sampler


def after(step: Stepper | Captured, stepper: Stepper, sampler: Sampler) -> list[torch.Tensor]:
    """Weights after 30 steps, the first 12 with frozen prototypes; three videos leave one over in each epoch."""
    for number in range(1, 31):
        outcome = step(sampler.next(), frozen=number <= 12, step=number)
        assert torch.isfinite(stepper.losses(outcome)["total"]).all()
    return [stepper.network.encoder.clone(), stepper.network.prototypes.clone()]


@pytest.mark.parametrize("name", CONFIGS)
def test_recorded_steps_give_the_weights_of_plain_ones(name: str) -> None:
    plain, draws = stepper_of(CONFIGS[name])
    wanted = after(plain, plain, draws)
    stepper, draws = stepper_of(CONFIGS[name])
    played: list[int] = []

    def record(work: Work, _device: torch.device) -> Work:
        def play() -> Outcome:
            played.append(1)
            return work()

        return play

    captured = Captured(stepper, record)
    for found, value in zip(after(captured, stepper, draws), wanted, strict=True):
        assert torch.equal(found, value)
    assert captured.warning == "" and len(played) > 10


class Tape(TorchDispatchMode):
    """A CUDA graph's stand-in on the processor: every operation with the very tensors that it read and wrote.

    Played, it reads and writes the same tensors again, and nothing of Python is run: what a step would take from
    Python anew (rows of the next draw, a number that has changed) is that of the recording.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        self.operations.append((func, args, kwargs or {}, made))
        return made

    def play(self) -> None:
        for func, args, kwargs, before in self.operations:
            now = func(*args, **kwargs)
            for old, new in zip(tree_leaves(before), tree_leaves(now), strict=True):
                if isinstance(old, torch.Tensor) and old.data_ptr() != new.data_ptr():
                    old.copy_(new)


def tape(played: list[int]) -> Record:
    """Records a step on a tape, and notes each time that it is played."""

    def record(work: Work, _device: torch.device) -> Work:
        with Tape() as recording:
            outcome = work()

        def play() -> Outcome:
            played.append(1)
            recording.play()
            return outcome

        return play

    return record


@pytest.mark.parametrize(("name", "n_runs"), [*((name, 1) for name in VARIANTS), ("tot+tcl", 3)])
def test_a_step_that_is_played_from_fixed_tensors_gives_the_weights_of_plain_ones(name: str, n_runs: int) -> None:
    plain, draws = stepper_of(VARIANTS[name], n_runs)
    wanted = after(plain, plain, draws)
    stepper, draws = stepper_of(VARIANTS[name], n_runs)
    played: list[int] = []
    done: list[int] = []
    gradients = stepper.gradients
    stepper.gradients = lambda *a, **k: (done.append(1), gradients(*a, **k))[1]  # type: ignore[method-assign]
    captured = Captured(stepper, tape(played))
    for found, value in zip(after(captured, stepper, draws), wanted, strict=True):
        assert torch.equal(found, value), "not one bit differs"
    assert captured.warning == "" and len(played) > 10
    # Two recordings are played once beside the plain step that they stand for; the other plays run no Python.
    assert len(done) + len(played) == 30 + 4, "a step is either played or done"


def test_a_step_that_takes_rows_from_python_is_found_out_and_not_used() -> None:
    stepper, draws = stepper_of(TOT)
    gradients, turns = stepper.gradients, iter(range(100))

    def other_rows_each_time(draw: Draw, *, step: int = 0) -> Outcome:
        return gradients(Draw((draw.anchors + next(turns)) % 40, None), step=step)

    stepper.gradients = other_rows_each_time  # type: ignore[method-assign]
    captured = Captured(stepper, tape([]))
    for number in range(1, 7):
        captured(draws.next(), frozen=True, step=number)
    assert "other numbers" in captured.warning


def test_a_recording_that_gives_other_numbers_is_not_used() -> None:
    plain, draws = stepper_of(TOT)
    wanted = after(plain, plain, draws)
    stepper, draws = stepper_of(TOT)

    def record(work: Work, _device: torch.device) -> Work:
        def play() -> Outcome:
            outcome = work()
            stepper.network.encoder.add_(0.01)
            return outcome

        return play

    captured = Captured(stepper, record)
    for found, value in zip(after(captured, stepper, draws), wanted, strict=True):
        assert torch.equal(found, value)
    assert "other numbers" in captured.warning


def test_a_recording_that_fails_leaves_the_plain_step() -> None:
    plain, draws = stepper_of(TOT)
    wanted = after(plain, plain, draws)
    stepper, draws = stepper_of(TOT)

    def record(work: Work, _device: torch.device) -> Work:
        raise RuntimeError("operation not permitted when stream is capturing")

    captured = Captured(stepper, record)
    for found, value in zip(after(captured, stepper, draws), wanted, strict=True):
        assert torch.equal(found, value)
    assert "could not be recorded" in captured.warning


def test_a_recording_that_worked_but_plays_nothing_is_not_used() -> None:
    """As on a device that is not the current one: the step is done while it is recorded, and the graph is empty."""
    plain, draws = stepper_of(TOT)
    wanted = after(plain, plain, draws)
    stepper, draws = stepper_of(TOT)

    def record(work: Work, _device: torch.device) -> Work:
        outcome = work()
        return lambda: outcome

    captured = Captured(stepper, record)
    for found, value in zip(after(captured, stepper, draws), wanted, strict=True):
        assert torch.equal(found, value)
    assert "other numbers" in captured.warning


class NoCopies(TorchDispatchMode):
    """Notes what a CUDA graph cannot record: a value that is read on the host, or made there and brought over."""

    FORBIDDEN = ("_local_scalar_dense", "scalar_tensor", "lift_fresh", "nonzero", "_to_copy", "masked_select", "unique")

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if any(name in str(func) for name in self.FORBIDDEN):
            self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", VARIANTS)
def test_a_step_holds_nothing_that_a_graph_cannot_record(name: str) -> None:
    stepper, draws = stepper_of(VARIANTS[name])
    draw = draws.next()
    with NoCopies() as watch:
        stepper.gradients(draw)
    assert watch.seen == []


def test_the_watch_sees_a_scalar_that_would_be_copied() -> None:
    with NoCopies() as watch:
        torch.where(torch.zeros(2) > 0, torch.zeros(2), 1.0)
    assert watch.seen


def test_on_the_processor_steps_are_plain() -> None:
    assert not Captured.suits(stepper_of(TOT)[0])
