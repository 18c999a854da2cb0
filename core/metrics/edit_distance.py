"""Levenshtein distances of many short label sequences at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
BATCH_CELLS = 2_000_000


def edit_distances(left: Sequence[IntArray], right: Sequence[IntArray]) -> IntArray:
    """(V,) int64: fewest insertions, deletions and exchanges that turn each left sequence into its right one.

    Row i of the table follows from row i - 1 of all pairs together::

        d[i, j] = min(d[i-1, j] + 1, d[i-1, j-1] + (a_i != b_j), d[i, j-1] + 1)

    where the last term, a run to the right, is a running minimum of ``d[i, j] - j``.
    """
    pairs = [(a, b) if len(a) <= len(b) else (b, a) for a, b in zip(left, right, strict=True)]
    found = np.zeros(len(pairs), np.int64)
    for numbers in _batches([len(b) for _, b in pairs]):
        found[numbers] = _distances([pairs[n][0] for n in numbers], [pairs[n][1] for n in numbers])
    return found


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of pairs of similar length, so that padding costs little."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    while order:
        longest = 2 * lengths[order[0]] + 16
        most = max(1, BATCH_CELLS // longest)
        size = next((i for i, n in enumerate(order[:most]) if lengths[n] > longest), min(most, len(order)))
        yield order[:size]
        order = order[size:]


def _padded(sequences: Sequence[IntArray], filler: int) -> IntArray:
    table = np.full((len(sequences), max(map(len, sequences))), filler, np.int64)
    for row, sequence in zip(table, sequences, strict=True):
        row[: len(sequence)] = sequence
    return table


def _distances(short: Sequence[IntArray], long: Sequence[IntArray]) -> IntArray:
    """Distances of one batch; what stands in the padding never reaches a result, which is read at the true ends."""
    a, b = _padded(short, -1), _padded(long, -1)
    ends, rows = np.array([len(s) for s in long]), np.array([len(s) for s in short])
    place = np.arange(b.shape[1] + 1)
    table = np.tile(place, (len(long), 1))
    found = np.where(rows == 0, ends, 0)
    for i in range(a.shape[1]):
        best = np.minimum(table[:, 1:] + 1, table[:, :-1] + (a[:, i, None] != b))
        table[:, 0] = i + 1
        table[:, 1:] = best
        table = np.minimum.accumulate(table - place, axis=1) + place
        done = np.flatnonzero(rows == i + 1)
        found[done] = table[done, ends[done]]
    return found
