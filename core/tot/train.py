"""Training: draw ordered frames, solve the transport, follow its codes (Kumar et al., CVPR 2022, Fig. 2)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import ConfigError, DeviceMemoryError, JobError
from ..events import ShouldStop, StopKind, never_stop
from . import losses, sampling
from .config import TrainConfig, check
from .model import Model
from .prior import log_prior
from .scaling import Scaling, fit_scaling
from .sinkhorn import log_kernel, transport_plan

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class StepInfo:
    """Losses and state at one iteration; `trained` may be used to look at a video before the next step."""

    iteration: int
    iterations: int
    loss: float
    cross_entropy: float
    temporal_coherence: float
    entropy: float
    smallest_mass: float
    largest_mass: float
    seconds: float
    trained: Trained


@dataclass
class Trained:
    """What a training learned: model, scaling of the features, settings, and how it went."""

    model: Model
    scaling: Scaling
    config: TrainConfig
    n_dimensions: int
    iterations: int = 0
    seconds: float = 0.0
    device: str = "cpu"
    stopped_early: bool = False
    losses: dict[str, float] = field(default_factory=dict)


class _Batches:
    """Features of all videos on the device, and the draws of one batch after another."""

    def __init__(self, matrices: Sequence[FloatArray], config: TrainConfig, scaling: Scaling, device: str) -> None:
        self.config = config
        self.lengths = [len(matrix) for matrix in matrices]
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        self.features = torch.cat([torch.from_numpy(scaling.apply(matrix)) for matrix in matrices]).to(device)
        self.generator = torch.Generator().manual_seed(config.seed)
        self._queue: list[int] = []

    def draw(self) -> tuple[Tensor, Tensor | None, int]:
        """Anchors (V*N, D), positives or None, and V: the videos in this batch."""
        config = self.config
        if not self._queue:
            self._queue = torch.randperm(len(self.lengths), generator=self.generator).tolist()
        videos = [self._queue.pop() for _ in range(min(config.videos_per_batch, len(self._queue)))]
        chosen, near = [], []
        for video in videos:
            length, offset = self.lengths[video], int(self.offsets[video])
            rows = sampling.anchors(length, config.frames_per_video, self.generator)
            chosen.append(rows + offset)
            if config.uses_tcl:
                window = sampling.usable_window(config.window, length, config.n_clusters)
                near.append(sampling.positives(rows, length, window, self.generator) + offset)
        device = self.features.device
        anchors = self.features[torch.cat(chosen).to(device)]
        return anchors, self.features[torch.cat(near).to(device)] if near else None, len(videos)


def train(
    matrices: Sequence[FloatArray],
    config: TrainConfig,
    *,
    device: str = "cpu",
    should_stop: ShouldStop = never_stop,
    on_step: Callable[[StepInfo], None] | None = None,
    step_every: int = 50,
) -> Trained:
    """The model that fits these videos; the same seed on the same machine gives the same model.

    Args:
        matrices: one (T, D) float array a video; D equal, values finite.
        device: where to train; the caller chose it.
        should_stop: asked after each step; KEEP and DISCARD both end the loop, the caller tells them apart.
        on_step: called every `step_every` iterations and after the last.
    Raises:
        ConfigError: a setting is out of range, or the features do not vary.
        JobError: the loss is not finite any more.  DeviceMemoryError: the device is full.
    """
    check(config, longest_video_rows=max((len(m) for m in matrices), default=0), n_videos=len(matrices))
    dimensions = {matrix.shape[1] for matrix in matrices}
    if len(dimensions) != 1:
        raise ConfigError(f"The videos have features of {sorted(dimensions)} columns; wanted one number for all.")
    scaling = fit_scaling(matrices, config.standardise)
    try:
        return _train(matrices, config, scaling, device, should_stop, on_step, step_every)
    except torch.OutOfMemoryError as error:
        raise DeviceMemoryError(f"{device} ran out of memory with a batch of {config.batch}.") from error


def _train(
    matrices: Sequence[FloatArray],
    config: TrainConfig,
    scaling: Scaling,
    device: str,
    should_stop: ShouldStop,
    on_step: Callable[[StepInfo], None] | None,
    step_every: int,
) -> Trained:
    began = time.perf_counter()
    n_dimensions = matrices[0].shape[1]
    batches = _Batches(matrices, config, scaling, device)
    initial = torch.Generator().manual_seed(config.seed)
    model = Model(n_dimensions, config, initial).to(device)
    trained = Trained(model, scaling, config, n_dimensions, device=device)
    optimiser = torch.optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    block = log_prior(config.frames_per_video, config.n_clusters, sigma=config.sigma, index=config.prior_index)
    prior = torch.from_numpy(block).float().to(device)
    frozen = round(config.freeze_fraction * config.iterations)
    for iteration in range(1, config.iterations + 1):
        anchors, positives, n_videos = batches.draw()
        embeddings = model.embed(anchors)
        scores = model.scores(embeddings)
        kernel = log_kernel(scores.detach(), prior.repeat(n_videos, 1), rho=config.rho)
        plan = transport_plan(
            kernel, iterations=config.sinkhorn_iterations, marginal_penalty=config.marginal_penalty, rho=config.rho
        )
        entropy_loss = losses.cross_entropy(scores, plan, tau=config.tau)
        coherence = scores.new_zeros(())
        if positives is not None:
            coherence = losses.temporal_coherence(embeddings, model.embed(positives), n_videos, kappa=config.kappa)
        total = entropy_loss + config.alpha * coherence
        optimiser.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call]
        if iteration <= frozen:  # no gradient at all: neither decay nor Adam's moments move the prototypes
            model.prototypes.grad = None
        optimiser.step()
        stop = should_stop()
        last = iteration == config.iterations or stop is not None
        if last or iteration % step_every == 0:
            trained.iterations, trained.seconds = iteration, time.perf_counter() - began
            info = _look(trained, iteration, total, entropy_loss, coherence, scores, plan)
            trained.losses = {
                "total": info.loss,
                "cross_entropy": info.cross_entropy,
                "temporal_coherence": info.temporal_coherence,
            }
            if on_step is not None:
                on_step(info)
        if stop is not None:
            trained.stopped_early = stop is StopKind.KEEP
            break
    return trained


@torch.no_grad()
def _look(
    trained: Trained,
    iteration: int,
    total: Tensor,
    entropy_loss: Tensor,
    coherence: Tensor,
    scores: Tensor,
    plan: Tensor,
) -> StepInfo:
    codes = torch.softmax(scores / trained.config.tau, dim=1)
    mean_entropy = -(codes * codes.clamp_min(1e-12).log()).sum(dim=1).mean()
    mass = plan.mean(dim=0)
    numbers = torch.stack([total, entropy_loss, coherence, mean_entropy, mass.min(), mass.max(), scores.abs().max()])
    values = numbers.double().cpu().tolist()
    if not math.isfinite(values[0]):
        raise JobError(
            f"The loss is not finite at iteration {iteration:,} (largest score {values[6]:g}).",
            kind="not-finite",
            hint="Lower the learning rate, or raise rho.",
        )
    loss, code_loss, coherence_loss, mean, low, high, _ = values
    return StepInfo(
        iteration, trained.config.iterations, loss, code_loss, coherence_loss, mean, low, high, trained.seconds, trained
    )
