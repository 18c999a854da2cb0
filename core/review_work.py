"""What review needs of a project: the labels in question, scores, other runs, features, a second reviewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .annotation.document import Document
from .annotation.mapped import MappedTracks
from .annotation.merges import read_through
from .annotation.segmentation import Segmentation
from .annotation.values import ReviewStatus
from .data.dataset import RunId, VideoId
from .data.features import load_matrix
from .data.npy import open_matrix
from .data.timebase import Timebase
from .errors import TotError
from .events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .review.doubt import Evidence, Margins, margin, segment_doubts
from .review.looks import DIRECTION_ROWS, ROWS, Directions, Sample, looks
from .review.odds import NOTHING_SAID, Odds, SegmentOdds, no_odds, odds_of
from .review.place import DoubtedPlace
from .review.queue import by_worth, places_of
from .review.usual import Usual, usual

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
Tracks = Mapping[VideoId, Segmentation]

OTHER_RUNS = 4
"""So many of the newest other runs are asked whether they agree."""
MAPPED_KEPT = 10_000
"""So many predictions are kept in actions between two computations: of 2,000 videos by five runs."""
ROWS_A_SEGMENT = 32
"""So many feature rows of a segment are read for its mean, evenly spread."""
SETTLED = (ReviewStatus.ACCEPTED, ReviewStatus.REJECTED)


@dataclass(frozen=True)
class Judged:
    """What is said of the labels of a project: the queue of places and, where asked for, the odds of all segments."""

    places: list[DoubtedPlace]
    odds: Odds = NOTHING_SAID


def review_places(
    document: Document,
    run: RunId | None,
    *,
    second: Tracks | None = None,
    read: dict[object, Any] | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> list[DoubtedPlace]:
    """The review queue of an open project, the place where a look finds most wrong frames first; see `judge`."""
    return judge(document, run, second=second, read=read, report=report, should_stop=should_stop).places


def judge(
    document: Document,
    run: RunId | None,
    *,
    second: Tracks | None = None,
    read: dict[object, Any] | None = None,
    with_odds: bool = False,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Judged:
    """Where the labels of an open project are doubtful.

    The labels in question are the corrected track, where there is none the prediction of `run`. Videos that are
    accepted or rejected say what is usual and have no places of their own.

    Args:
        second: the labels of another person, by video.
        read: keeps what was read from files for the next call with the same dictionary.
        with_odds: whether the segments are asked too, and not the places alone.
    Raises:
        JobCancelled: `should_stop` said so.
    """
    found: list[Evidence] = []
    for done, evidence in enumerate(evidences(document, run, second=second, read=read), start=1):
        if should_stop() is not None:
            raise JobCancelled
        found.append(evidence)
        report(Progress(done=done, total=len(document.videos), text="Finding places to review"))
    known = {} if read is None else read
    samples = _samples(document, [e.video for e in found], known, should_stop)
    seen = looks({e.video: e.track for e in found}, samples)
    found = [replace(e, look=seen.get(e.video)) for e in _standardised(found)]
    common = usual([e.track for e in found], [e.means for e in found])
    margins = _margins(found, known)
    places: list[DoubtedPlace] = []
    odds: dict[VideoId, SegmentOdds] = {}
    for evidence in found:
        if should_stop() is not None:
            raise JobCancelled
        is_open = document.review(evidence.video).status not in SETTLED
        about = _About(evidence, common, margins, known)
        if is_open:
            rate = document.videos[evidence.video].timebase.rate
            places += about.places(None if rate is None else float(rate))
        if with_odds:
            odds[evidence.video] = about.odds() if is_open else no_odds(evidence.track)
    return Judged(by_worth(places), Odds.of(odds) if with_odds else NOTHING_SAID)


def _margins(found: list[Evidence], known: dict[object, Any]) -> Margins:
    """The margins of the activity; those of the last call while they are the same."""
    each = [e.margin for e in found if e.margin is not None]
    before: tuple[list[FloatArray], Margins] | None = known.get("margins")
    if before is None or not _are(before[0], each):
        before = known["margins"] = (each, Margins.of(each))
    return before[1]


def _are(before: Sequence[object], now: Sequence[object]) -> bool:
    """Whether these are the very values of before."""
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))


class _About:
    """What is said of one video; that of the last call while everything that it was read from is the same."""

    def __init__(self, evidence: Evidence, common: Usual, margins: Margins, known: dict[object, Any]) -> None:
        self._evidence, self._common, self._margins, self._known = evidence, common, margins, known
        self._segments = segment_doubts(evidence, common)

    def places(self, rate: float | None) -> list[DoubtedPlace]:
        """Its places in the queue."""
        rest, segments = (rate, self._common.mean_length), self._segments
        about = self._evidence, self._common, self._margins
        found = self._kept("places", rest, lambda: places_of(*about, rate=rate, segments=segments))
        return cast("list[DoubtedPlace]", found)

    def odds(self) -> SegmentOdds:
        """The odds of its segments."""
        about = self._evidence, self._common, self._margins
        return cast("SegmentOdds", self._kept("odds", (), lambda: odds_of(*about, segments=self._segments)))

    def _kept(self, what: str, rest: tuple[object, ...], make: Callable[[], Any]) -> Any:
        evidence, key = self._evidence, (what, self._evidence.video)
        seen = (evidence.track, evidence.second, evidence.margin, evidence.look, self._margins, *evidence.others)
        rest = (evidence.checked, self._segments, *rest)
        before = self._known.get(key)
        if before is not None and _are(before[0], seen) and before[1] == rest:
            return before[2]
        found = make()
        self._known[key] = (seen, rest, found)
        return found


def evidences(
    document: Document,
    run: RunId | None,
    *,
    second: Tracks | None = None,
    read: dict[object, Any] | None = None,
) -> Iterator[Evidence]:
    """What is known of every video that has labels to question; `read` as in `review_places`."""
    known = {} if read is None else read
    mapped: MappedTracks = known.setdefault("mapped", MappedTracks(MAPPED_KEPT))
    others = [r.id for r in reversed(document.shown_runs) if r.id != run][:OTHER_RUNS]
    for video in document.videos:
        track = document.corrected.get(video) or mapped.get(document, run, video)
        if track is None:
            continue
        theirs = None if second is None else second.get(video)
        seen = tuple(cut for other in others if (cut := mapped.get(document, other, video)) is not None)
        yield Evidence(
            video,
            track,
            margin=_margin(document, run, video, known),
            others=seen,
            second=None if theirs is None else read_through(theirs, document.merges),
            means=_means(document, video, track, known),
            checked=document.review(video).checked,
        )


def _margin(document: Document, run: RunId | None, video: VideoId, known: dict[object, Any]) -> FloatArray | None:
    """(n_frames,) margin of the run's scores; None where they are gone."""
    prediction = document.predictions.get((run, video)) if run is not None else None
    if prediction is None or prediction.scores is None:
        return None
    key = ("margin", video)
    if key not in known or known[key][0] is not prediction:
        known[key] = (prediction, _read_margin(prediction.scores.posterior, document.videos[video].timebase))
    return cast("FloatArray | None", known[key][1])


