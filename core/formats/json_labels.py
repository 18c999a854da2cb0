"""Our own label file: one JSON document with actions, clocks and segments, and a version (docs/labels.schema.json)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import msgspec

from ..annotation.values import Comment
from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import InputError
from .format import Encoded, Format, Tracks
from .names import SURROGATE, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileComment, FileComments, FileTrack, Interval, seconds_text

FORMAT_WORD = "totgui-labels"
VERSION = 1
LOSSES = ("confidence",)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Action(msgspec.Struct, frozen=True):
    id: int
    name: str
    colour: str = ""


class _Segment(msgspec.Struct, frozen=True):
    start: int
    stop: int
    label: int
    start_s: float | None = None
    stop_s: float | None = None


class _Comment(msgspec.Struct, frozen=True, omit_defaults=True):
    start: int
    stop: int
    text: str
    author: str = ""
    written: str = ""
    resolved: bool = False


class _Video(msgspec.Struct, frozen=True):
    name: str
    n_frames: int
    segments: list[_Segment]
    rate: str | None = None
    source: str = ""
    status: str = ""
    note: str = ""
    comments: list[_Comment] | msgspec.UnsetType = msgspec.UNSET


class _LabelMap(msgspec.Struct, frozen=True):
    run: str
    clusters: list[str | None]
    by_hand: list[int] = []
    notes: list[str] = []


class _File(msgspec.Struct, frozen=True, omit_defaults=True):
    format: str
    version: int
    base: str
    actions: list[_Action]
    videos: list[_Video]
    label_map: _LabelMap | None = None


class _Head(msgspec.Struct, frozen=True):
    format: str
    version: int


def encode(tracks: Tracks) -> Encoded:
    """One document of all tracks."""
    spoken(tracks, refuse=SURROGATE, escape=False, why="half a character")
    actions = {int(k): _Action(int(k), a.name, a.colour) for t in tracks for k, a in t.actions.items()}
    for track in tracks:
        for label in track.segmentation.labels.tolist():
            if label >= 0 and label not in actions:
                actions[label] = _Action(label, track.name_of(label))
    videos = [_video(track) for track in tracks]
    base = f"frames, 0-based, stop exclusive; label {BACKGROUND} is background, {UNLABELLED} unlabelled"
    mapping = next((t.mapping for t in tracks if t.mapping is not None), None)
    label_map = None
    if mapping is not None:
        label_map = _LabelMap(mapping.run, list(mapping.names), list(mapping.by_hand), list(mapping.notes))
    content = _File(FORMAT_WORD, VERSION, base, [actions[k] for k in sorted(actions)], videos, label_map)
    return Encoded({"labels.json": msgspec.json.format(msgspec.json.encode(content), indent=1).decode() + "\n"})


def _video(track: ExportTrack) -> _Video:
    clock, cut = track.timebase, track.segmentation
    rate = f"{clock.rate.numerator}/{clock.rate.denominator}" if clock.rate else None
    segments = [_Segment(*s, _seconds(track, s.start), _seconds(track, s.stop)) for s in cut.segments]
    comments = [_comment(comment) for comment in track.comments] or msgspec.UNSET
    return _Video(track.video, cut.n_frames, segments, rate, track.source, track.status, track.note, comments)


def _comment(comment: Comment) -> _Comment:
    when = (_EPOCH + timedelta(seconds=comment.written)).isoformat() if comment.written else ""
    return _Comment(comment.start, comment.stop, comment.text, comment.author, when, comment.resolved)


def _written(text: str) -> int:
    """Seconds since 1970; 0 for what is no time."""
    try:
        return max(0, int(datetime.fromisoformat(text).timestamp())) if text else 0
    except (ValueError, OverflowError, OSError):  # Windows knows no local time before 1970
        return 0


def _seconds(track: ExportTrack, frame: int) -> float | None:
    text = seconds_text(track.timebase, frame)
    return float(text) if text else None


def decode(file: SourceFile) -> Iterator[FileTrack | FileComments]:
    """The tracks of a document. Raises InputError for another format, a newer version or another structure."""
    data = file.bytes()
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format != FORMAT_WORD:
            raise InputError(file.path, f'is "{head.format[:60]}"; wanted "{FORMAT_WORD}".')
        if head.version > VERSION:
            what = f"has version {head.version}; this program reads up to {VERSION}."
            raise InputError(file.path, what, hint="Install the newer version.")
        content = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(file.path, f"is not a label file: {error}.") from error
    names: dict[int, str | None] = {int(BACKGROUND): "", int(UNLABELLED): None}
    names |= {action.id: action.name for action in content.actions if action.id >= 0}
    for video in content.videos:
        intervals = []
        for number, segment in enumerate(video.segments):
            place = f"video {video.name}, segment {number}"
            if segment.label not in names:
                file.problem(f"has label {segment.label}, which is not among the actions.", place)
            else:
                intervals.append(Interval(segment.start, segment.stop, names[segment.label], place))
        end = seconds_of(video.segments[-1].stop_s) if video.segments else None
        yield FileTrack(
            *(video.name, "frames", tuple(intervals), file.path),
            n_frames=video.n_frames,
            end_s=end,
            rate=_rate(video.rate),
        )
        if video.comments is not msgspec.UNSET and video.comments:
            place = f"video {video.name}, comment"
            found = tuple(
                FileComment(c.start, c.stop, c.text, c.author, _written(c.written), c.resolved, f"{place} {n}")
                for n, c in enumerate(video.comments)
            )
            yield FileComments(video.name, "frames", found, file.path)


def _rate(text: str | None) -> Fraction | None:
    over, _, under = (text or "").partition("/")
    top, bottom = seconds_of(over), seconds_of(under or "1")
    return top / bottom if top and bottom else None


FORMAT = Format(
    "json",
    "Labels of this program (JSON)",
    "Tables and JSON",
    ".json",
    ".json",
    encode,
    decode,
    LOSSES,
    in_seconds=False,
)
