"""Scaling of features before the encoder: per activity, per video, or none. All-zero rows stay zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

FloatArray = NDArray[np.floating[Any]]
CHUNK = 65_536


def _moments(matrices: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """(D,) float64 mean and deviation over all rows that are not zero; read in chunks, so maps stay maps."""
    count, total, square = 0, 0.0, 0.0
    for matrix in matrices:
        for start in range(0, len(matrix), CHUNK):
            part = np.asarray(matrix[start : start + CHUNK], np.float64)
            used = part[np.any(part != 0, axis=1)]
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
    """`kind` as in the settings; `mean` and `deviation` (D,) float64 serve the kinds over the activity.

    For the kinds per video the moments of the videos it was fitted on are kept by number, so that single rows
    can be scaled; another video brings its own.
    """

    kind: str
    mean: FloatArray
    deviation: FloatArray
    of_videos: tuple[tuple[FloatArray, FloatArray], ...] = field(default=(), repr=False)

    def apply(self, matrix: FloatArray, number: int | None = None) -> NDArray[np.float32]:
        """The (T, D) rows as the encoder takes them, float32; `number` is the video's place in the fit, if any."""
        if self.kind == "none":
            return np.array(matrix, np.float32)
        if not self.kind.startswith("video"):
            mean, deviation = self.mean, self.deviation
        elif number is not None and number < len(self.of_videos):
            mean, deviation = self.of_videos[number]
        else:
            mean, deviation = _moments([matrix])
        length = np.sqrt(matrix.shape[1]) if self.kind.endswith("-unit") else 1.0
        scaled = ((np.asarray(matrix, np.float64) - mean) / (deviation * length)).astype(np.float32)
        scaled[~np.any(matrix != 0, axis=1)] = 0.0
        return scaled


def fit_scaling(matrices: Sequence[FloatArray], kind: str) -> Scaling:
    """The scaling of these videos. Raises ConfigError when no column varies anywhere."""
    first = np.asarray(matrices[0][0])
    if all(np.array_equal(np.broadcast_to(first, m.shape), m) for m in matrices):
        raise ConfigError("The features do not vary: all rows are equal. Extract them again.")
    n_dimensions = matrices[0].shape[1]
    if kind.startswith("activity"):
        return Scaling(kind, *_moments(matrices))
    of_videos = tuple(_moments([m]) for m in matrices) if kind.startswith("video") else ()
    return Scaling(kind, np.zeros(n_dimensions), np.ones(n_dimensions), of_videos)
