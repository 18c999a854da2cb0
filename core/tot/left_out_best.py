"""Which of several segmentations of the same videos explains videos left out best. No labels are used.

Agreement among runs cannot tell a method that errs the same way each time from one that is right; what the clusters of
other videos say of a video can (docs/choices.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import left_out
from .blocks import blocks

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

LEAST_VIDEOS = 3
SURE = 2.0
"""Standard errors over the videos by which another segmentation must explain more than the first."""


def explained(
    matrices: Sequence[FloatArray], segmentations: Sequence[Sequence[IntArray]], n_clusters: int
) -> NDArray[np.float64]:
    """(C, V) nats by which the clusters of all other videos explain each video, for each of C segmentations.

    Each segmentation gives the clusters (`left_out.fitted`) that the most likely path of a video is scored with. How
    many rows say as much as one is measured in each, and the median taken for all, so that they compare.

    Args:
        matrices: one (T, D) float array a video; at least `LEAST_VIDEOS`.
        segmentations: (T,) clusters of each video, 0 to n_clusters - 1.
    """
    small = blocks(matrices)
    each = []
    for segmentation in segmentations:
        labels = small.labels(segmentation)
        levelled = left_out.levelled(small.matrices, labels, n_clusters)
        found = left_out.sums(levelled, labels, n_clusters)
        each.append((levelled, found, left_out.rows_alike(levelled, labels, left_out.fitted(found))))
    alike = float(np.median([one[2] for one in each]))
    price = segment_price(small.matrices, alike, n_clusters)
    return np.array([left_out.explained(levelled, found, alike, price) for levelled, found, _ in each])


def segment_price(matrices: Sequence[FloatArray], alike: float, n_clusters: int) -> float:
    """Nats that a segment costs: to say where it begins among independent rows, and which cluster it has."""
    independent = float(np.mean([len(matrix) for matrix in matrices])) / alike
    return math.log(max(2.0, independent)) + math.log(max(1, n_clusters - 1))


def clearly_best(nats: FloatArray) -> int:
    """The row that explains most of those that explain clearly more than the first, else the first; nats (C, V).

    >>> clearly_best(np.array([[0.0, 0.0, 0.0], [5.0, 6.0, 7.0], [9.0, 0.0, -8.0]]))
    1
    """
    gain = np.asarray(nats) - nats[0]
    error = gain.std(axis=1, ddof=1) / math.sqrt(gain.shape[1])
    mean = gain.mean(axis=1)
    return int(np.argmax(np.where(mean > SURE * error, mean, 0.0)))
