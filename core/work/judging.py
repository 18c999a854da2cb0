"""How a training is scored while it runs and at its end: by matching, or by its names where a person gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics.matching import match
from ..metrics.report import quick_scores
from ..requests import TrainVideo
from .videos import truth_of

IntArray = NDArray[np.integer[Any]]
Scores = dict[str, float]


@dataclass(frozen=True)
class Judge:
    """Ground truth for scores, which training never sees.

    Without names clusters are matched to actions over all videos. With names (`bound`, of a training that learned from
    corrections) those stay, and only the videos in `learned` are left out of the scores: it was told their labels.
    """

    truths: Mapping[str, IntArray]
    bound: Mapping[int, int] = field(default_factory=dict)
    learned: frozenset[str] = frozenset()

    @classmethod
    def of(cls, videos: Sequence[TrainVideo], bound: Mapping[int, int], learned: frozenset[str]) -> Judge:
        """The judge of a request's videos."""
        truths = {video.id: truth for video in videos if (truth := truth_of(video)) is not None}
        return cls(truths, bound, learned)

    def label_map(self, found: Mapping[str, IntArray], n_clusters: int) -> dict[int, int]:
        """Cluster to action: the given names, and a match for clusters without one where there is ground truth."""
        if not self.truths:
            return dict(self.bound)
        names = list(self.truths)
        matched = match([found[n] for n in names], [self.truths[n] for n in names], n_clusters, locked=self.bound)
        return {int(cluster): int(action) for cluster, action in matched.items()}

    def scores(self, found: Mapping[str, IntArray], n_clusters: int) -> Scores | None:
        """MoF and F1; None where no video with ground truth is left to score."""
        if not self.bound:
            return self._scores(list(self.truths), found, n_clusters, None)
        table = self.label_map(found, n_clusters)
        return self._scores([v for v in self.truths if v not in self.learned], found, n_clusters, table)

    def _scores(
        self, names: list[str], found: Mapping[str, IntArray], n_clusters: int, table: Mapping[int, int] | None
    ) -> Scores | None:
        if not names:
            return None
        truths, labels = {n: self.truths[n] for n in names}, {n: found[n] for n in names}
        mof, f1 = quick_scores(truths, labels, n_clusters=n_clusters, label_map=table)
        return {"mof": float(mof), "f1": float(f1)}
