"""Formats of other packages, by the entry point group ``totgui.formats``: a broken one is a row, never the end.

A package that is installed is trusted to run, as any Python package is. What it gives is checked all the same: a
format that fails while it loads, writes or reads is named with its package, and the program goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ..data.dataset import Problem
from ..errors import InputError, TotError
from .format import Encoded, Format, Tracks
from .source import SourceFile
from .track import FileComments, FileTrack, Interval

GROUP = "totgui.formats"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_UNITS = ("frames", "pictures", "seconds")


@dataclass(frozen=True)
class Plugins:
    """The formats that other packages bring, and what is wrong with those that cannot be used."""

    formats: Mapping[str, Format]
    problems: tuple[Problem, ...] = ()


def load(known: Iterable[str], points: Iterable[EntryPoint] | None = None) -> Plugins:
    """Every plug-in that can be used; `known` are names that are taken. Without `points`, those that are installed."""
    found: dict[str, Format] = {}
    problems: list[Problem] = []
    taken = set(known)
    for point in sorted(entry_points(group=GROUP) if points is None else points, key=lambda p: (p.name, p.value)):
        origin = f"format plug-in {point.name} ({point.value})"
        try:
            for form in _formats_of(point):
                checked = _checked(form, taken, origin)
                taken.add(checked.name)
                found[checked.name] = checked
        except (Exception, SystemExit) as error:  # the outer edge of a loader of foreign code
            what = str(error) if isinstance(error, TotError) else f"{type(error).__name__}: {error}"
            problems.append(Problem("error", origin, f"cannot be used: {what}", hint="Update or remove its package."))
    return Plugins(found, tuple(problems))


def _formats_of(point: EntryPoint) -> list[Any]:
    """What an entry point stands for: a format, several, or a function that gives either."""
    value = point.load()
    if callable(value) and not isinstance(value, Format):
        value = value()
    return list(value) if isinstance(value, list | tuple) else [value]


def _checked(form: Any, taken: set[str], origin: str) -> Format:
    """The format with its functions fenced in. Raises InputError for what is none."""
    if not isinstance(form, Format):
        raise InputError(origin, f"it gives a {type(form).__name__}; wanted a core.formats.format.Format.")
    if not isinstance(form.name, str) or not _NAME.fullmatch(form.name):
        raise InputError(
            origin, f"{form.name!r:.60} is no name for a format; wanted small letters, digits and hyphens."
        )
    if form.name in taken:
        raise InputError(origin, f'there is a format "{form.name}" already.')
    texts = (form.label, form.group, form.suffix, form.extension, *form.losses)
    if not all(isinstance(text, str) for text in texts) or not form.label or isinstance(form.losses, str):
        raise InputError(origin, "its label, group, suffix, extension and losses are to be texts.")
    if any("/" in text or "\\" in text for text in (form.suffix, form.extension)):
        raise InputError(origin, "its suffix or extension holds a folder.")
    decode = form.decode
    return replace(
        form,
        losses=tuple(form.losses),
        encode=_fenced_encode(form.encode, origin),
        decode=None if decode is None else _fenced_decode(decode, origin),
    )


def _fenced_encode(encode: Callable[[Tracks], Encoded], origin: str) -> Callable[[Tracks], Encoded]:
    def fenced(tracks: Tracks) -> Encoded:
        try:
            made = encode(tracks)
        except TotError:
            raise
        except (Exception, SystemExit) as error:  # the outer edge of foreign code
            raise InputError(origin, f"failed to write: {type(error).__name__}: {error}") from error
        is_sound = isinstance(made, Encoded) and all(
            isinstance(name, str) and isinstance(text, str) for name, text in dict(made.files).items()
        )
        if not is_sound:
            raise InputError(origin, "failed to write: it gave something else than the text of files.")
        return Encoded(dict(made.files), tuple(map(str, made.notes)))

    return fenced


def _fenced_decode(
    decode: Callable[[SourceFile], Iterable[FileTrack | FileComments]], origin: str
) -> Callable[[SourceFile], Iterator[FileTrack]]:
    def fenced(file: SourceFile) -> Iterator[FileTrack]:
        try:
            tracks = list(decode(file))
        except TotError:
            raise
        except (Exception, SystemExit) as error:  # the outer edge of foreign code
            raise InputError(file.path, f"the {origin} failed to read it: {type(error).__name__}: {error}") from error
        for track in tracks:
            if not isinstance(track, FileTrack) or not _is_sound(track):
                raise InputError(file.path, f"the {origin} gave something else than tracks of intervals.")
            yield replace(track, path=file.path)

    return fenced


def _is_sound(track: object) -> bool:
    """Whether a track holds what the grid counts on: names as text, times as whole or exact numbers."""
    return (
        isinstance(track, FileTrack)
        and track.unit in _UNITS
        and isinstance(track.also, tuple | list)
        and all(isinstance(text, str) for text in (track.video, track.tier, *track.also))
        and (track.gap is None or isinstance(track.gap, str))
        and (track.n_frames is None or type(track.n_frames) is int)
        and all(value is None or isinstance(value, Fraction | int) for value in (track.end_s, track.rate))
        and isinstance(track.intervals, tuple | list)
        and all(_is_sound_interval(interval, track.unit) for interval in track.intervals)
    )


def _is_sound_interval(interval: object, unit: str) -> bool:
    if not isinstance(interval, Interval) or not isinstance(interval.place, str):
        return False
    kinds = (int, Fraction) if unit == "seconds" else (int,)
    times = (interval.start, interval.stop)
    is_named = interval.name is None or isinstance(interval.name, str)
    return is_named and all(isinstance(time, kinds) and not isinstance(time, bool) for time in times)
