"""CTE, the offline baseline of the paper: embed by time, cluster, fit one Gaussian a cluster (Kukleva et al., 2019).

The encoder learns to tell the relative time of single frames; k-means cuts its embedding once, and the clusters are
sorted by their mean time. Nothing is learned jointly, which is what TOT changes.
"""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from torch import Tensor

from ..errors import InputError, JobError, is_out_of_memory, raise_for_memory, wanted_memory
from ..events import ShouldStop, StopKind
from .bank import FeatureBank
from .config import TrainConfig, check
from .cte import CteModel
from .save_points import SavePoints
from .scaling import Scaling, fit_scaling
from .trained import Losses, StepInfo, Trained
from .training_state import MOMENTS, TrainingState

FloatArray = NDArray[np.floating[Any]]
RIDGE = 1e-4
"""Added to the diagonal of each covariance."""
SAMPLE = 50_000
"""Rows that k-means and the Gaussians look at."""
DRAWING = threading.Lock()
"""Layers draw from torch's one global generator: two threads of a cluster's worker must not do so at once."""


def train_cte(
    matrices: Sequence[FloatArray],
    config: TrainConfig,
    *,
    device: str,
    should_stop: ShouldStop,
    on_step: Callable[[StepInfo], None] | None,
    step_every: int,
    resume: TrainingState | None = None,
    saves: SavePoints | None = None,
) -> Trained:
    """The baseline's model; arguments and errors as `core.tot.train.train`."""
    check(config, longest_video_rows=max((len(m) for m in matrices), default=0), n_videos=len(matrices))
    scaling = fit_scaling(matrices, config.standardise, config.reduce)
    try:
        bank = FeatureBank(matrices, scaling, device)
        training = _CteTraining(bank, scaling, config, int(matrices[0].shape[1]), resume)
        return training.run(should_stop, on_step, step_every, saves)
    except Exception as error:
        raise_for_memory(error, device, config.batch)
        raise


