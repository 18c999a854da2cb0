"""Decoders against brute force over all paths, and the laws that join them."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.decode.fixed_order import fixed_order
from core.decode.registry import decode
from core.decode.skip import skip
from core.errors import ConfigError


@st.composite
def scores(draw: st.DrawFn) -> NDArray[np.float64]:
    n_frames, n_clusters = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    cells = draw(st.lists(st.integers(-4, 0), min_size=n_frames * n_clusters, max_size=n_frames * n_clusters))
    return np.array(cells, np.float64).reshape(n_frames, n_clusters)


def value(matrix: NDArray[np.float64], path: NDArray[np.int64], penalty: float = 0.0) -> float:
    skipped = matrix.shape[1] - len(np.unique(path))
    return float(matrix[np.arange(len(path)), path].sum() - (penalty * skipped if skipped else 0.0))


def best(matrix: NDArray[np.float64], penalty: float) -> float:
    paths = combinations_with_replacement(range(matrix.shape[1]), len(matrix))
    return max(value(matrix, np.array(path), penalty) for path in paths)


@settings(max_examples=60, deadline=None)
@given(scores(), st.sampled_from([0.0, 1.0, 3.0]))
def test_skip_finds_the_best_of_all_non_decreasing_paths(matrix: NDArray[np.float64], penalty: float) -> None:
    path = skip(matrix, penalty=penalty)
    assert np.all(np.diff(path) >= 0)
    assert value(matrix, path, penalty) == pytest.approx(best(matrix, penalty))


@settings(max_examples=60, deadline=None)
@given(scores())
def test_fixed_order_is_skip_at_a_price_nobody_pays(matrix: NDArray[np.float64]) -> None:
    if len(matrix) >= matrix.shape[1]:
        path = fixed_order(matrix)
        assert np.unique(path).tolist() == list(range(matrix.shape[1]))
        assert value(matrix, path) == pytest.approx(best(matrix, 1e6))
        assert path.tolist() == skip(matrix, penalty=1e6).tolist()


def test_a_video_shorter_than_the_clusters_skips_at_no_price() -> None:
    matrix = np.array([[-5.0, -1.0, -9.0, -9.0], [-5.0, -5.0, -5.0, -1.0]])
    assert decode("fixed-order", matrix).tolist() == [1, 3]


def test_an_unknown_decoder_is_refused_with_the_names() -> None:
    with pytest.raises(ConfigError, match="fixed-order, skip"):
        decode("best", np.zeros((3, 2)))
