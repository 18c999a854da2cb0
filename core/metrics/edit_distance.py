"""Levenshtein distances of label sequences: many short ones at once, long ones bit by bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
BATCH_CELLS = 2_000_000
LONG = 64
"""Length of the shorter sequence from which a pair is cheaper alone, on integers of many bits."""


class Distances:
    """Edit distances; those of the evaluation before are not computed again. For one thread at a time.

    After an edit the sequences of all videos but one are what they were. `next` begins another evaluation: what the one
    before asked for stays known, older answers are forgotten.
    """

    def __init__(self) -> None:
        self._now: dict[tuple[bytes, bytes], int] = {}
        self._before: dict[tuple[bytes, bytes], int] = {}

    def next(self) -> None:
        """Begin another evaluation."""
        self._before, self._now = self._now, {}

    def of(self, left: Sequence[IntArray], right: Sequence[IntArray]) -> IntArray:
        """`edit_distances`."""
        keys = [(a.tobytes(), b.tobytes()) for a, b in zip(left, right, strict=True)]
        for key in keys:
            if key not in self._now and key in self._before:
                self._now[key] = self._before[key]
        new = {key: place for place, key in enumerate(keys) if key not in self._now}
        places = list(new.values())
        found = edit_distances([left[place] for place in places], [right[place] for place in places])
        self._now.update(zip(new, found.tolist(), strict=True))
        return np.array([self._now[key] for key in keys], np.int64)


def edit_distances(left: Sequence[IntArray], right: Sequence[IntArray]) -> IntArray:
    """(V,) int64: fewest insertions, deletions and exchanges that turn each left sequence into its right one.

    Short pairs share one table. Row i of the table follows from row i - 1 of all pairs together::

        d[i, j] = min(d[i-1, j] + 1, d[i-1, j-1] + (a_i != b_j), d[i, j-1] + 1)

    where the last term, a run to the right, is a running minimum of ``d[i, j] - j``.
    """
    inner = [_inside(a, b) for a, b in zip(left, right, strict=True)]
    pairs = [(a, b) if len(a) <= len(b) else (b, a) for a, b in inner]
    found = np.zeros(len(pairs), np.int64)
    for number, (a, b) in enumerate(pairs):
        if len(a) >= LONG:
            found[number] = _distance_of_long(a, b)
    short = [n for n, (a, _) in enumerate(pairs) if len(a) < LONG]
    for numbers in _batches(short, [len(b) for _, b in pairs]):
        found[numbers] = _distances([pairs[n][0] for n in numbers], [pairs[n][1] for n in numbers])
    return found


def _inside(a: IntArray, b: IntArray) -> tuple[IntArray, IntArray]:
    """Two sequences without the head and the tail that they share, which cost nothing to turn into each other."""
    shared = min(len(a), len(b))
    differ = np.flatnonzero(a[:shared] != b[:shared])
    head = int(differ[0]) if len(differ) else shared
    rest = shared - head
    differ = np.flatnonzero(a[len(a) - rest :][::-1] != b[len(b) - rest :][::-1])
    tail = int(differ[0]) if len(differ) else rest
    return a[head : len(a) - tail], b[head : len(b) - tail]


def _distance_of_long(short: IntArray, long: IntArray) -> int:
    """The distance of one pair, a whole column of the table in one integer (Myers 1999, in the form of Hyyro 2003).

    Bit i of `up` says that the column grows by one from row i to row i + 1, bit i of `down` that it falls. Each step
    is a handful of operations on integers of ``len(short)`` bits, so that other threads get their turn in between.
    """
    n = len(short)
    every, last = (1 << n) - 1, 1 << (n - 1)
    places = {int(label): _bits(short == label) for label in np.unique(short)}
    up, down, distance = every, 0, n
    for label in long.tolist():
        equal = places.get(label, 0)
        vertical = equal | down
        horizontal = (((equal & up) + up) ^ up) | equal
        rises = down | (every & ~(horizontal | up))
        falls = up & horizontal
        distance += bool(rises & last) - bool(falls & last)
        rises = (rises << 1 | 1) & every
        up = (falls << 1 & every) | (every & ~(vertical | rises))
        down = rises & vertical
    return distance


def _bits(mask: NDArray[np.bool_]) -> int:
    """A mask as an integer, its first entry the lowest bit."""
    return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")


def _batches(numbers: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Some pairs by number, those of similar length together, so that padding costs little."""
    order = sorted(numbers, key=lengths.__getitem__)
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
