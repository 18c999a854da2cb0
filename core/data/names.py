"""Names of files: their natural order, their stem, the activity they tell, and how they are shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

MATRIX_SUFFIXES = (".npy", ".npz", ".txt", ".csv", ".gz")
"""Readable matrices; of several with one name the first kind is used."""
REFUSED_SUFFIXES = (".pt", ".pth", ".pkl", ".pickle", ".mat", ".h5", ".hdf5", ".tar", ".tgz", ".zip", ".7z", ".rar")
VIDEO_SUFFIXES = (
    *(".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".gif", ".ts", ".flv"),
    *(".3gp", ".mts", ".m2ts", ".ogv", ".y4m"),
)
_KNOWN = {*MATRIX_SUFFIXES, *REFUSED_SUFFIXES, *VIDEO_SUFFIXES}


def natural(text: object) -> list[tuple[int, int, str]]:
    """Sort key that counts the numbers inside a text.

    >>> sorted(["v10", "v9"], key=natural)
    ['v9', 'v10']
    """
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", str(text)) if p]


def stem(path: Path) -> str:
    """File name without its last known suffix, ``.txt.gz`` counting as one; other dots stay.

    >>> stem(Path("a.b.txt.gz")), stem(Path("rgb.01"))
    ('a.b', 'rgb.01')
    """
    name = path.name
    if name.lower().endswith((".txt.gz", ".csv.gz", ".npy.gz", ".tar.gz")):
        name = name[:-3]
    suffix = Path(name).suffix
    return name[: -len(suffix)] if suffix.lower() in _KNOWN else name


def matrix_kind(path: Path) -> str:
    """The suffix that decides how a matrix is read, lower case; ``.tar.gz`` is no matrix."""
    return ".tar" if path.name.lower().endswith(".tar.gz") else path.suffix.lower()


def folded(name: str) -> str:
    """A name without case and in one Unicode form."""
    return unicodedata.normalize("NFC", name).casefold()


def rel(path: Path, root: Path) -> str:
    """A path as the person sees it: below the dataset."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def by_name(name: str) -> list[tuple[int, int, str]]:
    """Sort key of every list of names that a person reads: numbers count, great and small letters are one.

    >>> sorted(["p10", "P2", "take 1"], key=by_name)
    ['P2', 'p10', 'take 1']
    """
    return natural(folded(name))


def is_text(name: str) -> bool:
    """Whether a name can be written as UTF-8; names from other systems may hold bytes that cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def activity_of(path: Path, base: Path, names: Iterable[str]) -> str:
    """The activity of a file: its folder, its shared last word, or the words before its number; else empty."""
    parts = path.relative_to(base).parts
    if len(parts) > 1:
        return parts[0]
    head, _, tail = stem(path).rpartition("_")
    if not head:
        return ""
    known = list(names)
    if re.search("[A-Za-z]", tail) and sum(n.endswith("_" + tail) for n in known) > 1:
        return tail
    heads = {n.rpartition("_")[0] for n in known if n.rpartition("_")[2].isdecimal()}
    return head if tail.isdecimal() and len(heads) > 1 else ""
