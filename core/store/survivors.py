"""Rows that a damaged project file still holds, told by their shape and their check sum."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ..annotation.values import Comment, LabelMap, Run
from ..data.dataset import Action, RunId, Video
from ..errors import StoreError, TotError
from . import comments, opening, pack, rows
from .pages import Value, records

META = {
    "uid", "root", "activity", "layout", "granularity", "activities", "granularities", "findings", "background_names",
    "fingerprints", "place",
}  # fmt: skip


@dataclass
class Survivors:
    """Rows with a right check sum by table and key, as their columns; `broken` counts those without."""

    meta: dict[str, Any] = field(default_factory=dict)
    videos: dict[int, Video] = field(default_factory=dict)
    actions: dict[int, Action] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    weights: dict[str, bytes] = field(default_factory=dict)
    label_maps: dict[str, LabelMap] = field(default_factory=dict)
    reviews: dict[int, Any] = field(default_factory=dict)
    comments: dict[tuple[int, int], Comment] = field(default_factory=dict)
    tracks: dict[tuple[int, str, str], tuple[Any, ...]] = field(default_factory=dict)
    edits: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    broken: int = 0


def read_survivors(path: Path) -> Survivors:
    """Every row with a right check sum, read from the bytes of a copy after its journal was rolled back."""
    with opening.private_copy(path) as copy:
        with suppress(StoreError, sqlite3.Error):
            if opening.is_hot(copy):
                opening.recover(copy)
        data = copy.read_bytes()
    found = Survivors()
    for rowid, columns in records(data):
        try:
            _take(found, rowid, columns)
        except (*pack.WRONG, ZeroDivisionError, zlib.error, msgspec.MsgspecError, TotError, RecursionError):
            found.broken += 1
    return found


def _take(found: Survivors, rowid: int, columns: list[Value]) -> None:
    """File a row that is one of ours, told by its shape and its check sum; count it when only the shape is."""
    kinds = "".join("_" if v is None else "b" if isinstance(v, bytes) else type(v).__name__[0] for v in columns)
    take = _SHAPES.get(kinds) or (_edit if len(columns) == 9 and kinds[3:5] == "ss" else None)
    if take is not None and not take(found, rowid, columns):
        found.broken += 1


def _keyed(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    key, text, stored = columns
    if pack.crc(key, text) != stored:
        return False
    value = json.loads(text)
    if isinstance(value, dict) and "proposed" in value:
        found.label_maps[key] = pack.label_map(RunId(key), value)
    elif key in META or key == "kit" or key.startswith("kit."):
        found.meta[key] = value
    return True


def _numbered(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    _, text, stored = columns
    if pack.crc(rowid, text) != stored:
        return False
    value = json.loads(text)
    if "colour" in value:
        found.actions[rowid] = pack.action(value)
    else:
        found.reviews[rowid] = pack.review(value)
    return True


def _video(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    _, text, pts, stored = columns
    if pack.crc(rowid, text, pts) != stored:
        return False
    found.videos[rowid] = rows.unpack_video(json.loads(text), pts, Path("/"))
    found.meta.setdefault("_rows", {})[rowid] = (text, pts)  # the root may be read later
    return True


def _run(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    name, _, text, stored = columns
    if pack.crc(name, text) != stored:
        return False
    found.runs[name] = msgspec.convert(json.loads(text), Run)
    return True


def _weights(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    run, digest, data = columns
    if hashlib.sha256(data).hexdigest() != digest:
        return False
    found.weights[run] = data
    return True


def _track(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    *values, stored = columns
    if pack.crc(*values) != stored:
        return False
    place, kind, run, seq = values[:4]
    older = found.tracks.get((place, kind, run))
    if older is None or older[3] <= seq:
        found.tracks[place, kind, run] = tuple(values)
    return True


def _comment(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    place, number, text, stored = columns
    if pack.crc(place, number, text) != stored:
        return False
    found.comments[place, number] = comments.unpack(text)
    return True


def _edit(found: Survivors, rowid: int, columns: list[Any]) -> bool:
    _, ts, *rest, stored = columns
    values = (rowid, float(ts), *rest)  # SQLite stores a whole REAL as an integer
    if pack.crc(*values) != stored:
        return False
    found.edits[rowid] = values
    return True


_SHAPES: dict[str, Callable[[Survivors, int, list[Any]], bool]] = {
    "ssi": _keyed, "_si": _numbered, "_sbi": _video, "sisi": _run, "ssb": _weights, "issibsi": _track,
    "iisi": _comment,
}  # fmt: skip
