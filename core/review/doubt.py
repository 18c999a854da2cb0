"""How likely each frame of a track is wrong, as far as that can be told without the truth, and which reason says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import EDITED, Segmentation
from ..data.dataset import UNLABELLED, VideoId
from .looks import Look
from .place import Kind
from .usual import Usual

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
Spans = Sequence[tuple[int, int]]

# What each reason adds to the log-odds that a frame is wrong, where it speaks fully (LOOK: from minus to plus half of
# it). RUNS, NEAR_BOUNDARY, RANK and LOOK come from logistic regressions of wrong frames over the demo, coffee clips,
# the real bottle videos and made-up videos, each left out in turn. The rare reasons got the lift that they had on the
# real videos; on made-up ones, where every order and length is true, they had none. SECOND and UNLABELLED are not in
# that data. benchmarks/review_queue.py measures what the queue finds with these weights.
PRIOR = -2.0
RUNS = 1.4
NEAR_BOUNDARY = 0.7
RANK = 0.35
LOW_TAIL = 0.6
LOOK = 3.0
LENGTH = 1.4
ORDER = 1.2
FRAMES = 1.2
SECOND = 2.5
UNLABELLED_ODDS = 8.0

LOW_SHARE = 0.2
"""The share of an activity's frames whose margin counts as low, the lowest most."""
NEAR_SHARE = 0.15
"""Distance from a boundary, in mean lengths of a segment, at which the doubt of it has fallen to 1 / e."""
FAR = 2.5
"""Deviations from which a length or a distance is unusual; it speaks fully at twice that."""
RARE = 0.15
"""A follower that came less often than this, of all that followed an action, is unusual."""
LEAST_FOLLOWED = 8
"""How often an action must have been followed before a rare follower is called unusual."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one video beside its labels.

    Args:
        track: the labels in question, in actions: the corrected track, else the shown prediction.
        margin: (n_frames,) how far the best cluster lies above the second best; None without scores.
        others: the same video as other runs cut it, in actions.
        second: the same video as another person cut it.
        means: (segments, D) mean feature row of each segment of `track`; None without features.
        look: what its frames look like in the other videos; None without features.
        checked: spans that a person has found right, or has corrected.
    """

    video: VideoId
    track: Segmentation
    margin: FloatArray | None = None
    others: tuple[Segmentation, ...] = ()
    second: Segmentation | None = None
    means: FloatArray | None = None
    look: Look | None = None
    checked: Spans = ()


@dataclass(frozen=True)
class Doubt:
    """One reason over a video: `log_odds` (n_frames,) float32 is what it adds at each frame."""

    kind: Kind
    log_odds: FloatArray
    found: FloatArray | None = None
    usual: float = 0.0
    other: IntArray | None = None


@dataclass(frozen=True)
class SegmentDoubt:
    """One reason over one segment of a track."""

    kind: Kind
    index: int
    log_odds: float
    found: float
    usual: float
    before: int | None = None


def margin(scores: FloatArray) -> FloatArray:
    """(rows,) float32: how far the best cluster of each row of (rows, K) scores lies above the second best."""
    best = np.partition(np.asarray(scores), -2, axis=1)[:, -2:]
    return np.asarray(best[:, 1] - best[:, 0])


