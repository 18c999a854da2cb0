"""SubRip subtitles: one numbered cue a segment, with a comma before the milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .format import Encoded, Format, Tracks, per_video
from .names import CONTROL, meaning, spoken
from .source import SourceFile, blocks
from .track import ExportTrack, FileTrack, Interval, clock_text, timed
from .webvtt import cue

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
_README = "One SubRip file a video. Times from the first picture, end exclusive; a gap is unlabelled; < > are ‹ ›.\n"
# Players take <x> for a tag and {x} for a style, so these are written as quotation marks that are no markup.
_MARKUP = str.maketrans("<>{}", "‹›❴❵")
_BACK = str.maketrans("‹›❴❵", "<>{}")
_REFUSED = re.compile(f"{CONTROL.pattern}|[‹›❴❵]")


def encode(tracks: Tracks) -> Encoded:
    """One file a video; unlabelled frames have no cue. Raises InputError for names with ‹ › ❴ ❵."""
    names = spoken(tracks, refuse=_REFUSED, why="‹ › ❴ ❵ stand for brackets there")
    return Encoded(per_video(tracks, ".srt", lambda track: _text(track, names), _README))


def _text(track: ExportTrack, names: dict[int, str]) -> str:
    words = {label: name.translate(_MARKUP) for label, name in names.items()}
    return "\n".join(
        f"{number}\n{clock_text(p.start_ms, ',')} --> {clock_text(p.stop_ms, ',')}\n{words[p.label]}\n"
        for number, p in enumerate(timed(track), 1)
    )


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The one track of a file."""
    intervals = []
    for first, lines in blocks(file.text()):
        at = 1 if "-->" not in lines[0] and len(lines) > 1 else 0
        found = cue(file, lines[at:], first + at)
        if found is not None:
            start, stop, text, place = found
            intervals.append(Interval(start, stop, meaning(text.translate(_BACK)), place))
    yield FileTrack(file.video(), "seconds", tuple(intervals), file.path)


FORMAT = Format("srt", "SubRip subtitles (.srt)", "Subtitles and chapters", "", ".srt", encode, decode, LOSSES)
