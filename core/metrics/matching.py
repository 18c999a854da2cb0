"""Joining clusters to actions: contingency table and Hungarian matching, with locked pairs taken out first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]


def contingency(predictions: IntArray, truths: IntArray, n_clusters: int, n_actions: int) -> IntArray:
    """(n_clusters, n_actions) int64: frames shared by each pair; labels outside the ranges are left out."""
    inside = (predictions >= 0) & (predictions < n_clusters) & (truths >= 0) & (truths < n_actions)
    flat = predictions[inside].astype(np.int64) * n_actions + truths[inside]
    return np.bincount(flat, minlength=n_clusters * n_actions).reshape(n_clusters, n_actions)


def hungarian(table: IntArray, locked: Mapping[int, int] | None = None) -> dict[int, int]:
    """Row to column with the largest sum of cells; each column once, locked pairs kept. Deterministic."""
    from scipy.optimize import linear_sum_assignment

    locked = dict(locked or {})
    rows = [row for row in range(table.shape[0]) if row not in locked]
    columns = [column for column in range(table.shape[1]) if column not in set(locked.values())]
    result = {row: column for row, column in locked.items() if column >= 0}
    if rows and columns:
        chosen_rows, chosen_columns = linear_sum_assignment(table[np.ix_(rows, columns)], maximize=True)
        result |= {rows[r]: columns[c] for r, c in zip(chosen_rows.tolist(), chosen_columns.tolist(), strict=True)}
    return result


def match(
    predictions: Sequence[IntArray],
    truths: Sequence[IntArray],
    n_clusters: int,
    *,
    locked: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Cluster to action over all videos together (activity level); a cluster without a partner is absent.

    Frames whose truth is a reserved label (below 0) take no part. `locked` maps clusters to targets that stay.
    """
    predicted, truth = np.concatenate(list(predictions)), np.concatenate(list(truths))
    actions = np.unique(truth[truth >= 0])
    if not len(actions):
        return dict(locked or {})
    columns = np.searchsorted(actions, np.clip(truth, actions[0], actions[-1]))
    columns = np.where(truth >= 0, columns, -1)
    table = contingency(predicted, columns, n_clusters, len(actions))
    numbers = {int(action): column for column, action in enumerate(actions)}
    fixed = {cluster: numbers.get(target, -1 - cluster) for cluster, target in (locked or {}).items()}
    found = hungarian(table, fixed)
    result = {cluster: int(actions[column]) for cluster, column in found.items()}
    return result | dict(locked or {})
