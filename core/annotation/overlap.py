"""Frames that clusters and actions share: what the label map is judged by, counted on segments, never on frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.dataset import BACKGROUND, UNLABELLED, ClusterId, RunId, VideoId
from ..metrics.matching import hungarian
from ..metrics.scores import Comparison
from ..metrics.segments import Runs, overlaps, runs_of
from ..metrics.totals import mof_and_f1
from .document import Document
from .segmentation import Segmentation
from .values import UNMAPPED, LabelMap, ReviewStatus, Target, TrackKind

IntArray = NDArray[np.integer[Any]]
Pair = tuple[Segmentation, Segmentation]
WRONG = -3
"""Label of a frame whose cluster has no action."""


@dataclass(frozen=True)
class Inputs:
    """What is counted, as values that never change: taken on one thread, counted on another.

    `actions` are the numbers of all actions in their order, `retired` those that only count while they are used, in the
    reference or as a target of the map (`mapped`). `clusters` are the predictions of every video, `truth` the reference
    of those that have one of the same length; of `video` alone where one is named.
    """

    run: RunId
    n_clusters: int
    actions: tuple[int, ...]
    retired: frozenset[int]
    mapped: frozenset[int]
    clusters: Mapping[VideoId, Segmentation]
    truth: Mapping[VideoId, Segmentation]
    reference: TrackKind
    video: VideoId | None = None


@dataclass(frozen=True)
class Overlap:
    """Counts of one run. `columns` are the targets of the matrix: actions, then BACKGROUND, then UNMAPPED.

    `counts` (K, columns) are shared frames, `wanted` (columns,) all frames of each action; `frames` (K,) are all frames
    of a cluster with or without reference, `videos` (K,) the videos it occurs in.
    """

    inputs: Inputs
    columns: tuple[Target, ...]
    counts: IntArray
    wanted: IntArray
    frames: IntArray
    videos: IntArray

    @property
    def scored(self) -> tuple[VideoId, ...]:
        """The videos that are counted."""
        return tuple(self.inputs.truth)

    @property
    def has_truth(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self.inputs.truth)

    @property
    def n_foreground(self) -> int:
        """Frames whose reference is an action."""
        return int(self.wanted[:-2].sum())

    def column(self, target: Target) -> int:
        """The place of a target among the columns; the last one for a target that is not shown."""
        return self.columns.index(target) if target in self.columns else len(self.columns) - 1

    def mof(self, table: Mapping[int, Target]) -> float | None:
        """Right frames over foreground frames under a label map; None without a reference."""
        if not self.n_foreground:
            return None
        right = sum(int(self.counts[cluster, self.column(target)]) for cluster, target in table.items() if target >= 0)
        return right / self.n_foreground

    def purity(self, cluster: int) -> float | None:
        """Share of the largest column among the cluster's frames with a reference."""
        total = int(self.counts[cluster].sum())
        return int(self.counts[cluster].max()) / total if total else None

    def recall(self, table: Mapping[int, Target], column: int) -> float | None:
        """Share of an action's frames that the clusters mapped to it hold."""
        total = int(self.wanted[column])
        if not total:
            return None
        return sum(int(self.counts[c, column]) for c, t in table.items() if self.column(t) == column) / total

    def is_mixed(self, cluster: int) -> bool:
        """Whether the cluster holds two actions, each at least a quarter of it: no map can part them."""
        shares = np.sort(self.counts[cluster, :-2])[::-1]
        total = int(self.counts[cluster].sum())
        return len(shares) > 1 and total > 0 and int(shares[1]) * 4 >= total

    @cached_property
    def runs(self) -> tuple[Runs, Runs]:
        """Reference and clusters of the counted videos as runs of frames."""
        return runs_of(list(self.inputs.truth.values())), runs_of([self.inputs.clusters[v] for v in self.scored])


@dataclass(frozen=True)
class Effect:
    """Scores of a label map over the counted videos, as fractions."""

    mof: float
    f1: float
    edit: float


