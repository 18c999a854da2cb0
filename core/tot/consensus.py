"""Many runs as one: their clusters are joined, and what they say of a frame is averaged.

Runs of several seeds and methods err in different places, so their average is right more often than any one of them
(docs/choices.md). Nothing needs labels: each run is joined to the one that agrees most with all others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics.matching import match
from .config import TrainConfig
from .trained import Member, Trained

IntArray = NDArray[np.integer[Any]]


def consensus(
    runs: Sequence[Trained],
    labels: Sequence[Sequence[IntArray]],
    config: TrainConfig,
    *,
    reference: int,
    joined: bool = False,
) -> Trained:
    """One trained model that speaks for all runs, with the cluster numbers of the run `reference`.

    Args:
        runs: trained on the same videos, with the same number of clusters.
        labels: (T,) clusters of each video by each run, by which their clusters are joined.
        config: the settings that asked for all of them.
        joined: whether the clusters of all runs mean the same already.
    """
    members = []
    for run, found in zip(runs, labels, strict=True):
        clusters = np.arange(config.n_clusters) if joined else partners(found, labels[reference], config.n_clusters)
        members.append(Member(dataclasses.replace(run, bank=None, training_state=None), tuple(clusters.tolist())))
    first = runs[reference]
    return dataclasses.replace(first, config=config, members=tuple(members), bank=None, training_state=None)


def partners(labels: Sequence[IntArray], wanted: Sequence[IntArray], n_clusters: int) -> IntArray:
    """(K,) int64: the cluster of `labels` that stands for each cluster of `wanted`, by the most frames in common.

    >>> partners([np.array([2, 2, 0, 1])], [np.array([0, 0, 1, 2])], 3).tolist()
    [2, 0, 1]
    """
    found = np.full(n_clusters, -1)
    for mine, theirs in match(labels, wanted, n_clusters).items():
        found[theirs] = mine
    found[found < 0] = sorted(set(range(n_clusters)) - set(found.tolist()))
    return found
