"""Frames at which the scores of a video turn from one cluster to another: where a boundary is likely to belong."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

REACH = 5
"""Rows on each side that are compared."""
LEAST = 0.25
"""Share of the probability that has to move for a turn to count."""


def change_points(
    scores: NDArray[np.floating[Any]], *, reach: int = REACH, least: float = LEAST
) -> NDArray[np.integer[Any]]:
    """(n,) int64 rising rows r, 1 to T - 1: the mean of the rows from r on differs most from that of the rows before.

    The difference is the total variation of the two means, 0 (equal) to 1 (disjoint); a row counts where it has
    the largest difference within `reach` rows and at least `least`. Among equal ones the middle one counts.

    Args:
        scores: (T, K) posterior, rows summing to 1.
        reach: rows on each side, fewer at the ends of the video.
        least: 0 to 1.

    >>> change_points(np.repeat([[1.0, 0.0], [0.0, 1.0]], [8, 6], axis=0)).tolist()
    [8]
    """
    n_rows = len(scores)
    if n_rows < 2:
        return np.empty(0, np.int64)
    total = np.concatenate([np.zeros((1, scores.shape[1])), np.cumsum(scores, axis=0, dtype=np.float64)])
    row = np.arange(1, n_rows)
    low, high = np.maximum(row - reach, 0), np.minimum(row + reach, n_rows)
    before = (total[row] - total[low]) / (row - low)[:, None]
    after = (total[high] - total[row]) / (high - row)[:, None]
    change = np.abs(after - before).sum(axis=1) / 2
    padded = np.pad(change, reach, constant_values=-1.0)
    best = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    peaks = np.flatnonzero((change >= best - 1e-9) & (change >= least))
    if not len(peaks):
        return np.empty(0, np.int64)
    groups = np.split(peaks, np.flatnonzero(np.diff(peaks) > reach) + 1)
    return np.array([group[len(group) // 2] for group in groups], dtype=np.int64) + 1
