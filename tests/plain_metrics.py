"""The scores as their definitions say, frame by frame and segment by segment: what the fast forms are judged by."""

from __future__ import annotations

from itertools import permutations
from math import comb

import numpy as np


def segments(labels: list[int]) -> list[tuple[int, int, int]]:
    """(start, stop, label) of each run."""
    found: list[tuple[int, int, int]] = []
    for frame, label in enumerate(labels):
        if found and found[-1][2] == label:
            found[-1] = (found[-1][0], frame + 1, label)
        else:
            found.append((frame, frame + 1, label))
    return found


def mof(truth: list[int], predicted: list[int]) -> float | None:
    inside = [(t, p) for t, p in zip(truth, predicted, strict=True) if t >= 0]
    return sum(t == p for t, p in inside) / len(inside) if inside else None


def fractions(truth: list[int], predicted: list[int]) -> list[float]:
    return [
        sum(predicted[t] == label for t in range(start, stop)) / (stop - start)
        for start, stop, label in segments(truth)
        if label >= 0
    ]


def majority(fraction: float) -> float:
    return sum(comb(15, n) * fraction**n * (1 - fraction) ** (15 - n) for n in range(8, 16))


def ious(truth: list[int], predicted: list[int]) -> list[float]:
    inside = [(t, p) for t, p in zip(truth, predicted, strict=True) if t >= 0]
    found = []
    for action in sorted({t for t, _ in inside}):
        both = sum(t == action and p == action for t, p in inside)
        found.append(both / sum(t == action or p == action for t, p in inside))
    return found


def edit(truth: list[int], predicted: list[int]) -> float:
    a = [label for _, _, label in segments(truth) if label >= 0]
    b = [label for _, _, label in segments(predicted) if label != -1]
    if not a and not b:
        return 1.0
    table = np.zeros((len(a) + 1, len(b) + 1))
    table[:, 0], table[0] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            exchanged = table[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, exchanged)
    return float(1 - table[-1, -1] / max(len(a), len(b)))


def hits_at(truth: list[int], predicted: list[int], threshold: float) -> tuple[int, int, int]:
    """tp, fp, fn: each predicted segment takes its best partner of its label; each partner is taken once."""
    wanted = [s for s in segments(truth) if s[2] >= 0]
    guessed = [s for s in segments(predicted) if s[2] != -1]
    taken: set[int] = set()
    for start, stop, label in guessed:
        overlap = [
            max(0, min(stop, b) - max(start, a)) / (max(stop, b) - min(start, a)) if other == label else 0.0
            for a, b, other in wanted
        ]
        if overlap and max(overlap) >= threshold:
            taken.add(overlap.index(max(overlap)))
    return len(taken), len(guessed) - len(taken), len(wanted) - len(taken)


def best_matching(truth: list[int], clusters: list[int], n_clusters: int) -> int:
    """The most frames that any one-to-one map of clusters to actions gets right."""
    actions = sorted({t for t in truth if t >= 0})
    targets = [*actions, *([-9] * n_clusters)]
    return max(
        sum(t >= 0 and c >= 0 and chosen[c] == t for t, c in zip(truth, clusters, strict=True))
        for chosen in set(permutations(targets, n_clusters))
    )
