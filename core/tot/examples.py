"""What the corrected rows themselves say of every other row: how an action looks, and when it comes (docs/learning.md).

A linear classifier with one covariance for all actions (Fisher, 1936), on the principal directions of all rows, beside
the chance of each action at each part of a video. It needs no training, so it learns from a few hundred rows what a
network that is busy with all the others does not; its word is averaged with that of the network (`Examples.join`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .supervision import Lessons

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
RowsOf = Callable[[int], FloatArray]
"""The (T, R) rows of a video, by its number, as the encoder takes them."""

DIRECTIONS = 48
"""Principal directions that are kept at most."""
SAMPLE = 8_192
"""Rows that directions and scales are found on, drawn evenly from all videos."""
CENTRED = 0.5
"""How much of a video's own mean row is taken off: half of what differs between videos is person and camera."""
SHRINKAGE = 0.3
"""How far the covariance is drawn to a multiple of the identity."""
LEAST_SPREAD = 1e-3
"""Spread that every direction has, of 1: corrected rows may all be equal."""
TEMPER = 0.3
"""Rows that follow one another are not independent: each counts as this much of one."""
PLACES = 100
"""Parts of a video for which the chance of each action is kept."""
WIDTH = 0.15
"""Spread of a corrected frame over the places of other videos, as a share of a video."""
ANYWHERE = 0.1
"""Share of an action that may come at any time."""
SHARE = 0.5
"""Weight of what corrected rows say beside the runs, once there are `WHOLE` videos of them; with fewer it is less."""
WHOLE = 2.0
"""Corrected rows, in videos, from which they have their whole weight: one video shows one person and one camera, and
with the whole of it the twelve runs of `robust` lost up to 4 points of MoF. A single run would be 1 to 2 points better
with it (docs/learning.md)."""
FLOOR = -30.0


