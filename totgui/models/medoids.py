"""The most typical frames of each cluster, from different videos where there are such. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, Video, VideoId
from core.data.npy import open_matrix
from core.errors import TotError
from core.metrics.segments import runs_of

PER_CLUSTER = 3
TYPICAL = 1e-3
"""Frames whose score is this close to the best are equally typical; the one nearest to the middle is taken."""


@dataclass(frozen=True)
class Medoid:
    """A frame that stands for a cluster, and the segment ``[start, stop)`` around it."""

    video: VideoId
    frame: int
    start: int
    stop: int


@dataclass(frozen=True)
class Seen:
    """What medoids are found in, as values that never change."""

    n_clusters: int
    clusters: Mapping[VideoId, Segmentation]
    videos: Mapping[VideoId, Video]
    posteriors: Mapping[VideoId, Path]


def seen_of(document: Document, run: RunId) -> Seen:
    """The predictions of a run now. Videos with a file come first: they have pictures."""
    found = {v: p for (r, v), p in document.predictions.items() if r == run}
    order = sorted(found, key=lambda v: document.videos[v].media is None)
    return Seen(
        document.runs[run].n_clusters,
        {v: found[v].segmentation for v in order},
        {v: document.videos[v] for v in order},
        {v: scores.posterior for v in order if (scores := found[v].scores) is not None},
    )


def medoids(seen: Seen) -> dict[int, list[Medoid]]:
    """Up to three medoids of each cluster: in its longest segments, the frame whose soft assignment is the highest.

    Without scores it is the middle of the segment.
    """
    if not seen.clusters:
        return {}
    names = list(seen.clusters)
    runs = runs_of([seen.clusters[v] for v in names])
    borders = np.concatenate([[0], np.cumsum([seen.clusters[v].n_frames for v in names])])
    order = np.lexsort((runs.videos, -runs.lengths, runs.labels))
    found: dict[int, list[Medoid]] = {}
    first = np.searchsorted(runs.labels[order], np.arange(seen.n_clusters + 1))
    for cluster in range(seen.n_clusters):
        chosen = _spread(order[first[cluster] : first[cluster + 1]].tolist(), runs.videos)
        for segment in chosen:
            video = int(runs.videos[segment])
            start = int(runs.starts[segment] - borders[video])
            stop = start + int(runs.lengths[segment])
            name = names[video]
            found.setdefault(cluster, []).append(Medoid(name, _typical(seen, name, cluster, start, stop), start, stop))
    return found


def _spread(segments: Sequence[int], videos: np.ndarray) -> list[int]:
    """The first three segments of different videos; fewer videos are used again."""
    taken: dict[int, int] = {}
    for segment in segments:
        taken.setdefault(int(videos[segment]), segment)
        if len(taken) == PER_CLUSTER:
            return list(taken.values())
    chosen = list(taken.values())
    return [*chosen, *[s for s in segments if s not in chosen][: PER_CLUSTER - len(chosen)]]


def _typical(seen: Seen, name: VideoId, cluster: int, start: int, stop: int) -> int:
    middle = (start + stop) // 2
    path = seen.posteriors.get(name)
    if path is None:
        return middle
    try:
        scores = open_matrix(path)
    except (TotError, OSError):
        return middle
    timebase = seen.videos[name].timebase
    if cluster >= scores.shape[1] or len(scores) != timebase.n_rows:  # features were made anew since
        return middle
    rows = timebase.rows()[start:stop]
    low = int(rows[0])
    values = np.asarray(scores[low : int(rows[-1]) + 1, cluster])[rows - low]
    best = np.flatnonzero(values >= values.max() - TYPICAL) + start
    return int(best[np.argmin(np.abs(best - middle))])