def _read_margin(path: Path, timebase: Timebase) -> FloatArray | None:
    try:
        scores = open_matrix(path)
    except (TotError, OSError):  # the cache can be emptied at any time
        return None
    fits = scores.shape[1] > 1 and len(scores) == timebase.n_rows  # else features were made anew since
    return margin(scores)[timebase.rows()] if fits else None


def _means(document: Document, video: VideoId, track: Segmentation, known: dict[object, Any]) -> FloatArray | None:
    """(segments, D) mean features of a track's segments; None without features."""
    found = document.videos[video]
    if not found.is_trainable:
        return None
    key = ("means", video)
    if key not in known or known[key][0] != track:
        try:
            before = known.get(key, (None, None))
            means: FloatArray | None = segment_means(load_matrix(found), found.timebase.rows(), track, *before)
        except (TotError, OSError):  # features that cannot be read are told elsewhere; the queue works without them
            means = None
        known[key] = (track, means)
    return cast("FloatArray | None", known[key][1])


def _samples(
    document: Document, videos: list[VideoId], known: dict[object, Any], should_stop: ShouldStop
) -> dict[VideoId, Sample]:
    """Rows of all videos in their main directions; empty where some features cannot be read or differ in width."""
    trainable = tuple(v for v in videos if document.videos[v].is_trainable)
    of = tuple((video, document.videos[video].features) for video in trainable)
    if known.get("samples of") != of:
        try:
            found = _read_samples(document, trainable, should_stop) if trainable else {}
        except JobCancelled:
            raise
        except (TotError, OSError, ValueError):  # told elsewhere; the queue works without them
            found = {}
        known["samples of"], known["samples"] = of, found
    return cast("dict[VideoId, Sample]", known["samples"])


