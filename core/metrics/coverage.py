"""Which videos to correct next: those that stand for most of the others, where the run is unsure. No labels needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Name = TypeVar("Name", bound=str)
BINS = 12
"""Equal parts of a video in its summary."""
SURE = 0.1
"""Weight of a video of which the run is quite sure, beside 1 for one of which it knows nothing."""


class Description(NamedTuple):
    """One video as a run sees it: `points` (BINS * K,) say what comes when, `doubt` in [0, 1] how unsure it is."""

    points: FloatArray
    doubt: float


def describe(posterior: FloatArray) -> Description:
    """The description of a (rows, K) posterior.

    Points are the square roots of the mean posterior of each part of the video: their distances weigh rare steps as
    well as common ones (Hellinger). Doubt is 1 less the mean margin between the two best clusters of a row.
    """
    rows = np.asarray(posterior, np.float64)
    edges = np.linspace(0, len(rows), BINS + 1)
    parts = [rows[int(a) : max(int(a) + 1, int(np.ceil(b)))].mean(axis=0) for a, b in pairwise(edges)]
    points = np.sqrt(np.concatenate(parts))
    if rows.shape[1] < 2:
        return Description(points, 0.0)
    best = np.partition(rows, -2, axis=1)[:, -2:]
    return Description(points, float(1 - (best[:, 1] - best[:, 0]).mean()))


def propose(videos: Mapping[Name, Description], done: Collection[Name] = (), count: int | None = None) -> list[Name]:
    """Videos that are not done, in the order in which to correct them; `count` at most.

    Greedy facility location: each choice adds most to how well every video is stood for by a corrected one, each video
    weighed by the doubt of the run. So the first stands in the middle of the largest group, the next in the middle of
    what is left; the greedy choice reaches at least 63 % of the best (Nemhauser et al., 1978).

    Args:
        videos: their descriptions by one run.   done: those that are corrected already.
    """
    names = list(videos)
    if not names:
        return []
    likeness = _likeness(np.stack([videos[name].points for name in names]))
    weights = SURE + (1 - SURE) * np.array([videos[name].doubt for name in names])
    return [names[n] for n in _greedy(likeness, weights, [names.index(d) for d in done if d in videos], count)]


def _likeness(points: FloatArray) -> FloatArray:
    """(V, V) in [0, 1]: 1 on the diagonal, 0.5 at the median distance between two videos."""
    squares = (points**2).sum(axis=1)
    distance = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))
    apart = distance[np.triu_indices(len(points), 1)]
    middle = float(np.median(apart)) if len(apart) else 0.0
    return np.asarray(np.exp2(-((distance / middle) ** 2)) if middle > 0 else np.ones_like(distance))


def _greedy(likeness: FloatArray, weights: FloatArray, done: Sequence[int], count: int | None) -> list[int]:
    covered = likeness[:, list(done)].max(axis=1) if len(done) else np.zeros(len(likeness))
    left = [n for n in range(len(likeness)) if n not in set(done)]
    found: list[int] = []
    while left and (count is None or len(found) < count):
        gains = np.maximum(likeness[:, left] - covered[:, None], 0).T @ weights
        best = left[int(np.argmax(gains))]
        covered = np.maximum(covered, likeness[:, best])
        found.append(best)
        left.remove(best)
    return found
