"""Left-to-right decoding: clusters in index order, each at least one frame (the Viterbi of CTE and TOT)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
FLOOR = -69.07755278982137  # log 1e-30, the floor of the released code


def fixed_order(log_posterior: FloatArray) -> IntArray:
    """(T,) int64 labels of the best path through all K clusters in order; needs T >= K.

    With ``U_k[t]`` the sum of the first t log posteriors of cluster k, the best score that ends cluster k
    before frame t is ``F_k[t] = U_k[t] + max_{r < t} (F_{k-1}[r] - U_k[r])``: K running maxima, no loop over
    frames. Ties go to the later start, as in a Viterbi that prefers to stay.
    """
    scores = np.maximum(np.asarray(log_posterior, np.float64), FLOOR)
    n_frames, n_clusters = scores.shape
    sums = np.zeros((n_frames + 1, n_clusters))
    np.cumsum(scores, axis=0, out=sums[1:])
    best = sums[:, 0].copy()
    best[0] = -np.inf
    starts = np.zeros((n_clusters, n_frames + 1), np.int64)
    for cluster in range(1, n_clusters):
        entry = best - sums[:, cluster]
        highest = np.maximum.accumulate(entry)
        is_best = np.append(True, entry[1:] >= highest[:-1])
        starts[cluster] = np.maximum.accumulate(np.where(is_best, np.arange(n_frames + 1), 0))
        best = np.append(-np.inf, sums[1:, cluster] + highest[:-1])
    labels = np.empty(n_frames, np.int64)
    stop = n_frames
    for cluster in range(n_clusters - 1, 0, -1):
        start = int(starts[cluster][stop - 1])
        labels[start:stop] = cluster
        stop = start
    labels[:stop] = 0
    return labels
