"""Known answers and laws of the transport, the prior and the sampling."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.tot import losses, sampling
from core.tot.prior import log_prior
from core.tot.sinkhorn import log_kernel, transport_plan

SCORES = torch.tensor([[0.3, 0.1], [0.2, 0.1], [0.1, 0.3], [0.0, 0.4]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("index", "column"),
    [
        ("centre", (0.966306, 0.876117, 0.190952, 0.020963)),
        ("zero", (0.962821, 0.864610, 0.175682, 0.018968)),
        ("one", (0.969427, 0.886613, 0.206952, 0.023126)),
        (None, (0.939232, 0.850433, 0.220631, 0.036898)),
    ],
)
def test_plan_after_three_iterations(index: str | None, column: tuple[float, ...]) -> None:
    prior = None if index is None else torch.from_numpy(log_prior(4, 2, sigma=1.0, index=index))
    plan = transport_plan(log_kernel(SCORES, prior, rho=0.1), iterations=3)
    assert plan[:, 0].tolist() == pytest.approx(column, abs=1e-6)
    assert plan.sum(dim=1).tolist() == pytest.approx([1.0] * 4)


def test_prior_and_cross_entropy_of_the_example() -> None:
    zero = log_prior(4, 2, sigma=1.0, index="zero")
    assert zero == pytest.approx(np.array([[0, -0.4], [-0.1, -0.1], [-0.4, 0], [-0.9, -0.1]]))
    plan = transport_plan(log_kernel(SCORES, torch.from_numpy(log_prior(4, 2, sigma=1.0)), rho=0.1))
    assert float(losses.cross_entropy(SCORES[None], plan[None], tau=0.1)) == pytest.approx(0.310573, abs=1e-6)


def test_relaxed_plan_lies_between_softmax_and_the_hard_constraint() -> None:
    kernel = log_kernel(SCORES, None, rho=0.1)
    soft = transport_plan(kernel, iterations=200, marginal_penalty=1e-9, rho=0.1)
    hard = transport_plan(kernel, iterations=200, marginal_penalty=1e9, rho=0.1)
    assert torch.allclose(soft, torch.softmax(kernel, dim=1), atol=1e-6)
    assert torch.allclose(hard, transport_plan(kernel, iterations=200), atol=1e-6)


@pytest.mark.parametrize("n_rows", [1, 5, 32, 1000])
def test_anchors_rise_hit_every_bin_and_stay_inside(n_rows: int) -> None:
    generator = torch.Generator().manual_seed(1)
    lengths = torch.tensor([n_rows])
    rows = sampling.anchors(lengths, 32, generator)
    near = sampling.positives(rows, lengths, torch.tensor([30]), generator)
    assert bool((rows.diff() >= 0).all()) and int(rows.min()) >= 0 and int(rows.max()) < n_rows
    assert int(near.min()) >= 0 and int(near.max()) < n_rows and int((near - rows).abs().max()) <= 30
    if n_rows >= 32:
        assert (rows.double() + 1 > torch.arange(32) * n_rows / 32).all()
