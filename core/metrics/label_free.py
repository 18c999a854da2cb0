"""What can be said of a segmentation without ground truth: lengths, order, and distance to an equal split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from .segments import Labels, runs_of


class LabelFree(msgspec.Struct, frozen=True, kw_only=True):
    """Clusters of several videos. `order_violations` is the share of neighbouring segments whose cluster number
    falls; `distance` the mean of ``|x - y|`` in cluster widths, x the relative time of a frame and y the place
    ``(k + .5) / K`` of its cluster: 0.25 for an equal split, large where steps are permuted. `unused` are the
    clusters that hold no frame. `background` is the share of frames in no cluster.
    """

    videos: int
    segments: float
    mean_length: float
    median_length: float
    order_violations: float
    distance: float
    unused: list[int]
    background: float


def label_free(clusters: Mapping[str, Labels], n_clusters: int) -> LabelFree:
    """The figures of label arrays (T,) or segments by video; -1 is background, which is no segment."""
    runs = runs_of(list(clusters.values()))
    inside = runs.labels >= 0
    labels, videos, lengths = runs.labels[inside], runs.videos[inside], runs.lengths[inside]
    frames = int(lengths.sum())
    sizes = np.bincount(runs.videos, runs.lengths)
    starts = runs.starts - (np.cumsum(sizes) - sizes)[runs.videos]
    together = videos[1:] == videos[:-1]
    falls = int(np.count_nonzero((labels[1:] < labels[:-1]) & together))
    neighbours = int(np.count_nonzero(together))
    distance = _distance(starts[inside], lengths, sizes[videos], (labels + 0.5) / n_clusters)
    return LabelFree(
        videos=runs.n_videos,
        segments=len(labels) / runs.n_videos,
        mean_length=frames / len(labels) if len(labels) else 0.0,
        median_length=float(np.median(lengths)) if len(labels) else 0.0,
        order_violations=falls / neighbours if neighbours else 0.0,
        distance=n_clusters * distance / frames if frames else 0.0,
        unused=sorted(set(range(n_clusters)) - set(labels.tolist())),
        background=1 - frames / int(runs.lengths.sum()),
    )


def _distance(starts: Any, lengths: Any, sizes: Any, place: Any) -> float:
    """Sum over all frames of |(t + .5) / T - place|, by segment in closed form but for half a frame."""
    first, last = starts / sizes - place, (starts + lengths) / sizes - place
    outside = np.abs(first + last) / 2  # the mean where the sign does not change
    crossing = (first**2 + last**2) / (2 * np.maximum(last - first, 1e-300))
    return float(np.sum(lengths * np.where((first < 0) & (last > 0), crossing, outside)))
