"""All scores of a set of videos, with the baselines that always stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError
from .baselines import equal_cut, one_cut
from .edit_distance import Distances
from .matching import match_runs
from .scores import BACKGROUND, Comparison, f1_concatenated, f1_of_hits
from .segments import Cut, Labels, Runs, cut_of, runs_of
from .totals import LEVELS, Totals, mof_and_f1, totals

IntArray = NDArray[np.integer[Any]]
UNLABELLED = -2
WRONG = -3
"""Label of a frame whose cluster has no action: never equal to any ground truth."""


class VideoScores(msgspec.Struct, frozen=True):
    """One video. `mof` is over the frames whose ground truth is an action; None where there are none."""

    video: str
    frames: int
    mof: float | None
    edit: float
    f1_50: float = msgspec.field(name="f1@50")


class ClassScores(msgspec.Struct, frozen=True):
    action: str
    frames: int
    recall: float
    precision: float
    iou: float


class Untouched(Totals, frozen=True, kw_only=True):
    """The totals over the videos that a run did not learn from."""

    videos: int
    frames: int


class Report(Totals, frozen=True, kw_only=True):
    """Everything that is said of a prediction. Fractions of 1.

    `label_map` is by cluster number and action name; None means unmapped; empty at video level, where each video
    has its own. `mof_bg` counts background frames too. `f1_official` is F1 as the released code counts it (videos
    joined end to end). `per_class` and `confusion` are pooled over videos at every level; `confusion_actions` are the
    ActionIds of its rows and columns but the last, which is all that is no action. `notes` say how the labels
    were read, where that is not plain; `label_map_by_hand` the clusters that a person mapped otherwise than the match,
    `label_map_many_to_one` that clusters may share an action: neither compares with published figures. `learned_from`
    are the scored videos whose corrected labels the run learned from, `untouched` the totals of the others.
    """

    level: str
    videos: int
    frames: int
    background: list[str]
    mof_bg: float
    f1_official: float
    label_map: dict[str, str | None]
    baselines: dict[str, Totals]
    per_video: list[VideoScores]
    per_class: list[ClassScores]
    confusion: list[list[int]]
    confusion_labels: list[str]
    confusion_actions: list[int]
    notes: list[str] = []
    label_map_by_hand: list[int] = []
    label_map_many_to_one: bool = False
    learned_from: list[str] = []
    untouched: Untouched | None = None


class Clustering(msgspec.Struct, frozen=True):
    """A labelling by cluster numbers below `n_clusters`, one a video; it is matched before it is scored."""

    labels: Mapping[str, Any]  # Labels
    n_clusters: int
    by_video: Mapping[str, int] = {}  # K of a video where that is another (global level)


def quick_scores(
    truths: Mapping[str, Labels],
    predictions: Mapping[str, Labels],
    *,
    n_clusters: int,
    label_map: Mapping[int, int] | None = None,
) -> tuple[float, float]:
    """MoF and F1 of clusters after matching at activity level, or through a label map; for live display."""
    truth, clusters = runs_of(list(truths.values())), runs_of([predictions[v] for v in truths])
    if label_map is None:
        mapped, _ = _matched(truth, clusters, n_clusters, "activity")
    else:
        mapped = clusters.relabelled(_through(label_map, clusters.labels, n_clusters))
    return mof_and_f1(Comparison(truth, mapped), n_clusters)


def evaluate(
    truths: Mapping[str, Labels],
    predictions: Mapping[str, Labels],
    *,
    actions: Mapping[int, str],
    n_clusters: int | None,
    label_map: Mapping[int, int] | None = None,
    level: str = "activity",
    beside: Mapping[str, Clustering] | None = None,
    clusters_by_video: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
    distances: Distances | None = None,
) -> Report:
    """The report of predictions against ground truth; only videos in both are scored.

    Ground-truth frames below 0 (background, unlabelled) are outside the scores; an action predicted as background
    is wrong. `core.metrics.totals.totals` says how each number is pooled or averaged at each level. The baselines
    are matched and scored the same way: equal split (into as many parts as the activity has actions) and one class,
    both with the F1 of that many clusters, and what is given `beside` them.

    Args:
        truths, predictions: label arrays (T,) or segments by video, of equal length. Only segments are counted.
        actions: names of the ActionIds.
        n_clusters: K of the run; None says that the predictions are ActionIds already. A cluster of -1 is background.
        label_map: cluster to ActionId; None finds it by Hungarian matching.
        level: ``activity`` (one matching over all videos), ``video`` (one a video: far easier, not comparable) or
            ``global`` (one over the clusters and actions of several activities; see `core.global_evaluation`).
        beside: more clusterings by name, such as k-means; one with the name of a baseline stands in its place.
        clusters_by_video: K of the activity that a video was taken for, where that differs (global level).
        notes: what the reader must know of how the labels were read.
        distances: edit distances that are known from the evaluation before this one.
    Raises:
        ConfigError: no video in both, different lengths, or an unknown level.
    """
    cuts = _checked(truths, predictions, level)
    truth, given = runs_of([t for t, _ in cuts.values()]), runs_of([p for _, p in cuts.values()])
    present = np.unique(truth.labels[truth.labels >= 0])
    names = {int(a): actions.get(int(a), str(a)) for a in present} | dict(actions)
    found: Mapping[int, int] = {}
    if n_clusters is None:
        predicted = given.relabelled(np.where(given.labels == UNLABELLED, WRONG, given.labels))
    elif label_map is not None:
        found, predicted = label_map, given.relabelled(_through(label_map, given.labels, n_clusters))
    else:
        predicted, found = _matched(truth, given, n_clusters, level)
    clusters = n_clusters if n_clusters is not None else len(present)
    counts = np.array([(clusters_by_video or {}).get(video, clusters) for video in cuts])
    distances = distances or Distances()
    compared = Comparison(truth, predicted, distances)
    shown = sorted({*present.tolist(), *np.unique(predicted.labels[predicted.labels >= 0]).tolist()})
    confusion = compared.confusion(shown)
    return Report(
        level=level,
        videos=len(cuts),
        frames=int(truth.lengths.sum()),
        background=["background"] if np.any(truth.labels == BACKGROUND) else [],
        **totals(compared, counts, level=level),  # type: ignore[arg-type]
        mof_bg=compared.mof_with_background(),
        f1_official=f1_concatenated(truth, predicted, int(counts.sum())),
        label_map={str(c): names.get(found.get(c, WRONG)) for c in range(n_clusters or 0)} if found else {},
        baselines=_baselines(list(cuts), truth, level, beside or {}, distances),
        per_video=_per_video(list(cuts), compared),
        per_class=_per_class(confusion, shown, names, set(present.tolist())),
        confusion=confusion.tolist(),
        confusion_actions=list(shown),
        confusion_labels=[*(names.get(a, str(a)) for a in shown), "no action"],
        notes=list(notes),
        label_map_by_hand=[],
        label_map_many_to_one=False,
    )


def _checked(truths: Mapping[str, Labels], predictions: Mapping[str, Labels], level: str) -> dict[str, tuple[Cut, Cut]]:
    """Ground truth and prediction of the videos that are scored. Raises ConfigError."""
    if level not in LEVELS:
        raise ConfigError(f'There is no level "{level}"; there are {" and ".join(LEVELS)}.')
    both = {v: (cut_of(t), cut_of(predictions[v])) for v, t in truths.items() if v in predictions}
    found = {v: cuts for v, cuts in both.items() if cuts[0].n_frames}
    if not found:
        raise ConfigError("No video has both ground truth and a prediction. There is nothing to score.")
    for video, (truth, prediction) in found.items():
        if truth.n_frames != prediction.n_frames:
            raise ConfigError(
                f"{video}: ground truth has {truth.n_frames:,} frames, the prediction "
                f"{prediction.n_frames:,}. Both must lie on one grid."
            )
    return found


def _through(label_map: Mapping[int, int], clusters: IntArray, n_clusters: int) -> IntArray:
    """The action of each cluster number; background stays, a cluster without an action is wrong."""
    table = np.full(n_clusters + 2, WRONG, np.int64)
    table[-1] = BACKGROUND
    for cluster, target in label_map.items():
        if 0 <= cluster < n_clusters:
            table[cluster] = WRONG if target == UNLABELLED else target
    inside = (clusters >= BACKGROUND) & (clusters < n_clusters)
    return table[np.where(inside, clusters, n_clusters)]


def _matched(truth: Runs, clusters: Runs, n_clusters: int, level: str) -> tuple[Runs, dict[int, int]]:
    """The clusters as actions, and the label map: one for all videos, or one a video (then the map is empty).

    At global level a cluster without an action is background, where the data have one (CTE, section 4.7).
    """
    if level != "video":
        found = match_runs(truth, clusters, n_clusters)
        if level == "global" and np.any(truth.labels == BACKGROUND):
            found |= {cluster: int(BACKGROUND) for cluster in range(n_clusters) if cluster not in found}
        return clusters.relabelled(_through(found, clusters.labels, n_clusters)), found
    labels = np.empty_like(clusters.labels)
    for video in range(truth.n_videos):
        here, there = truth.of_video(video), clusters.of_video(video)
        found = match_runs(truth.part(here), clusters.part(there), n_clusters)
        labels[there] = _through(found, clusters.labels[there], n_clusters)
    return clusters.relabelled(labels), {}


def _baselines(
    videos: Sequence[str], truth: Runs, level: str, beside: Mapping[str, Clustering], distances: Distances
) -> dict[str, Totals]:
    present = len(np.unique(truth.labels[truth.labels >= 0]))
    sizes = np.bincount(truth.videos, truth.lengths).astype(int).tolist()
    plain = {
        "equal_split": Clustering(
            {v: equal_cut(n, max(1, present)) for v, n in zip(videos, sizes, strict=True)}, present
        ),
        "one_class": Clustering({v: one_cut(n) for v, n in zip(videos, sizes, strict=True)}, present),
    }
    found = {}
    for name, given in (plain | dict(beside)).items():
        mapped, _ = _matched(truth, runs_of([given.labels[v] for v in videos]), max(1, given.n_clusters), level)
        counts = np.array([given.by_video.get(v, given.n_clusters) for v in videos])
        found[name] = Totals(**totals(Comparison(truth, mapped, distances), counts, level=level))
    return found


def _per_video(names: Sequence[str], compared: Comparison) -> list[VideoScores]:
    tp, fp, fn = compared.hits_at(0.5)
    frames = compared.by_video(compared.truth.videos, compared.truth.lengths).astype(int)
    f1 = f1_of_hits(tp.astype(np.float64), tp + fp, tp + fn)
    mof = [None if np.isnan(value) else float(value) for value in compared.mof_by_video()]
    rows = zip(names, frames.tolist(), mof, compared.edit_by_video().tolist(), f1.tolist(), strict=True)
    return [VideoScores(*row) for row in rows]


def _per_class(
    confusion: IntArray, shown: Sequence[int], names: Mapping[int, str], present: set[int]
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
