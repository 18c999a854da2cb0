"""What a run that learned from corrections changed in the other videos, beside the run before it.

Nobody corrected those videos: without ground truth only the change can be told, with it whether it is for the better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .annotation.document import Document
from .annotation.segmentation import Segmentation
from .data.dataset import UNLABELLED, RunId
from .metrics.report import quick_scores
from .metrics.segments import overlaps, runs_of

Cuts = Sequence[Segmentation]


@dataclass(frozen=True)
class Said:
    """The predictions of one run on some videos, its clusters, and what they are called."""

    name: str
    cuts: Cuts
    n_clusters: int
    table: Mapping[int, int]

    def actions(self) -> Cuts:
        """The predictions in actions."""
        return [cut.mapped(dict(self.table), default=UNLABELLED) for cut in self.cuts]

    def mof(self, truths: Mapping[int, Segmentation]) -> float:
        """Share of right frames on the videos (by their place) with ground truth."""
        found = {str(n): self.cuts[n] for n in truths}
        wanted = {str(n): truth for n, truth in truths.items()}
        return quick_scores(wanted, found, n_clusters=self.n_clusters, label_map=self.table)[0]


@dataclass(frozen=True)
class Compared:
    """Two runs on the videos that neither learned from, as they stand now; to be counted beside the window."""

    before: Said
    now: Said
    truths: Mapping[int, Segmentation]

    def words(self) -> str:
        """One sentence: how much is named otherwise, and the MoF of both where there is ground truth."""
        n, share = len(self.now.cuts), changed(self.before.actions(), self.now.actions())
        scores = ""
        if self.truths:
            scores = f"; MoF {100 * self.before.mof(self.truths):.1f} → {100 * self.now.mof(self.truths):.1f} %"
        videos = f"the {n} other videos" if n > 1 else "the other video"
        return f"On {videos} it names {share:.0%} of the frames otherwise than {self.before.name}{scores}."


def compared(document: Document, run: RunId) -> Compared | None:
    """A run that learned from corrections and the newest one before it, on videos that neither learned from.

    None where the run learned from nothing, or no earlier run that is not hidden shares such a video with it.
    """
    mine = document.runs[run]
    if not mine.learned.videos:
        return None
    for other in reversed([run for run in document.shown_runs if run.number < mine.number]):
        told = {*mine.learned.videos, *other.learned.videos}
        of_both = [v for r, v in document.predictions if r == run and (other.id, v) in document.predictions]
        videos = [v for v in of_both if v not in told]
        if videos:
            before, now = (
                Said(
                    document.runs[r].name,
                    [document.predictions[r, v].segmentation for v in videos],
                    document.runs[r].n_clusters,
                    document.label_maps[r].table(),
                )
                for r in (other.id, run)
            )
            truths = {n: document.ground_truth[v] for n, v in enumerate(videos) if v in document.ground_truth}
            return Compared(before, now, truths)
    return None


def changed(before: Cuts, now: Cuts) -> float:
    """Share of the frames that two labellings of the same videos name otherwise.

    >>> cut = Segmentation.from_frames
    >>> changed([cut([0, 0, 1, 1])], [cut([0, 1, 1, 1])])
    0.25
    """
    one, other = runs_of(before), runs_of(now)
    shared = overlaps(one, other)
    differs = one.labels[shared.first] != other.labels[shared.second]
    return float(shared.frames[differs].sum() / shared.frames.sum())
