"""CTE, the offline baseline of the paper: embed by time, cluster, fit one Gaussian a cluster (Kukleva et al., 2019).

The encoder learns to tell the relative time of single frames; k-means cuts its embedding once, and the clusters are
sorted by their mean time. Nothing is learned jointly, which is what TOT changes.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from torch import Tensor

from ..errors import JobError
from ..events import ShouldStop, StopKind
from .bank import FeatureBank
from .config import TrainConfig, check
from .cte import CteModel
from .scaling import fit_scaling
from .trained import Losses, StepInfo, Trained

FloatArray = NDArray[np.floating[Any]]
RIDGE = 1e-4
"""Added to the diagonal of each covariance."""
SAMPLE = 50_000
"""Rows that k-means and the Gaussians look at."""


def train_cte(
    matrices: Sequence[FloatArray],
    config: TrainConfig,
    *,
    device: str,
    should_stop: ShouldStop,
    on_step: Callable[[StepInfo], None] | None,
    step_every: int,
) -> Trained:
    """The baseline's model; arguments and errors as `core.tot.train.train`."""
    check(config, longest_video_rows=max((len(m) for m in matrices), default=0), n_videos=len(matrices))
    began = time.perf_counter()
    scaling = fit_scaling(matrices, config.standardise, config.reduce)
    bank = FeatureBank(matrices, scaling, device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = CteModel(bank.n_columns, config.embedding, config.n_clusters)
    model = model.to(device)
    trained = Trained(model, scaling, config, int(matrices[0].shape[1]), device=device, bank=bank)
    generator = torch.Generator().manual_seed(config.seed)
    when = torch.cat([torch.arange(n, dtype=torch.float32) / n for n in bank.lengths])
    optimiser = torch.optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    every = max(1, config.iterations // (config.halvings + 1))
    halve = torch.optim.lr_scheduler.StepLR(optimiser, every, gamma=0.5)
    for iteration in range(1, config.iterations + 1):
        rows = torch.randint(0, len(when), (config.batch,), generator=generator)
        guess = model.relative_time(bank.rows(rows[None].to(device))[0])
        loss = ((guess - when[rows].to(device)) ** 2).sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        halve.step()
        stop = should_stop()
        if stop is not None or iteration % step_every == 0 or iteration == config.iterations:
            value = float(loss.detach())
            if not math.isfinite(value):
                raise JobError(
                    f"The loss is not finite at iteration {iteration:,}.",
                    kind="not-finite",
                    hint="Lower the learning rate.",
                )
            trained.iterations, trained.seconds = iteration, time.perf_counter() - began
            trained.losses = {"total": value, "cross_entropy": 0.0, "temporal_coherence": 0.0}
            if on_step is not None and (stop is not None or iteration == config.iterations or _due(iteration, config)):
                _fit_gaussians(model, bank, config)
                masses = _masses(model, bank)
                low, high = min(masses), max(masses)
                seen = (iteration, config.iterations, value, 0.0, 0.0, 0.0, low, high, trained.seconds, trained)
                on_step(StepInfo(*seen, masses=masses, runs=(Losses(value, 0.0, 0.0),)))
        if stop is not None:
            trained.stopped_early = stop is StopKind.KEEP
            break
    _fit_gaussians(model, bank, config)
    return trained


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
