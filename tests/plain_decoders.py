"""Decoders written as their recurrence says, cell by cell: slow, and what the fast forms are judged by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def viterbi(scores: Scores) -> list[int]:
    """Left to right through all clusters, one frame and one cluster at a time; of equal scores the previous cluster."""
    n_frames, n_clusters = scores.shape
    best = np.full((n_frames, n_clusters), -np.inf)
    stayed = np.zeros((n_frames, n_clusters), bool)
    best[0, 0] = scores[0, 0]
    for frame in range(1, n_frames):
        for cluster in range(n_clusters):
            stay = best[frame - 1, cluster]
            advance = best[frame - 1, cluster - 1] if cluster else -np.inf
            stayed[frame, cluster] = stay > advance
            best[frame, cluster] = max(stay, advance) + scores[frame, cluster]
    path, cluster = [n_clusters - 1], n_clusters - 1
    for frame in range(n_frames - 1, 0, -1):
        cluster -= not stayed[frame, cluster]
        path.append(cluster)
    return path[::-1]


def viterbi_by_rows(scores: Scores) -> NDArray[np.int64]:
    """`viterbi` with one array operation a frame, for what is too large for cells."""
    n_frames, n_clusters = scores.shape
    best = np.full(n_clusters, -np.inf)
    best[0] = scores[0, 0]
    stayed = np.empty((n_frames, n_clusters), bool)
    advance = np.full(n_clusters, -np.inf)
    for frame in range(1, n_frames):
        advance[1:] = best[:-1]
        np.greater(best, advance, out=stayed[frame])
        np.maximum(best, advance, out=best)
        best += scores[frame]
    path = np.empty(n_frames, np.int64)
    path[-1] = cluster = n_clusters - 1
    for frame in range(n_frames - 1, 0, -1):
        cluster -= not stayed[frame, cluster]
        path[frame - 1] = cluster
    return path


def potts(scores: Scores, penalty: float) -> float:
    """The score of the best path of all when each change costs `penalty`."""
    best = scores[0].copy()
    for row in scores[1:]:
        best = row + np.array([max(best[k], best.max() - penalty) for k in range(len(row))])
    return float(best.max())


def asot_plan(
    cost: Scores, *, structure: float, radius: float, epsilon: float, balance: float, iterations: int = 25
) -> Scores:
    """Mirror descent with the two structure matrices written out, on the plan itself; the plan times T."""
    n_frames, n_clusters = cost.shape
    apart = np.abs(np.subtract.outer(np.arange(n_frames), np.arange(n_frames)))
    near = ((apart >= 1) & (apart <= max(1, int(n_frames * radius)))) / radius
    different = 1.0 - np.eye(n_clusters)
    plan = np.full((n_frames, n_clusters), 1.0 / (n_frames * n_clusters))
    step = 0.0
    for iteration in range(iterations):
        gradient = structure * near @ plan @ different + (1 - structure) * cost
        gradient = gradient + epsilon * np.log(plan + 1e-12)
        gradient = gradient + balance * (np.log(n_clusters * plan.sum(axis=0) + 1e-12) + 1)
        if iteration == 0:
            step = 4 / gradient.max()
        plan = plan * np.exp(-step * gradient)
        plan = plan / plan.sum(axis=1, keepdims=True) / n_frames
    return plan * n_frames


def asot_plan_by_convolution(
    cost: Scores, *, structure: float, radius: float, epsilon: float, balance: float, iterations: int = 25
) -> Scores:
    """`asot_plan` with the structure term as a convolution over time, for what is too large for a T by T matrix."""
    n_frames, n_clusters = cost.shape
    reach = max(1, int(n_frames * radius))
    window = np.ones(2 * reach + 1)
    window[reach] = 0
    plan = np.full((n_frames, n_clusters), 1.0 / (n_frames * n_clusters))
    step = 0.0
    for iteration in range(iterations):
        others = plan.sum(axis=1, keepdims=True) - plan
        near = np.stack([np.convolve(column, window)[reach : reach + n_frames] for column in others.T], axis=1)
        gradient = structure / radius * near + (1 - structure) * cost + epsilon * np.log(plan + 1e-12)
        gradient = gradient + balance * (np.log(n_clusters * plan.sum(axis=0) + 1e-12) + 1)
        if iteration == 0:
            step = 4 / gradient.max()
        plan = plan * np.exp(-step * gradient)
        plan = plan / plan.sum(axis=1, keepdims=True) / n_frames
    return plan * n_frames


def asot_objective(
    plan: Scores, cost: Scores, *, structure: float, radius: float, epsilon: float, balance: float
) -> float:
    """The value that the plan (rows sum to 1 / T) minimises."""
    n_frames, n_clusters = cost.shape
    apart = np.abs(np.subtract.outer(np.arange(n_frames), np.arange(n_frames)))
    near = ((apart >= 1) & (apart <= max(1, int(n_frames * radius)))) / radius
    masses = plan.sum(axis=0)
    return float(
        structure / 2 * np.sum((near @ plan @ (1.0 - np.eye(n_clusters))) * plan)
        + (1 - structure) * np.sum(cost * plan)
        + balance * np.sum(masses * np.log(n_clusters * masses))
        + epsilon * np.sum(plan * (np.log(plan) - 1))
    )
