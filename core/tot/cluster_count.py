"""How many clusters there are: begin with too many, then drop and merge until each is recognised in videos left out.

A cluster is a step when a video that took no part shows it again: its mean features lie nearest to those of the same
cluster in the other videos. Two clusters that are taken for each other are one step cut in two. No labels are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

RECOGNISED = 0.85
"""Share of clusters in videos left out that must be recognised (chosen on made-up data: docs/choices.md)."""
CONFUSED = 0.6
"""Two clusters that are taken for each other more often than this are one, however well the rest is recognised."""
LEAST_SHARE = 0.01
"""A cluster with less of a video is not there, and one with less of all videos is dropped."""
LEAST_VIDEOS = 3


class Merge(msgspec.Struct, frozen=True):
    """One cluster less, and why. `into` None: `cluster` was dropped, with so little of the frames (`share`).

    Else it was merged into `into`, since in videos left out the two were taken for each other in `confused` of the
    cases. `clusters` were left before, and `recognised` is the share of them that were recognised.
    """

    clusters: int
    recognised: float
    cluster: int
    into: int | None
    confused: float
    share: float


class Count(msgspec.Struct, frozen=True):
    """The clusters that are left, how well they are recognised, and what was taken away on the way."""

    clusters: int
    recognised: float
    merges: list[Merge]


def count_clusters(
    matrices: Sequence[FloatArray], labels: Sequence[IntArray], n_clusters: int, *, recognised: float = RECOGNISED
) -> Count:
    """What is left of `n_clusters` clusters of the rows of several videos; at least 2.

    Args:
        matrices: one (T, R) array a video; scaled a video, so that neither camera nor person tells clusters apart.
        labels: (T,) cluster of each row, 0 to n_clusters - 1; one segmentation of all videos.
        recognised: when to stop, in (0, 1].
    """
    labels = [np.array(video) for video in labels]
    merges: list[Merge] = []
    sizes = np.bincount(np.concatenate(labels), minlength=n_clusters)
    for cluster in np.flatnonzero(sizes < LEAST_SHARE * sizes.sum()).tolist():
        merges.append(Merge(n_clusters - len(merges), 0.0, cluster, None, 0.0, float(sizes[cluster] / sizes.sum())))
        labels = [np.where(video == cluster, -1, video) for video in labels]
    while True:
        means, of, videos = _samples(matrices, labels, n_clusters)
        alive = np.unique(of)
        seen = _seen_as(means, np.searchsorted(alive, of), videos, len(alive))
        right = float(np.trace(seen) / max(1.0, seen.sum()))
        counts = seen.sum(axis=1)
        confused = (seen + seen.T) / np.maximum(1, np.minimum.outer(counts, counts))
        np.fill_diagonal(confused, -1.0)
        if (right >= recognised and confused.max() < CONFUSED) or len(alive) <= 2:
            return Count(len(alive), right, merges)
        one, other = sorted(np.unravel_index(int(confused.argmax()), confused.shape))
        into, gone = int(alive[one]), int(alive[other])
        share = float(np.mean(np.concatenate(labels) == gone))
        merges.append(Merge(len(alive), right, gone, into, float(min(1.0, confused[one, other])), share))
        labels = [np.where(video == gone, into, video) for video in labels]


def _samples(
    matrices: Sequence[FloatArray], labels: Sequence[IntArray], n_clusters: int
) -> tuple[NDArray[np.float64], IntArray, IntArray]:
    """(n, R) mean features of each cluster in each video that has it, its cluster (n,), and its video (n,)."""
    means, of, videos = [], [], []
    for number, (matrix, video) in enumerate(zip(matrices, labels, strict=True)):
        for cluster in range(n_clusters):
            mine = video == cluster
            if np.count_nonzero(mine) >= max(1, LEAST_SHARE * len(video)):
                means.append(np.asarray(matrix[mine], np.float64).mean(axis=0))
                of.append(cluster)
                videos.append(number)
    return np.array(means), np.array(of), np.array(videos)


def _seen_as(means: NDArray[np.float64], of: IntArray, videos: IntArray, n_clusters: int) -> NDArray[np.float64]:
    """(K, K): how often a cluster in a video left out lies nearest to each cluster's mean over the other videos."""
    totals = np.zeros((n_clusters, means.shape[1]))
    np.add.at(totals, of, means)
    counts = np.bincount(of, minlength=n_clusters).astype(np.float64)
    inside = means - (totals / np.maximum(counts, 1)[:, None])[of]
    spread = (inside**2).sum(axis=0) / max(1, len(means) - n_clusters) + 1e-12
    seen = np.zeros((n_clusters, n_clusters))
    for video in np.unique(videos):
        out = videos == video
        rest, left = totals.copy(), counts.copy()
        np.subtract.at(rest, of[out], means[out])
        np.subtract.at(left, of[out], 1)
        centres = rest / np.maximum(left, 1)[:, None]
        distances = ((means[out][:, None] - centres) ** 2 / spread).sum(axis=2)
        distances[:, left == 0] = np.inf
        np.add.at(seen, (of[out], distances.argmin(axis=1)), 1)
    return seen
