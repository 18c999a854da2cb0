"""The numbers of the field: MoF, F1, mIoU, edit score, F1@k, over the segments of many videos.

Everything is counted on segments and their overlaps, by video; no function loops over frames. Ground truth below 0
(background, unlabelled) is outside all scores but the MoF with background; -1 in a prediction is background.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .edit_distance import Distances
from .segments import Overlaps, Runs, overlaps

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.float64]
SAMPLES = 15
BACKGROUND = -1


def majority_probability(fractions: FloatArray) -> FloatArray:
    """Probability that more than half of 15 frames, drawn from a segment, are right: ``Pr[Bin(15, p) >= 8]``."""
    p = np.asarray(fractions, np.float64)
    tail = np.zeros(p.shape)
    for n in range(SAMPLES // 2 + 1, SAMPLES + 1):
        tail += comb(SAMPLES, n) * p**n * (1 - p) ** (SAMPLES - n)
    return tail


def f1_of_hits(hits: FloatArray | float, n_predicted: IntArray | int, n_true: IntArray | int) -> FloatArray:
    """``2 tp / (predicted + true)``, 0 where there is neither."""
    total = np.asarray(n_predicted + n_true, np.float64)
    found = np.divide(2 * np.asarray(hits, np.float64), total, out=np.zeros(total.shape), where=total > 0)
    # Videos that repeat steps have more segments than K a video: the published form passes 1 there, a score may not.
    return np.minimum(found, 1.0)


def _ratio(part: IntArray, whole: IntArray) -> FloatArray:
    """(V,) part over whole; not a number where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


