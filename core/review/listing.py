"""Every segment of every video as one row of a table, and which rows a person wants to see, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.document import Document
from ..annotation.segmentation import EDITED, Segmentation
from ..annotation.values import Review, ReviewStatus
from ..data.dataset import Video, VideoId
from ..data.timebase import Timebase
from .odds import NOTHING_SAID, Odds, key_of

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]


class Status(IntEnum):
    """What people have said of a segment, the least first."""

    PREDICTED = 0
    """Nothing is corrected in its video: it is a run's."""
    OPEN = 1
    EDITED = 2
    CHECKED = 3
    REJECTED = 4
    ACCEPTED = 5

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked at it yet."""
        return self <= Status.OPEN


@dataclass(frozen=True)
class Rows:
    """The segments of one video: (s,) each; `lengths` in seconds where it has a clock, else in frames."""

    starts: IntArray
    stops: IntArray
    labels: IntArray
    lengths: FloatArray
    status: NDArray[np.uint8]
    in_seconds: bool


@dataclass(frozen=True)
class Listing:
    """The segments of all videos, one row each, by video and time: (n,) arrays.

    `video` is the number of a row's video in `videos`, `index` that of the segment in its track, `lengths` are seconds
    where `in_seconds` says so, else frames, `status` is a `Status`.
    """

    videos: tuple[VideoId, ...]
    video: IntArray
    index: IntArray
    starts: IntArray
    stops: IntArray
    labels: IntArray
    lengths: FloatArray
    status: NDArray[np.uint8]
    in_seconds: bool = True

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def keys(self) -> IntArray:
        """(n,) rising: one number for video and first frame of each row."""
        return key_of(self.video, self.starts)

    @cached_property
    def numbers(self) -> dict[VideoId, int]:
        """The number of each video."""
        return {video: n for n, video in enumerate(self.videos)}

    def places(self, rows: IntArray | BoolArray) -> dict[VideoId, list[tuple[int, int]]]:
        """The frames ``[start, stop)`` of some rows, by video."""
        found: dict[VideoId, list[tuple[int, int]]] = {}
        chosen = self.video[rows].tolist(), self.starts[rows].tolist(), self.stops[rows].tolist()
        for number, start, stop in zip(*chosen, strict=True):
            found.setdefault(self.videos[number], []).append((start, stop))
        return found

    def row_at(self, video: VideoId | None, frame: int) -> int:
        """The row that holds a frame of a video, or -1."""
        number = -1 if video is None else self.numbers.get(video, -1)
        if number < 0:
            return -1
        first, last = np.searchsorted(self.video, [number, number + 1])
        row = int(first + np.searchsorted(self.starts[first:last], frame, side="right")) - 1
        return row if first <= row < last and frame < self.stops[row] else -1

    def counts(self) -> dict[int, int]:
        """How many rows each label has."""
        labels, counts = np.unique(self.labels, return_counts=True)
        return dict(zip(labels.tolist(), counts.tolist(), strict=True))

    def carried(self, before: Listing, chosen: BoolArray) -> BoolArray:
        """(n,) which rows are those that were `chosen` in an earlier listing: the same frames of the same video.

        One that has grown, because it was joined with a neighbour, is another: more of it would be changed than was
        chosen.
        """
        if not len(before) or not chosen.any():
            return np.zeros(len(self), bool)
        number = np.array([before.numbers.get(video, -1) for video in self.videos], np.int64)[self.video]
        keys = key_of(number, self.starts)
        at = np.minimum(np.searchsorted(before.keys, keys), len(before) - 1)
        same = (number >= 0) & (before.keys[at] == keys) & (before.stops[at] == self.stops)
        return np.asarray(same & chosen[at])


_NONE = np.empty(0, np.int64)
EMPTY = Listing((), _NONE, _NONE, _NONE, _NONE, _NONE, np.empty(0), np.empty(0, np.uint8))


@dataclass
class Lister:
    """Makes listings; what did not change since the last one is kept. For one thread at a time."""

    _known: dict[VideoId, tuple[Segmentation, Review | None, bool, Timebase, Rows]] = field(default_factory=dict)

    def list(self, document: Document, predictions: Mapping[VideoId, Segmentation]) -> Listing:
        """The segments of all videos: of the corrected track, where there is none of the prediction, in actions."""
        videos: list[VideoId] = []
        found: list[Rows] = []
        for video, about in document.videos.items():
            corrected = document.corrected.get(video)
            track = corrected if corrected is not None else predictions.get(video)
            if track is not None:
                videos.append(video)
                found.append(self._rows(about, track, document.reviews.get(video), corrected is not None))
        self._known = {video: self._known[video] for video in videos}
        return joined(videos, found)

    def _rows(self, video: Video, track: Segmentation, review: Review | None, is_corrected: bool) -> Rows:
        known, clock = self._known.get(video.id), video.timebase
        if known is not None and all(map(is_, known, (track, review, is_corrected, clock))):
            return known[4]
        rows = rows_of(track, review or Review(), is_corrected, clock)
        self._known[video.id] = track, review, is_corrected, clock, rows
        return rows


def rows_of(track: Segmentation, review: Review, is_corrected: bool, timebase: Timebase) -> Rows:
    """The segments of one video's track."""
    in_seconds = timebase.seconds(0) is not None
    lengths: FloatArray = (track.stops - track.starts).astype(np.float64)
    if in_seconds:
        times = timebase.seconds_of(np.append(track.starts, track.n_frames))
        lengths = np.round(np.diff(times), 9)
    status = np.full(len(track), Status.OPEN if is_corrected else Status.PREDICTED, np.uint8)
    if is_corrected and track.flags is not None:
        status[(track.flags & EDITED) != 0] = Status.EDITED
    if review.checked:
        opens, closes = np.array(review.checked, np.int64).T
        at = np.searchsorted(opens, track.starts, side="right") - 1
        status[(at >= 0) & (track.stops <= closes[np.maximum(at, 0)])] = Status.CHECKED
    if review.status is ReviewStatus.REJECTED:
        status[:] = Status.REJECTED
    elif review.status is ReviewStatus.ACCEPTED:
        status[:] = Status.ACCEPTED
    return Rows(track.starts, track.stops, track.labels, lengths, status, in_seconds)


