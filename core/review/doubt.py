"""How likely each frame of a track is wrong, as far as that can be told without the truth, and which reason says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import EDITED, Segmentation
from ..data.dataset import UNLABELLED, VideoId
from ..metrics.segments import rising_union
from .cells import Cells, cells, joined, step_for
from .looks import Look
from .place import Kind
from .usual import Usual, far_from

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

TEMPER = 0.3
"""Neighbouring rows are not independent: a nat of lead counts as this much."""
LOW_SHARE = 0.2
"""The share of an activity's frames whose margin counts as low, the lowest most."""
NEAR_SHARE = 0.15
"""Distance from a boundary, in mean lengths of a segment, at which the doubt of it has fallen to 1 / e."""
SLACK = 0.01
"""Log-odds by which a bound may lie under what is asked for: far more than what single precision loses."""
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
    """One reason over some cells of a video: `log_odds` (n,) float32 is what it adds at each, `found` what it read."""

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


def look_odds(look: Look) -> FloatArray:
    """(n,) what the look of each piece adds to the log-odds.

    Even where every label is right, half of all frames look less like theirs than the other half: what looks far more
    like its own action than any other is not doubted for its rank.
    """
    likely = np.minimum(1.0, 2.0 / (1.0 + np.exp(np.clip(-TEMPER * look.lead, -30.0, 30.0))))
    rank = look.rank - 0.5
    return np.asarray(LOOK * look.trust * np.where(rank > 0, rank * likely, rank), np.float32)


def labels_at(track: Segmentation, frames: IntArray) -> IntArray:
    """(n,) the label of each of these frames."""
    return np.asarray(track.labels[np.searchsorted(track.starts, frames, side="right") - 1])


def frame_doubts(evidence: Evidence, margins: Margins, seen: Cells) -> list[Doubt]:
    """The reasons that are known frame by frame: nobody looked, runs or persons disagree, low margin, a boundary.

    Args:
        seen: where it is looked; each cell lies in one segment of every track, and is one frame where there are scores.
    """
    track, frames = evidence.track, seen.starts
    labels = labels_at(track, frames)
    found = [Doubt(Kind.BOUNDARY, NEAR_BOUNDARY * near_boundary(track, seen.middles))]
    if (unlabelled := labels == UNLABELLED).any():
        found.append(Doubt(Kind.UNLABELLED, UNLABELLED_ODDS * unlabelled.astype(np.float32)))
    if evidence.others:
        differ: FloatArray = np.zeros(len(labels), dtype=np.float32)
        for other in evidence.others:
            differ += labels_at(other, frames) != labels
        n_others = len(evidence.others)
        found.append(Doubt(Kind.RUNS, RUNS * differ / n_others, differ, float(n_others)))
    if evidence.second is not None:
        second = labels_at(evidence.second, frames)
        differs = (second != labels) & (second != UNLABELLED)
        if differs.any():
            found.append(Doubt(Kind.SECOND_REVIEWER, SECOND * differs.astype(np.float32)))
    if evidence.margin is not None and len(margins.rising):
        here = evidence.margin[frames]
        ranks = margins.ranks(here)
        low = np.clip((LOW_SHARE - ranks) / LOW_SHARE, 0.0, 1.0)
        found.append(Doubt(Kind.MARGIN, RANK * (1.0 - ranks) + LOW_TAIL * low, here, margins.median))
    if evidence.look is not None:
        look = evidence.look
        place = look.place(frames)
        unlike = (look.lead > 0).astype(np.float32)[place]
        found.append(Doubt(Kind.LOOK, look_odds(look)[place], unlike, other=look.other[place]))
    return found


def doubtful(evidence: Evidence, segments: Sequence[SegmentDoubt], *, least: float, gap: int) -> Cells:
    """The frames that may reach the log-odds `least`, and more than `gap` on either side of each stretch of them.

    Counted on segments: what is known of single frames, their margin and how close a boundary lies, is taken at its
    largest. So frames that belong to one place stand together.
    """
    track, n_frames = evidence.track, evidence.track.n_frames
    starts, most = _most(evidence, segments)
    stops, may = np.append(starts[1:], n_frames), most >= least - SLACK
    first, last = np.maximum(starts[may] - gap - 1, 0), np.minimum(stops[may] + gap + 1, n_frames)
    first, last = joined(first, last, 0)
    step = step_for(fade(track)) if evidence.margin is None else 1
    if step == 1:
        return cells(first, last, 1, first[:0])
    middles = (track.starts + track.stops) // 2
    checked = np.array([min(frame, n_frames) for span in evidence.checked for frame in span], np.int64)
    crossed = _crossings(track, starts[may], most[may] - NEAR_BOUNDARY, least)
    return cells(first, last, step, rising_union(starts, middles, np.sort(checked), crossed))


