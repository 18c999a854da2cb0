"""The append-only log of edits, undos and redos, and the launches that wrote it."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ..annotation.document import Document
from ..annotation.edit import Edit
from ..annotation.history import Direction, Group, History, Resolve, Step
from ..data.dataset import VideoId
from ..errors import DamagedProjectError, StoreError
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

    @property
    def values(self) -> tuple[Any, ...]:
        """The columns of the row, without the check sum."""
        text = self.edit.text
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            text = text.encode("ascii", "backslashreplace").decode()
        return (self.seq, self.ts, self.launch, self.kind, text, self.edit.group, self.swaps, self.undo_of)


def append(connection: sqlite3.Connection, row: Row, places: Mapping[VideoId, int]) -> None:
    """Write a row and the values after it; a row that is there already is left alone.

    Raises:
        StoreError: the log in the file is not the one that this row continues.
    """
    values, newest = row.values, head(connection)
    check_sum = pack.crc(*values)
    if row.seq <= newest:
        stored = connection.execute("SELECT crc FROM edit WHERE seq=?", (row.seq,)).fetchone()
        if stored != (check_sum,):
            raise StoreError("the file under this name holds other edits than this program made")
        return
    if row.seq != newest + 1:
        raise StoreError(f"the file under this name ends at edit {newest}, before edit {row.seq}")
    connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, check_sum))
    for swap in row.edit.swaps:
        tracks.put_swap(connection, swap, places, row.seq)


def head(connection: sqlite3.Connection) -> int:
    """Number of the newest row, 0 for an empty log."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM edit").fetchone()[0])


def now() -> float:
    """Seconds since 1970, for people; order is by `seq`."""
    return time.time()


def start_launch(connection: sqlite3.Connection) -> Launch:
    """Register this opening, in one transaction. Raises DamagedProjectError."""
    rows = _launches(connection)
    restored = 0
    if rows and not rows[-1][5]:
        restored = int(connection.execute("SELECT count(*) FROM edit WHERE launch=?", (rows[-1][0],)).fetchone()[0])
    number = rows[-1][0] + 1 if rows else 1
    connection.execute("BEGIN IMMEDIATE")
    _put_launch(
        connection, (number, socket.gethostname(), os.getpid(), datetime.now(UTC).isoformat(), head(connection), 0)
    )
    connection.execute("COMMIT")
    return Launch(number, restored)


def end_launch(connection: sqlite3.Connection, launch: int) -> None:
    """Note that everything of a launch is on disk."""
    for row in _launches(connection):
        if row[0] == launch:
            _put_launch(connection, (*row[:4], head(connection), 1))


def end_all_launches(connection: sqlite3.Connection) -> None:
    """Mark a copy as cleanly closed: nothing of it has to be restored."""
    for row in _launches(connection):
        _put_launch(connection, (*row[:5], 1))


def check_launches(connection: sqlite3.Connection) -> None:
    """Nothing when the check sum of every launch holds; format 1 has none. Raises DamagedProjectError."""
    if connection.execute("PRAGMA user_version").fetchone()[0] > 1:
        _launches(connection)


def _launches(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Every launch without its check sum, oldest first. Raises DamagedProjectError."""
    found = []
    for row in connection.execute("SELECT * FROM launch ORDER BY id").fetchall():
        pack.check(row[-1], *row[:-1], place=f"launch {row[0]}")
        found.append(row[:-1])
    return found


def _put_launch(connection: sqlite3.Connection, row: tuple[Any, ...]) -> None:
    connection.execute("INSERT OR REPLACE INTO launch VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, pack.crc(*row)))


def group_of(edit: Edit, launch: int) -> Group | None:
    """The group of an edit, unique in the project."""
    return None if edit.group is None else (launch, edit.group)


def load_history(connection: sqlite3.Connection, videos: list[VideoId]) -> History:
    """Undo and redo stacks as the log left them. Raises DamagedProjectError."""
    history = History()
    for place, row in enumerate(
        connection.execute("SELECT seq, ts, launch, kind, text, group_id, swaps, undo_of, crc FROM edit ORDER BY seq")
    ):
        if row[0] != place + 1:
            raise DamagedProjectError(f"Edit {place + 1} of the log is missing. The file was left as it is.")
        pack.check(row[8], *row[:8], place=f"edit {row[0]} of the log")
        follow(history, row[:8], videos)
    return history


def follow(history: History, values: tuple[Any, ...], videos: list[VideoId]) -> None:
    """Take one stored row (`Row.values`) into the history. Raises DamagedProjectError."""
    seq, ts, launch, kind, text, group, swaps, undo_of = values
    if kind == "edit":
        of_group = None if group is None else (launch, group)
        resolve, newer = _resolver(swaps, text, videos), pack.is_newer(swaps)
        said = f"{text} (an edit of a newer version)" if newer else text
        history.push(Step(seq, said, of_group, pack.edit_videos(swaps, videos), resolve, ts, newer))
        return
    stack = history.done if kind == "undo" else history.undone
    if kind not in ("undo", "redo") or not stack or stack[-1].seq != undo_of:
        raise DamagedProjectError(
            f"Edit {seq} of the log does not follow from the ones before. The file was left as it is."
        )
    history.move("undo" if kind == "undo" else "redo")


def _resolver(swaps: bytes, text: str, videos: list[VideoId]) -> Resolve:
    def resolve(document: Document, direction: Direction) -> Edit:
        return pack.unpack_edit(swaps, text, direction, document, videos)

    return resolve
