"""Videos of unknown activity, put into groups that show the same things (Kukleva et al., CVPR 2019, sec. 4.7)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
WORDS = 50
"""Words of the codebook, as published."""
ROWS = 20_000
"""Rows that the codebook is made on, drawn evenly from all videos."""
TRIES = 20
"""Starts of the last k-means; the closest of them is kept, so that the answer hardly depends on the draw."""


def bags_of_words(matrices: Sequence[FloatArray], *, seed: int = 0, n_words: int = WORDS) -> NDArray[np.float64]:
    """(V, W): how much of each word a video shows; rows sum to 1.

    Words are k-means centres of frames, columns scaled to one deviation. A frame speaks for word j with the weight
    ``max_j d_ij - d_ij`` (squared distances), its weights scaled to sum 1. The published code does this on the
    embedding that CTE learns over all videos; here on the features themselves, so nothing is trained.

    Args:
        matrices: one (T, D) float array a video; D equal, values finite.
    """
    from scipy.cluster.vq import kmeans2

    every = -(-sum(map(len, matrices)) // ROWS)
    drawn = np.concatenate([np.asarray(matrix[::every], np.float64) for matrix in matrices])
    mean, deviation = drawn.mean(axis=0), drawn.std(axis=0)
    deviation = np.where(deviation > 1e-8, deviation, 1.0)
    draw = np.random.default_rng(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty word stays where it is
        words, _ = kmeans2((drawn - mean) / deviation, min(n_words, len(drawn)), minit="++", rng=draw)
    found = []
    for matrix in matrices:
        rows = (np.asarray(matrix, np.float64) - mean) / deviation
        distances = (rows**2).sum(axis=1)[:, None] - 2 * rows @ words.T + (words**2).sum(axis=1)
        weights = distances.max(axis=1, keepdims=True) - distances
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        found.append(weights.mean(axis=0))
    return np.array(found)


def group_videos(matrices: Sequence[FloatArray], n_groups: int, *, seed: int = 0) -> IntArray:
    """(V,) int64 group of each video, 0 to n_groups - 1 in order of first appearance; the same seed, the same groups.

    Raises ConfigError: fewer than 2 groups, or more than videos.
    """
    from scipy.cluster.vq import kmeans2

    if not 2 <= n_groups <= len(matrices):
        raise ConfigError(f"{n_groups} groups of {len(matrices)} videos; wanted 2 to {len(matrices)}.")
    bags = np.sqrt(bags_of_words(matrices, seed=seed))  # of shares: rare words count as well
    bags = (bags - bags.mean(axis=0)) / np.maximum(bags.std(axis=0), 1e-12)
    best, labels = np.inf, np.zeros(len(matrices), np.int64)
    draw = np.random.default_rng(seed)
    for _ in range(TRIES):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            centres, found = kmeans2(bags, n_groups, iter=50, minit="++", rng=draw)
        inside = float(((bags - centres[found]) ** 2).sum())
        if inside < best and len(np.unique(found)) == n_groups:
            best, labels = inside, found.astype(np.int64)
    _, first = np.unique(labels, return_index=True)
    order = {int(labels[place]): number for number, place in enumerate(np.sort(first))}
    return np.array([order.get(int(label), 0) for label in labels], np.int64)


def purity(groups: IntArray, known: Sequence[str]) -> float:
    """Share of videos that lie in a group whose commonest activity is their own.

    >>> purity(np.array([0, 0, 1, 1]), ["tea", "tea", "tea", "milk"])
    0.75
    """
    names = np.array(known)
    right = sum(int(np.unique(names[groups == g], return_counts=True)[1].max()) for g in np.unique(groups))
    return right / max(1, len(names))
