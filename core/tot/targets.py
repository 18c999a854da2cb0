"""The pseudo-labels of a batch: which cluster each drawn frame should belong to, by transport. One place per idea."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .asot import asot_plan
from .config import TrainConfig
from .prior import log_prior
from .sinkhorn import log_kernel, transport_plan

OWN_ORDER_SIGMA = 0.75
"""Width of the prior once each video has found its own order."""


class Targets:
    """The transport plan for the scores of a batch, by the method of the settings; S runs side by side.

    The runs may differ in rho, sigma and K; a run with fewer clusters than the widest never uses the rest.
    """

    def __init__(self, configs: Sequence[TrainConfig], n_clusters: int, device: str | torch.device) -> None:
        self.config = configs[0]
        self._rho = _per_run([c.rho for c in configs], device)
        self.missing: Tensor | None = None  # (S, 1, 1, K) clusters that a run does not have
        if any(c.n_clusters != n_clusters for c in configs):
            place = torch.arange(n_clusters, device=device)
            counts = torch.tensor([c.n_clusters for c in configs], device=device)
            self.missing = (place >= counts[:, None])[:, None, None]  # (S, 1, 1, K)
        self._prior = self._block(configs, n_clusters, device) if self.config.uses_prior else None
        self._narrow: Tensor | None = None
        if self.config.uses_prior and self.config.order == "video":
            own = [OWN_ORDER_SIGMA] * len(configs)
            self._narrow = self._block(configs, n_clusters, device, own)
        self._time = (torch.arange(self.config.frames_per_video, device=device) + 0.5) / self.config.frames_per_video
        counts_ = _per_run([float(c.n_clusters) for c in configs], device)
        self._off_order = (self._time[:, None] - (torch.arange(n_clusters, device=device) + 0.5) / counts_).abs()

    @torch.no_grad()
    def plan(self, scores: Tensor) -> Tensor:
        """(S, V, N, K) scores -> the plan of the same shape; rows sum to 1."""
        if self.config.method == "asot":
            return self._asot(scores)
        config = self.config
        kernel = log_kernel(scores, self._prior, rho=self._rho, epsilon=config.entropy)
        kernel = kernel if self.missing is None else kernel.masked_fill(self.missing, -torch.inf)
        plan = self._solve(kernel, per_video=config.ot_scope == "video")
        if self._narrow is None:
            return plan
        ranks = _ranks(plan, self._time)  # (S, V, K)
        prior = torch.gather(self._narrow.expand_as(scores), 3, ranks[:, :, None].expand_as(scores))
        kernel = log_kernel(scores, prior, rho=self._rho, epsilon=config.entropy)
        kernel = kernel if self.missing is None else kernel.masked_fill(self.missing, -torch.inf)
        return self._solve(kernel, per_video=True)

    def _solve(self, kernel: Tensor, *, per_video: bool) -> Tensor:
        """One problem over the batch (supplement, section 1), or one a video."""
        config = self.config
        flat = kernel if per_video else kernel.flatten(1, 2)
        rho = (self._rho if per_video else self._rho[:, 0]) + config.entropy
        plan = transport_plan(
            flat, iterations=config.sinkhorn_iterations, marginal_penalty=config.marginal_penalty, rho=rho
        )
        return plan.view_as(kernel)

    def _asot(self, scores: Tensor) -> Tensor:
        config = self.config
        cost = (1.0 - scores + config.order_weight * self._off_order).clamp_min_(0)
        if self.missing is not None:
            raise NotImplementedError("ASOT trains runs of one K at a time.")
        plan = asot_plan(
            cost.flatten(0, 1),
            structure=config.structure_weight,
            radius=config.radius,
            epsilon=config.smoothness,
            balance=config.balance,
        )
        return plan.reshape(scores.shape)

    def _block(
        self,
        configs: Sequence[TrainConfig],
        n_clusters: int,
        device: str | torch.device,
        sigmas: list[float] | None = None,
    ) -> Tensor:
        """(S, 1, N, K) logarithm of the prior of each run."""
        found = torch.zeros(len(configs), 1, self.config.frames_per_video, n_clusters)
        for run, config in enumerate(configs):
            block = log_prior(
                config.frames_per_video,
                config.n_clusters,
                sigma=sigmas[run] if sigmas else config.sigma,
                index=config.prior_index,
            )
            found[run, 0, :, : config.n_clusters] = torch.from_numpy(block)
        return found.to(device)


def _per_run(values: Sequence[float], device: str | torch.device) -> Tensor:
    return torch.tensor(values, device=device)[:, None, None, None]


def _ranks(plan: Tensor, time: Tensor) -> Tensor:
    """(S, V, K) place of each cluster when a video's clusters are sorted by their mean time under the plan."""
    centres = (plan * time[:, None]).sum(dim=2) / plan.sum(dim=2).clamp_min(1e-12)
    return centres.argsort(dim=-1, stable=True).argsort(dim=-1, stable=True)
