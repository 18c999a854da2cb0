"""Decoding by unbalanced Gromov-Wasserstein transport: no order, neighbours agree, clusters of any size (ASOT)."""

from __future__ import annotations

import numpy as np

from .cumulative import FLOOR, FloatArray, IntArray

EMPTY = 1e-12
"""Mass of an empty cluster, so that its logarithm is finite."""


def asot(
    log_posterior: FloatArray,
    *,
    tau: float = 0.1,
    structure: float = 0.6,
    radius: float = 0.04,
    epsilon: float = 0.04,
    balance: float = 0.01,
) -> IntArray:
    """(T,) int64 labels: the largest entry of each row of `asot_plan` on the cost ``tau (max_k l_tk - l_tk)``.

    That cost is ``-S`` up to a constant a frame, which changes no plan at convergence; it is 0 for the cluster that
    fits best. Any T >= 1.
    """
    scores = np.maximum(np.asarray(log_posterior, np.float64), FLOOR)
    cost = tau * (scores.max(axis=1, keepdims=True) - scores)
    plan = asot_plan(cost, structure=structure, radius=radius, epsilon=epsilon, balance=balance)
    return np.asarray(np.argmax(plan, axis=1), np.int64)


def asot_plan(
    cost: FloatArray,
    *,
    structure: float = 0.6,
    radius: float = 0.04,
    epsilon: float = 0.04,
    balance: float = 0.01,
    iterations: int = 25,
) -> FloatArray:
    """(T, K) float64 transport plan scaled so that rows sum to 1 (Xu and Gould, CVPR 2024).

    Minimises over plans Q with rows 1/T::

        (a/2) sum Cv_ij Ca_kl Q_ik Q_jl + (1 - a) <M, Q> + lambda KL(Q' 1 | 1/K) - epsilon H(Q)

    with ``Cv_ij = 1/r`` for ``1 <= |i - j| <= h = max(1, floor(T r))``, else 0, and ``Ca_kl = 1`` for k other than l:
    frames near one another should not carry different labels. Solved by `iterations` steps of mirror descent,
    ``Q <- Q exp(-s G)`` and rows scaled, with ``s = 4 / max(G)`` of the first gradient G, kept.

    Written for P = T Q. Rows of P sum to 1, so ``sum_l Ca_kl Q_jl = (1 - P_jk) / T``: the structure term is one moving
    sum, O(T K) instead of O(T^2 K). What is constant in a row of G leaves the normalised row as it is and enters s
    only. The logarithm of P is the state, so nothing underflows.

    Args:
        cost: (T, K) M, at least 0 and finite.
        structure: a in [0, 1], weight of the structure term against the cost.
        radius: r in (0, 1], how far neighbours reach, as a share of the video.
        epsilon: weight of the entropy, above 0.
        balance: lambda, how strongly clusters of equal mass are wanted; 0 or more.
    """
    n_frames, n_clusters = cost.shape
    reach = max(1, int(n_frames * radius))
    weight = structure / (radius * n_frames)
    fixed = (1 - structure) * np.ascontiguousarray(cost.T, np.float64)  # (K, T): moving sums lie in one piece
    step = _step(fixed, reach, weight, epsilon, balance)
    log_plan = np.full((n_clusters, n_frames), -np.log(n_clusters))
    plan = np.full((n_clusters, n_frames), 1.0 / n_clusters)
    gradient = np.empty_like(plan)
    sums = np.zeros((n_clusters, n_frames + 2 * reach + 1))
    for _ in range(iterations):
        np.cumsum(plan, axis=1, out=sums[:, reach + 1 : reach + 1 + n_frames])
        mass = sums[:, reach + n_frames].copy()
        sums[:, reach + 1 + n_frames :] = mass[:, None]
        np.subtract(sums[:, 2 * reach + 1 :], sums[:, :n_frames], out=gradient)  # moving sum with the frame itself
        gradient -= plan
        gradient *= -weight
        gradient += fixed
        gradient += balance * np.log(mass * (n_clusters / n_frames) + EMPTY)[:, None]
        gradient *= -step
        log_plan *= 1 - step * epsilon
        log_plan += gradient
        np.exp(log_plan, out=plan)
        total = plan.sum(axis=0)
        plan /= total
        log_plan -= np.log(total)
    return plan.T


def _step(fixed: FloatArray, reach: int, weight: float, epsilon: float, balance: float) -> float:
    """Step length ``s = 4 / max(G)`` at the uniform plan; at most ``1 / epsilon``, where a step forgets its start."""
    n_clusters, n_frames = fixed.shape
    place = np.arange(n_frames)
    neighbours = np.minimum(place, reach) + np.minimum(n_frames - 1 - place, reach)
    other = weight * neighbours * (1 - 1 / n_clusters)
    largest = float((fixed.max(axis=0) + other).max()) - epsilon * np.log(n_frames * n_clusters) + balance
    return min(4 / largest, 1 / epsilon) if largest > 0 else 1 / epsilon
