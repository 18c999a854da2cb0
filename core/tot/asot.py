"""Pseudo-labels of ASOT: unbalanced Gromov-Wasserstein transport of a batch of videos, without an order of clusters."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

EMPTY = 1e-12
"""Mass of an empty cluster, so that its logarithm is finite."""


@torch.no_grad()
def asot_plan(
    cost: Tensor,
    *,
    structure: float,
    radius: float,
    epsilon: float,
    balance: float,
    iterations: int = 25,
) -> Tensor:
    """(B, T, K): the transport plan of each video, scaled so that rows sum to 1; no gradient goes through it.

    Each video is a problem of its own: minimise over plans Q with rows 1/T (Xu and Gould, CVPR 2024)::

        (a/2) sum Cv_ij Ca_kl Q_ik Q_jl + (1 - a) <M, Q> + lambda KL(Q' 1 | 1/K) - epsilon H(Q)

    The same solver as `core.decode.asot.asot_plan`, which says how: mirror descent on ``log P`` with P = T Q, the
    structure term as one moving sum. The step ``s = 4 / max(G)`` is a video's own, where the released code shares
    one over the batch: so a plan does not depend on the videos beside it. No value is read back from the device, so
    the whole can be captured in a CUDA graph.

    Args:
        cost: (B, T, K) M, at least 0 and finite; any floating type of 32 bits or more, which the plan keeps.
        structure: a in [0, 1].   radius: r in (0, 1], as a share of the video.
        epsilon: above 0.   balance: lambda, 0 or more.
    """
    n_frames, n_clusters = cost.shape[1:]
    reach = max(1, int(n_frames * radius))
    weight = structure / (radius * n_frames)
    fixed = (1 - structure) * cost.transpose(1, 2)  # (B, K, T)
    step = _step(fixed, reach, weight, epsilon, balance)
    keep = 1 - step * epsilon
    scaled = step * fixed
    log_plan = torch.full_like(scaled, -math.log(n_clusters))
    for _ in range(iterations):
        plan = log_plan.exp()
        neighbours = _moving_sum(plan, reach) - plan
        masses = (plan.mean(dim=2, keepdim=True) * n_clusters + EMPTY).log_()
        log_plan = log_plan.mul_(keep).sub_(scaled).addcmul_(neighbours, step * weight).sub_(step * balance * masses)
        log_plan = functional.log_softmax(log_plan, dim=1)
    return log_plan.exp().transpose(1, 2)


def _moving_sum(values: Tensor, reach: int) -> Tensor:
    """(B, K, T): the sum over ``|i - j| <= reach``, zero outside."""
    width = 2 * reach + 1
    return functional.avg_pool1d(values, width, stride=1, padding=reach).mul_(width)


def _step(fixed: Tensor, reach: int, weight: float, epsilon: float, balance: float) -> Tensor:
    """(B, 1, 1) step length at the uniform plan; at most ``1 / epsilon``, where a step forgets its start."""
    n_clusters, n_frames = fixed.shape[1:]
    place = torch.arange(n_frames, device=fixed.device)
    neighbours = place.clamp(max=reach) + (n_frames - 1 - place).clamp(max=reach)
    other = weight * (1 - 1 / n_clusters) * neighbours
    constant = balance - epsilon * math.log(n_frames * n_clusters)
    largest = (fixed + other).amax(dim=(1, 2), keepdim=True) + constant
    return (4 / largest).clamp_(max=1 / epsilon).masked_fill_(largest <= 0, 1 / epsilon)
