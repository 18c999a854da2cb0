"""All scores of a set of videos, with the two baselines that always stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError
from . import scores
from .matching import match

IntArray = NDArray[np.integer[Any]]
WRONG = -3
"""Label of a frame whose cluster has no action: never equal to any ground truth."""


class Baseline(msgspec.Struct, frozen=True):
    mof: float
    f1: float


class VideoScores(msgspec.Struct, frozen=True):
    video: str
    frames: int
    mof: float
    edit: float
    f1_50: float = msgspec.field(name="f1@50")


class ClassScores(msgspec.Struct, frozen=True):
    action: str
    frames: int
    recall: float
    precision: float
    iou: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Fractions of 1. `label_map` is by cluster number and action name; None means unmapped."""

    level: str
    videos: int
    frames: int
    background: list[str]
    mof: float
    f1: float
    f1_majority: float
    miou: float
    edit: float
    f1_10: float = msgspec.field(name="f1@10")
    f1_25: float = msgspec.field(name="f1@25")
    f1_50: float = msgspec.field(name="f1@50")
    label_map: dict[str, str | None]
    baselines: dict[str, Baseline]
    per_video: list[VideoScores]
    per_class: list[ClassScores]
    confusion: list[list[int]]
    confusion_labels: list[str]


def _table(label_map: Mapping[int, int], n_clusters: int) -> IntArray:
    table = np.full(n_clusters, WRONG, np.int64)
    for cluster, target in label_map.items():
        if 0 <= cluster < n_clusters:
            table[cluster] = WRONG if target == -2 else target
    return table


def equal_split(n_frames: int, n_clusters: int) -> IntArray:
    """(T,) labels that cut a video into K equal parts: ``floor(t K / T)``."""
    return np.arange(n_frames, dtype=np.int64) * n_clusters // n_frames


def _mapped(truths: Mapping[str, IntArray], clusters: Mapping[str, IntArray], n_clusters: int) -> dict[str, IntArray]:
    found = match([clusters[v] for v in truths], [truths[v] for v in truths], n_clusters)
    table = _table(found, n_clusters)
    return {video: table[clusters[video]] for video in truths}


def _mof_and_f1(truths: Mapping[str, IntArray], labels: Mapping[str, IntArray], n_clusters: int) -> tuple[float, float]:
    right = sum(int(np.sum((t == labels[v]) & (t >= 0))) for v, t in truths.items())
    frames = sum(int(np.sum(t >= 0)) for t in truths.values())
    fractions = [f for v, t in truths.items() for f in scores.hit_fractions(t, labels[v])]
    return (right / frames if frames else 0.0), scores.f1(fractions, n_clusters, len(truths))


def quick_scores(
    truths: Mapping[str, IntArray], predictions: Mapping[str, IntArray], *, n_clusters: int
) -> tuple[float, float]:
    """MoF and F1 of clusters after matching at activity level; for live display."""
    return _mof_and_f1(truths, _mapped(truths, predictions, n_clusters), n_clusters)


