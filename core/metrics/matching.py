"""Joining clusters to actions: contingency table and Hungarian matching, with locked pairs taken out first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .segments import Labels, Runs, overlaps, runs_of

IntArray = NDArray[np.integer[Any]]


def contingency(
    predictions: IntArray, truths: IntArray, n_clusters: int, n_actions: int, *, frames: IntArray | None = None
) -> IntArray:
    """(n_clusters, n_actions) int64: frames shared by each pair; labels outside the ranges are left out.

    `frames` says for how many frames each entry stands; one when left out.
    """
    inside = (predictions >= 0) & (predictions < n_clusters) & (truths >= 0) & (truths < n_actions)
    flat = predictions[inside].astype(np.int64) * n_actions + truths[inside]
    weights = None if frames is None else frames[inside]
    counts = np.bincount(flat, weights, minlength=n_clusters * n_actions)
    return counts.astype(np.int64).reshape(n_clusters, n_actions)


def hungarian(table: IntArray, locked: Mapping[int, int] | None = None) -> dict[int, int]:
    """Row to column with the largest sum of cells; each column once, locked pairs kept.

    Of several best assignments the one nearest to the diagonal is taken, then the one with the lower numbers, so the
    result does not depend on the solver.

    >>> hungarian(np.array([[5, 5, 0], [5, 5, 0]]))
    {0: 0, 1: 1}
    """
    from scipy.optimize import linear_sum_assignment

    locked = dict(locked or {})
    rows = [row for row in range(table.shape[0]) if row not in locked]
    columns = [column for column in range(table.shape[1]) if column not in set(locked.values())]
    result = {row: column for row, column in locked.items() if column >= 0}
    if rows and columns:
        weights = _with_tie_break(table[np.ix_(rows, columns)])
        chosen_rows, chosen_columns = linear_sum_assignment(weights, maximize=True)
        result |= {rows[r]: columns[c] for r, c in zip(chosen_rows.tolist(), chosen_columns.tolist(), strict=True)}
    return result


def _with_tie_break(table: IntArray) -> NDArray[np.float64]:
    """The table scaled so that one frame outweighs every preference among equals, less the preferences."""
    rows, columns = np.indices(table.shape)
    preference = (rows - columns) ** 2 * sum(table.shape) + rows + columns
    return np.asarray(table.astype(np.float64) * (int(preference.max()) * min(table.shape) + 1) - preference)


def match(
    predictions: Sequence[Labels],
    truths: Sequence[Labels],
    n_clusters: int,
    *,
    locked: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Cluster to action over all videos together (activity level); a cluster without a partner is absent.

    Frames whose truth is a reserved label (below 0) take no part, nor do frames that are no cluster. `locked` maps
    clusters to targets that stay.
    """
    return match_runs(runs_of(truths), runs_of(predictions), n_clusters, locked=locked)


def match_runs(
    truth: Runs, clusters: Runs, n_clusters: int, *, locked: Mapping[int, int] | None = None
) -> dict[int, int]:
    """`match` for runs of the same videos."""
    actions, columns = np.unique(truth.labels, return_inverse=True)
    reserved = int(np.count_nonzero(actions < 0))
    actions, columns = actions[reserved:], columns - reserved
    if not len(actions):
        return dict(locked or {})
    pairs = overlaps(truth, clusters)
    table = contingency(
        clusters.labels[pairs.second], columns[pairs.first], n_clusters, len(actions), frames=pairs.frames
    )
    numbers = {int(action): column for column, action in enumerate(actions)}
    fixed = {cluster: numbers.get(target, -1 - cluster) for cluster, target in (locked or {}).items()}
    found = hungarian(table, fixed)
    result = {cluster: int(actions[column]) for cluster, column in found.items()}
    return result | dict(locked or {})
