"""Taken segments that no longer say what their cluster is mapped to, and the edit that brings them up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..data.dataset import UNLABELLED, RunId, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .on_track import review_of_unseen
from .segmentation import EDITED, TAKEN, Segmentation
from .values import Review, ReviewStatus, Target, TrackKey


@dataclass(frozen=True)
class Taken:
    """One video's corrected track beside the predictions of a run and, with their maps, of the others; only values."""

    video: VideoId
    corrected: Segmentation
    clusters: Segmentation
    others: tuple[tuple[Segmentation, Mapping[int, Target]], ...] = ()
    review: Review | None = None


@dataclass(frozen=True)
class Stale:
    """What is out of date: `segments` that were taken from `clusters`, and the edit that updates them."""

    segments: int
    clusters: tuple[int, ...]
    edit: Edit

    def __str__(self) -> str:
        many = "1 segment was" if self.segments == 1 else f"{self.segments} segments were"
        numbers = ", ".join(map(str, self.clusters))
        return f"{many} taken from cluster{'' if len(self.clusters) == 1 else 's'} {numbers}"


def taken_of(document: Document, run: RunId) -> tuple[Taken, ...]:
    """The videos with a corrected track and a prediction of the run; accepted ones stay as they were accepted."""
    found = []
    tables = {r: label_map.table() for r, label_map in document.label_maps.items()}
    for video, corrected in document.corrected.items():
        prediction = document.predictions.get((run, video))
        if prediction is None or document.review(video).status is ReviewStatus.ACCEPTED:
            continue
        others = tuple(
            (p.segmentation, tables[r])
            for r in document.runs
            if r != run and (p := document.predictions.get((r, video))) is not None
        )
        found.append(Taken(video, corrected, prediction.segmentation, others, document.reviews.get(video)))
    return tuple(found)


def stale_taken(run_name: str, taken: Iterable[Taken], table: Mapping[int, Target]) -> Stale | None:
    """Segments that were taken from a remapped cluster and not edited since; None where there are none.

    A corrected segment came from this run where its ends are ends of the run's segments and no other run says exactly
    what it says. Where several clusters lie behind one segment, each part follows its own.
    """
    swaps, count, behind = [], 0, set[int]()
    for one in taken:
        after, stale, clusters = _updated(one, table)
        if stale:
            swaps.append(Swap(TrackKey(one.video), one.corrected, after))
            swaps += review_of_unseen(one.review, one.video, one.corrected, after)
            count += stale
            behind |= clusters
    if not swaps:
        return None
    numbers = tuple(sorted(behind))
    text = f"update {count} segment{'' if count == 1 else 's'} taken from {run_name}"
    return Stale(count, numbers, Edit(text, tuple(swaps)))


def update_taken(document: Document, run: RunId) -> Edit:
    """Every stale segment becomes what its cluster is mapped to now: one edit. Raises EditError for none."""
    label_map = document.label_maps.get(run)
    if label_map is None:
        raise EditError(f'There is no run "{run}" in this project.')
    found = stale_taken(document.runs[run].name, taken_of(document, run), label_map.table())
    if found is None:
        raise EditError("No segment that was taken from a prediction differs from the label map.")
    return found.edit


def _updated(one: Taken, table: Mapping[int, Target]) -> tuple[Segmentation, int, set[int]]:
    corrected, clusters = one.corrected, one.clusters
    flags = np.zeros(len(corrected), np.uint8) if corrected.flags is None else corrected.flags
    candidates = np.flatnonzero((flags & (TAKEN | EDITED)) == TAKEN)
    first = np.searchsorted(clusters.starts, corrected.starts[candidates])
    stop = np.searchsorted(clusters.starts, corrected.stops[candidates])
    edges = np.append(clusters.starts, clusters.n_frames)
    fits = (edges[first] == corrected.starts[candidates]) & (edges[stop] == corrected.stops[candidates])
    pieces: list[int] = []
    count = 0
    for index, low, high in zip(candidates[fits].tolist(), first[fits].tolist(), stop[fits].tolist(), strict=True):
        start, end, label = corrected[index]
        wrong = [place for place in range(low, high) if _target(table, int(clusters.labels[place])) != label]
        if wrong and not _says(one.others, start, end, label):
            count += 1
            pieces += wrong
    behind = {int(clusters.labels[place]) for place in pieces}
    return (_with_pieces(corrected, clusters, pieces, table) if pieces else corrected), count, behind


def _with_pieces(
    corrected: Segmentation, clusters: Segmentation, pieces: Sequence[int], table: Mapping[int, Target]
) -> Segmentation:
    """The corrected track in which these segments of the prediction carry what their cluster is mapped to."""
    starts = np.union1d(corrected.starts, np.append(clusters.starts[list(pieces)], clusters.stops[list(pieces)]))
    starts = starts[starts < corrected.n_frames]
    within = np.searchsorted(corrected.starts, starts, side="right") - 1
    labels = corrected.labels[within].copy()
    flags = np.zeros(len(corrected), np.uint8) if corrected.flags is None else corrected.flags
    edges = np.append(starts, corrected.n_frames)
    for place in pieces:
        where = slice(*np.searchsorted(edges, [clusters.starts[place], clusters.stops[place]]))
        labels[where] = _target(table, int(clusters.labels[place]))
    return Segmentation.from_pieces(starts.tolist(), labels.tolist(), corrected.n_frames, flags[within].tolist())


def _target(table: Mapping[int, Target], cluster: int) -> Target:
    return table.get(cluster, cluster if cluster < 0 else UNLABELLED)


def _says(others: Sequence[tuple[Segmentation, Mapping[int, Target]]], start: int, stop: int, label: int) -> bool:
    """Whether another run has segments with exactly these ends, all of them with this label."""
    for clusters, table in others:
        edges = np.append(clusters.starts, clusters.n_frames)
        first, last = np.searchsorted(edges, [start, stop])
        if edges[first] == start and edges[last] == stop:
            targets = {_target(table, cluster) for cluster in clusters.labels[first:last].tolist()}
            if targets == {label}:
                return True
    return False
