"""Praat TextGrid: one file a video, one interval tier that tiles the video; an empty text is unlabelled."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from ..data.dataset import UNLABELLED
from ..errors import InputError
from .format import Encoded, Format, Tracks, per_video
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, decimal, end_milliseconds, timed

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
_README = "One TextGrid a video. Times in seconds from the first picture, end exclusive; an empty text is unlabelled.\n"
# Praat reads free-standing numbers, texts in quotes and flags, and takes all else for comment.
_TOKEN = re.compile(r'"(?:[^"]|"")*"|<\w+>|(?<!\S)[-+]?\d[\d.]*(?:[eE][-+]?\d+)?(?=\s|$)|![^\n]*')
MAX_TIERS = 1000


def encode(tracks: Tracks) -> Encoded:
    """One file a video in the long form."""
    names = spoken(tracks)
    names[int(UNLABELLED)] = ""
    return Encoded(per_video(tracks, ".TextGrid", lambda track: _text(track, names), _README))


def _text(track: ExportTrack, names: dict[int, str]) -> str:
    end = decimal(end_milliseconds(track))
    pieces = timed(track, leave_out=frozenset())
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {end}",
        "tiers? <exists>",
        "size = 1",
        "item []:",
        "    item [1]:",
        '        class = "IntervalTier"',
        f"        name = {_quoted(track.source or 'labels')}",
        "        xmin = 0",
        f"        xmax = {end}",
        f"        intervals: size = {len(pieces)}",
    ]
    for number, piece in enumerate(pieces, 1):
        lines += [
            f"        intervals [{number}]:",
            f"            xmin = {decimal(piece.start_ms) if piece.start_ms else 0}",
            f"            xmax = {decimal(piece.stop_ms)}",
            f"            text = {_quoted(names[piece.label])}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@dataclass
class _Tokens:
    """The numbers, texts and flags of a TextGrid in order; `take` says where it stopped."""

    file: SourceFile
    text: str

    def __post_init__(self) -> None:
        self._found = ((m.group(), m.start()) for m in _TOKEN.finditer(self.text) if not m.group().startswith("!"))
        self._line_ends = [m.start() for m in re.finditer("\n", self.text)]
        self.offset = 0

    def place(self) -> str:
        return f"line {bisect_left(self._line_ends, self.offset) + 1}"

    def next(self, wanted: str) -> str:
        token, self.offset = next(self._found, ("", len(self.text)))
        if not token:
            self.fail(f"ends where {wanted} should be.")
        return token

    def string(self) -> str:
        token = self.next("a text")
        if not token.startswith('"'):
            self.fail(f"has {token[:40]} where a text in quotes should be.")
        return token[1:-1].replace('""', '"')

    def number(self) -> Fraction:
        found = seconds_of(self.next("a number"))
        if found is None:
            self.fail("has no number that can be read there.")
        return found

    def count(self) -> int:
        found = self.number()
        if found < 0 or found.denominator != 1 or found > len(self.text):
            self.fail(f"states a number of {found}, which cannot be.")
        return int(found)

    def fail(self, what: str) -> NoReturn:
        raise InputError(self.file.path, what, self.place())


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each interval tier, from the long or the short form."""
    tokens = _Tokens(file, file.text())
    if tokens.string() != "ooTextFile" or tokens.string() != "TextGrid":
        tokens.fail("is not a TextGrid.")
    tokens.number(), tokens.number()
    if tokens.next("<exists>") != "<exists>":
        tokens.fail("holds no tiers.")
    for _ in range(min(tokens.count(), MAX_TIERS)):
        kind, name = tokens.string(), tokens.string()
        tokens.number(), tokens.number()
        if kind == "IntervalTier":
            intervals = tuple(_interval(tokens, name) for _ in range(tokens.count()))
            yield FileTrack(file.video(), "seconds", intervals, file.path, tier=name)
        elif kind == "TextTier":
            for _ in range(tokens.count()):
                tokens.number(), tokens.string()
            file.problem("holds points, not intervals, and is left out.", f'tier "{name}"', note=True)
        else:
            tokens.fail(f'has a tier of class "{kind[:40]}"; wanted IntervalTier.')


def _interval(tokens: _Tokens, tier: str) -> Interval:
    start, stop = tokens.number(), tokens.number()
    text, place = tokens.string(), tokens.place()
    return Interval(start, stop, meaning(text) if text.strip() else None, f'tier "{tier}", {place}')


FORMAT = Format("textgrid", "Praat (.TextGrid)", "Annotation tools", "", ".TextGrid", encode, decode, LOSSES)
