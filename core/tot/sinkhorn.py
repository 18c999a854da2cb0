"""Entropic transport in the log domain: frames to clusters, stopped early on purpose (Eq. 5, 6, 9)."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def log_kernel(scores: Tensor, log_prior: Tensor | None, *, rho: float | Tensor, epsilon: float = 0.0) -> Tensor:
    """(.., K): ``S / rho + log T`` for TOT (Eq. 9), ``S / rho`` without a prior (Eq. 5).

    With `epsilon` above 0 an entropy is added to Eq. 9: ``(S + rho log T) / (rho + epsilon)``.
    """
    if log_prior is None:
        return scores / rho
    if epsilon:
        return (scores + rho * log_prior) / (rho + epsilon)
    return scores / rho + log_prior


@torch.no_grad()
def transport_plan(
    kernel: Tensor, *, iterations: int = 3, marginal_penalty: float = 0.0, rho: float | Tensor = 0.07
) -> Tensor:
    """(.., B, K): the transport plan, scaled so that each row sums to 1; no gradient goes through it.

    Leading axes are problems of their own. Clusters are balanced first, then frames; the order matters because
    three iterations are part of the method. With `marginal_penalty` above 0 the equal masses of clusters
    are only encouraged: the penalty is l in ``max <Q,S> - rho KL(Q||T) - l KL(Q'1 || 1/K)``. Columns of -inf (no
    such cluster) stay empty.
    """
    if marginal_penalty > 0:
        return _relaxed(kernel, max(10, iterations), marginal_penalty, rho)
    columns = _balance(kernel)
    for _ in range(iterations - 1):
        shifted = kernel + columns
        columns = _balance(kernel - torch.logsumexp(shifted, dim=-1, keepdim=True))
    return torch.softmax(kernel + columns, dim=-1)


def _balance(kernel: Tensor) -> Tensor:
    # Not `where`: it would bring its scalar to the GPU by a copy, which no CUDA graph can record.
    mass = torch.logsumexp(kernel, dim=-2, keepdim=True)
    return mass.neg().masked_fill_(mass == -torch.inf, 0.0)


def _relaxed(kernel: Tensor, iterations: int, penalty: float, rho: float | Tensor) -> Tensor:
    n_frames, n_clusters = kernel.shape[-2:]
    exponent = penalty / (penalty + rho)
    columns = torch.zeros_like(kernel[..., :1, :])
    for _ in range(iterations):
        rows = -torch.logsumexp(kernel + columns, dim=-1, keepdim=True) - math.log(n_frames)
        columns = exponent * (_balance(kernel + rows) - math.log(n_clusters))
    return torch.softmax(kernel + columns, dim=-1)
