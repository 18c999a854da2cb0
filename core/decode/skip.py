"""Left-to-right decoding that may skip clusters, at a price for each."""

from __future__ import annotations

import numpy as np

from .cumulative import FloatArray, IntArray, cumulative, last_best


def skip(log_posterior: FloatArray, *, penalty: float = 0.0) -> IntArray:
    """(T,) int64 labels of the best non-decreasing path; each skipped cluster costs `penalty` nats. Any T >= 1.

    With ``U_k[t]`` as in `fixed_order` and ``G_0 = (0, -inf, -inf, ...)``, for k = 0 .. K-1::

        F_k[t] = U_k[t] + max_{s < t} (G_k[s] - U_k[s])          cluster k owns the frames before t
        G_{k+1} = max(F_k, G_k - penalty)                        it does, or it is skipped

    ``G_K[T]`` is the score. An infinite penalty is `fixed_order`; 0 allows any non-decreasing path.
    """
    sums = cumulative(log_posterior)
    n_clusters, n_frames = sums.shape[0], sums.shape[1] - 1
    before = np.full(n_frames + 1, -np.inf)
    before[0] = 0.0
    entry = np.empty_like(sums)
    taken = np.zeros(sums.shape, bool)
    ended = np.full(n_frames + 1, -np.inf)
    for cluster in range(n_clusters):
        np.subtract(before, sums[cluster], out=entry[cluster])
        np.add(sums[cluster, 1:], np.maximum.accumulate(entry[cluster])[:-1], out=ended[1:])
        skipped = before - penalty
        np.greater_equal(ended, skipped, out=taken[cluster])
        before = np.maximum(ended, skipped)
    labels = np.empty(n_frames, np.int64)
    stop = n_frames
    for cluster in range(n_clusters - 1, -1, -1):
        if stop and taken[cluster, stop]:
            start = last_best(entry[cluster], stop)
            labels[start:stop] = cluster
            stop = start
    return labels
