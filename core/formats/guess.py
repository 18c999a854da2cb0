"""Which formats a file or folder of labels may be of: told by its name first, then by reading its first file."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError
from .format import Format
from .registry import all_formats

_LAST = ("audacity", "frames", "frames-cte")
"""Formats that nearly any text fits; they come after the others."""


def guess_formats(path: Path) -> list[str]:
    """Names of the formats that can read it, the likeliest first; none where nothing can.

    Raises InputError where nothing lies at `path`.
    """
    if not path.exists():
        raise InputError(path, "is not there; wanted a file or folder of labels.")
    found = [
        (_rank(form), name) for name, form in all_formats().items() if form.decode is not None and _reads(form, path)
    ]
    return [name for _, name in sorted(found)]


def _rank(form: Format) -> tuple[int, int, str]:
    """Formats with a longer ending and a stricter grammar come first."""
    last = _LAST.index(form.name) + 1 if form.name in _LAST else 0
    return last, -len(form.extension), form.name


def _reads(form: Format, path: Path) -> bool:
    """Whether the first file of a path gives tracks in this format, and nothing is wrong with it."""
    first = path
    if path.is_dir():
        try:
            first = form.files(path)[0].path
        except InputError:
            return False
    elif not form.fits(path):
        return False
    found = form.read([first])
    return any(track.intervals for track in found.tracks)