class _CteTraining:
    """The state of a training of the baseline between two steps."""

    def __init__(
        self,
        bank: FeatureBank,
        scaling: Scaling,
        config: TrainConfig,
        n_dimensions: int,
        resume: TrainingState | None,
    ) -> None:
        self.bank, self.config = bank, config
        self.began = time.perf_counter()
        with DRAWING, torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            model = CteModel(bank.n_columns, config.embedding, config.n_clusters)
        self.model = model.to(bank.device)
        self.trained = Trained(self.model, scaling, config, n_dimensions, device=str(bank.device), bank=bank)
        self.generator = torch.Generator().manual_seed(config.seed)
        self.when = torch.cat([torch.arange(n, dtype=torch.float32) / n for n in bank.lengths])
        self.optimiser = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.done = 0 if resume is None else self._restore(resume)
        self.good: dict[str, Tensor] = {}

    def run(
        self,
        should_stop: ShouldStop,
        on_step: Callable[[StepInfo], None] | None,
        step_every: int,
        saves: SavePoints | None,
    ) -> Trained:
        config, trained = self.config, self.trained
        stop = None
        for iteration in range(self.done + 1, config.iterations + 1):
            try:
                loss = self._step(iteration)
            except Exception as error:
                if not is_out_of_memory(error) or not self.good:
                    raise
                trained.out_of_memory = True
                trained.warning = (
                    f"{self.bank.device} ran out of memory at iteration {iteration:,}{wanted_memory(error)}."
                )
                break
            self.done, stop = iteration, should_stop()
            if stop is not None or iteration % step_every == 0 or iteration == config.iterations:
                self._look(float(loss), stop is not None or _due(iteration, config), on_step)
                if saves is not None and stop is None and not trained.warning and iteration < config.iterations:
                    saves.look(lambda: [replace(trained, training_state=self._state())])
            if stop is not None or trained.warning:
                break
        if trained.warning:
            self.model.load_state(self.good)
            trained.warning += f" The weights of iteration {trained.iterations:,} were kept."
        trained.stopped_early = stop is StopKind.KEEP or bool(trained.warning)
        if stop is StopKind.KEEP and self.done < config.iterations and not trained.warning:
            trained.training_state = self._state()
        _fit_gaussians(self.model, self.bank, config)
        return trained

    def _step(self, iteration: int) -> Tensor:
        config = self.config
        every = max(1, config.iterations // (config.halvings + 1))
        self.optimiser.param_groups[0]["lr"] = config.learning_rate * 0.5 ** ((iteration - 1) // every)
        rows = torch.randint(0, len(self.when), (config.batch,), generator=self.generator)
        device = self.bank.device
        guess = self.model.relative_time(self.bank.rows(rows[None].to(device))[0])
        loss: Tensor = ((guess - self.when[rows].to(device)) ** 2).sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        return loss.detach()

    def _look(self, value: float, is_shown: bool, on_step: Callable[[StepInfo], None] | None) -> None:
        """Read the loss; keep the weights when they are whole. Raises JobError where they never were."""
        trained, config = self.trained, self.config
        if not math.isfinite(value):
            what = f"The loss is not finite at iteration {self.done:,}."
            if not self.good:
                raise JobError(what, kind="not-finite", hint="Lower the learning rate.")
            trained.warning = what
            return
        self.good = {name: tensor.clone() for name, tensor in self.model.state().items()}
        trained.iterations, trained.seconds = self.done, time.perf_counter() - self.began
        trained.losses = {"total": value, "cross_entropy": 0.0, "temporal_coherence": 0.0}
        if on_step is not None and (is_shown or self.done == config.iterations):
            _fit_gaussians(self.model, self.bank, config)
            masses = _masses(self.model, self.bank)
            low, high = min(masses), max(masses)
            seen = (self.done, config.iterations, value, 0.0, 0.0, 0.0, low, high, trained.seconds, trained)
            on_step(StepInfo(*seen, masses=masses, runs=(Losses(value, 0.0, 0.0),)))

    def _state(self) -> TrainingState:
        """Where the training stands between two steps."""
        tensors = {f"model.{name}": value for name, value in self.model.state().items()}
        for number, parameter in enumerate(self.model.parameters()):
            moments = self.optimiser.state[parameter]
            tensors |= {f"adam.{number}.{name}": moments[name] for name in MOMENTS}
        tensors["generator"] = self.generator.get_state()
        return TrainingState(self.done, {name: value.detach().cpu().clone() for name, value in tensors.items()}, {})

    def _restore(self, state: TrainingState) -> int:
        try:
            self.model.load_state(
                {name.removeprefix("model."): t for name, t in state.tensors.items() if name.startswith("model.")}
            )
        except RuntimeError:
            raise InputError(
                "training state", "it belongs to a network of other widths.", hint="Train from the start."
            ) from None
        for number, parameter in enumerate(self.model.parameters()):
            saved = {name: state.tensors[f"adam.{number}.{name}"] for name in MOMENTS}
            moved = {name: value if name == "step" else value.to(parameter.device) for name, value in saved.items()}
            self.optimiser.state[parameter] = {name: value.clone() for name, value in moved.items()}
        self.generator.set_state(state.tensors["generator"])
        return state.iteration


def _due(iteration: int, config: TrainConfig) -> bool:
    """Clustering costs far more than a step: look twenty times at most."""
    return iteration % max(1, config.iterations // 20) == 0


@torch.no_grad()
def _sample(bank: FeatureBank, seed: int) -> tuple[Tensor, FloatArray]:
    n_rows = sum(bank.lengths)
    places = np.concatenate([np.arange(n) / n for n in bank.lengths])
    index = np.sort(np.random.default_rng(seed).permutation(n_rows)[:SAMPLE])
    return bank.rows(torch.from_numpy(index)[None].to(bank.device))[0], places[index]


@torch.no_grad()
def _fit_gaussians(model: CteModel, bank: FeatureBank, config: TrainConfig) -> None:
    rows, places = _sample(bank, config.seed)
    z = model.embed(rows).cpu().numpy().astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty cluster keeps its centre
        centres, labels = kmeans2(z, config.n_clusters, minit="++", rng=np.random.default_rng(config.seed))
    when = [places[labels == k].mean() if (labels == k).any() else np.inf for k in range(config.n_clusters)]
    for place, k in enumerate(np.argsort(when, kind="stable")):
        mine = z[labels == k]
        spread = np.cov(mine.T) if len(mine) > 1 else np.zeros((z.shape[1],) * 2)
        values, vectors = np.linalg.eigh(np.atleast_2d(spread) + RIDGE * np.eye(z.shape[1]))
        model.means[place] = torch.from_numpy(centres[k]).to(model.means)
        model.whitening[place] = torch.from_numpy(vectors / np.sqrt(values)).to(model.means)
        model.log_scale[place] = float(-0.5 * (np.log(values).sum() + z.shape[1] * np.log(2 * np.pi)))


@torch.no_grad()
def _masses(model: CteModel, bank: FeatureBank) -> tuple[float, ...]:
    rows, _ = _sample(bank, 0)
    won = torch.bincount(model.scores(model.embed(rows[:4096])).argmax(dim=1), minlength=len(model.means)).float()
    return tuple((won / won.sum()).tolist())
