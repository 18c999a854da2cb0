"""Decoding in the order of the video at hand, for activities whose steps are permuted."""

from __future__ import annotations

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
