"""Left-to-right decoding that may skip clusters, at a price for each."""

from __future__ import annotations

import numpy as np

from .fixed_order import FLOOR, FloatArray, IntArray


def skip(log_posterior: FloatArray, *, penalty: float = 0.0) -> IntArray:
    """(T,) int64 labels of the best non-decreasing path; each skipped cluster costs `penalty` nats. Any T >= 1."""
    scores = np.maximum(np.asarray(log_posterior, np.float64), FLOOR)
    n_frames, n_clusters = scores.shape
    sums = np.zeros((n_frames + 1, n_clusters))
    np.cumsum(scores, axis=0, out=sums[1:])
    entry = np.full(n_frames + 1, -np.inf)
    entry[0] = 0.0
    starts = np.zeros((n_clusters, n_frames + 1), np.int64)
    taken = np.zeros((n_clusters, n_frames + 1), bool)
    for cluster in range(n_clusters):
        gain = entry - sums[:, cluster]
        highest = np.maximum.accumulate(gain)
        is_best = np.append(True, gain[1:] >= highest[:-1])
        starts[cluster] = np.maximum.accumulate(np.where(is_best, np.arange(n_frames + 1), 0))
        ended = np.append(-np.inf, sums[1:, cluster] + highest[:-1])
        taken[cluster] = ended >= entry - penalty
        entry = np.maximum(ended, entry - penalty)
    labels = np.empty(n_frames, np.int64)
    stop = n_frames
    for cluster in range(n_clusters - 1, -1, -1):
        if stop and taken[cluster][stop]:
            start = int(starts[cluster][stop - 1])
            labels[start:stop] = cluster
            stop = start
    return labels
