"""How well the clusters of some videos explain another one: a Gaussian of each cluster, and a price for each change.

Neighbouring rows say nearly the same, so a video counts as many rows as are independent of each other. NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..decode.any_order import any_order

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

OWN_COLUMNS = 0.05
"""Part of the common covariance that is taken as if columns were independent, so that few rows suffice."""
NEVER = -1e6
ROUNDS = 3
"""Of the offsets of videos and the means of clusters, each from the other."""
LAGS, UNRELATED = 60, 0.05
"""Rows this far apart, or correlated less than this, are taken as independent."""
ALIKE = 0.8
"""Of the correlation that is measured: clusters that are not quite steps make rows look more alike than steps do."""


class Sums(NamedTuple):
    """What the Gaussians need of each video: rows (V, K) and sums (V, K, R) of each cluster, products (V, R, R)."""

    rows: NDArray[np.float64]
    totals: NDArray[np.float64]
    products: NDArray[np.float64]


class Clusters(NamedTuple):
    """A mean (K, R) of each cluster, and what makes the covariance they share the unit matrix (R, R).

    `constant` is the log density at a mean; `used` (K,) tells clusters with rows from those without.
    """

    means: NDArray[np.float64]
    whitening: NDArray[np.float64]
    constant: float
    used: NDArray[np.bool_]


def sums(matrices: Sequence[FloatArray], labels: Sequence[IntArray], n_clusters: int) -> Sums:
    """Sums of every video; `labels` are 0 to K - 1."""
    rows, totals, products = [], [], []
    for matrix, video in zip(matrices, labels, strict=True):
        of = np.eye(n_clusters)[video]  # (T, K)
        rows.append(of.sum(axis=0))
        totals.append(of.T @ matrix)
        products.append(matrix.T @ matrix)
    return Sums(np.array(rows), np.array(totals), np.array(products, np.float64))


def levelled(matrices: Sequence[FloatArray], labels: Sequence[IntArray], n_clusters: int) -> list[FloatArray]:
    """The rows of each video less what it adds to each of its clusters alike (a camera, a person, its mix of steps).

    ``mean of k in v = m_k + o_v``, clusters weighed alike inside a video, videos by their rows. Without it two clusters
    of one step would explain videos better than one, because each video could take the one that lies nearer.
    """
    found = sums(matrices, labels, n_clusters)
    there = (found.rows > 0)[..., None]  # (V, K, 1)
    means = found.totals / np.maximum(found.rows, 1)[..., None]
    offsets = np.zeros((len(matrices), means.shape[2]))
    for _ in range(ROUNDS):
        of_cluster = ((means - offsets[:, None]) * found.rows[..., None]).sum(axis=0)
        of_cluster /= np.maximum(found.rows.sum(axis=0), 1)[:, None]
        offsets = ((means - of_cluster) * there).sum(axis=1) / np.maximum(1, there.sum(axis=1))
        offsets -= offsets.mean(axis=0)
    return [matrix - offset for matrix, offset in zip(matrices, offsets, strict=True)]


def fitted(found: Sums, videos: NDArray[np.bool_] | slice = slice(None)) -> Clusters:
    """The clusters of these videos."""
    rows, totals = found.rows[videos].sum(axis=0), found.totals[videos].sum(axis=0)
    means = totals / np.maximum(rows, 1)[:, None]
    inside = found.products[videos].sum(axis=0) - means.T @ totals
    covariance = inside / max(1.0, rows.sum() - len(rows))
    covariance = (1 - OWN_COLUMNS) * covariance + OWN_COLUMNS * np.diag(np.diag(covariance))
    covariance += 1e-6 * np.eye(len(covariance))
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    constant = float(np.log(np.diag(whitening)).sum()) - 0.5 * len(covariance) * math.log(2 * math.pi)
    return Clusters(means, whitening, constant, rows > 0)


def log_densities(matrix: FloatArray, clusters: Clusters) -> NDArray[np.float64]:
    """(T, K) log density of each row in each cluster; next to nothing in one without rows."""
    rows, means = matrix @ clusters.whitening.T, clusters.means @ clusters.whitening.T
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ means.T + (means**2).sum(axis=1)
    return np.where(clusters.used, clusters.constant - 0.5 * squares, NEVER)


def rows_alike(matrices: Sequence[FloatArray], labels: Sequence[IntArray], clusters: Clusters) -> float:
    """How many neighbouring rows say as much as one: ``a (1 + 2 sum_l r_l)``, at least 1.

    r_l is the correlation of rows inside clusters at lag l, up to the first that is hardly correlated; a is `ALIKE`.
    """
    lagged, whole = np.zeros(LAGS), 1e-12
    for matrix, video in zip(matrices, labels, strict=True):
        rest = (matrix - clusters.means[video]) @ clusters.whitening.T
        whole += float((rest**2).sum())
        for lag in range(1, min(LAGS, len(rest) - 1)):
            lagged[lag] += (rest[lag:] * rest[:-lag]).sum() * len(rest) / (len(rest) - lag)
    related = lagged[1:] / whole
    ends = np.flatnonzero(related < UNRELATED)
    return float(max(1.0, ALIKE * (1 + 2 * related[: ends[0] if len(ends) else None].sum())))


def change_price(labels: Sequence[IntArray], alike: float, n_clusters: int) -> float:
    """Nats that a change of cluster costs: minus the log odds of a change to one of K, in independent rows."""
    changes = sum(np.count_nonzero(np.diff(video)) for video in labels)
    often = min(0.5, max(1e-4, alike * changes / sum(map(len, labels))))
    return math.log((1 - often) / often) + math.log(max(1, n_clusters - 1))


def best_labels(densities: Sequence[NDArray[np.float64]], price: float) -> Sequence[IntArray]:
    """(T,) clusters of each video: the most likely path, with a price for each change."""
    return any_order([video - video.max(axis=1, keepdims=True) for video in densities], penalty=price)


def explained(matrices: Sequence[FloatArray], found: Sums, alike: float, price: float) -> NDArray[np.float64]:
    """(V,) log likelihood of each video under the clusters of all others, on its most likely path."""
    densities = []
    for number, matrix in enumerate(matrices):
        others = np.arange(len(matrices)) != number
        densities.append(log_densities(matrix, fitted(found, others)) / alike)
    paths = best_labels(densities, price)
    return np.array(
        [
            video[np.arange(len(path)), path].sum() - price * np.count_nonzero(np.diff(path))
            for video, path in zip(densities, paths, strict=True)
        ]
    )