@dataclass(frozen=True)
class Margins:
    """The margins of all frames of an activity, rising: what a low one is."""

    rising: FloatArray

    @classmethod
    def of(cls, margins: Sequence[FloatArray]) -> Margins:
        """The margins of some videos together."""
        return cls(np.sort(np.concatenate(margins)) if margins else np.empty(0, np.float32))

    def ranks(self, margin: FloatArray) -> FloatArray:
        """(n_frames,) float32 share of the activity's frames that have a lower margin; of equal ones, half."""
        below = np.searchsorted(self.rising, margin, side="left") + np.searchsorted(self.rising, margin, side="right")
        return (below / max(1, 2 * len(self.rising))).astype(np.float32)

    @property
    def median(self) -> float:
        """The median of the activity; 0 without scores."""
        return float(self.rising[len(self.rising) // 2]) if len(self.rising) else 0.0


def frame_doubts(evidence: Evidence, margins: Margins) -> list[Doubt]:
    """The reasons that are known frame by frame: nobody looked, runs or persons disagree, low margin, a boundary."""
    track, labels = evidence.track, evidence.track.to_frames()
    found = [Doubt(Kind.BOUNDARY, NEAR_BOUNDARY * near_boundary(track))]
    if (unlabelled := labels == UNLABELLED).any():
        found.append(Doubt(Kind.UNLABELLED, UNLABELLED_ODDS * unlabelled.astype(np.float32)))
    if evidence.others:
        differ: FloatArray = np.zeros(len(labels), dtype=np.float32)
        for other in evidence.others:
            differ += other.to_frames() != labels
        n_others = len(evidence.others)
        found.append(Doubt(Kind.RUNS, RUNS * differ / n_others, differ, float(n_others)))
    if evidence.second is not None:
        second = evidence.second.to_frames()
        differs = (second != labels) & (second != UNLABELLED)
        if differs.any():
            found.append(Doubt(Kind.SECOND_REVIEWER, SECOND * differs.astype(np.float32)))
    if evidence.margin is not None and len(margins.rising):
        ranks = margins.ranks(evidence.margin)
        low = np.clip((LOW_SHARE - ranks) / LOW_SHARE, 0.0, 1.0)
        found.append(Doubt(Kind.MARGIN, RANK * (1.0 - ranks) + LOW_TAIL * low, evidence.margin, margins.median))
    if evidence.look is not None:
        look = evidence.look
        log_odds = LOOK * look.trust * (look.rank - 0.5)
        found.append(Doubt(Kind.LOOK, log_odds, (look.lead > 0).astype(np.float32), other=look.other))
    return found


def near_boundary(track: Segmentation) -> FloatArray:
    """(n_frames,) float32 from 0 to 1: how close a boundary lies, by the track's mean length of a segment."""
    edges = np.concatenate([[-np.inf], track.boundaries(), [np.inf]])
    frames = np.arange(track.n_frames)
    after = np.searchsorted(edges, frames, side="right")
    distance = np.minimum(frames - edges[after - 1], edges[after] - frames)
    return np.asarray(np.exp(-distance / (NEAR_SHARE * track.n_frames / len(track))), dtype=np.float32)


def segment_doubts(evidence: Evidence, usual: Usual) -> Iterator[SegmentDoubt]:
    """The reasons that are known segment by segment: an unusual length, order or look."""
    track = evidence.track
    for index, segment in enumerate(track.segments):
        if segment.label == UNLABELLED:
            continue
        lengths = usual.log_lengths.get(segment.label)
        if lengths is not None and (strength := _far(abs(lengths.deviations(float(np.log(segment.length)))))):
            yield SegmentDoubt(Kind.LENGTH, index, LENGTH * strength, segment.length, float(np.exp(lengths.median)))
        if index and (order := _order(usual, int(track.labels[index - 1]), segment.label)) is not None:
            came, stood = order
            yield SegmentDoubt(Kind.ORDER, index, ORDER, came, stood, int(track.labels[index - 1]))
        distances = usual.distances.get(segment.label)
        if evidence.means is not None and distances is not None:
            distance = float(np.linalg.norm(evidence.means[index] - usual.centres[segment.label]))
            if strength := _far(distances.deviations(distance)):
                yield SegmentDoubt(Kind.FRAMES, index, FRAMES * strength, distance, distances.median)


def _far(deviations: float) -> float:
    """How unusual a number of deviations is: 0 up to FAR, 1 from twice that."""
    return min(1.0, deviations / FAR - 1.0) if deviations > FAR else 0.0


def _order(usual: Usual, before: int, label: int) -> tuple[int, int] | None:
    """How often `label` came after `before`, of how often; None where that is not rare, or too little is known."""
    stood = usual.leaves.get(before, 0)
    came = usual.follows.get((before, label), 0)
    return (came, stood) if stood >= LEAST_FOLLOWED and came / stood < RARE else None


def settled(evidence: Evidence) -> NDArray[np.bool_]:
    """(n_frames,) bool: the frames that a person has looked at: found right, or in a segment that was edited."""
    frames = np.zeros(evidence.track.n_frames, dtype=bool)
    for start, stop in evidence.checked:
        frames[start:stop] = True
    for index, segment in enumerate(evidence.track.segments):
        if evidence.track.flag(index) & EDITED:
            frames[segment.start : segment.stop] = True
    return frames
