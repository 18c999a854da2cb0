"""Left-to-right decoding: clusters in index order, each at least one frame (the Viterbi of CTE and TOT)."""

from __future__ import annotations

import numpy as np

from .cumulative import FloatArray, IntArray, cumulative, last_best


def fixed_order(log_posterior: FloatArray) -> IntArray:
    """(T,) int64 labels of the best path through all K clusters in order; needs T >= K.

    Maximises ``sum_t l[t, y_t]`` over paths with ``y_0 = 0``, ``y_T-1 = K - 1`` and steps of 0 or 1. Staying and
    advancing cost the same (0.5 each), so transitions drop out. With ``U_k[t]`` the sum of the first t log
    posteriors of cluster k, the best score that ends cluster k before frame t is::

        h_k[s] = F_{k-1}[s] - U_k[s]
        F_k[t] = U_k[t] + max_{s < t} h_k[s],        F_0[t] = U_0[t],  F_k[0] = -inf

    K running maxima, no loop over frames; ``F_{K-1}[T]`` is the score. Of equal paths the one that stays longer
    in the earlier cluster wins, as in a Viterbi that prefers the previous state (Kukleva et al., CVPR 2019, sec. 3.4).
    """
    sums = cumulative(log_posterior)
    n_clusters, n_frames = sums.shape[0], sums.shape[1] - 1
    best = sums[0].copy()
    best[0] = -np.inf
    entry = np.empty_like(sums)
    highest = np.empty(n_frames + 1)
    for cluster in range(1, n_clusters):
        np.subtract(best, sums[cluster], out=entry[cluster])
        np.maximum.accumulate(entry[cluster], out=highest)
        np.add(sums[cluster, 1:], highest[:-1], out=best[1:])
    labels = np.zeros(n_frames, np.int64)
    stop = n_frames
    for cluster in range(n_clusters - 1, 0, -1):
        start = last_best(entry[cluster], stop)
        labels[start:stop] = cluster
        stop = start
    return labels
