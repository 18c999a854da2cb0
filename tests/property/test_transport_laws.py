"""Laws of the transport and the prior, for any scores."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tot.prior import log_prior
from core.tot.sinkhorn import log_kernel, transport_plan

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 6))


def kernel(shape: tuple[int, int], size: float, seed: int) -> torch.Tensor:
    return torch.from_numpy(size * np.random.default_rng(seed).normal(size=shape))


@settings(max_examples=60, deadline=None)
@given(SIZES, st.floats(0, 1e4), st.integers(0, 99), st.sampled_from([0.0, 0.1]))
def test_rows_sum_to_one_and_nothing_overflows(shape: tuple[int, int], size: float, seed: int, penalty: float) -> None:
    plan = transport_plan(kernel(shape, size, seed), marginal_penalty=penalty)
    assert bool(torch.isfinite(plan).all()) and float(plan.min()) >= 0
    torch.testing.assert_close(plan.sum(dim=1), torch.ones(shape[0], dtype=torch.float64))


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 99))
def test_the_log_domain_is_the_plain_one_where_that_is_finite(shape: tuple[int, int], seed: int) -> None:
    values = kernel(shape, 3.0, seed)
    weights, rows = values.exp().numpy(), np.ones((shape[0], 1))
    for _ in range(3):  # clusters first, then frames
        columns = 1 / (weights * rows).sum(axis=0, keepdims=True)
        rows = 1 / (weights * columns).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(transport_plan(values).numpy(), rows * weights * columns, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 99))
def test_a_constant_on_a_row_or_column_leaves_the_converged_plan(shape: tuple[int, int], seed: int) -> None:
    values = kernel(shape, 1.0, seed)
    moved = values + kernel((shape[0], 1), 2.0, seed + 1) + kernel((1, shape[1]), 2.0, seed + 2)
    one, two = (transport_plan(k, iterations=400) for k in (values, moved))
    torch.testing.assert_close(one, two, atol=1e-8, rtol=0)
    masses = one.sum(dim=0) * shape[1] / shape[0]
    torch.testing.assert_close(masses, torch.ones(shape[1], dtype=torch.float64), atol=1e-6, rtol=0)


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 99), st.data())
def test_permuted_clusters_permute_the_columns(shape: tuple[int, int], seed: int, data: st.DataObject) -> None:
    values, order = kernel(shape, 5.0, seed), data.draw(st.permutations(range(shape[1])))
    torch.testing.assert_close(transport_plan(values[:, order]), transport_plan(values)[:, order])


@settings(max_examples=40, deadline=None)
@given(SIZES, st.integers(0, 99))
def test_an_entropy_of_nothing_is_the_transport_of_the_paper(shape: tuple[int, int], seed: int) -> None:
    scores, prior = kernel(shape, 1.0, seed), torch.from_numpy(log_prior(*shape, sigma=1.0))
    paper = log_kernel(scores, prior, rho=0.07)
    torch.testing.assert_close(log_kernel(scores, prior, rho=0.07, epsilon=1e-12), paper, rtol=1e-9, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 60), st.floats(0.05, 100))
def test_the_prior_is_finite_highest_on_its_diagonal_and_the_same_backwards(
    n_frames: int, n_clusters: int, sigma: float
) -> None:
    block = log_prior(n_frames, n_clusters, sigma=sigma)
    assert np.all(np.isfinite(block)) and block.max() <= 0
    np.testing.assert_allclose(block, block[::-1, ::-1], rtol=1e-9, atol=1e-12)
    nearest = np.abs((np.arange(n_frames)[:, None] + 0.5) / n_frames - (np.arange(n_clusters) + 0.5) / n_clusters)
    assert np.array_equal(block.max(axis=1), np.take_along_axis(block, nearest.argmin(1)[:, None], 1)[:, 0])