def joined(videos: Sequence[VideoId], found: Sequence[Rows]) -> Listing:
    """The rows of some videos, one after another."""
    if not found:
        return EMPTY
    sizes = np.array([len(rows.starts) for rows in found])
    in_seconds = all(rows.in_seconds for rows in found)
    starts, stops = np.concatenate([r.starts for r in found]), np.concatenate([r.stops for r in found])
    return Listing(
        tuple(videos),
        np.repeat(np.arange(len(found)), sizes),
        np.arange(len(starts)) - np.repeat(np.cumsum(sizes) - sizes, sizes),
        starts,
        stops,
        np.concatenate([r.labels for r in found]),
        np.concatenate([r.lengths for r in found]) if in_seconds else (stops - starts).astype(np.float64),
        np.concatenate([r.status for r in found]),
        in_seconds,
    )


class Order(StrEnum):
    """How rows are sorted; the values stand in the settings."""

    PLACE = "place"
    DOUBT = "doubt"
    LENGTH = "length"
    ACTION = "action"
    STATUS = "status"


@dataclass(frozen=True)
class Wanted:
    """Which rows are shown and in which order. `under` and `over` are lengths in the unit of the listing."""

    label: int | None = None
    text: str = ""
    under: float | None = None
    over: float | None = None
    only_odd: bool = False
    only_open: bool = False
    order: Order = Order.DOUBT
    descending: bool = True

    def filter_only(self) -> dict[str, Any]:
        """What this lets through, without the order, by field."""
        return {name: value for name, value in vars(self).items() if name not in ("order", "descending")}

    @property
    def is_filtered(self) -> bool:
        """Whether anything beside the label keeps rows out."""
        lengths = self.under is not None or self.over is not None
        return bool(self.text.strip()) or lengths or self.only_odd or self.only_open


@dataclass(frozen=True)
class Table:
    """A listing with what is said of its rows: `odds.reasons` at `place` (n,), where that is not -1."""

    listing: Listing = EMPTY
    odds: Odds = NOTHING_SAID

    @cached_property
    def place(self) -> IntArray:
        """(n,) where `odds` speaks of each row; -1 where it does not."""
        rows = self.listing
        return self.odds.rows(rows.videos, rows.video, rows.starts, rows.stops, rows.labels)

    @cached_property
    def shares(self) -> FloatArray:
        """(n,) the share of each row's frames that is expected to be wrong; -1 where it is not known."""
        known = self.place >= 0
        found = np.full(len(self.listing), -1.0)
        found[known] = self.odds.shares[self.place[known]]
        return found

    @cached_property
    def odd(self) -> BoolArray:
        """(n,) whether a row is odd and nobody has looked at it."""
        is_odd = np.array([bool(reasons) for reasons in self.odds.reasons], bool)
        found = np.zeros(len(self.listing), bool)
        known = self.place >= 0
        found[known] = is_odd[self.place[known]]
        return found & (self.listing.status <= Status.OPEN)

    def reasons(self, row: int) -> tuple[Any, ...]:
        """Why a row is odd, the main reason first; empty where it is not."""
        return self.odds.reasons[int(self.place[row])] if self.odd[row] else ()

    def rows(self, wanted: Wanted, names: Mapping[VideoId, str]) -> IntArray:
        """The rows that are wanted, in the order that is wanted.

        Args:
            names: what each video is called; the text of a filter is looked for in it and in the video's id.
        """
        listing = self.listing
        keep = np.ones(len(listing), bool) if wanted.label is None else listing.labels == wanted.label
        if text := wanted.text.strip().casefold():
            holds = [text in names.get(v, "").casefold() or text in str(v).casefold() for v in listing.videos]
            keep &= np.array(holds, bool)[listing.video]
        if wanted.under is not None:
            keep &= listing.lengths < wanted.under
        if wanted.over is not None:
            keep &= listing.lengths > wanted.over
        if wanted.only_odd:
            keep &= self.odd
        if wanted.only_open:
            keep &= listing.status <= Status.OPEN
        rows = np.flatnonzero(keep)
        by = self._sorted_by(wanted.order)
        if by is None:
            return rows[::-1] if wanted.descending else rows
        values = by[rows]
        return rows[np.argsort(-values if wanted.descending else values, kind="stable")]

    def _sorted_by(self, order: Order) -> FloatArray | None:
        """(n,) what rows are sorted by; None for the order they have."""
        if order is Order.DOUBT:
            return self.shares + self.odd  # odd ones together
        if order is Order.LENGTH:
            return self.listing.lengths
        if order is Order.ACTION:
            return self.listing.labels.astype(np.float64)
        return self.listing.status.astype(np.float64) if order is Order.STATUS else None
