"""The numbers of the field: MoF, F1, mIoU, edit score, F1@k, on label arrays (METHOD 11)."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
Segments = list[tuple[int, int, int]]
SAMPLES = 15


def segments_of(labels: IntArray) -> Segments:
    """(start, stop, label) of each run of equal labels."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(labels)) + 1])
    stops = np.append(starts[1:], len(labels))
    return list(zip(starts.tolist(), stops.tolist(), labels[starts].tolist(), strict=True))


def hit_fractions(truth: IntArray, predicted: IntArray) -> list[float]:
    """Fraction of right frames of each ground-truth segment; background segments are left out."""
    right = np.concatenate([[0], np.cumsum(truth == predicted)])
    return [
        float(right[stop] - right[start]) / (stop - start) for start, stop, label in segments_of(truth) if label >= 0
    ]


def f1(fractions: Sequence[float], n_clusters: int, n_videos: int) -> float:
    """F1 of CTE and TOT in closed form: ``2 tp / (K videos + segments)`` with tp the sum of fractions."""
    total = n_clusters * n_videos + len(fractions)
    return 2 * sum(fractions) / total if total else 0.0


def f1_majority(fractions: Sequence[float], n_actions: int, n_videos: int) -> float:
    """F1 of ASOT: a segment is hit when more than half of 15 drawn frames are right, as an exact expectation."""
    half = SAMPLES // 2 + 1
    hits = sum(
        sum(comb(SAMPLES, n) * p**n * (1 - p) ** (SAMPLES - n) for n in range(half, SAMPLES + 1)) for p in fractions
    )
    total = n_actions * n_videos + len(fractions)
    return float(2 * hits / total) if total else 0.0


def edit_score(truth: IntArray, predicted: IntArray) -> float:
    """1 minus the Levenshtein distance of the segment labels over the longer sequence, in [0, 1]."""
    a = [label for _, _, label in segments_of(truth) if label >= 0]
    b = [label for _, _, label in segments_of(predicted) if label != -1]
    if not a and not b:
        return 1.0
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right))
    return 1.0 - row[-1] / max(len(a), len(b))


def f1_at(truth: IntArray, predicted: IntArray, threshold: float) -> tuple[int, int, int]:
    """(tp, fp, fn) of predicted segments that overlap a ground-truth segment of their action by `threshold` IoU."""
    wanted = [s for s in segments_of(truth) if s[2] >= 0]
    used = [False] * len(wanted)
    tp = fp = 0
    for start, stop, label in segments_of(predicted):
        if label == -1:
            continue
        best, at = 0.0, -1
        for number, (a, b, other) in enumerate(wanted):
            if other == label:
                overlap = max(0, min(stop, b) - max(start, a))
                union = max(stop, b) - min(start, a)
                if overlap / union > best:
                    best, at = overlap / union, number
        if at >= 0 and best >= threshold and not used[at]:
            used[at] = True
            tp += 1
        else:
            fp += 1
    return tp, fp, len(wanted) - sum(used)
