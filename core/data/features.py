"""Feature matrices of videos: shape, values, and the rows that training reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .dataset import Video
from .feature_cache import matrix_path
from .npy import open_matrix

_PIECE = 4096


def open_features(path: Path) -> NDArray[Any]:
    """The matrix of any readable file as it lies there (not turned), memory-mapped. Raises InputError, JobError."""
    return open_matrix(matrix_path(path), named=path)


def load_matrix(video: Video) -> NDArray[np.float32]:
    """The features of a video, (T, D) float32, cut to the rows in use; memory-mapped where possible.

    Raises InputError: there are none, or the file cannot be used, or it holds fewer rows than it did.
    """
    if video.features is None:
        raise InputError(video.name, "has no features.", hint="Extract them, or leave the video out.")
    matrix, wanted = open_features(video.features), video.timebase.n_rows
    rows = (matrix.T if video.transposed else matrix)[: wanted or None]
    if len(rows) < wanted:
        raise InputError(
            video.features,
            f"has {len(rows):,} rows now; the project counts on {wanted:,}.",
            hint="Put the file back that it was made with, or extract the features again.",
        )
    return np.asarray(rows, dtype=np.float32)


@dataclass(frozen=True)
class Values:
    """What the numbers of a (T, D) matrix are: rows with NaN or Inf (`bad_kind` says which), the first such row
    (-1: none), rows of zeros, and the range of each column over the rows that are numbers, (D,) each."""

    n_bad: int
    bad_kind: str
    first_bad: int
    n_zero: int
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def check_values(matrix: NDArray[Any]) -> Values:
    """Reads a (T, D) matrix once, in pieces, and says what is odd in it."""
    n_bad, first, n_zero = 0, -1, 0
    kinds: set[str] = set()
    low, high = np.full(matrix.shape[1], np.inf), np.full(matrix.shape[1], -np.inf)
    for start in range(0, len(matrix), _PIECE):
        piece = np.asarray(matrix[start : start + _PIECE])
        n_zero += _count_zero_rows(piece)
        below, above = piece.min(axis=0), piece.max(axis=0)  # NaN and Inf come through
        if not (np.isfinite(below).all() and np.isfinite(above).all()):
            is_good = np.isfinite(piece).all(axis=1)
            if first < 0:
                first = start + int(np.argmin(is_good))
            n_bad += int((~is_good).sum())
            kinds |= {kind for kind, test in (("NaN", np.isnan), ("Inf", np.isinf)) if test(piece).any()}
            if not is_good.any():
                continue
            below, above = piece[is_good].min(axis=0), piece[is_good].max(axis=0)
        low, high = np.minimum(low, below), np.maximum(high, above)
    return Values(n_bad, " and ".join(sorted(kinds, reverse=True)), first, n_zero, low, high)


def _count_zero_rows(piece: NDArray[Any]) -> int:
    begin_with_zero = piece[piece[:, 0] == 0]
    return int((begin_with_zero == 0).all(axis=1).sum()) if len(begin_with_zero) else 0
