"""Transport against POT, and the matching against SciPy and every permutation."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

from core.metrics.matching import hungarian
from core.tot.prior import log_prior
from core.tot.sinkhorn import log_kernel, transport_plan


def kernel(n_frames: int, n_clusters: int, seed: int, *, prior: bool) -> np.ndarray:
    scores = torch.from_numpy(np.random.default_rng(seed).normal(size=(n_frames, n_clusters)) / 5)
    block = torch.from_numpy(log_prior(n_frames, n_clusters, sigma=2.0)) if prior else None
    return log_kernel(scores, block, rho=0.1).numpy()


@pytest.mark.parametrize("prior", [True, False])
@pytest.mark.parametrize("shape", [(4, 2), (60, 7), (7, 12)])
def test_the_converged_plan_is_that_of_pot(shape: tuple[int, int], prior: bool) -> None:
    ot = pytest.importorskip("ot")
    values = kernel(*shape, 0, prior=prior)
    frames, clusters = np.full(shape[0], 1 / shape[0]), np.full(shape[1], 1 / shape[1])
    wanted = ot.sinkhorn(frames, clusters, -values, 1.0, method="sinkhorn_log", numItermax=50_000, stopThr=1e-12)
    found = transport_plan(torch.from_numpy(values), iterations=5000).numpy()
    np.testing.assert_allclose(found, wanted * shape[0], atol=1e-8)


def test_relaxed_cluster_masses_are_those_of_pot() -> None:
    ot = pytest.importorskip("ot")
    rho, penalty = 0.1, 0.2
    values = kernel(30, 5, 1, prior=True)
    # All weights in units of rho; rows fixed, columns pulled to 1/K with `penalty`.
    wanted = ot.unbalanced.sinkhorn_unbalanced(
        np.full(30, 1 / 30),
        np.full(5, 1 / 5),
        -values,
        1.0,
        (float("inf"), penalty / rho),
        method="sinkhorn_stabilized",
        numItermax=50_000,
        stopThr=1e-14,
    )
    found = transport_plan(torch.from_numpy(values), iterations=5000, marginal_penalty=penalty, rho=rho).numpy()
    np.testing.assert_allclose(found, wanted / wanted.sum(axis=1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 6), (6, 6)])
def test_the_matching_is_the_best_of_all_permutations_and_that_of_scipy(shape: tuple[int, int]) -> None:
    from scipy.optimize import linear_sum_assignment

    for seed in range(5):
        table = np.random.default_rng(seed).integers(0, 9, shape)
        found = sum(int(table[row, column]) for row, column in hungarian(table).items())
        wide = table if shape[0] <= shape[1] else table.T
        best = max(sum(wide[i, c] for i, c in enumerate(p)) for p in permutations(range(wide.shape[1]), wide.shape[0]))
        rows, columns = linear_sum_assignment(table, maximize=True)
        assert found == best == table[rows, columns].sum()
