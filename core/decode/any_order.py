"""Decoding without any order: a Potts chain, which pays for each change of cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .cumulative import FLOOR, BoolArray, FloatArray, IntArray

BLOCK_CELLS = 4_000_000
"""Cells of one block of videos that are decoded together: 32 MB."""


def any_order(log_posteriors: Sequence[FloatArray], *, penalty: float) -> list[IntArray]:
    """(T,) int64 labels a video: the best path of all, when each change of cluster costs `penalty` nats.

    ``D_t[k] = l[t, k] + max(D_{t-1}[k], max_j D_{t-1}[j] - penalty)``; repeats, permutations and missing steps
    come free. A penalty of 0 gives the argmax of each frame, a very large one a single segment. Of equal paths the
    one that stays wins.

    Frames follow one another, so videos are decoded side by side: the loop over frames runs once a block.

    Args:
        log_posteriors: one (T, K) array a video; K equal.
        penalty: at least 0.
    """
    found: list[IntArray | None] = [None] * len(log_posteriors)
    for numbers in _blocks([len(scores) for scores in log_posteriors], log_posteriors[0].shape[1]):
        for number, labels in zip(numbers, _decode_block([log_posteriors[n] for n in numbers], penalty), strict=True):
            found[number] = labels
    return [labels for labels in found if labels is not None]


def switch_penalty(mean_frames: float, n_clusters: int, *, l2: bool) -> float:
    """The penalty of a change that fits a dataset: ``max(10, c * mean T / K)``, c = 0.5 with L2 scores, else 0.25.

    Neighbouring frames are not independent, so ``-log(segments / T)`` would be far too small.
    """
    return max(10.0, (0.5 if l2 else 0.25) * mean_frames / n_clusters)


def penalty_for_segments(log_posteriors: Sequence[FloatArray], segments: float) -> float:
    """The smallest penalty, to 1 in 1,000, at which `any_order` gives at most this many segments a video on average.

    The number of segments falls as the penalty rises, so it is bisected: no scale to tune. Below one segment a
    video there is nothing to find; then the penalty is one at which no change pays.
    """
    never = -FLOOR * max(len(scores) for scores in log_posteriors)
    low, high = 0.0, 1.0
    while high < never and _mean_segments(any_order(log_posteriors, penalty=high)) > segments:
        low, high = high, min(never, 4 * high)
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        if _mean_segments(any_order(log_posteriors, penalty=middle)) > segments:
            low = middle
        else:
            high = middle
    return high


def _mean_segments(labels: Sequence[IntArray]) -> float:
    return float(np.mean([1 + np.count_nonzero(np.diff(video)) for video in labels]))


def _blocks(lengths: Sequence[int], n_clusters: int) -> Iterator[list[int]]:
    """Numbers of the videos, longest first, in blocks that fill at most BLOCK_CELLS (one video at least)."""
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    while order:
        size = max(1, BLOCK_CELLS // (lengths[order[0]] * n_clusters))
        yield order[:size]
        order = order[size:]


def _decode_block(videos: Sequence[FloatArray], penalty: float) -> Iterator[IntArray]:
    """Labels of videos whose lengths fall."""
    lengths = np.array([len(video) for video in videos])
    best = np.zeros((lengths[0], len(videos), videos[0].shape[1]))  # (T, V, K)
    for column, video in enumerate(videos):
        np.maximum(video, FLOOR, out=best[: len(video), column])
    # Videos still running at each frame: lengths fall, so they are the first ones.
    running = np.searchsorted(-lengths, -np.arange(lengths[0]), side="left").tolist()
    top = np.empty((len(videos), 1))
    entry = np.empty_like(best[0])
    for frame in range(1, lengths[0]):
        n = running[frame]
        before, highest, better = best[frame - 1, :n], top[:n], entry[:n]
        np.maximum.reduce(before, axis=1, keepdims=True, out=highest)
        np.subtract(highest, penalty, out=highest)
        np.maximum(before, highest, out=better)
        np.add(best[frame, :n], better, out=best[frame, :n])
    for column, length in enumerate(lengths):
        yield _backtrack(best[:length, column], penalty)


def _backtrack(best: FloatArray, penalty: float) -> IntArray:
    """The path through one video's table ``D`` (T, K)."""
    winners = np.argmax(best, axis=1)
    highest = best[np.arange(len(best)), winners]
    switched: BoolArray = best[:-1] < (highest[:-1] - penalty)[:, None]  # frame t + 1 was entered from the winner of t
    labels = np.empty(len(best), np.int64)
    stop, cluster = len(best), int(winners[-1])
    while stop:
        came = switched[: stop - 1, cluster][::-1]
        back = int(np.argmax(came)) if len(came) else 0
        start = stop - 1 - back if len(came) and came[back] else 0
        labels[start:stop] = cluster
        stop, cluster = start, int(winners[start - 1])
    return labels
