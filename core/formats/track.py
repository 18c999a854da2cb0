"""What goes into an exchange file and what comes out of one: labelled tracks, intervals with their place, summaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

from ..annotation.segmentation import Segmentation
from ..annotation.values import Comment
from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId
from ..data.timebase import Timebase
from ..errors import InputError

BACKGROUND_NAME = "background"
UNLABELLED_NAME = "unlabelled"
NO_DATE = "1970-01-01T00:00:00+00:00"
"""Stands where a format wants a date and nobody has edited the track."""

Unit = Literal["frames", "pictures", "seconds"]


@dataclass(frozen=True)
class ClusterNames:
    """The label map that a prediction is read through: name of each cluster (None: unmapped), those that a person
    mapped otherwise than the match, and what must be said of scores that rest on it."""

    run: str
    names: tuple[str | None, ...]
    by_hand: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportTrack:
    """One video's labels on the annotation grid; `segmentation` holds ActionIds and the reserved labels.

    `source` names the track (``corrected``, ``prediction``, ``ground-truth``); `status` and `note` are the review.
    `media` is the name of the video file without its folder; `edited` the time of the last edit (ISO 8601), the
    only date that goes into a file, so that two exports of one state are the same bytes. `mapping` says how the
    clusters of a prediction became its actions. `comments` are those on the video, in the order of time.
    """

    video: str
    timebase: Timebase
    segmentation: Segmentation
    actions: Mapping[ActionId, Action]
    source: str = ""
    status: str = ""
    note: str = ""
    media: str = ""
    edited: str = NO_DATE
    mapping: ClusterNames | None = None
    comments: tuple[Comment, ...] = ()

    def name_of(self, label: int) -> str:
        """Name of a label, reserved ones included."""
        if label == BACKGROUND:
            return BACKGROUND_NAME
        if label == UNLABELLED:
            return UNLABELLED_NAME
        action = self.actions.get(ActionId(label))
        return action.name if action is not None else str(label)


class Interval(NamedTuple):
    """One labelled piece of a foreign file, ``[start, stop)`` in its track's unit, and where it stands in the file.

    `name` is empty for background and None for frames that nobody has looked at.
    """

    start: Fraction | int
    stop: Fraction | int
    name: str | None
    place: str = ""


@dataclass(frozen=True)
class FileTrack:
    """One video's labels as a file has them, before anyone put them on the grid of a video.

    `video` is the name in the file, `also` other names it may go by (of the media file, of the file itself).
    `tier` tells the tracks of one video apart. What no interval covers becomes `gap`. `n_frames` is the length the
    file states (in frames), `end_s` the time of the end of the last interval where the file tells it beside frames,
    `rate` the frames or pictures a second that it counts with.
    """

    video: str
    unit: Unit
    intervals: tuple[Interval, ...]
    path: Path
    tier: str = ""
    also: tuple[str, ...] = ()
    gap: str | None = None
    n_frames: int | None = None
    end_s: Fraction | None = None
    rate: Fraction | None = None


class FileComment(NamedTuple):
    """One comment of a foreign file at ``[start, stop)`` in the unit of its `FileComments`; `written` as in Comment."""

    start: Fraction | int
    stop: Fraction | int
    text: str
    author: str = ""
    written: int = 0
    resolved: bool = False
    place: str = ""


@dataclass(frozen=True)
class FileComments:
    """The comments that a file has on one video, which it names as a `FileTrack` does."""

    video: str
    unit: Literal["frames", "seconds"]
    comments: tuple[FileComment, ...]
    path: Path
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExportSummary:
    """What an export wrote, and what the format could not carry."""

    format: str
    out: Path
    files: tuple[Path, ...]
    n_videos: int
    n_segments: int
    losses: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        text = f"{self.n_videos} videos, {self.n_segments} segments written to {self.out}."
        if self.losses:
            text += f" Not in this format: {'; '.join(self.losses)}."
        return " ".join([text, *self.notes])


class Timed(NamedTuple):
    """One segment in whole milliseconds; neighbours share their boundary."""

    start_ms: int
    stop_ms: int
    start: int
    stop: int
    label: int


def to_milliseconds(seconds: Fraction) -> int:
    """The nearest whole millisecond, half up."""
    return (2 * seconds.numerator * 1000 + seconds.denominator) // (2 * seconds.denominator)


def _milliseconds(clock: Timebase, frame: int) -> int:
    """The same of a frame, in whole numbers where the clock is a rate: fractions of each would cost the most."""
    if clock.media is None and clock.rate is not None:
        top, under = 1000 * frame * clock.rate.denominator, clock.rate.numerator
        return (2 * top + under) // (2 * under)
    return to_milliseconds(clock.seconds(frame) or Fraction(0))


def decimal(milliseconds: int) -> str:
    """Seconds with three decimals."""
    whole, part = divmod(milliseconds, 1000)
    return f"{whole}.{part:03d}"


def clock_text(milliseconds: int, separator: str) -> str:
    """Hours, minutes, seconds and milliseconds: ``00:01:02.345`` with "." as `separator`."""
    seconds, part = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{separator}{part:03d}"


def comment_milliseconds(track: ExportTrack, comment: Comment) -> tuple[int, int]:
    """First and end time of a comment in whole milliseconds, at least one apart. The video has a rate."""
    first = _milliseconds(track.timebase, comment.start)
    return first, max(first + 1, _milliseconds(track.timebase, comment.stop))


def seconds_text(timebase: Timebase, frame: int) -> str:
    """Seconds of a boundary with three decimals; empty where the video has no rate."""
    return "" if timebase.seconds(0) is None else decimal(_milliseconds(timebase, frame))


def end_milliseconds(track: ExportTrack) -> int:
    """The end of the last frame. Raises InputError where the video has no rate."""
    seconds = track.timebase.seconds(track.segmentation.n_frames)
    if seconds is None:
        raise InputError(
            track.video,
            "has no frame rate, and this format counts in seconds.",
            hint="State the rate when the dataset is opened (--feature-rate), or choose a format in frames.",
        )
    return to_milliseconds(seconds)


def timed(track: ExportTrack, *, leave_out: frozenset[int] = frozenset({UNLABELLED})) -> list[Timed]:
    """The segments of a track in milliseconds, without those whose label is in `leave_out`.

    Raises InputError where the video has no rate, or a segment is so short that it would become empty.
    """
    end_milliseconds(track)
    found = []
    last = _milliseconds(track.timebase, 0)
    for start, stop, label in track.segmentation.segments:
        first, last = last, _milliseconds(track.timebase, stop)  # neighbours share their boundary
        if label in leave_out:
            continue
        if last <= first:
            what = f'"{track.name_of(label)}" lasts less than a millisecond, and this format counts milliseconds.'
            raise InputError(track.video, what, f"frames {start} to {stop}", "Choose a format in frames.")
        found.append(Timed(first, last, start, stop, label))
    return found


def refuse_unlabelled(tracks: tuple[ExportTrack, ...]) -> None:
    """Raises InputError for the first unlabelled frames: this format has no state for them."""
    for track in tracks:
        for segment in track.segmentation.segments:
            if segment.label == UNLABELLED:
                raise InputError(
                    track.video,
                    "is unlabelled there, and this format cannot say so.",
                    f"frames {segment.start} to {segment.stop}",
                    "Label them (or map the cluster), leave the video out, or write them as background.",
                )
