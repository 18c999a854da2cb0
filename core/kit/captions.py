"""Text tracks beside a video of the kit: chapters and subtitles (WebVTT, SRT) and FFmpeg's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..formats.track import to_milliseconds
from ..html_page import shown
from ..media.clips import Chapter
from .plan import Step


class Cue(NamedTuple):
    """One text on screen, from `start_ms` until before `stop_ms`; `lines` follow its title."""

    start_ms: int
    stop_ms: int
    title: str
    lines: tuple[str, ...] = ()


def cues(steps: Iterable[Step]) -> list[Cue]:
    """One cue a step of one video, in the order of time."""
    found = [
        Cue(to_milliseconds(s.start_s), to_milliseconds(s.stop_s), f"{s.index}. {_one_line(s.title)}", _points(s))
        for s in steps
    ]
    return sorted(found)


def _points(step: Step) -> tuple[str, ...]:
    return tuple(f"• {_one_line(point)}" for point in step.text.key_points)


def _one_line(text: str) -> str:
    return " ".join(shown(text).split())


def chapters(found: Sequence[Cue], between: str) -> list[Chapter]:
    """The cues as chapters of a video file, which leave no gap: what lies before and between them has a name too."""
    tiled: list[Chapter] = []
    end = 0
    for cue in found:
        if cue.start_ms > end:
            tiled.append(Chapter(end, cue.start_ms, between))
        tiled.append(Chapter(cue.start_ms, cue.stop_ms, cue.title))
        end = cue.stop_ms
    return tiled


def webvtt(found: Sequence[Cue], *, subtitles: bool) -> str:
    """Chapters, one line a cue; or subtitles, with the key points below each title."""
    blocks = ["WEBVTT"]
    for number, cue in enumerate(found, 1):
        lines = [cue.title, *cue.lines] if subtitles else [cue.title]
        text = "\n".join(_vtt_text(line) for line in lines)
        blocks.append(f"{number}\n{_clock(cue.start_ms, '.')} --> {_clock(cue.stop_ms, '.')}\n{text}")
    return "\n\n".join(blocks) + "\n"


def _vtt_text(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def srt(found: Sequence[Cue]) -> str:
    """The subtitles for players that know nothing newer; angle brackets would be tags there."""
    blocks = []
    for number, cue in enumerate(found, 1):
        text = "\n".join(line.replace("<", "‹").replace(">", "›") for line in (cue.title, *cue.lines))
        blocks.append(f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.stop_ms, ',')}\n{text}\n")
    return "\n".join(blocks)


def ffmetadata(title: str, found: Sequence[Chapter]) -> str:
    """The chapters as FFmpeg reads them; without the time base it would take them for nanoseconds."""
    lines = [";FFMETADATA1", f"title={_escaped(_one_line(title))}"]
    for chapter in found:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={chapter.start_ms}", f"END={chapter.stop_ms}"]
        lines.append(f"title={_escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\\n])", r"\\\1", text)


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"