@dataclass(frozen=True)
class Match:
    """What matching finds: `proposed` as if nothing were locked, `table` of all clusters with the locks kept, and
    `fill`, the action that each cluster without a partner shares most frames with."""

    proposed: dict[int, Target]
    table: dict[int, Target]
    fill: dict[int, Target]


def inputs_of(
    document: Document, run: RunId, *, reference: TrackKind = TrackKind.GROUND_TRUTH, video: VideoId | None = None
) -> Inputs:
    """What there is to count of a run now."""
    found = {v: p.segmentation for (r, v), p in document.predictions.items() if r == run}
    known = references(document, reference)
    truth = {
        v: known[v]
        for v, clusters in found.items()
        if v in known and known[v].n_frames == clusters.n_frames and video in (None, v)
    }
    return Inputs(
        run,
        document.runs[run].n_clusters,
        tuple(int(a.id) for a in document.actions.values()),
        frozenset(int(a.id) for a in document.actions.values() if a.archived),
        frozenset(document.label_maps[run].table().values()),
        found,
        truth,
        reference,
        video,
    )


def references(document: Document, reference: TrackKind) -> dict[VideoId, Segmentation]:
    """The tracks that clusters can be held against: ground truth, or the corrected tracks of accepted videos."""
    if reference is TrackKind.GROUND_TRUTH:
        return dict(document.ground_truth)
    accepted = [v for v in document.corrected if document.review(v).status is ReviewStatus.ACCEPTED]
    return {v: document.corrected[v] for v in accepted}


class Counter:
    """Counts inputs; what was counted of a video is kept until its segmentations are others. For one thread."""

    def __init__(self) -> None:
        self._kept: dict[VideoId, tuple[Segmentation, Segmentation, list[int], IntArray]] = {}
        self._run: RunId | None = None

    def count(self, inputs: Inputs) -> Overlap:
        """The overlap of these inputs."""
        if inputs.run != self._run:
            self._kept.clear()
            self._run = inputs.run
        n_clusters = inputs.n_clusters
        self._count_new(inputs)
        used = {label for video in inputs.truth for label in self._kept[video][2]} | inputs.mapped
        actions = [a for a in inputs.actions if a not in inputs.retired or a in used]
        columns = (*actions, int(BACKGROUND), UNMAPPED)
        shown = np.zeros((n_clusters + 1, len(columns)), np.int64)
        places = {target: place for place, target in enumerate(columns[:-1])}
        for video in inputs.truth:
            _, _, labels, table = self._kept[video]
            shown[:, [places[label] for label in labels]] += table
        frames, videos = _presence(inputs)
        return Overlap(inputs, columns, shown[:-1], shown.sum(axis=0), frames, videos)

    def _count_new(self, inputs: Inputs) -> None:
        new: dict[VideoId, Pair] = {}
        for video, truth in inputs.truth.items():
            clusters, kept = inputs.clusters[video], self._kept.get(video)
            if kept is None or kept[0] is not clusters or kept[1] is not truth:
                new[video] = (clusters, truth)
        if new:
            labels, tables = _tables(list(new.values()), inputs.n_clusters)
            for (video, pair), table in zip(new.items(), tables, strict=True):
                self._kept[video] = (*pair, labels, table)


def _tables(pairs: Sequence[Pair], n_clusters: int) -> tuple[list[int], IntArray]:
    """Labels of the reference, and (V, K + 1, L) frames by video, cluster (last: none) and label."""
    truth, clusters = runs_of([t for _, t in pairs]), runs_of([c for c, _ in pairs])
    found = overlaps(truth, clusters)
    labels, columns = np.unique(truth.labels, return_inverse=True)
    rows = np.where((clusters.labels >= 0) & (clusters.labels < n_clusters), clusters.labels, n_clusters)
    size = (n_clusters + 1) * len(labels)
    flat = truth.videos[found.first] * size + rows[found.second] * len(labels) + columns[found.first]
    counts = np.bincount(flat, found.frames, minlength=len(pairs) * size).astype(np.int64)
    known = labels >= BACKGROUND
    return labels[known].tolist(), counts.reshape(len(pairs), n_clusters + 1, len(labels))[:, :, known]