@dataclass(frozen=True)
class Examples:
    """Scores of rows and of places, for the clusters whose action a person has shown.

    Args:
        weight: (R, K) float32, the scores of a row less their mean over the video, `CENTRED` of it.
        bias: (K,) float32; -inf for clusters that nobody has shown.
        places: (PLACES, K) float32, logarithm of the chance of each cluster there, already tempered.
        share: weight of it beside what the runs say, 0 to 1.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    places: NDArray[np.float32]
    share: float = SHARE

    @classmethod
    def of(cls, n_clusters: int, **state: FloatArray) -> Examples:
        """What `state` gave; earlier versions kept no share. Raises ValueError for other names, shapes or shares."""
        share = float(state.pop("share", np.array(SHARE)).reshape(()))
        if not 0 <= share <= 1:
            raise ValueError("share of the corrected rows")
        if set(state) != {"weight", "bias", "places"} or any(a.shape[-1:] != (n_clusters,) for a in state.values()):
            raise ValueError("examples of corrected rows")
        return cls(**{name: np.asarray(values, np.float32) for name, values in state.items()}, share=share)

    def state(self) -> dict[str, NDArray[np.float32]]:
        """Its arrays by name."""
        share = np.array([self.share], np.float32)
        return {"weight": self.weight, "bias": self.bias, "places": self.places, "share": share}

    def log_posterior(self, rows: FloatArray) -> NDArray[np.float64]:
        """(T, K) float64 logarithm of the chance of each shown cluster; -inf for the others."""
        raw = np.asarray(rows, np.float32) @ self.weight
        values = (raw - CENTRED * raw.mean(axis=0) + self.bias).astype(np.float64)
        place = (np.arange(len(rows)) * PLACES) // max(1, len(rows))
        values = TEMPER * _normalised(values) + self.places[place]
        return _normalised(values)

    def join(self, of_network: FloatArray, rows: FloatArray) -> NDArray[np.float64]:
        """(T, K) log posterior of both: the mean of their logarithms, weighed, over the clusters that are shown.

        How much of a row belongs to clusters that nobody has shown is what the network says.
        """
        shown = np.isfinite(self.bias)
        found = np.array(of_network, np.float64)
        mass = np.logaddexp.reduce(found[:, shown], axis=1, keepdims=True)
        own = np.maximum(self.log_posterior(rows)[:, shown], FLOOR)
        of_runs = np.maximum(found[:, shown] - mass, FLOOR)
        found[:, shown] = mass + _normalised((1 - self.share) * of_runs + self.share * own)
        return found


@dataclass(frozen=True)
class Corrected:
    """The corrected rows of each video, ready to be learned from: of all of them, or of all but some.

    Args:
        basis: (R, q) directions.   rows: (n, q) of each video that has corrected rows.   labels: as of `Lessons`.
    """

    basis: FloatArray
    rows: Mapping[int, FloatArray]
    labels: tuple[IntArray, ...]
    n_clusters: int

    @classmethod
    def of(cls, rows_of: RowsOf, lessons: Lessons, n_clusters: int) -> Corrected:
        """Asks for each video once, and once more where it has corrected rows: no two need lie in memory."""
        labels = lessons.labels
        every = max(1, -(-sum(map(len, labels)) // SAMPLE))
        means = []
        drawn = []
        for number in range(len(labels)):
            rows = np.asarray(rows_of(number), np.float64)
            means.append(CENTRED * rows.mean(axis=0))
            drawn.append(rows[::every] - means[-1])
        basis = _directions(np.concatenate(drawn))
        found = {}
        for number, known in enumerate(labels):
            if (known >= 0).any():
                rows = np.asarray(rows_of(number), np.float64) - means[number]
                found[number] = rows[known >= 0] @ basis
        return cls(basis, found, labels, n_clusters)

    def examples(self, without: Collection[int] = ()) -> Examples:
        """The classifier of the corrected rows, those of some videos left out; some video must be left."""
        taken = [number for number in self.rows if number not in without]
        clusters = [self.labels[number][self.labels[number] >= 0] for number in taken]
        weight, bias = _linear(
            np.concatenate([self.rows[number] for number in taken]), np.concatenate(clusters), self.n_clusters
        )
        places = TEMPER * _places([self.labels[number] for number in taken], self.n_clusters)
        amount = sum(map(len, clusters)) / float(np.mean([len(known) for known in self.labels]))
        return Examples(
            (self.basis @ weight).astype(np.float32),
            bias.astype(np.float32),
            places.astype(np.float32),
            share=SHARE * min(1.0, amount / WHOLE),
        )


def learn_examples(rows_of: RowsOf, lessons: Lessons, n_clusters: int) -> Examples:
    """The classifier of all corrected rows; see `Corrected.of` for `rows_of`."""
    return Corrected.of(rows_of, lessons, n_clusters).examples()


def _directions(rows: FloatArray) -> FloatArray:
    """(R, q) the scaled directions in which rows vary most: every column at one scale first."""
    deviation = rows.std(axis=0)
    scale = 1.0 / np.where(deviation > 1e-8, deviation, np.inf)
    scaled = (rows - rows.mean(axis=0)) * scale
    _, vectors = np.linalg.eigh(scaled.T @ scaled if scaled.shape[1] <= len(scaled) else scaled @ scaled.T)
    last = vectors[:, ::-1][:, :DIRECTIONS]
    if scaled.shape[1] > len(scaled):
        last = scaled.T @ last
        last /= np.maximum(np.linalg.norm(last, axis=0), 1e-12)
    return np.asarray(scale[:, None] * last)


def _linear(rows: FloatArray, clusters: IntArray, n_clusters: int) -> tuple[FloatArray, FloatArray]:
    """(q, K) weights and (K,) biases of the classifier; no prior for large clusters."""
    counts = np.bincount(clusters, minlength=n_clusters)
    sums = np.zeros((n_clusters, rows.shape[1]))
    np.add.at(sums, clusters, rows)
    means = sums / np.maximum(counts, 1)[:, None]
    off = rows - means[clusters]
    spread = off.T @ off / len(rows)
    level = np.trace(spread) / len(spread)
    spread = (1 - SHRINKAGE) * spread + (SHRINKAGE * level + LEAST_SPREAD) * np.eye(len(spread))
    weight = np.linalg.solve(spread, means.T)
    bias = -0.5 * np.einsum("kd,dk->k", means, weight)
    return weight, np.where(counts > 0, bias, -np.inf)


def _places(labels: Sequence[IntArray], n_clusters: int) -> FloatArray:
    """(PLACES, K) logarithm of the chance of each cluster at each part of a video, by the corrected rows around it."""
    middles = (np.arange(PLACES) + 0.5) / PLACES
    heard = np.zeros((PLACES, n_clusters))
    for known in labels:
        shares = np.zeros((PLACES, n_clusters))
        at = (np.flatnonzero(known >= 0) * PLACES) // max(1, len(known))
        np.add.at(shares, (at, known[known >= 0]), 1.0)
        near = np.exp(-0.5 * ((middles[:, None] - middles) / WIDTH) ** 2) @ shares
        amount = shares.sum(axis=0)
        heard += near / np.maximum(amount, 1)
    total = np.maximum(heard.sum(axis=1, keepdims=True), 1e-12)
    n_shown = max(1, int((heard.sum(axis=0) > 0).sum()))
    return np.asarray(np.log((1 - ANYWHERE) * heard / total + ANYWHERE / n_shown))


def _normalised(values: FloatArray) -> NDArray[np.float64]:
    return np.asarray(values - np.logaddexp.reduce(values, axis=1, keepdims=True), np.float64)
