"""How far several segmentations of the same videos agree, whatever their clusters are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .matching import match

IntArray = NDArray[np.integer[Any]]


def agreement(runs: Sequence[Sequence[IntArray]], n_clusters: int) -> NDArray[np.float64]:
    """(S,) mean share of frames on which each of S runs agrees with every other one.

    Each pair of runs is joined by one Hungarian matching over all videos first. Needs no ground truth, so it can
    choose among seeds: the run that agrees most is the most typical one.

    Args:
        runs: S sequences of (T,) labels, one a video; the same videos in the same order, labels 0 to K - 1.
    """
    shares = np.eye(len(runs))
    for one in range(len(runs)):
        for other in range(one + 1, len(runs)):
            found = match(runs[one], runs[other], n_clusters)
            table = np.full(n_clusters, -1)
            for cluster, partner in found.items():
                table[cluster] = partner
            same = sum(
                int((table[np.maximum(a, 0)] == b)[a >= 0].sum()) for a, b in zip(runs[one], runs[other], strict=True)
            )
            shares[one, other] = shares[other, one] = same / max(1, sum(map(len, runs[one])))
    return np.asarray((shares.sum(axis=1) - 1) / max(1, len(runs) - 1))
