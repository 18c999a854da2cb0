"""Gradients against finite differences, in double precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch

STEP = 1e-5


@contextmanager
def in_doubles() -> Iterator[None]:
    """New tensors are float64: in float32 the differences below would be rounding."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def assert_gradient(parameter: torch.Tensor, loss: Callable[[], torch.Tensor]) -> None:
    """The gradient of a parameter is the slope of the loss, along three random directions."""
    assert parameter.grad is not None
    kept = parameter.clone()
    for seed in range(3):
        direction = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(seed))
        at = []
        for sign in (1, -1):
            parameter.copy_(kept + sign * STEP * direction)
            at.append(loss())
        parameter.copy_(kept)
        slope = float(at[0] - at[1]) / (2 * STEP)
        assert slope == pytest.approx(float((parameter.grad * direction).sum()), rel=1e-5, abs=1e-7)
