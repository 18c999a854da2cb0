"""WebVTT: one cue a segment, as subtitles and as chapters."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from fractions import Fraction

from ..errors import InputError
from .format import Encoded, Format, Tracks, per_video
from .names import meaning, spoken
from .source import SourceFile, blocks
from .track import ExportTrack, FileTrack, Interval, clock_text, timed

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
_NOTE = "NOTE video: "
_TIME = r"(?:(\d{2,6}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(?:\s.*)?")
_TAG = re.compile(r"<[^>]*>")


def encode(tracks: Tracks, extension: str) -> Encoded:
    """One file a video; unlabelled frames have no cue."""
    names = spoken(tracks)
    return Encoded(per_video(tracks, extension, lambda track: _text(track, names)))


def _text(track: ExportTrack, names: dict[int, str]) -> str:
    head = f"WEBVTT\n\n{_NOTE}{_escaped(track.video)}\n"
    cues = (
        f"\n{number}\n{clock_text(p.start_ms, '.')} --> {clock_text(p.stop_ms, '.')}\n{_escaped(names[p.label])}\n"
        for number, p in enumerate(timed(track), 1)
    )
    return head + "".join(cues)


def _escaped(text: str) -> str:
    """Text in which no cue time, tag or entity can be seen."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The one track of a file; styles, regions and comments are passed over, tags inside a text dropped."""
    text = file.text()
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text):
        raise InputError(file.path, 'does not begin with "WEBVTT".', "line 1")
    video, intervals = file.video(_stem(file)), []
    for first, lines in blocks(text):
        at = next((n for n, line in enumerate(lines[:2]) if "-->" in line), None)
        if at is None:
            if lines[0].startswith(_NOTE):
                video = html.unescape(lines[0].removeprefix(_NOTE))
            continue
        interval = cue(file, lines[at:], first + at)
        if interval is not None:
            start, stop, spoken_text, place = interval
            intervals.append(Interval(start, stop, meaning(html.unescape(_TAG.sub("", spoken_text))), place))
    yield FileTrack(video, "seconds", tuple(intervals), file.path, also=(file.video(_stem(file)),))


def cue(file: SourceFile, lines: list[str], number: int) -> tuple[Fraction, Fraction, str, str] | None:
    """(start, stop, text, place) of a cue whose first line holds the times; None, with the problem noted, if not."""
    times, place = TIMES.fullmatch(lines[0]), f"line {number}"
    if times is None:
        what = f'"{lines[0][:60]}" cannot be read; wanted 00:00:01.000 --> 00:00:02.000.'
        file.problem(what, place)
        return None
    if len(lines) < 2:
        file.problem("has a time without a text.", place)
        return None
    start, stop = (
        Fraction(((int(h or 0) * 60 + int(m)) * 60 + int(s)) * 1000 + int(ms), 1000)
        for h, m, s, ms in (times.groups()[:4], times.groups()[4:])
    )
    return start, stop, " ".join(line.strip() for line in lines[1:]), place


def _stem(file: SourceFile) -> str:
    return file.path.stem.removesuffix(".chapters").removesuffix(".subtitles")


_GROUP = "Subtitles and chapters"
SUBTITLES = Format("vtt", "WebVTT subtitles (.vtt)", _GROUP, "", ".vtt", lambda t: encode(t, ".vtt"), decode, LOSSES)
CHAPTERS = Format(
    "vtt-chapters",
    "WebVTT chapters (.chapters.vtt)",
    _GROUP,
    "",
    ".chapters.vtt",
    lambda t: encode(t, ".chapters.vtt"),
    decode,
    LOSSES,
)
