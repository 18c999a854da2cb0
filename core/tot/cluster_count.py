"""How many clusters there are: begin with too many, join them pair by pair, keep what explains videos left out best.

Each video is explained by the clusters of all others (`left_out`). A step that is cut in two does not explain it any
better, and its smaller parts are known less well; two steps in one cluster explain it worse. No labels are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from . import left_out

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

LEAST_VIDEOS = 3
FEWEST = 2
ROUNDS = 2
"""Rounds of labels and means after each merge."""
MARGIN = 0.25
"""Nats a video by which more clusters must explain more (chosen on made-up data: docs/choices.md)."""
FEWER = 0.15
"""Numbers that miss no more than this share of what the best explains beyond the fewest clusters are plausible too."""


class Merge(msgspec.Struct, frozen=True):
    """One cluster less, and what it changed. `into` None: `cluster` lost its last frame to others.

    `clusters` were left before. `explained` is how much better videos left out are explained afterwards, in nats a
    video (below 0: worse); `share` is the part of the frames that the cluster held.
    """

    clusters: int
    cluster: int
    into: int | None
    explained: float
    share: float


class Path(msgspec.Struct, frozen=True):
    """The way from all clusters of one segmentation to two: what videos left out say of each number, and the merges."""

    explained: dict[int, float]
    merges: list[Merge]

    @property
    def best(self) -> int:
        """The number that this path alone speaks for."""
        return smallest(self.explained)


class Count(msgspec.Struct, frozen=True):
    """The number that the paths of all seeds speak for together.

    `plausible` are the smallest and the largest number that the evidence does not clearly speak against: from what
    misses no more than `FEWER`, widened by what each seed speaks for. `seeds` are the numbers that each would give
    alone; `explained` is, for each number, how much worse than the
    best it explains videos left out (nats a video, mean of the seeds); `merges` lead to the number on one path.
    """

    clusters: int
    plausible: tuple[int, int]
    seeds: list[int]
    explained: dict[int, float]
    merges: list[Merge]


def smallest(explained: dict[int, float], share: float = 0.0) -> int:
    """The smallest number within `MARGIN` of the best, or that misses less than `share` of what it explains.

    >>> numbers = {2: 0.0, 3: 60.0, 4: 95.0, 5: 100.0}
    >>> smallest(numbers), smallest(numbers, 0.05), smallest(numbers, 0.5)
    (5, 4, 3)
    """
    best = max(explained.values())
    missed = max(MARGIN, share * (best - explained[min(explained)]))
    return min(number for number, nats in explained.items() if nats >= best - missed)


def merge_path(matrices: Sequence[FloatArray], labels: Sequence[IntArray], n_clusters: int) -> Path:
    """Join the clusters of one segmentation pair by pair, and score each number on the way.

    The pair is joined whose merge takes least from the likelihood (Ward's criterion, columns scaled by the covariance
    inside clusters). Then labels and means are found anew.

    Args:
        matrices: one (T, R) array a video; scaled a video, so that neither camera nor person tells clusters apart.
        labels: (T,) cluster of each row, 0 to n_clusters - 1.
    """
    labels = [np.asarray(video) for video in labels]
    matrices = left_out.levelled([np.asarray(m, np.float64) for m in matrices], labels, n_clusters)
    found = left_out.sums(matrices, labels, n_clusters)
    alike = left_out.rows_alike(matrices, labels, left_out.fitted(found))
    explained: dict[int, float] = {}
    merges: list[Merge] = []
    gone: tuple[int, int, float] | None = None
    shares = _shares(found)
    alive = np.arange(n_clusters)
    while True:
        for _ in range(ROUNDS):
            price = left_out.change_price(labels, alike, len(alive))
            clusters = left_out.fitted(found)
            labels = left_out.best_labels(
                [left_out.log_densities(matrix, clusters) / alike for matrix in matrices], price
            )
            found = left_out.sums(matrices, labels, n_clusters)
        before, alive = alive, np.flatnonzero(found.rows.sum(axis=0))
        price = left_out.change_price(labels, alike, len(alive))
        score = float(left_out.explained(matrices, found, alike, price).mean())
        merges += _told(before, alive, gone, shares, score, explained)
        explained[max(FEWEST, len(alive))] = score
        if len(alive) <= FEWEST:
            return Path(explained, merges)
        shares = _shares(found)
        into, cluster = _nearest(found, alive)
        gone = (cluster, into, float(shares[cluster]))
        labels = [np.where(video == cluster, into, video) for video in labels]
        found = left_out.sums(matrices, labels, n_clusters)


def chosen(paths: Sequence[Path]) -> Count:
    """The smallest number of clusters whose mean over the paths is within `MARGIN` of the best.

    A number that a path skips counts as its next smaller one.
    """
    numbers = sorted({number for path in paths for number in path.explained})
    means = [float(np.mean([_at(path, number) for path in paths])) for number in numbers]
    explained = {number: mean - max(means) for number, mean in zip(numbers, means, strict=True)}
    found = smallest(explained)
    alone = [path.best for path in paths]
    plausible = min(found, *alone, smallest(explained, FEWER)), max(found, *alone)
    shown = min((path for path in paths if found in path.explained), key=lambda path: abs(path.best - found))
    merges = [merge for merge in shown.merges if merge.clusters > found]
    return Count(found, plausible, alone, explained, merges)


def _at(path: Path, number: int) -> float:
    return path.explained[max((n for n in path.explained if n <= number), default=min(path.explained))]


def _shares(found: left_out.Sums) -> NDArray[np.float64]:
    rows = found.rows.sum(axis=0)
    return np.asarray(rows / rows.sum())


def _nearest(found: left_out.Sums, alive: IntArray) -> tuple[int, int]:
    """The two clusters whose merge takes least from the likelihood, the lower number first."""
    clusters = left_out.fitted(found)
    rows, means = found.rows.sum(axis=0)[alive], (clusters.means @ clusters.whitening.T)[alive]
    apart = ((means[:, None] - means) ** 2).sum(axis=2)
    price = apart * (rows[:, None] * rows) / (rows[:, None] + rows)
    np.fill_diagonal(price, np.inf)
    one, other = sorted(np.unravel_index(int(price.argmin()), price.shape))
    return int(alive[one]), int(alive[other])


def _told(
    before: IntArray,
    after: IntArray,
    merged: tuple[int, int, float] | None,
    shares: NDArray[np.float64],
    score: float,
    explained: dict[int, float],
) -> list[Merge]:
    """What went between two numbers of clusters: the merge itself, and clusters that lost their last frame by it."""
    gained = score - explained[len(before)] if len(before) in explained else 0.0
    lost = [(int(cluster), None, float(shares[cluster])) for cluster in before if cluster not in after]
    each: list[tuple[int, int | None, float]] = [
        *([] if merged is None else [merged]),
        *(one for one in lost if merged is None or one[0] != merged[0]),
    ]
    return [
        Merge(len(before) - number, cluster, into, gained if number == len(each) - 1 else 0.0, share)
        for number, (cluster, into, share) in enumerate(each)
    ]
