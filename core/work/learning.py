"""From corrected segments to what a training learns: which cluster each action is, the cluster of each corrected row.

Actions are put in the order of their mean time in the corrected videos and bound to clusters in that order, so that the
temporal prior and the fixed-order decoder, which both count clusters from the start of a video, agree with the names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import ConfigError
from ..events import LogLine, Report
from ..requests import TrainRequest, TrainVideo
from ..tot.config import TrainConfig
from ..tot.supervision import Lessons
from ..tot.train import NO_LESSONS

IntArray = NDArray[np.integer[Any]]
ENOUGH = 2
"""Whole corrected videos that must show one order before it is believed."""


@dataclass(frozen=True)
class Lesson:
    """What one training learns from a person.

    `bound` is the action (or BACKGROUND) of each cluster that has one. `videos` are those it learns from, with the
    number of corrected frames. `orders` are the actions of each wholly corrected video, in its order.
    """

    source: str
    bound: Mapping[int, int]
    lessons: Lessons
    videos: Mapping[str, int]
    orders: tuple[tuple[int, ...], ...]

    def steer(self, config: TrainConfig) -> TrainConfig:
        """The settings with a decoder that the corrected videos do not contradict.

        One order in all of them, with every cluster in it: fixed-order. Where fixed-order was wanted and they show
        other orders: each video's own (any-order was worse with TOT in every trial, docs/learning.md).
        """
        known = set(self.orders)
        one_order = len(self.orders) >= ENOUGH and len(known) == 1
        whole = one_order and sorted(next(iter(known))) == sorted(self.bound.values())
        if whole and len(self.bound) == config.n_clusters:
            return msgspec.structs.replace(config, decoder="fixed-order")
        if config.decoder != "fixed-order" or all(_follows(order, self.bound) for order in known):
            return config
        return msgspec.structs.replace(config, decoder="video-order")

    def plain(self, request: TrainRequest) -> dict[str, Any]:
        """The record of it that the run keeps, as plain values: corrections as they were seen, and the names."""
        return {
            "source": self.source,
            "bound": {str(cluster): action for cluster, action in self.bound.items()},
            "videos": {
                video: {"starts": request.corrections[video][0], "labels": request.corrections[video][1], "frames": n}
                for video, n in self.videos.items()
            },
        }


def lesson_of(request: TrainRequest, config: TrainConfig, n_rows: Sequence[int], report: Report) -> Lesson | None:
    """What a request's corrections teach; None where there are none that lie on feature rows.

    Args:
        n_rows: rows of the features of each video of the request.
    Raises:
        ConfigError: more actions than clusters, or a method that cannot learn from corrections.
    """
    if not request.corrections:
        return None
    if config.method == "cte":
        raise ConfigError(NO_LESSONS)
    frames = {video.id: _frames(video, request.corrections) for video in request.videos}
    labels = {v: known for v, known in frames.items() if known is not None and (known != UNLABELLED).any()}
    bound = bind(list(labels.values()), config)
    clusters = {action: cluster for cluster, action in bound.items()}
    of_rows = tuple(
        _rows(video, labels.get(video.id), n, clusters) for video, n in zip(request.videos, n_rows, strict=True)
    )
    lessons = Lessons(of_rows)
    if not lessons.n_known:
        report(LogLine(text="No corrected frame lies on a feature row: nothing is learned from.", level="warning"))
        return None
    counts = {video: int(np.count_nonzero(known != UNLABELLED)) for video, known in labels.items()}
    orders = tuple(_order(known) for known in labels.values() if not (known == UNLABELLED).any())
    lesson = Lesson(request.learn_from, bound, lessons, counts, orders)
    _tell(lesson, config, report, request.actions)
    return lesson


def bind(labels: Sequence[IntArray], config: TrainConfig) -> dict[int, int]:
    """Cluster to action, by the mean time of each action over the corrected videos that have it.

    Fewer actions than clusters take the places that lie nearest to their times, in order; the rest stay free for
    steps that nobody has named yet. Background takes a cluster where one is to spare and the method has no rule for it.

    Args:
        labels: (n_frames,) ActionIds of each corrected video, BACKGROUND and UNLABELLED among them.
    Raises:
        ConfigError: there are more actions than clusters.
    """
    times: dict[int, list[float]] = {}
    for known in labels:
        place = (np.arange(len(known)) + 0.5) / len(known)
        for action in np.unique(known[known != UNLABELLED]).tolist():
            times.setdefault(action, []).append(float(place[known == action].mean()))
    actions = {action: float(np.mean(when)) for action, when in times.items() if action >= 0}
    n_clusters = config.n_clusters
    if len(actions) > n_clusters:
        raise ConfigError(
            f"The corrected videos use {len(actions)} actions, but the training has {n_clusters} clusters. "
            f"Set {len(actions)} or more clusters, or learn from none."
        )
    if BACKGROUND in times and len(actions) < n_clusters and config.preset != "yti":
        actions[int(BACKGROUND)] = float(np.mean(times[int(BACKGROUND)]))
    ordered = sorted(actions, key=lambda action: (actions[action], action))
    places = _places(np.array([actions[action] for action in ordered]), n_clusters)
    return dict(zip(places, ordered, strict=True))


def _places(times: NDArray[np.float64], n_clusters: int) -> list[int]:
    """Rising clusters for rising times, with the least distance between each time and the middle of its cluster."""
    n = len(times)
    cost = np.abs(times[:, None] - (np.arange(n_clusters) + 0.5) / n_clusters)
    best = np.zeros(n_clusters + 1)  # over the first j clusters
    taken = np.zeros((n, n_clusters + 1), bool)
    for i in range(n):
        longer = np.full(n_clusters + 1, np.inf)
        for j in range(i + 1, n_clusters + 1):
            here = best[j - 1] + cost[i, j - 1]
            taken[i, j] = here < longer[j - 1]
            longer[j] = min(here, longer[j - 1])
        best = longer
    found, j = [], n_clusters
    for i in range(n - 1, -1, -1):
        while not taken[i, j]:
            j -= 1
        j -= 1
        found.append(j)
    return found[::-1]


def _frames(video: TrainVideo, corrections: Mapping[str, tuple[list[int], list[int]]]) -> IntArray | None:
    if video.id not in corrections:
        return None
    starts, labels = corrections[video.id]
    return Segmentation.from_pieces(starts, labels, video.n_frames).to_frames()


def _rows(video: TrainVideo, labels: IntArray | None, n_rows: int, clusters: Mapping[int, int]) -> IntArray:
    """(n_rows,) cluster of each feature row: that of most of its corrected frames, -1 without any."""
    found = np.full(n_rows, -1, np.int64)
    if labels is None:
        return found
    rows = video.timebase.rows() if video.n_rows else np.arange(video.n_frames)
    order = list(clusters)
    votes = np.zeros((n_rows, len(order)), np.int64)
    for column, action in enumerate(order):
        mine = np.minimum(rows[labels == action], n_rows - 1)
        votes[:, column] = np.bincount(mine, minlength=n_rows)
    known = votes.any(axis=1)
    table = np.array([clusters[action] for action in order], np.int64)
    found[known] = table[votes[known].argmax(axis=1)]
    return found


def _order(labels: IntArray) -> tuple[int, ...]:
    """The actions of a video in their order, background left out, neighbours joined."""
    inside = labels[labels >= 0]
    return tuple(inside[np.concatenate([[True], np.diff(inside) != 0])].tolist()) if len(inside) else ()


def _follows(order: Sequence[int], bound: Mapping[int, int]) -> bool:
    """Whether a video goes through the actions in the order of their clusters, each at most once."""
    clusters = {action: cluster for cluster, action in bound.items()}
    return bool(np.all(np.diff([clusters[action] for action in order]) > 0))


def _tell(lesson: Lesson, config: TrainConfig, report: Report, names: Mapping[int, str]) -> None:
    n, frames = len(lesson.videos), sum(lesson.videos.values())
    each = ", ".join(f"{c} {names.get(a, str(a))}" for c, a in sorted(lesson.bound.items()))
    report(LogLine(text=f"Learns from {n} corrected video{'s' if n > 1 else ''}, {frames:,} frames. Clusters: {each}"))
    free = config.n_clusters - len(lesson.bound)
    if free:
        report(LogLine(text=f"{free} of {config.n_clusters} clusters have no name yet: no corrected video has them."))
    if (decoder := lesson.steer(config).decoder) != config.decoder:
        report(LogLine(text=f"Decoder {decoder} instead of {config.decoder}, as the corrected videos show."))
