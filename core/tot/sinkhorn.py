"""Entropic transport in the log domain: frames to clusters, stopped early on purpose (Eq. 5, 6, 9)."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def log_kernel(scores: Tensor, log_prior: Tensor | None, *, rho: float) -> Tensor:
    """(B, K): ``S / rho + log T`` for TOT; without a prior the kernel of plain optimal transport."""
    kernel = scores / rho
    return kernel if log_prior is None else kernel + log_prior


@torch.no_grad()
def transport_plan(kernel: Tensor, *, iterations: int = 3, marginal_penalty: float = 0.0, rho: float = 0.07) -> Tensor:
    """(B, K): the transport plan, scaled so that each row sums to 1; no gradient goes through it.

    Clusters are balanced first, then frames; the order matters because three iterations are part of the
    method (METHOD 4). With `marginal_penalty` above 0 the equal masses of clusters are only encouraged.
    """
    if marginal_penalty > 0:
        return _relaxed(kernel, max(10, iterations), marginal_penalty / (marginal_penalty + rho))
    rows = kernel.new_zeros(kernel.shape[0], 1)
    columns = kernel.new_zeros(1, kernel.shape[1])
    for _ in range(iterations):
        columns = -torch.logsumexp(kernel + rows, dim=0, keepdim=True)
        rows = -torch.logsumexp(kernel + columns, dim=1, keepdim=True)
    return torch.softmax(kernel + columns, dim=1)


def _relaxed(kernel: Tensor, iterations: int, exponent: float) -> Tensor:
    n_frames, n_clusters = kernel.shape
    columns = kernel.new_zeros(1, n_clusters)
    for _ in range(iterations):
        rows = -torch.logsumexp(kernel + columns, dim=1, keepdim=True) - math.log(n_frames)
        columns = exponent * (-torch.logsumexp(kernel + rows, dim=0, keepdim=True) - math.log(n_clusters))
    return torch.softmax(kernel + columns, dim=1)
