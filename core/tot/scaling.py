"""What happens to features before the encoder: scaling, and fewer columns. All-zero rows stay zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

FloatArray = NDArray[np.floating[Any]]
CHUNK = 65_536
SAMPLE = 8_192
"""Rows that the principal directions are found on, drawn evenly from all videos."""
SPARE, ROUNDS = 16, 6


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
    can be scaled; another video brings its own. `basis` (D, R) float32 has the principal directions as columns;
    None keeps all columns.
    """

    kind: str
    mean: FloatArray
    deviation: FloatArray
    of_videos: tuple[tuple[FloatArray, FloatArray], ...] = field(default=(), repr=False)
    basis: NDArray[np.float32] | None = field(default=None, repr=False)

    def width(self, n_dimensions: int) -> int:
        """Columns of the rows that `apply` gives for features of `n_dimensions`."""
        return n_dimensions if self.basis is None else self.basis.shape[1]

    def apply(self, matrix: FloatArray, number: int | None = None) -> NDArray[np.float32]:
        """The (T, R) rows as the encoder takes them, float32; `number` is the video's place in the fit, if any."""
        scaled = self._scaled(matrix, number)
        return scaled if self.basis is None else scaled @ self.basis

    def _scaled(self, matrix: FloatArray, number: int | None) -> NDArray[np.float32]:
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


def fit_scaling(matrices: Sequence[FloatArray], kind: str, n_columns: int = 0) -> Scaling:
    """The scaling of these videos, and the projection on `n_columns` principal directions where there are more.

    Raises ConfigError when no column varies anywhere.
    """
    first = np.asarray(matrices[0][0])
    if all(np.array_equal(np.broadcast_to(first, m.shape), m) for m in matrices):
        raise ConfigError("The features do not vary: all rows are equal. Extract them again.")
    n_dimensions = matrices[0].shape[1]
    if kind.startswith("activity"):
        found = Scaling(kind, *_moments(matrices))
    else:
        of_videos = tuple(_moments([m]) for m in matrices) if kind.startswith("video") else ()
        found = Scaling(kind, np.zeros(n_dimensions), np.ones(n_dimensions), of_videos)
    return replace(found, basis=_basis(matrices, found, n_columns)) if 0 < n_columns < n_dimensions else found


def _basis(matrices: Sequence[FloatArray], scaling: Scaling, n_columns: int) -> NDArray[np.float32]:
    """(D, R) the directions in which scaled rows are largest, by subspace iteration from a fixed draw.

    Orthonormal, so that lengths of rows mean the same as before; not centred, so that rows of zeros stay zero.
    """
    every = -(-sum(map(len, matrices)) // SAMPLE)
    drawn = np.concatenate(
        [
            scaling.apply(m[::every]) if scaling.of_videos == () else scaling.apply(m, n)[::every]
            for n, m in enumerate(matrices)
        ]
    )  # (n, D)
    width = min(n_columns + SPARE, *drawn.shape)
    start = np.random.default_rng(0).normal(size=(drawn.shape[1], width)).astype(np.float32)
    for _ in range(ROUNDS):
        start = np.linalg.qr(drawn.T @ (drawn @ start))[0]
    _, _, turned = np.linalg.svd(drawn @ start, full_matrices=False)
    return np.ascontiguousarray((start @ turned.T)[:, :n_columns])
