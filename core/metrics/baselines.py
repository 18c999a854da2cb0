"""Labellings that need no training: what every result stands beside."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .segments import Pieces

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.floating[Any]]
MOST_ROWS = 20_000
"""Rows that k-means is fitted on; all rows are then assigned."""


def equal_split(n_frames: int, n_clusters: int) -> IntArray:
    """(T,) int64 labels that cut a video into K equal parts: ``floor(t K / T)``.

    >>> equal_split(7, 3).tolist()
    [0, 0, 0, 1, 1, 2, 2]
    """
    cut = equal_cut(n_frames, n_clusters)
    return np.repeat(cut.labels, np.diff(np.append(cut.starts, n_frames)))


def equal_cut(n_frames: int, n_clusters: int) -> Pieces:
    """`equal_split` as segments; a part without a frame is none."""
    borders = -(-np.arange(n_clusters + 1) * n_frames // n_clusters)  # the first t with floor(t K / T) = k
    held = np.flatnonzero(np.diff(borders))
    return Pieces(borders[held], held, n_frames)


def one_class(n_frames: int) -> IntArray:
    """(T,) int64 zeros."""
    return np.zeros(n_frames, np.int64)


def one_cut(n_frames: int) -> Pieces:
    """`one_class` as a segment."""
    return Pieces(np.zeros(1, np.int64), np.zeros(1, np.int64), n_frames)


def kmeans(matrices: Sequence[FloatArray], n_clusters: int, *, seed: int = 0) -> list[IntArray]:
    """(T,) int64 cluster of each feature row of each video: k-means of single frames, blind to time.

    k-means++ and Lloyd (scipy) on at most 20,000 rows drawn evenly from all videos; the same seed gives the same
    labels. No more clusters than rows.

    Args:
        matrices: one (T, D) array a video; D equal, values finite. They are used as they are.
        n_clusters: K, at least 1.
    """
    from scipy.cluster.vq import kmeans2, vq

    total = sum(map(len, matrices))
    every = -(-total // MOST_ROWS)
    drawn = np.concatenate([np.asarray(matrix[::every], np.float64) for matrix in matrices])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty cluster stays empty
        centres, _ = kmeans2(drawn, min(n_clusters, len(drawn)), iter=50, minit="++", seed=seed)
    return [vq(np.asarray(matrix, np.float64), centres)[0].astype(np.int64) for matrix in matrices]
