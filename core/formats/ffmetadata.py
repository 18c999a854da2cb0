"""FFmpeg metadata: one file of chapters a video, for ``ffmpeg -i VIDEO -i FILE -map_metadata 1``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import InputError
from .format import Encoded, Format, Tracks, per_video
from .names import CONTROL, meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, timed

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
EXTENSION = ".ffmetadata"
_HEAD = ";FFMETADATA1\n; chapters in milliseconds from the first picture, end exclusive; a gap is unlabelled\n"
_REFUSED = re.compile(rf"{CONTROL.pattern}|\\$")
_CHAPTER = "[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={stop}\ntitle={title}\n"


def encode(tracks: Tracks) -> Encoded:
    """One file a video, a chapter a segment."""
    names = spoken(tracks, refuse=_REFUSED, why="FFmpeg reads on over a backslash at the end of a line")
    return Encoded(per_video(tracks, EXTENSION, lambda track: _text(track, names)))


def _text(track: ExportTrack, names: dict[int, str]) -> str:
    chapters = (_CHAPTER.format(start=p.start_ms, stop=p.stop_ms, title=_escaped(names[p.label])) for p in timed(track))
    return f"{_HEAD}title={_escaped(track.video)}\n{''.join(chapters)}"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The chapters of a file, in the unit that each states (nanoseconds where it states none)."""
    lines = list(_logical_lines(file.text()))
    if not lines or not lines[0][1].startswith(";FFMETADATA"):
        raise InputError(file.path, 'does not begin with ";FFMETADATA".', "line 1")
    video, section, chapters = "", "", []
    for number, line in lines[1:]:
        if line.startswith(("#", ";")) or not line:
            continue
        if line.startswith("["):
            section = line
            if section == "[CHAPTER]":
                chapters.append((number, dict[str, str]()))
            continue
        key, value = _pair(line)
        if section == "[CHAPTER]":
            chapters[-1][1][key] = value
        elif not section and key == "title":
            video = value
    intervals = [i for number, chapter in chapters if (i := _interval(file, chapter, f"line {number}")) is not None]
    yield FileTrack(video or file.video(), "seconds", tuple(intervals), file.path, also=(file.video(),))


def _interval(file: SourceFile, chapter: dict[str, str], place: str) -> Interval | None:
    over, _, under = chapter.get("TIMEBASE", "1/1000000000").partition("/")
    top, bottom = seconds_of(over), seconds_of(under)
    start, stop = seconds_of(chapter.get("START")), seconds_of(chapter.get("END"))
    if not top or not bottom or start is None or stop is None:
        file.problem("has no TIMEBASE, START and END that can be read.", place)
        return None
    unit = top / bottom
    return Interval(start * unit, stop * unit, meaning(chapter.get("title", "")) if "title" in chapter else None, place)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) with line ends that a backslash escapes kept inside the line."""
    number, kept = 1, ""
    for count, line in enumerate(text.split("\n"), 1):
        kept += line
        if (len(kept) - len(kept.rstrip("\\"))) % 2:
            kept += "\n"
            continue
        yield number, kept
        number, kept = count + 1, ""
    if kept:
        yield number, kept


def _pair(line: str) -> tuple[str, str]:
    """Key and value at the first "=" that no backslash escapes, both without their escapes."""
    match = re.match(r"((?:\\.|[^=\\])*)=(.*)", line, re.DOTALL)
    key, value = match.groups() if match else (line, "")
    return re.sub(r"\\(.)", r"\1", key, flags=re.DOTALL), re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)


FORMAT = Format(
    "ffmetadata",
    "FFmpeg chapters (.ffmetadata)",
    "Subtitles and chapters",
    "",
    EXTENSION,
    encode,
    decode,
    LOSSES,
)