def _presence(inputs: Inputs) -> tuple[IntArray, IntArray]:
    """(K,) frames and videos of each cluster over the videos in scope."""
    chosen = [c for v, c in inputs.clusters.items() if inputs.video in (None, v)]
    if not chosen:
        return np.zeros(inputs.n_clusters, np.int64), np.zeros(inputs.n_clusters, np.int64)
    runs = runs_of(chosen)
    inside = (runs.labels >= 0) & (runs.labels < inputs.n_clusters)
    flat = runs.videos[inside] * inputs.n_clusters + runs.labels[inside]
    held = np.bincount(flat, runs.lengths[inside], minlength=len(chosen) * inputs.n_clusters)
    held = held.astype(np.int64).reshape(len(chosen), inputs.n_clusters)
    return held.sum(axis=0), (held > 0).sum(axis=0)


def effect(found: Overlap, table: Mapping[int, Target]) -> Effect | None:
    """MoF, F1 and edit score of a label map; None without a reference. Takes longer than the MoF from the counts."""
    if not found.n_foreground:
        return None
    truth, clusters = found.runs
    n_clusters = found.inputs.n_clusters
    lookup = np.full(n_clusters + 2, WRONG, np.int64)
    lookup[-1] = BACKGROUND
    for cluster, target in table.items():
        lookup[cluster] = WRONG if target == UNLABELLED else target
    inside = (clusters.labels >= BACKGROUND) & (clusters.labels < n_clusters)
    labels = lookup[np.where(inside, clusters.labels, n_clusters)]
    compared = Comparison(truth, clusters.relabelled(labels))
    mof, f1 = mof_and_f1(compared, n_clusters)
    return Effect(mof, f1, float(np.mean(compared.edit_by_video())))


def solve(found: Overlap, label_map: LabelMap) -> Match:
    """The best map of these counts: Hungarian matching, or in many-to-one the largest cell of each row.

    Locked clusters keep their target. Actions that do not occur, and retired ones, get no cluster. Ties go to the
    lower index.
    """
    counts, targets = _matchable(found)
    biggest = largest(found)
    kept = {int(c): label_map.target(c) for c in label_map.locked}
    if label_map.many_to_one:
        return Match(biggest, _with(found, label_map, biggest, biggest) | kept, biggest)
    proposed = {c: targets[p] for c, p in hungarian(counts).items()}
    fixed = {c: targets.index(t) if t in targets else -1 for c, t in kept.items()}
    solved = {c: targets[p] for c, p in hungarian(counts, fixed).items()}
    return Match(proposed, _with(found, label_map, solved, biggest) | kept, biggest)


def largest(found: Overlap) -> dict[int, Target]:
    """The action that each cluster shares most frames with; a cluster that shares none is absent."""
    counts, targets = _matchable(found)
    return {c: targets[int(np.argmax(row))] for c, row in enumerate(counts) if row.any()}


def _matchable(found: Overlap) -> tuple[IntArray, list[Target]]:
    """Counts and numbers of the actions that a cluster can be matched to."""
    usable = [p for p, t in enumerate(found.columns[:-2]) if found.wanted[p] and t not in found.inputs.retired]
    return found.counts[:, usable], [int(found.columns[place]) for place in usable]


def _with(
    found: Overlap, label_map: LabelMap, solved: Mapping[int, Target], biggest: Mapping[int, Target]
) -> dict[int, Target]:
    """The target of every cluster where those without a partner follow the policy of the map."""
    partners = {ClusterId(c): t for c, t in solved.items()}
    others = {ClusterId(c): t for c, t in biggest.items()}
    plain = replace(label_map, proposed=partners, overrides={}, fill=others)
    return {c: plain.matched(c) for c in range(found.inputs.n_clusters)}
