"""How likely each whole segment is wrong, and why it is odd: what the review queue knows, asked segment by segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.dataset import VideoId
from ..metrics.segments import rising_union
from .cells import Cells, cells, step_for
from .doubt import Evidence, Margins, SegmentDoubt, fade, frame_doubts, segment_doubts, settled
from .place import Kind, Reason
from .queue import LEAST_DOUBT
from .seen import LEAST_SHARE, Seen
from .usual import Usual

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

OF_SEGMENTS = frozenset({Kind.LENGTH, Kind.ORDER, Kind.FRAMES})
"""Reasons that are known of a whole segment: each makes it odd by itself."""
BEYOND = 1 << 40
"""More frames than any video has."""


@dataclass(frozen=True)
class SegmentOdds:
    """What is said of the segments of one video's track: (n,) share of each that is expected to be wrong, and why.

    Only odd segments have reasons, the main one first. Where a person has looked, nothing is expected to be wrong.
    """

    track: Segmentation
    shares: FloatArray
    reasons: tuple[tuple[Reason, ...], ...]


def odds_of(
    evidence: Evidence, usual: Usual, margins: Margins, *, segments: Sequence[SegmentDoubt] | None = None
) -> SegmentOdds:
    """The odds of every segment of a video, by the measures and weights of the queue (`places_of`).

    Frames are asked in cells of about a hundredth of a mean segment, also their margins: it is their mean that counts.
    A segment is odd where the mean chance of its frames reaches what makes a place in the queue, or where it is
    unusual as a whole: in its length, its order or its look.
    """
    track = evidence.track
    segments = segment_doubts(evidence, usual) if segments is None else segments
    seen = Seen(track, found := _cells(evidence), frame_doubts(evidence, margins, found), segments)
    wrong = np.where(settled(evidence, found.starts), 0.0, seen.chances())
    first = np.searchsorted(found.starts, track.starts)
    shares = np.add.reduceat(wrong * found.widths, first) / (track.stops - track.starts)
    odd = shares >= LEAST_DOUBT
    odd[[each.index for each in segments]] = True
    odd &= shares > 0
    last = np.append(first[1:], len(found))
    reasons: list[tuple[Reason, ...]] = [()] * len(track)
    for n in np.flatnonzero(odd).tolist():
        reasons[n] = _why(seen, int(first[n]), int(last[n]), float(shares[n]) * track[n].length)
    return SegmentOdds(track, shares.astype(np.float32), tuple(reasons))


def no_odds(track: Segmentation) -> SegmentOdds:
    """Those of a video that a person has decided on: nothing is expected to be wrong."""
    return SegmentOdds(track, np.zeros(len(track), np.float32), ((),) * len(track))


def _cells(evidence: Evidence) -> Cells:
    """All frames of a video, each cell in one segment of every track."""
    track, others = evidence.track, [*evidence.others]
    starts = [cut.starts for cut in (*others, evidence.second, evidence.look) if cut is not None]
    edges = np.array([min(f, track.n_frames) for span in evidence.checked for f in span], np.int64)
    borders = rising_union(track.starts, (track.starts + track.stops) // 2, np.sort(edges), *starts)
    whole = np.array([0]), np.array([track.n_frames])
    return cells(*whole, step_for(fade(track)), borders[borders < track.n_frames])


def _why(seen: Seen, first: int, last: int, expected: float) -> tuple[Reason, ...]:
    """The reasons of an odd segment. That it has boundaries is none: all have."""
    found = [reason for reason in seen.weighed(first, last) if reason.kind is not Kind.BOUNDARY]
    total = sum(reason.expected_frames for reason in found)
    kept = [r for r in found if r.kind in OF_SEGMENTS or r.expected_frames >= LEAST_SHARE * total]
    return tuple(replace(r, expected_frames=expected * r.expected_frames / total) for r in kept)


@dataclass(frozen=True)
class Odds:
    """The odds of the segments of all videos in one row: (m,) rising `keys`, `stops`, `labels` and `shares`.

    `places` are the numbers of the videos. A key is made of such a number and the first frame of a segment (`key_of`).
    """

    places: Mapping[VideoId, int]
    keys: IntArray
    stops: IntArray
    labels: IntArray
    shares: FloatArray
    reasons: tuple[tuple[Reason, ...], ...]

    @classmethod
    def of(cls, found: Mapping[VideoId, SegmentOdds]) -> Odds:
        """Those of some videos together."""
        places, each = {video: n for n, video in enumerate(found)}, list(found.values())
        if not each:
            empty = np.empty(0, np.int64)
            return cls({}, empty, empty, empty, np.empty(0, np.float32), ())
        return cls(
            places,
            np.concatenate([key_of(np.int64(n), odds.track.starts) for n, odds in enumerate(each)]),
            np.concatenate([odds.track.stops for odds in each]),
            np.concatenate([odds.track.labels for odds in each]),
            np.concatenate([odds.shares for odds in each]),
            tuple(reasons for odds in each for reasons in odds.reasons),
        )

    def rows(
        self, videos: Sequence[VideoId], video: IntArray, starts: IntArray, stops: IntArray, labels: IntArray
    ) -> IntArray:
        """(n,) the place here of each of some segments, -1 where nothing is said of it (or no longer).

        Args:
            videos: the names behind the numbers in `video` (n,).
            starts, stops, labels: (n,) first frame, frame after the last, label of each segment.
        """
        if not len(self.keys) or not len(video):
            return np.full(len(video), -1, np.int64)
        number = np.array([self.places.get(name, -1) for name in videos], np.int64)[video]
        keys = key_of(number, starts)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        same = (
            (number >= 0) & (self.keys[place] == keys) & (self.stops[place] == stops) & (self.labels[place] == labels)
        )
        return np.where(same, place, -1)


def key_of(video: IntArray | np.int64, start: IntArray) -> IntArray:
    """(n,) one number for the number of a video and a frame of it, in which the video comes first."""
    return np.asarray(video * BEYOND + start, np.int64)


NOTHING_SAID = Odds.of({})
