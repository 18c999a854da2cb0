"""Frames that no cluster claims: the background rule of YouTube Instructions, over all videos of an activity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cumulative import BoolArray, FloatArray

BACKGROUND = -1
"""Label of a frame outside all clusters, as in ground truth."""


def foreground(log_posteriors: Sequence[FloatArray], quantile: float) -> list[BoolArray]:
    """(T,) bool a video: True where any cluster is above its own threshold.

    The threshold of cluster k is the value at rank ``floor(q M)`` of its ascending log posteriors over all M frames
    of the activity (rule of the released CTE and TOT code for YouTube Instructions, q = 0.45). `quantile` is not the
    share of background: each cluster alone keeps ``1 - q`` of the frames, their union more.
    """
    values = np.concatenate(list(log_posteriors))
    rank = min(int(quantile * len(values)), len(values) - 1)
    thresholds = np.partition(values, rank, axis=0)[rank]
    return [np.any(scores > thresholds, axis=1) for scores in log_posteriors]
