"""Videos made small, so that what explains them can be asked many times: means of neighbouring rows, few directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .scaling import fit_scaling

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

BLOCKS = 64
"""Blocks of a video of average length: some for the shortest step, and few enough that noise is averaged out."""
DIRECTIONS = 16


class Blocks(NamedTuple):
    """One (B, R) float64 array a video, a block a row, and how many rows of a video make a block."""

    matrices: list[NDArray[np.float64]]
    rows: int

    def labels(self, labels: Sequence[IntArray]) -> list[IntArray]:
        """(B,) the label in the middle of each block, from (T,) labels of the rows of each video."""
        found = []
        for matrix, video in zip(self.matrices, labels, strict=True):
            middle = np.arange(len(matrix)) * self.rows + self.rows // 2
            found.append(np.asarray(video)[np.minimum(middle, len(video) - 1)])
        return found


def blocks(matrices: Sequence[FloatArray]) -> Blocks:
    """All videos in blocks of as many rows each, scaled a video, on their common principal directions.

    Scaled a video, so that neither camera nor person tells rows apart. A short rest at the end is left away.
    Raises ConfigError when no column varies anywhere.
    """
    rows = max(1, int(np.mean([len(matrix) for matrix in matrices]) / BLOCKS))
    means = [_means(matrix, rows) for matrix in matrices]
    scaling = fit_scaling(means, "video", DIRECTIONS)
    return Blocks([scaling.apply(matrix, number).astype(np.float64) for number, matrix in enumerate(means)], rows)


def _means(matrix: FloatArray, rows: int) -> FloatArray:
    """(B, D) float32 means of `rows` neighbouring rows; of all of them where there are fewer."""
    count = max(1, len(matrix) // rows)
    used = np.asarray(matrix[: count * rows], np.float32)
    return np.asarray(used.reshape(count, -1, used.shape[1]).mean(axis=1))
