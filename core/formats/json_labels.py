"""Our own label file: one JSON document with actions, clocks and segments, and a version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from ..cache import atomic_write
from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import InputError
from .track import ExportSummary, ExportTrack, ImportTrack, seconds_text

FORMAT = "totgui-labels"
VERSION = 1
LOSSES = ("confidence",)
MAX_BYTES = 512 * 1024 * 1024


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


class _Video(msgspec.Struct, frozen=True):
    name: str
    n_frames: int
    segments: list[_Segment]
    rate: str | None = None
    source: str = ""
    status: str = ""
    note: str = ""


class _File(msgspec.Struct, frozen=True):
    format: str
    version: int
    base: str
    actions: list[_Action]
    videos: list[_Video]


class _Head(msgspec.Struct, frozen=True):
    format: str
    version: int


def write(tracks: Sequence[ExportTrack], out: Path) -> ExportSummary:
    """The summary after writing one file; a folder receives ``labels.json``."""
    path = out / "labels.json" if out.is_dir() else out
    actions = {int(k): _Action(int(k), a.name, a.colour) for t in tracks for k, a in t.actions.items()}
    videos = []
    for track in tracks:
        rate = track.timebase.rate
        segments = [
            _Segment(s.start, s.stop, s.label, _seconds(track, s.start), _seconds(track, s.stop))
            for s in track.segmentation.segments
        ]
        text = f"{rate.numerator}/{rate.denominator}" if rate else None
        videos.append(
            _Video(track.video, track.segmentation.n_frames, segments, text, track.source, track.status, track.note)
        )
    base = f"frames, 0-based, stop exclusive; label {BACKGROUND} is background, {UNLABELLED} unlabelled"
    content = _File(FORMAT, VERSION, base, [actions[k] for k in sorted(actions)], videos)
    atomic_write(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
    return ExportSummary("json", path, (path,), len(tracks), sum(len(t.segmentation) for t in tracks), LOSSES)


def read(path: Path) -> list[ImportTrack]:
    """The tracks of a file that `write` made.

    Raises:
        InputError: another format, a newer version, or segments that do not tile their video.
    """
    path = path / "labels.json" if path.is_dir() else path
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, "is larger than 512 MB; a label file is not.")
        data = path.read_bytes()
        head = msgspec.json.decode(data, type=_Head)
        if head.format != FORMAT:
            raise InputError(path, f'is "{head.format}"; wanted "{FORMAT}".')
        if head.version > VERSION:
            raise InputError(
                path,
                f"has version {head.version}; this program reads up to {VERSION}.",
                hint="Install the newer version.",
            )
        content = msgspec.json.decode(data, type=_File)
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is not a label file: {error}.") from error
    names: dict[int, str | None] = {int(BACKGROUND): "", int(UNLABELLED): None}
    names |= {action.id: action.name for action in content.actions if action.id >= 0}
    return [_track(path, video, names) for video in content.videos]


def _seconds(track: ExportTrack, frame: int) -> float | None:
    text = seconds_text(track.timebase, frame)
    return float(text) if text else None


def _track(path: Path, video: _Video, names: dict[int, str | None]) -> ImportTrack:
    end = 0
    for number, segment in enumerate(video.segments):
        place = f"video {video.name}, segment {number}"
        if segment.start != end or segment.stop <= segment.start:
            raise InputError(path, f"starts at frame {segment.start}; wanted {end}.", place)
        if segment.label not in names:
            raise InputError(path, f"has label {segment.label}, which is not among the actions.", place)
        end = segment.stop
    if end != video.n_frames or not video.segments:
        raise InputError(path, f"ends at frame {end}; the video has {video.n_frames}.", f"video {video.name}")
    return ImportTrack(
        video.name,
        tuple(s.start for s in video.segments),
        tuple(names[s.label] for s in video.segments),
        video.n_frames,
    )