def _most(evidence: Evidence, segments: Sequence[SegmentDoubt]) -> tuple[IntArray, FloatArray]:
    """(P,) starts of the pieces in which no track changes, and the log-odds that no frame of each can pass."""
    track, second = evidence.track, evidence.second
    others = [each for each in (second, evidence.look) if each is not None]
    starts = rising_union(*(cut.starts for cut in (track, *evidence.others, *others)))
    place = np.searchsorted(track.starts, starts, side="right") - 1
    labels, by_segment = track.labels[place], np.zeros(len(track))
    for each in segments:
        by_segment[each.index] += each.log_odds
    most = PRIOR + NEAR_BOUNDARY + by_segment[place] + np.where(labels == UNLABELLED, UNLABELLED_ODDS, 0.0)
    for other in evidence.others:
        most += RUNS / len(evidence.others) * (labels_at(other, starts) != labels)
    if second is not None:
        theirs = labels_at(second, starts)
        most += SECOND * ((theirs != labels) & (theirs != UNLABELLED))
    if evidence.look is not None:
        most += look_odds(evidence.look)[evidence.look.place(starts)]
    if evidence.margin is not None:
        most += RANK + LOW_TAIL
    most[_edited(track)[place]] = -np.inf
    return starts, most


def _crossings(track: Segmentation, starts: IntArray, constant: FloatArray, least: float) -> IntArray:
    """Rising frames around those at which the doubt of a boundary no longer lifts a piece over `least`."""
    lifted = (constant < least) & (constant > least - NEAR_BOUNDARY)
    segment = np.searchsorted(track.starts, starts[lifted], side="right") - 1
    far = np.floor(fade(track) * np.log(NEAR_BOUNDARY / (least - constant[lifted]))).astype(np.int64)
    around = np.concatenate([track.starts[segment] + far, track.stops[segment] - far])[:, None] + np.arange(-2, 4)
    return np.sort(around[(around >= 0) & (around < track.n_frames)])


def _edited(track: Segmentation) -> NDArray[np.bool_]:
    """(segments,) whether a person edited each."""
    return np.asarray((np.zeros(len(track)) if track.flags is None else track.flags & EDITED) != 0)


def fade(track: Segmentation) -> float:
    """Frames over which the doubt of a boundary falls to 1 / e."""
    return NEAR_SHARE * track.n_frames / len(track)


def near_boundary(track: Segmentation, frames: FloatArray | IntArray) -> FloatArray:
    """(n,) float32 from 0 to 1: how close to each frame a boundary lies, by the track's mean length of a segment."""
    edges = np.concatenate([[-np.inf], track.boundaries(), [np.inf]])
    after = np.searchsorted(edges, frames, side="right")
    distance = np.minimum(frames - edges[after - 1], edges[after] - frames)
    return np.asarray(np.exp(-distance / fade(track)), dtype=np.float32)


def segment_doubts(evidence: Evidence, usual: Usual) -> list[SegmentDoubt]:
    """The reasons that are known segment by segment: an unusual length, order or look; in the order of time."""
    track = evidence.track
    rows = usual.rows(np.where(track.labels == UNLABELLED, np.iinfo(np.int64).max, track.labels))
    found = [*_lengths(usual, rows, track.stops - track.starts), *_orders(usual, rows, track)]
    if evidence.means is not None and usual.centres:
        found += _looks(usual, rows, evidence.means)
    return sorted(found, key=lambda each: each.index)  # stable: of one segment length, order, look


def _lengths(usual: Usual, rows: IntArray, lengths: IntArray) -> Iterator[SegmentDoubt]:
    medians, deviations = usual.length_table[rows].T
    strengths = _far(np.abs(np.log(lengths) - medians) / deviations)
    for n in np.flatnonzero(strengths).tolist():
        yield SegmentDoubt(Kind.LENGTH, n, LENGTH * float(strengths[n]), int(lengths[n]), float(np.exp(medians[n])))


def _orders(usual: Usual, rows: IntArray, track: Segmentation) -> Iterator[SegmentDoubt]:
    """An order is unusual where it is rare, and enough is known to say so."""
    came, stood = usual.order_table
    came, stood = came[rows[:-1], rows[1:]], stood[rows[:-1]]
    known = rows[1:] < len(usual.labels)
    for n in np.flatnonzero(known & (stood >= LEAST_FOLLOWED) & (came / np.maximum(stood, 1) < RARE)).tolist():
        yield SegmentDoubt(Kind.ORDER, n + 1, ORDER, int(came[n]), int(stood[n]), int(track.labels[n]))


def _looks(usual: Usual, rows: IntArray, means: FloatArray) -> Iterator[SegmentDoubt]:
    medians, deviations = usual.distance_table[rows].T
    distances = far_from(means, usual.centre_table[rows])
    strengths = _far((distances - medians) / deviations)
    for n in np.flatnonzero(strengths).tolist():
        yield SegmentDoubt(Kind.FRAMES, n, FRAMES * float(strengths[n]), float(distances[n]), float(medians[n]))


def _far(deviations: FloatArray) -> FloatArray:
    """(n,) how unusual numbers of deviations are: 0 up to FAR, 1 from twice that; what is no number is not unusual."""
    return np.where(deviations > FAR, np.minimum(1.0, deviations / FAR - 1.0), 0.0)


def settled(evidence: Evidence, frames: IntArray) -> NDArray[np.bool_]:
    """(n,) bool: which of some rising frames a person has looked at: found right, or in a segment that was edited."""
    track = evidence.track
    found = _edited(track)[np.searchsorted(track.starts, frames, side="right") - 1]
    for start, stop in evidence.checked:
        found[slice(*np.searchsorted(frames, [start, stop]))] = True
    return found
