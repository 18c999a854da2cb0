"""Running sums of the log posterior: what the left-to-right decoders need instead of a loop over frames."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FLOOR = -69.07755278982137
"""log 1e-30, the floor of the released code; minus infinity becomes this, so sums stay finite."""


def cumulative(log_posterior: FloatArray) -> FloatArray:
    """(K, T + 1) float64 ``U_k[t]``: the sum of the first t log posteriors of cluster k, floored at log 1e-30.

    Float64 always: sums reach -1e7. Clusters come first so that each running sum lies in one piece.
    """
    scores = np.asarray(log_posterior)
    sums = np.zeros((scores.shape[1], len(scores) + 1))
    np.maximum(scores.T, FLOOR, out=sums[:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    return sums


def last_best(entry: FloatArray, stop: int) -> int:
    """The last r < `stop` at which `entry` is highest: of equal paths the one that stays longer in the cluster before.

    >>> last_best(np.array([1.0, 3.0, 3.0, 2.0]), 4)
    2
    """
    return stop - 1 - int(np.argmax(entry[stop - 1 :: -1]))
