"""Training: one update after another, looked at now and then, stopped or kept at any moment; S runs at once."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import ConfigError, JobError, is_out_of_memory, raise_for_memory, wanted_memory
from ..events import ShouldStop, StopKind, never_stop
from .bank import FeatureBank
from .captured import Captured
from .clusters import k_means, time_order
from .config import TrainConfig, check
from .cte_train import train_cte
from .devices import give_back_memory
from .network import Network, Shape
from .sampling import Sampler
from .save_points import SavePoints
from .scaling import Scaling, fit_scaling
from .step import Outcome, Stepper
from .supervision import Lessons
from .trained import Losses, StepInfo, Trained
from .training_state import TrainingState

FloatArray = NDArray[np.floating[Any]]
NO_LESSONS = (
    "CTE learns the time of single frames and clusters them afterwards, so it cannot learn from corrections. "
    "Choose another method, or learn from none."
)
VARIED = ("seed", "rho", "sigma", "n_clusters")
"""Settings in which the runs of one training may differ."""
LOSSES = ("total", "cross_entropy", "temporal_coherence")


def train(
    matrices: Sequence[FloatArray],
    config: TrainConfig,
    *,
    device: str = "cpu",
    should_stop: ShouldStop = never_stop,
    on_step: Callable[[StepInfo], None] | None = None,
    step_every: int = 50,
    resume: TrainingState | None = None,
    resident: bool | None = None,
    lessons: Lessons | None = None,
    saves: SavePoints | None = None,
) -> Trained:
    """The network that fits these videos; the same seed on the same machine gives the same network.

    Args:
        matrices: one (T, D) float array a video; D equal, values finite.
        device: where to train; the caller chose it.
        should_stop: asked after each step; KEEP and DISCARD both end the loop, the caller tells them apart.
        on_step: called every `step_every` iterations and after the last.
        resume: where an earlier training of the same settings and videos stood; it goes on with the next draw.
        resident: False streams the features from the host; None decides by the memory that is free.
        lessons: the rows whose cluster a person has said, for the methods that can learn from them.
        saves: asked at the regular looks to keep where the training stands; the result is the same to the bit.
    Raises:
        ConfigError: a setting is out of range, or the features do not vary.
        JobError: the loss was not finite from the start.  DeviceMemoryError: the device is full, from the start; later
            what was learned is kept, and `warning` says so.
    """
    if config.method == "cte":
        if lessons is not None:
            raise ConfigError(NO_LESSONS)
        return train_cte(
            matrices,
            config,
            device=device,
            should_stop=should_stop,
            on_step=on_step,
            step_every=step_every,
            resume=resume,
            saves=saves,
        )
    return train_many(
        matrices,
        [config],
        device=device,
        should_stop=should_stop,
        on_step=on_step,
        step_every=step_every,
        resume=() if resume is None else [resume],
        resident=resident,
        lessons=lessons,
        saves=saves,
    )[0]


def train_many(
    matrices: Sequence[FloatArray],
    configs: Sequence[TrainConfig],
    *,
    device: str = "cpu",
    should_stop: ShouldStop = never_stop,
    on_step: Callable[[StepInfo], None] | None = None,
    step_every: int = 50,
    resume: Sequence[TrainingState] = (),
    resident: bool | None = None,
    lessons: Lessons | None = None,
    saves: SavePoints | None = None,
) -> list[Trained]:
    """One network for each of the settings, trained side by side along a leading axis.

    The settings may differ in `VARIED` only. Each run draws its own frames, so it equals a training of its own up
    to rounding, also when it is stopped and goes on alone. `on_step` sees all of them. `resume` is where each of them
    stood, or empty. See `train` for the rest.
    """
    for config in configs:
        check(config, longest_video_rows=max((len(m) for m in matrices), default=0), n_videos=len(matrices))
    _check_alike(matrices, configs)
    scaling = fit_scaling(matrices, configs[0].standardise, configs[0].reduce)
    try:
        bank = _bank(matrices, scaling, device, resident)
        return _Training(bank, scaling, configs, resume, lessons).run(should_stop, on_step, step_every, saves)
    except Exception as error:
        raise_for_memory(error, device, configs[0].batch)
        raise


def _bank(matrices: Sequence[FloatArray], scaling: Scaling, device: str, resident: bool | None) -> FeatureBank:
    """The features on the device; streamed where they turn out not to fit, unless the caller decided."""
    try:
        return FeatureBank(matrices, scaling, device, resident)
    except Exception as error:
        if resident is not None or not is_out_of_memory(error):
            raise
    give_back_memory(device)
    return FeatureBank(matrices, scaling, device, False)


def _check_alike(matrices: Sequence[FloatArray], configs: Sequence[TrainConfig]) -> None:
    dimensions = {matrix.shape[1] for matrix in matrices}
    if len(dimensions) != 1:
        raise ConfigError(f"The videos have features of {sorted(dimensions)} columns; wanted one number for all.")
    plain = [msgspec.structs.asdict(c) for c in configs]
    other = sorted({k for p in plain for k, v in p.items() if v != plain[0][k] and k not in VARIED})
    if other:
        raise ConfigError(f"Runs of one training may differ in {', '.join(VARIED)}, not in {', '.join(other)}.")
    if configs[0].method == "asot" and len({c.n_clusters for c in configs}) > 1:
        raise ConfigError("ASOT trains runs of one number of clusters at a time.")


class _Training:
    """The state of a training between two steps."""

    def __init__(
        self,
        bank: FeatureBank,
        scaling: Scaling,
        configs: Sequence[TrainConfig],
        resume: Sequence[TrainingState],
        lessons: Lessons | None,
    ) -> None:
        self.bank, self.scaling, self.configs, self.config = bank, scaling, configs, configs[0]
        shape = Shape.of(self.config, bank.n_columns)._replace(n_clusters=max(c.n_clusters for c in configs))
        self.network = Network(shape, len(configs), bank.device)
        self.sampler = Sampler(bank.lengths, self.config, [c.seed for c in configs], bank.device)
        self.network.draw(self.sampler.generators)
        self.sampler.rewind()
        if self.config.initial_prototypes == "k-means":
            k_means(self.network, bank, configs)
        self.taught = lessons is not None
        self.stepper = Stepper(self.network, configs, bank, lessons)
        self.done = 0
        if resume:
            self.done = TrainingState.restore(resume, self.network, self.stepper.optimisers, self.sampler)
        self.good = Network(shape, len(configs), bank.device)
        self.good_at = 0
        self.out_of_memory = False
        self.began = time.perf_counter()
        self.losses: dict[str, list[float]] = {}

    def run(
        self,
        should_stop: ShouldStop,
        on_step: Callable[[StepInfo], None] | None,
        step_every: int,
        saves: SavePoints | None,
    ) -> list[Trained]:
        frozen = round(self.config.freeze_fraction * self.config.iterations)
        stop, warning = None, ""
        step = Captured(self.stepper) if Captured.suits(self.stepper) else self.stepper
        for iteration in range(self.done + 1, self.config.iterations + 1):
            try:
                outcome = step(self.sampler.next(), frozen=iteration <= frozen, step=iteration)
                self.done = iteration
                stop = should_stop()
                if stop is None and iteration < self.config.iterations and iteration % step_every:
                    continue
                warning = self._look(outcome, on_step)
                if stop is None and not warning and saves is not None and self._can_be_saved:
                    saves.look(self._save_point)
            except Exception as error:
                if not is_out_of_memory(error) or not self.good_at:
                    raise
                wanted = wanted_memory(error)
            else:
                if stop is not None or warning:
                    break
                continue
            # Only here is the error gone, and with it what the failed step held.
            del outcome
            warning = self._without_memory(wanted, iteration)
            break
        if isinstance(step, Captured) and step.warning:
            logging.getLogger(__name__).warning(step.warning)
        return self._results(stop, warning)

    def _look(self, outcome: Outcome, on_step: Callable[[StepInfo], None] | None) -> str:
        """Read the losses; keep the weights when they are whole, else go back to those that were."""
        numbers = self.stepper.losses(outcome)
        values = dict(zip(numbers, torch.stack(list(numbers.values())).cpu().double().tolist(), strict=True))
        if not all(math.isfinite(total) for total in values["total"]):
            what = (
                f"The loss is not finite at iteration {self.done:,} (largest score {max(values['largest_score']):g})."
            )
            if not self.good_at:
                raise JobError(what, kind="not-finite", hint="Lower the learning rate, or raise rho.")
            self.network.copy_from(self.good)
            self.done = self.good_at
            return f"{what} The weights of iteration {self.good_at:,} were kept."
        self.good.copy_from(self.network)
        self.good_at, self.losses = self.done, values
        if on_step is not None:
            first = {name: value[0] for name, value in values.items()}
            del first["largest_score"]
            on_step(
                StepInfo(
                    self.done,
                    self.config.iterations,
                    first.pop("total"),
                    **first,
                    seconds=time.perf_counter() - self.began,
                    trained=self._now(0),
                    masses=tuple(self.stepper.masses(outcome)[0].cpu().tolist()),
                    runs=tuple(map(Losses, *(values[name] for name in LOSSES))),
                    of=self._now,
                )
            )
        return ""

    def _without_memory(self, wanted: str, iteration: int) -> str:
        """What is kept when the device is full: the weights as they stand, or the last whole ones; said in words."""
        self.out_of_memory = True
        if self.stepper.updating:
            self.network.copy_from(self.good)
            self.done = self.good_at
        elif self.done < iteration:
            self.sampler.back()
        give_back_memory(self.bank.device)
        return (
            f"{self.bank.device} ran out of memory at iteration {iteration:,} of {self.config.iterations:,} "
            f"with a batch of {self.config.batch}{wanted}. What was learned in {self.done:,} iterations is kept."
        )

    @property
    def _can_be_saved(self) -> bool:
        """Whether there is something left to do, for runs that are as wide as the network that holds them."""
        width = self.network.shape.n_clusters
        return self.done < self.config.iterations and all(config.n_clusters == width for config in self.configs)

    def _save_point(self) -> list[Trained]:
        """All runs as they stand, to go on from; only reads, so a recorded step plays on."""
        found = [self._now(run) for run in range(len(self.configs))]
        for run, trained in enumerate(found):
            trained.training_state = TrainingState.take(
                self.done, self.network, self.stepper.optimisers, self.sampler, run=run
            )
        return found

    def _now(self, run: int) -> Trained:
        """One of the runs as it stands between two steps."""
        return self._trained(run, self.network if self.network.n_runs == 1 else self.network.single(run))

    def _results(self, stop: StopKind | None, warning: str) -> list[Trained]:
        is_whole = stop is StopKind.KEEP or (self.out_of_memory and not self.stepper.updating)
        can_go_on = is_whole and self.done < self.config.iterations
        found = []
        for run, config in enumerate(self.configs):
            network = self.network.single(run)
            network.narrow(config.n_clusters)
            # Without a prior and without names the number of a cluster says nothing: sort by time.
            if config.method == "ot" and not self.taught:
                time_order(network, self.bank)
            trained = self._trained(run, network)
            trained.stopped_early = stop is StopKind.KEEP or bool(warning)
            trained.warning, trained.out_of_memory = warning, self.out_of_memory
            if can_go_on and config.n_clusters == self.network.shape.n_clusters:
                trained.training_state = TrainingState.take(
                    self.done, self.network, self.stepper.optimisers, self.sampler, run=run
                )
            found.append(trained)
        return found

    def _trained(self, run: int, network: Network) -> Trained:
        losses = {name: self.losses[name][run] for name in (*LOSSES, "corrections") if name in self.losses}
        seconds = time.perf_counter() - self.began
        return Trained(
            network,
            self.scaling,
            self.configs[run],
            len(self.scaling.mean),
            self.done,
            seconds,
            str(self.bank.device),
            losses=losses,
            bank=self.bank,
        )
