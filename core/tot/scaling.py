"""Scaling of features before the encoder: per activity, per video, or none. All-zero rows stay zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

FloatArray = NDArray[np.floating[Any]]


def _moments(matrices: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    count, total, square = 0, 0.0, 0.0
    for matrix in matrices:
        used = np.asarray(matrix[np.any(matrix != 0, axis=1)], np.float64)
        count += len(used)
        total = total + used.sum(axis=0)
        square = square + (used**2).sum(axis=0)
    if not count:
        raise ConfigError("The features do not vary: every row is zero.")
    mean = np.asarray(total / count)
    deviation = np.sqrt(np.maximum(np.asarray(square / count) - mean**2, 0.0))
    return mean, np.where(deviation > 1e-8, deviation, 1.0)


@dataclass(frozen=True)
class Scaling:
    """`kind` as in the settings; `mean` and `deviation` (D,) float64 are used by ``activity`` only."""

    kind: str
    mean: FloatArray
    deviation: FloatArray

    def apply(self, matrix: FloatArray) -> NDArray[np.float32]:
        """The (T, D) matrix as the encoder takes it, float32."""
        if self.kind == "none":
            return np.array(matrix, np.float32)
        mean, deviation = _moments([matrix]) if self.kind == "video" else (self.mean, self.deviation)
        scaled = ((np.asarray(matrix, np.float64) - mean) / deviation).astype(np.float32)
        scaled[~np.any(matrix != 0, axis=1)] = 0.0
        return scaled


def fit_scaling(matrices: Sequence[FloatArray], kind: str) -> Scaling:
    """The scaling of these videos. Raises ConfigError when no column varies anywhere."""
    first = np.asarray(matrices[0][0])
    if all(np.array_equal(np.broadcast_to(first, m.shape), m) for m in matrices):
        raise ConfigError("The features do not vary: all rows are equal. Extract them again.")
    n_dimensions = matrices[0].shape[1]
    if kind == "activity":
        return Scaling(kind, *_moments(matrices))
    return Scaling(kind, np.zeros(n_dimensions), np.ones(n_dimensions))
