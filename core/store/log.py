"""The append-only log of edits, undos and redos, and the launches that wrote it."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ..annotation.document import Document
from ..annotation.edit import Edit
from ..annotation.history import Direction, Group, History, Resolve, Step
from ..data.dataset import VideoId
from ..errors import DamagedProjectError
from . import pack, tracks

Kind = Literal["edit", "undo", "redo"]


@dataclass(frozen=True)
class Launch:
    """One opening of the project: its number, and how many edits an unclean one before it left behind."""

    id: int
    restored_edits: int


@dataclass(frozen=True)
class Row:
    """One line of the log, ready to be written."""

    seq: int
    launch: int
    kind: Kind
    edit: Edit
    swaps: bytes
    undo_of: int | None = None
    ts: float = 0.0


def append(connection: sqlite3.Connection, row: Row, places: Mapping[VideoId, int]) -> None:
    """Write a row and the values after it; a row that is there already is left alone."""
    if row.seq <= head(connection):
        return
    text = row.edit.text.encode("ascii", "backslashreplace").decode() if _is_broken(row.edit.text) else row.edit.text
    values = (row.seq, row.ts, row.launch, row.kind, text, row.edit.group, row.swaps, row.undo_of)
    connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, pack.crc(*values)))
    for swap in row.edit.swaps:
        tracks.put_swap(connection, swap, places, row.seq)


def _is_broken(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def head(connection: sqlite3.Connection) -> int:
    """Number of the newest row, 0 for an empty log."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM edit").fetchone()[0])


def now() -> float:
    """Seconds since 1970, for people; order is by `seq`."""
    return time.time()


def start_launch(connection: sqlite3.Connection) -> Launch:
    """Register this opening, in one transaction."""
    last = connection.execute("SELECT id, clean_close FROM launch ORDER BY id DESC LIMIT 1").fetchone()
    restored = 0
    if last is not None and not last[1]:
        restored = int(connection.execute("SELECT count(*) FROM edit WHERE launch=?", (last[0],)).fetchone()[0])
    number = 1 if last is None else last[0] + 1
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO launch VALUES (?, ?, ?, ?, ?, 0)",
        (number, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat(), head(connection)),
    )
    connection.execute("COMMIT")
    return Launch(number, restored)


def end_launch(connection: sqlite3.Connection, launch: int) -> None:
    """Note that everything of a launch is on disk."""
    connection.execute("UPDATE launch SET clean_close=1, last_seq=? WHERE id=?", (head(connection), launch))


def group_of(edit: Edit, launch: int) -> Group | None:
    """The group of an edit, unique in the project."""
    return None if edit.group is None else (launch, edit.group)


def load_history(connection: sqlite3.Connection, videos: list[VideoId]) -> History:
    """Undo and redo stacks as the log left them. Raises DamagedProjectError."""
    history = History()
    for row in connection.execute(
        "SELECT seq, ts, launch, kind, text, group_id, swaps, undo_of, crc FROM edit ORDER BY seq"
    ):
        pack.check(row[8], *row[:8], place=f"edit {row[0]} of the log")
        seq, ts, launch, kind, text, group, swaps, undo_of = row[:8]
        if kind == "edit":
            history.push(
                Step(
                    seq,
                    text,
                    None if group is None else (launch, group),
                    pack.edit_videos(swaps, videos),
                    _resolver(swaps, text, videos),
                    ts,
                )
            )
            continue
        stack = history.done if kind == "undo" else history.undone
        if not stack or stack[-1].seq != undo_of:
            raise DamagedProjectError(
                f"Edit {seq} of the log does not follow from the ones before. The file was left as it is."
            )
        history.move("undo" if kind == "undo" else "redo")
    return history


def _resolver(swaps: bytes, text: str, videos: list[VideoId]) -> Resolve:
    def resolve(document: Document, direction: Direction) -> Edit:
        return pack.unpack_edit(swaps, text, direction, document, videos)

    return resolve
