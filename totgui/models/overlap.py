"""Frames that clusters and ground-truth actions share, and what a change of the label map does to MoF. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation.document import Document
from core.annotation.values import UNMAPPED, LabelMap, Target
from core.data.dataset import BACKGROUND, RunId
from core.metrics.matching import contingency, match

IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Overlap:
    """Counts of one run over the videos that have a prediction.

    `columns` are the targets of the matrix: the actions, then BACKGROUND, then UNMAPPED. `counts` (K, columns)
    are shared frames; the last column is empty. `frames` (K,) are all frames of a cluster, `videos` (K,) the
    videos it occurs in. `scored` are the names of the videos with ground truth.
    """

    columns: tuple[Target, ...]
    counts: IntArray
    frames: IntArray
    videos: IntArray
    scored: tuple[str, ...]

    @property
    def has_truth(self) -> bool:
        """Whether there is anything to compare with."""
        return bool(self.scored)

    @property
    def n_foreground(self) -> int:
        """Frames whose ground truth is an action."""
        return int(self.counts[:, :-2].sum())

    def column(self, target: Target) -> int:
        """The place of a target among the columns; the last one for a target that is not shown."""
        return self.columns.index(target) if target in self.columns else len(self.columns) - 1

    def mof(self, table: Mapping[int, Target]) -> float | None:
        """Right frames over foreground frames under a label map; None without ground truth."""
        if not self.n_foreground:
            return None
        right = sum(int(self.counts[cluster, self.column(target)]) for cluster, target in table.items() if target >= 0)
        return right / self.n_foreground

    def purity(self, cluster: int) -> float | None:
        """Share of the largest action among the cluster's frames with ground truth."""
        total = int(self.counts[cluster].sum())
        return int(self.counts[cluster].max()) / total if total else None

    def recall(self, table: Mapping[int, Target], column: int) -> float | None:
        """Share of an action's frames that the clusters mapped to it hold."""
        total = int(self.counts[:, column].sum())
        if not total:
            return None
        return sum(int(self.counts[c, column]) for c, t in table.items() if self.column(t) == column) / total


def overlap(document: Document, run: RunId) -> Overlap:
    """The overlap of a run's clusters with the ground truth of all videos that have both."""
    n_clusters = document.runs[run].n_clusters
    actions = [int(a.id) for a in document.actions.values() if not a.archived]
    frames, videos = np.zeros(n_clusters, np.int64), np.zeros(n_clusters, np.int64)
    counts = np.zeros((n_clusters, len(actions) + 2), np.int64)
    scored: list[str] = []
    lookup = {action: number for number, action in enumerate([*actions, int(BACKGROUND)])}
    for (of_run, video), prediction in document.predictions.items():
        if of_run != run:
            continue
        clusters = prediction.segmentation.to_frames()
        held = np.bincount(clusters[(clusters >= 0) & (clusters < n_clusters)], minlength=n_clusters)
        frames += held
        videos += held > 0
        truth = document.ground_truth.get(video)
        if truth is None or truth.n_frames != len(clusters):
            continue
        scored.append(document.videos[video].name)
        places = np.repeat(
            [lookup.get(label, -1) for label in truth.labels.tolist()], np.diff(np.append(truth.starts, truth.n_frames))
        )
        counts += contingency(clusters, places, n_clusters, len(actions) + 2)
    return Overlap((*actions, int(BACKGROUND), UNMAPPED), counts, frames, videos, tuple(scored))


def after(label_map: LabelMap, cluster: int, target: Target) -> dict[int, Target]:
    """The table that an assignment leads to: in one-to-one the row that held the action takes what was there."""
    table = label_map.table()
    before = table[cluster]
    if target >= 0 and not label_map.many_to_one:
        for other, held in table.items():
            if held == target and other != cluster:
                table[other] = before
    table[cluster] = target
    return table


def solve(document: Document, run: RunId, found: Overlap) -> dict[int, Target]:
    """The proposal of a new matching: locked rows stay; in many-to-one each free row takes its largest cell."""
    label_map = document.label_maps[run]
    locked = {int(c): label_map.target(c) for c in label_map.locked}
    if label_map.many_to_one:
        free = [c for c in range(label_map.n_clusters) if c not in locked and found.counts[c, :-2].any()]
        return locked | {c: int(found.columns[int(np.argmax(found.counts[c, :-2]))]) for c in free}
    pairs = [
        (p.segmentation.to_frames(), document.ground_truth[v].to_frames())
        for (r, v), p in document.predictions.items()
        if r == run and v in document.ground_truth
    ]
    return match([p for p, _ in pairs], [t for _, t in pairs], label_map.n_clusters, locked=locked)


__all__ = ["Overlap", "after", "overlap", "solve"]