def _read_samples(document: Document, videos: Sequence[VideoId], should_stop: ShouldStop) -> dict[VideoId, Sample]:
    few = max(4, DIRECTION_ROWS // len(videos))
    directions = Directions.of(np.concatenate([_spread(document, video, few)[1] for video in videos]))
    found: dict[VideoId, Sample] = {}
    for video in videos:
        if should_stop() is not None:
            raise JobCancelled
        frames, rows = _spread(document, video, ROWS)
        found[video] = Sample(frames, directions.points(rows))
    return found


def _spread(document: Document, video: VideoId, most: int) -> tuple[IntArray, FloatArray]:
    """Evenly spread rows of a video, and the first frame of each."""
    found = document.videos[video]
    frames = np.flatnonzero(np.diff(found.timebase.rows(), prepend=-1))
    frames = frames[np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(np.int64))]
    matrix = load_matrix(found)
    rows = np.minimum(found.timebase.rows()[frames], len(matrix) - 1)
    return frames, np.nan_to_num(np.asarray(matrix[rows], dtype=np.float32))


def segment_means(
    matrix: FloatArray,
    rows: IntArray,
    track: Segmentation,
    before: Segmentation | None = None,
    known: FloatArray | None = None,
) -> FloatArray:
    """(segments, D) float32: the mean of some evenly spread feature rows of each segment.

    Args:
        matrix: (T, D) features.
        rows: (n_frames,) the feature row of each frame.
        before, known: another track of the video and its means, those of segments that both have are not read again.
    """
    means = np.empty((len(track), matrix.shape[1]), dtype=np.float32)
    new = np.ones(len(track), bool)
    if before is not None and known is not None and known.shape[1:] == means.shape[1:]:
        place = np.searchsorted(before.starts, track.starts, side="right") - 1
        new = (before.starts[place] != track.starts) | (before.stops[place] != track.stops)
        means[~new] = known[place[~new]]
    for index in np.flatnonzero(new).tolist():
        segment = track[index]
        first, last = int(rows[segment.start]), int(rows[segment.stop - 1])
        chosen = np.unique(np.linspace(first, last, min(ROWS_A_SEGMENT, last - first + 1)).round().astype(np.int64))
        means[index] = np.asarray(matrix[chosen], dtype=np.float32).mean(axis=0)
    return means


def _standardised(found: list[Evidence]) -> list[Evidence]:
    """The same with every feature at one scale over all segments, so that no column outweighs the others."""
    rows = [e.means for e in found if e.means is not None]
    if not rows or len({r.shape[1] for r in rows}) > 1:
        return [replace(e, means=None) for e in found]
    scale = np.concatenate(rows).std(axis=0)
    scale[scale == 0] = 1.0
    return [e if e.means is None else replace(e, means=e.means / scale) for e in found]
