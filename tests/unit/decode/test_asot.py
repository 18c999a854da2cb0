"""The fast ASOT solvers against the dense form, and what the plan promises."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plain_decoders as plain
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decode.asot import asot, asot_plan
from core.tot.asot import asot_plan as batched_plan

TRAIN = {"structure": 0.3, "radius": 0.04, "epsilon": 0.07, "balance": 0.11}
DECODE = {"structure": 0.6, "radius": 0.04, "epsilon": 0.04, "balance": 0.01}


def costs(n_videos: int, n_frames: int, n_clusters: int, seed: int = 0) -> np.ndarray:
    """Random costs that are lower along a diagonal."""
    random = np.random.default_rng(seed)
    place = np.abs(np.linspace(0, 1, n_frames)[:, None] - np.linspace(0, 1, n_clusters)[None])
    return np.asarray(place + random.random((n_videos, n_frames, n_clusters)))


@pytest.mark.parametrize("parameters", [TRAIN, DECODE])
@pytest.mark.parametrize("shape", [(1, 3), (5, 2), (7, 9), (120, 5)])
def test_the_moving_sum_is_the_dense_structure_term(parameters: dict[str, float], shape: tuple[int, int]) -> None:
    cost = costs(1, *shape)[0]
    found, dense = asot_plan(cost, **parameters), plain.asot_plan(cost, **parameters)
    # The dense form floors the plan at 1e-12, ours keeps its logarithm.
    np.testing.assert_allclose(found, dense, atol=1e-8)
    assert found.argmax(axis=1).tolist() == dense.argmax(axis=1).tolist()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_batch_is_solved_video_by_video(dtype: torch.dtype) -> None:
    cost = costs(3, 64, 6)
    cost[1] *= 5.0  # a step of its own: the plan of one video does not depend on its neighbours
    plans = batched_plan(torch.from_numpy(cost).to(dtype), **TRAIN)
    assert plans.dtype == dtype and plans.shape == (3, 64, 6)
    tolerance = 1e-10 if dtype == torch.float64 else 1e-4  # single precision over 25 steps
    for number in range(3):
        np.testing.assert_allclose(plans[number].numpy(), asot_plan(cost[number], **TRAIN), atol=tolerance)


def test_no_gradient_goes_through_the_plan() -> None:
    cost = torch.rand(1, 8, 3, requires_grad=True)
    assert not batched_plan(cost, **TRAIN).requires_grad


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(1, 6), st.floats(0, 1e4), st.integers(0, 99))
def test_rows_sum_to_one_for_every_size_of_cost(n_frames: int, n_clusters: int, size: float, seed: int) -> None:
    cost = size * np.random.default_rng(seed).random((n_frames, n_clusters))
    for plan in (asot_plan(cost, **DECODE), batched_plan(torch.from_numpy(cost)[None], **DECODE)[0].numpy()):
        assert np.all(np.isfinite(plan)) and plan.min() >= 0
        np.testing.assert_allclose(plan.sum(axis=1), 1.0, atol=1e-9)


def test_a_cost_of_nothing_gives_a_uniform_plan() -> None:
    plan = asot_plan(np.zeros((6, 3)), structure=0.0, radius=0.1, epsilon=0.04, balance=0.0)
    np.testing.assert_allclose(plan, 1 / 3)


def test_the_gradient_is_that_of_the_objective() -> None:
    cost, random = costs(1, 12, 3)[0], np.random.default_rng(3)
    plan = random.dirichlet(np.ones(3), 12) / 12
    near = np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
    near = ((near >= 1) & (near <= 1)) / TRAIN["radius"]
    gradient = (
        TRAIN["structure"] * near @ plan @ (1 - np.eye(3))
        + (1 - TRAIN["structure"]) * cost
        + TRAIN["epsilon"] * np.log(plan)
        + TRAIN["balance"] * (np.log(3 * plan.sum(axis=0)) + 1)
    )
    for frame, cluster in ((0, 0), (5, 2), (11, 1)):
        step = np.zeros_like(plan)
        step[frame, cluster] = 1e-7
        rise = plain.asot_objective(plan + step, cost, **TRAIN) - plain.asot_objective(plan - step, cost, **TRAIN)
        assert rise / 2e-7 == pytest.approx(gradient[frame, cluster], abs=1e-5)


def test_more_iterations_lower_the_objective() -> None:
    cost = costs(1, 60, 4)[0]
    found = [
        plain.asot_objective(asot_plan(cost, **TRAIN, iterations=n) / 60, cost, **TRAIN) for n in (1, 3, 10, 25, 200)
    ]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(found))


def test_neighbours_outvote_a_noisy_frame_and_repeats_are_free() -> None:
    truth = np.repeat([0, 2, 0, 1], 50)
    logits = 2.0 * np.eye(3)[truth] + np.random.default_rng(0).normal(size=(200, 3))
    matrix = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    labels = asot(matrix, tau=0.1)
    assert np.mean(matrix.argmax(axis=1) == truth) < 0.9 < np.mean(labels == truth)
    assert np.count_nonzero(np.diff(labels)) < 0.2 * np.count_nonzero(np.diff(matrix.argmax(axis=1)))
