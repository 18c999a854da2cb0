"""Agreement between runs, whatever their clusters are called."""

from __future__ import annotations

import numpy as np
import pytest

from core.metrics.agreement import agreement

ONE = [np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 2, 2])]
RENAMED = [np.array([2, 2, 0, 0, 1, 1]), np.array([2, 0, 1, 1])]
HALF = [np.array([0, 0, 0, 0, 2, 2]), np.array([0, 0, 2, 2])]


def test_the_same_under_other_names_agrees_fully() -> None:
    assert agreement([ONE, RENAMED], 3).tolist() == [1.0, 1.0]


def test_the_one_that_differs_agrees_least() -> None:
    shares = agreement([ONE, RENAMED, HALF], 3)
    assert shares[0] == shares[1] > shares[2]
    assert shares[2] == pytest.approx(7 / 10)


def test_one_run_alone_has_nobody_to_agree_with() -> None:
    assert agreement([ONE], 3).tolist() == [0.0]
