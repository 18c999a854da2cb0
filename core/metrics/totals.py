"""The eight totals of a labelling, pooled over an activity or as means over its videos."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .scores import Comparison, f1_of_hits, majority_probability

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]
LEVELS = ("activity", "video", "global")
"""One matching over all videos of an activity; one a video; one over the clusters and actions of all activities."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Fractions of 1; `totals` says what each is."""

    mof: float
    f1: float
    f1_majority: float
    miou: float
    edit: float
    f1_10: float = msgspec.field(name="f1@10")
    f1_25: float = msgspec.field(name="f1@25")
    f1_50: float = msgspec.field(name="f1@50")


def totals(compared: Comparison, n_clusters: int | IntArray, *, level: str = "activity") -> dict[str, float]:
    """The fields of `Totals`.

    At activity level, and at global level alike, everything is pooled over the videos: ``mof`` is right over
    foreground frames; ``f1`` is ``2 tp / (K videos + segments)`` with tp the sum over segments of their fraction of
    right frames (CTE, TOT, in closed form); ``f1_majority`` the same with actions for K and the probability of a
    majority of 15 drawn frames as hit (ASOT); ``miou`` the mean over ground-truth actions. At video level these
    four are computed for each video (actions: those of the video) and averaged; a video without foreground takes no
    part.

    At both levels ``edit`` is the mean over videos, and ``f1@k`` counts tp, fp and fn over all videos.

    Args:
        n_clusters: K of the prediction; at global level (V,), that of the activity that each video was taken for.
        level: one of `LEVELS`; the labels must have been matched at the same level.
    """
    pooled = level != "video"
    found = {"mof": _mof(compared, pooled), "miou": _miou(compared, pooled)}
    majority = majority_probability(compared.fractions)
    found["f1"] = _f1(compared, compared.fractions, np.full(compared.truth.n_videos, n_clusters), pooled)
    actions = compared.actions_by_video()
    if pooled:  # all actions of the activity count in each video
        actions = np.full_like(actions, len(np.unique(compared.truth.labels[compared.is_wanted])))
    found["f1_majority"] = _f1(compared, majority, actions, pooled)
    found["edit"] = float(np.mean(compared.edit_by_video()))
    for percent in (10, 25, 50):
        tp, fp, fn = (int(counts.sum()) for counts in compared.hits_at(percent / 100))
        found[f"f1_{percent}"] = float(f1_of_hits(tp, tp + fp, tp + fn))
    return found


def mof_and_f1(compared: Comparison, n_clusters: int) -> tuple[float, float]:
    """The first two totals at activity level."""
    counts = np.full(compared.truth.n_videos, n_clusters)
    return _mof(compared, True), _f1(compared, compared.fractions, counts, True)


def _mean(values: FloatArray) -> float:
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else 0.0


def _mof(compared: Comparison, pooled: bool) -> float:
    if not pooled:
        return _mean(compared.mof_by_video())
    frames = int(compared.foreground.sum())
    return int(compared.right_frames.sum()) / frames if frames else 0.0


def _miou(compared: Comparison, pooled: bool) -> float:
    videos, ious = compared.ious(each_video=not pooled)
    counts = np.bincount(videos)
    sums = np.bincount(videos, ious)
    return float(np.mean(sums[counts > 0] / counts[counts > 0])) if len(ious) else 0.0


def _f1(compared: Comparison, hits: FloatArray, predicted: Any, pooled: bool) -> float:
    if pooled:
        return float(f1_of_hits(float(hits.sum()), int(predicted.sum()), len(hits)))
    segments = compared.by_video(compared.segment_videos)
    values = f1_of_hits(compared.by_video(compared.segment_videos, hits), predicted, segments)
    return _mean(np.where(segments > 0, values, np.nan))