def evaluate(
    truths: Mapping[str, IntArray],
    predictions: Mapping[str, IntArray],
    *,
    actions: Mapping[int, str],
    n_clusters: int | None,
    label_map: Mapping[int, int] | None = None,
    level: str = "activity",
) -> Report:
    """The report of predictions against ground truth; only videos in both are scored.

    Args:
        truths, predictions: label arrays (T,) by video, of equal length.
        actions: names of the ActionIds.
        n_clusters: K of the run; None says that the predictions are ActionIds already.
        label_map: cluster to ActionId; None finds it by Hungarian matching.
        level: ``activity`` (one matching) or ``video`` (one matching a video; not comparable).
    Raises:
        ConfigError: no video in both, different lengths, or an unknown level.
    """
    truths = {v: t for v, t in truths.items() if v in predictions}
    if not truths:
        raise ConfigError("No video has both ground truth and a prediction. There is nothing to score.")
    for video, truth in truths.items():
        if len(truth) != len(predictions[video]):
            raise ConfigError(
                f"{video}: ground truth has {len(truth):,} frames, the prediction "
                f"{len(predictions[video]):,}. Both must lie on one grid."
            )
    if level not in ("activity", "video"):
        raise ConfigError(f'There is no level "{level}"; there are activity and video.')
    present = sorted({int(a) for t in truths.values() for a in np.unique(t) if a >= 0})
    names = {a: actions.get(a, str(a)) for a in present} | dict(actions)
    found: Mapping[int, int] = {}
    if n_clusters is None:
        labels = {v: np.where(predictions[v] == -2, WRONG, predictions[v]) for v in truths}
    elif label_map is None and level == "video":
        labels = {v: _mapped({v: t}, predictions, n_clusters)[v] for v, t in truths.items()}
    else:
        found = (
            label_map
            if label_map is not None
            else match([predictions[v] for v in truths], list(truths.values()), n_clusters)
        )
        labels = {v: _table(found, n_clusters)[predictions[v]] for v in truths}
    clusters = n_clusters if n_clusters is not None else len(present)
    mof, f1 = _mof_and_f1(truths, labels, clusters)
    fractions = [f for v, t in truths.items() for f in scores.hit_fractions(t, labels[v])]
    shown = sorted(set(present) | {int(x) for lab in labels.values() for x in np.unique(lab) if x >= 0})
    confusion = _confusion(truths, labels, shown)
    pooled = {k: np.sum([scores.f1_at(t, labels[v], k / 100) for v, t in truths.items()], axis=0) for k in (10, 25, 50)}
    per_class = _per_class(confusion, shown, names, present)
    per_video = [
        VideoScores(
            v,
            len(t),
            float(np.mean(t == labels[v])),
            scores.edit_score(t, labels[v]),
            _f1(scores.f1_at(t, labels[v], 0.5)),
        )
        for v, t in truths.items()
    ]
    baselines = {}
    for name, count in (("equal_split", len(present)), ("one_class", 1)):
        split = {v: equal_split(len(t), count) for v, t in truths.items()}
        baselines[name] = Baseline(*_mof_and_f1(truths, _mapped(truths, split, count), len(present)))
    return Report(
        level=level,
        videos=len(truths),
        frames=sum(map(len, truths.values())),
        background=["background"] if any(np.any(t == -1) for t in truths.values()) else [],
        mof=mof,
        f1=f1,
        f1_majority=scores.f1_majority(fractions, len(present), len(truths)),
        miou=float(np.mean([c.iou for c in per_class])) if per_class else 0.0,
        edit=float(np.mean([row.edit for row in per_video])),
        f1_10=_f1(pooled[10]),
        f1_25=_f1(pooled[25]),
        f1_50=_f1(pooled[50]),
        label_map={str(c): names.get(found.get(c, WRONG)) for c in range(n_clusters or 0)} if found else {},
        baselines=baselines,
        per_video=per_video,
        per_class=per_class,
        confusion=confusion.tolist(),
        confusion_labels=[*(names.get(a, str(a)) for a in shown), "background or unmapped"],
    )


def _f1(counts: Any) -> float:
    tp, fp, fn = (int(x) for x in counts)
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def _confusion(truths: Mapping[str, IntArray], labels: Mapping[str, IntArray], shown: list[int]) -> IntArray:
    size = len(shown) + 1
    lookup = {label: number for number, label in enumerate(shown)}
    table = np.zeros((size, size), np.int64)
    for video, truth in truths.items():
        pairs, counts = np.unique(np.stack([truth, labels[video]]), axis=1, return_counts=True)
        for (t, p), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
            table[lookup.get(t, size - 1), lookup.get(p, size - 1)] += count
    return table


def _per_class(
    confusion: IntArray, shown: list[int], names: Mapping[int, str], present: list[int]
) -> list[ClassScores]:
    result = []
    for number, action in enumerate(shown):
        if action not in present:
            continue
        tp, truth, predicted = (
            int(confusion[number, number]),
            int(confusion[number].sum()),
            int(confusion[:-1, number].sum()),
        )
        union = truth + predicted - tp
        result.append(
            ClassScores(
                names.get(action, str(action)),
                truth,
                tp / truth if truth else 0.0,
                tp / predicted if predicted else 0.0,
                tp / union if union else 0.0,
            )
        )
    return result
