"""Audacity label tracks: start, end and name in a line, between tabs, in seconds."""

from __future__ import annotations

from collections.abc import Iterator

from .format import Encoded, Format, Tracks, per_video
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, decimal, timed

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
_README = "One Audacity label track a video. Seconds from the first picture, end exclusive; a gap is unlabelled.\n"


def encode(tracks: Tracks) -> Encoded:
    """One file a video; unlabelled frames have no line."""
    names = spoken(tracks)
    return Encoded(per_video(tracks, ".txt", lambda track: _text(track, names), _README))


def _text(track: ExportTrack, names: dict[int, str]) -> str:
    return "".join(f"{decimal(p.start_ms)}\t{decimal(p.stop_ms)}\t{names[p.label]}\n" for p in timed(track))


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The one track of a file; lines with frequencies, which begin with a backslash, are passed over."""
    intervals = []
    for number, line in enumerate(file.text().split("\n"), 1):
        if not line.strip() or line.startswith("\\\t"):
            continue
        start_text, _, rest = line.partition("\t")
        stop_text, tab, text = rest.partition("\t")
        start, stop, place = seconds_of(start_text), seconds_of(stop_text), f"line {number}"
        if start is None or stop is None or not tab:
            file.problem(f'"{line[:60]}" cannot be read; wanted start, end and name between tabs.', place)
        elif start == stop:
            file.problem(f'"{text[:60]}" is a point, not an interval, and is left out.', place, note=True)
        else:
            intervals.append(Interval(start, stop, meaning(text), place))
    yield FileTrack(file.video(), "seconds", tuple(intervals), file.path)


FORMAT = Format("audacity", "Audacity labels (.txt)", "Annotation tools", "", ".txt", encode, decode, LOSSES)
