"""Change points of scores: where a boundary is likely to belong."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.change_points import change_points


def test_each_turn_is_found_at_its_row() -> None:
    scores = np.repeat(np.eye(4)[[0, 2, 1, 3]], [40, 25, 60, 30], axis=0)
    assert change_points(scores).tolist() == [40, 65, 125]


def test_a_slow_turn_is_one_point_in_its_middle() -> None:
    ramp = np.linspace(0, 1, 9)[:, None]
    scores = np.concatenate([np.tile([1.0, 0.0], (30, 1)), np.hstack([1 - ramp, ramp]), np.tile([0.0, 1.0], (30, 1))])
    (found,) = change_points(scores).tolist()
    assert abs(found - 34.5) <= 1


def test_noise_and_a_single_row_are_no_turn() -> None:
    noise = np.random.default_rng(0).dirichlet([30, 30, 30], size=500)
    assert not len(change_points(noise))
    spike = np.tile([1.0, 0.0], (60, 1))
    spike[30] = [0.0, 1.0]
    assert not len(change_points(spike))


@pytest.mark.parametrize("n_rows", [0, 1, 2, 3])
def test_short_videos_are_allowed(n_rows: int) -> None:
    scores = np.eye(2)[np.arange(n_rows) % 2]
    assert all(0 < row < n_rows for row in change_points(scores).tolist())