@dataclass(frozen=True)
class Comparison:
    """A ground truth and a prediction in the same labels, and everything that is counted of them, by video.

    `truth` and `predicted` hold the runs of the same videos in the same order. `distances` may know some from before.
    """

    truth: Runs
    predicted: Runs
    distances: Distances = field(default_factory=Distances, compare=False, repr=False)

    @cached_property
    def pairs(self) -> Overlaps:
        """Overlaps of ground-truth runs (first) with predicted runs (second)."""
        return overlaps(self.truth, self.predicted)

    def by_video(self, videos: IntArray, weights: Any = None) -> Any:
        """(V,) sums over what lies in each video."""
        return np.bincount(videos, weights, minlength=self.truth.n_videos)

    @cached_property
    def is_wanted(self) -> NDArray[np.bool_]:
        """(S,) whether a ground-truth run is an action."""
        return self.truth.labels >= 0

    @cached_property
    def right(self) -> FloatArray:
        """(S,) right frames of each ground-truth run."""
        same = self.truth.labels[self.pairs.first] == self.predicted.labels[self.pairs.second]
        return np.asarray(np.bincount(self.pairs.first, same * self.pairs.frames, minlength=len(self.truth)))

    @cached_property
    def fractions(self) -> FloatArray:
        """Fraction of right frames of each ground-truth segment that is an action."""
        return np.asarray(self.right[self.is_wanted] / self.truth.lengths[self.is_wanted])

    @cached_property
    def segment_videos(self) -> IntArray:
        """Video of each ground-truth segment that is an action."""
        return self.truth.videos[self.is_wanted]

    @cached_property
    def foreground(self) -> IntArray:
        """(V,) frames whose ground truth is an action."""
        return np.asarray(self.by_video(self.segment_videos, self.truth.lengths[self.is_wanted]), np.int64)

    @cached_property
    def right_frames(self) -> IntArray:
        """(V,) right frames among them."""
        return np.asarray(self.by_video(self.segment_videos, self.right[self.is_wanted]), np.int64)

    def mof_by_video(self) -> FloatArray:
        """(V,) right over foreground frames; not a number for a video without foreground."""
        return _ratio(self.right_frames, self.foreground)

    def mof_with_background(self) -> float:
        """Right frames over all frames that are an action or background; background is right where it is predicted."""
        known = self.truth.labels >= BACKGROUND
        frames = int(self.truth.lengths[known].sum())
        return float(self.right[known].sum()) / frames if frames else 0.0

    def actions_by_video(self) -> IntArray:
        """(V,) different actions in the ground truth of each video."""
        labels, videos = self.truth.labels[self.is_wanted], self.segment_videos
        keys = np.unique(videos * (int(labels.max(initial=0)) + 1) + labels)
        return np.asarray(self.by_video(keys // (int(labels.max(initial=0)) + 1)))

    def edit_by_video(self) -> FloatArray:
        """(V,) 1 minus the Levenshtein distance of the segment labels over the longer sequence, in [0, 1].

        Background segments are left out on both sides; two empty sequences are equal.
        """
        kept = self.predicted.labels != BACKGROUND
        left = _split(self.truth.labels[self.is_wanted], self.by_video(self.segment_videos))
        right = _split(self.predicted.labels[kept], self.by_video(self.predicted.videos[kept]))
        longest = np.array([max(len(a), len(b), 1) for a, b in zip(left, right, strict=True)])
        return np.asarray(1.0 - self.distances.of(left, right) / longest)

    @cached_property
    def best_overlaps(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Of each predicted segment that meets one of its own label: its number, the first best partner, their IoU."""
        first, second, frames = self.pairs.first, self.pairs.second, self.pairs.frames
        same = (self.truth.labels[first] == self.predicted.labels[second]) & self.is_wanted[first]
        first, second, frames = first[same], second[same], frames[same]
        union = self.truth.lengths[first] + self.predicted.lengths[second] - frames
        iou = frames / union
        order = np.lexsort((first, -iou, second))
        chosen = order[np.append(True, second[order][1:] != second[order][:-1])] if len(order) else order
        return second[chosen], first[chosen], iou[chosen]

    def hits_at(self, threshold: float) -> tuple[IntArray, IntArray, IntArray]:
        """(V,) each of tp, fp, fn: a predicted segment hits when its best partner overlaps by `threshold` IoU.

        Each ground-truth segment is hit once (Lea et al., CVPR 2017). Background segments take no part.
        """
        _, partners, iou = self.best_overlaps
        hit = np.zeros(len(self.truth), bool)
        hit[partners[iou >= threshold]] = True
        tp = self.by_video(self.truth.videos[hit])
        n_predicted = self.by_video(self.predicted.videos[self.predicted.labels != BACKGROUND])
        return tp, n_predicted - tp, self.by_video(self.segment_videos) - tp

    def confusion(self, labels: Sequence[int]) -> IntArray:
        """(L + 1, L + 1) frames by ground truth (rows) and prediction; the last of each is every other label."""
        places = np.full(len(labels) + 1, len(labels))
        places[:-1] = np.argsort(labels)
        known = np.sort(np.asarray(labels, np.int64))

        def column(values: IntArray) -> IntArray:
            at = np.searchsorted(known, values)
            inside = at < len(known)
            inside[inside] = known[at[inside]] == values[inside]
            return places[np.where(inside, at, len(labels))]

        rows, columns = column(self.truth.labels), column(self.predicted.labels)
        flat = rows[self.pairs.first] * (len(labels) + 1) + columns[self.pairs.second]
        table = np.bincount(flat, self.pairs.frames, minlength=(len(labels) + 1) ** 2)
        return table.astype(np.int64).reshape(len(labels) + 1, -1)

    def ious(self, *, each_video: bool) -> tuple[IntArray, FloatArray]:
        """Video and ``tp / (predicted + truth - tp)`` of each action of the ground truth, of each video or of all.

        Predicted frames count where the ground truth is an action. All together have the number 0 as their video.
        """
        first, second, frames = self.pairs.first, self.pairs.second, self.pairs.frames
        inside = self.is_wanted[first]
        first, second, frames = first[inside], second[inside], frames[inside]
        videos = self.truth.videos[first] if each_video else np.zeros_like(first)
        true, found = self.truth.labels[first], self.predicted.labels[second]
        size = int(max(true.max(initial=0), found.max(initial=0))) + 1
        keys, at = np.unique(videos * size + true, return_inverse=True)
        truth = np.bincount(at, frames)
        tp = np.bincount(at, frames * (true == found))
        guesses, guess_at = np.unique((videos * size + found)[found >= 0], return_inverse=True)
        guessed = np.append(np.bincount(guess_at, frames[found >= 0], minlength=len(guesses)), 0)
        place = np.searchsorted(guesses, keys)
        is_guessed = np.append(guesses, -1)[place] == keys
        return keys // size, np.asarray(tp / (truth + guessed[np.where(is_guessed, place, -1)] - tp))


def _split(values: IntArray, counts: IntArray) -> list[IntArray]:
    return np.split(values, np.cumsum(counts)[:-1])


def f1_concatenated(truth: Runs, predicted: Runs, n_predicted: int) -> float:
    """The F1 of `totals` as the released CTE and TOT code counts it; never beside ours without saying so.

    Videos are joined end to end: equal labels across a border are one segment, and the last segment is not counted.
    `n_predicted` is the sum of K over the videos.
    """
    joined = Comparison(truth.joined(), predicted.joined())
    last = bool(joined.is_wanted[-1])
    fractions = joined.fractions[:-1] if last else joined.fractions
    return float(f1_of_hits(fractions.sum(), n_predicted, len(fractions)))
