"""Orders of clusters read off the posterior: of one video, where steps are permuted, or of all videos together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cumulative import FloatArray, IntArray
from .fixed_order import fixed_order

SMALLEST_SHARE = 0.01
"""A cluster takes part in the order of a video when it wins at least this share of its frames."""


def video_order(log_posterior: FloatArray) -> IntArray:
    """(T,) int64 labels: `fixed_order` over the clusters of this video, in the order of this video.

    Takes part: each cluster with at least 1 % of the frames whose largest posterior it is (all that win a frame
    where no cluster has so many). Order: the median time of those frames. Any T >= 1.
    """
    order = order_of_video(log_posterior)
    return order[fixed_order(np.asarray(log_posterior)[:, order])]


def order_of_video(log_posterior: FloatArray) -> IntArray:
    """(at most K,) int64 clusters of one video by the median time of the frames they win."""
    winners = np.argmax(log_posterior, axis=1)
    counts = np.bincount(winners)
    present = np.flatnonzero(counts >= SMALLEST_SHARE * len(winners))
    if not len(present):
        present = np.flatnonzero(counts)
    medians = [np.median(np.flatnonzero(winners == cluster)) for cluster in present]
    return present[np.argsort(medians, kind="stable")].astype(np.int64)


def order_of_dataset(log_posteriors: Sequence[FloatArray]) -> IntArray:
    """(K,) int64: all clusters by the mean relative time of the frames they win, over all videos.

    For methods without a temporal prior (plain transport, k-means), where a cluster's number means nothing. A
    cluster that wins no frame stands where its number would: at ``(k + .5) / K``.
    """
    n_clusters = log_posteriors[0].shape[1]
    sums, counts = np.zeros(n_clusters), np.zeros(n_clusters)
    for scores in log_posteriors:
        winners = np.argmax(scores, axis=1)
        time = (np.arange(len(winners)) + 0.5) / len(winners)
        sums += np.bincount(winners, time, minlength=n_clusters)
        counts += np.bincount(winners, minlength=n_clusters)
    by_number = (np.arange(n_clusters) + 0.5) / n_clusters
    means = np.where(counts > 0, sums / np.maximum(counts, 1), by_number)
    return np.argsort(means, kind="stable").astype(np.int64)
