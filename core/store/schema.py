"""The tables of a project file, and how a connection to it is opened: identity and version come first."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from ..errors import DamagedProjectError, NewerProjectError, StoreError
from ..foreign import open_regular

Connection = sqlite3.Connection
APPLICATION_ID: Final = 0x544F5447  # "TOTG"
VERSION: Final = 3
"""A new one for: another table or column; another field of a value that the log swaps, which would no longer lead to
what is stored; another meaning. None for a kind of value that is new in the log (`pack.KINDS`), nor for something new
that is said of a run or of the project: versions before leave those as they are."""
_MAX_ROW: Final = 72 << 20
_LOOK_S: Final = 5.0
"""How long reading the list of tables may take; a stranger's view could run for ever."""

_TABLES: Final = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE video(place INTEGER PRIMARY KEY, value TEXT NOT NULL, pts BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE action(id INTEGER PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE run(id TEXT PRIMARY KEY, number INTEGER NOT NULL, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE weights(run TEXT PRIMARY KEY REFERENCES run(id), sha256 TEXT NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE label_map(run TEXT PRIMARY KEY REFERENCES run(id), value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
CREATE TABLE review(video INTEGER PRIMARY KEY REFERENCES video(place), value TEXT NOT NULL,
    crc INTEGER NOT NULL) STRICT;
CREATE TABLE track(video INTEGER NOT NULL REFERENCES video(place), kind TEXT NOT NULL, run TEXT NOT NULL,
    head_seq INTEGER NOT NULL, segs BLOB NOT NULL, extra TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY(video, kind, run)) STRICT;
CREATE TABLE edit(seq INTEGER PRIMARY KEY, ts REAL NOT NULL, launch INTEGER NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, group_id INTEGER, swaps BLOB NOT NULL, undo_of INTEGER, crc INTEGER NOT NULL) STRICT;
"""
_COMMENT: Final = """CREATE TABLE comment(video INTEGER NOT NULL REFERENCES video(place), id INTEGER NOT NULL,
    value TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY(video, id)) STRICT"""
_LAUNCH: Final = {
    1: """CREATE TABLE launch(id INTEGER PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
    last_seq INTEGER NOT NULL, clean_close INTEGER NOT NULL) STRICT""",
    2: """CREATE TABLE launch(id INTEGER PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
    last_seq INTEGER NOT NULL, clean_close INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT""",
}


def read_header(path: Path) -> int:
    """The version of a project file that this program reads; nothing of it is changed.

    Only for a file that this process has not open: closing a plain handle would drop SQLite's lock.

    Raises:
        NewerProjectError: made by a newer version.   StoreError: not a project, or unreadable.
    """
    try:
        with open_regular(path) as stream:
            head = stream.read(100)
            stream.seek(0, 2)
            n_bytes = stream.tell()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    identity, version = int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")
    if len(head) < 100 or head[:16] != b"SQLite format 3\0" or identity != APPLICATION_ID:
        raise StoreError(
            f"{path} is not a project of this program; wanted a .tot file. Nothing was changed. "
            f"If it was one, try: tot check {path.name} --repair NEW.tot"
        )
    if version > VERSION:
        raise NewerProjectError(
            f"{path} was made by a newer version of the program (format {version}; this one reads "
            f"up to {VERSION}). Nothing was changed. Install the newer version to open it."
        )
    if version < 1 or head[18:20] != b"\1\1":
        raise DamagedProjectError(f"{path} is damaged: its header was not written by this program. It was left alone.")
    size, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    # SQLite would write the right number of pages into such a header as soon as it is opened for writing.
    if (65536 if size == 1 else size) * pages != n_bytes or head[24:28] != head[92:96]:
        raise DamagedProjectError(f"{path} is damaged: longer or shorter than its header says. It was left alone.")
    return version


def connect(path: Path, *, read_only: bool = False, version: int = VERSION) -> Connection:
    """An exclusive connection to the project, for the thread that calls.

    Raises:
        sqlite3.Error.   DamagedProjectError: its tables are not exactly those of this version.
    """
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=2)
    try:
        guard(connection)
        check_tables(connection, path, version)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        if not read_only:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")  # takes the lock now, and recovers after a kill
            connection.execute("COMMIT")
        return connection
    except BaseException:
        connection.close()
        raise


def guard(connection: Connection) -> None:
    """Limits for a file of a stranger: no trusted schema, no row above 72 MB, no trigger that fires another."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_ROW)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")


@contextmanager
def time_limit(connection: Connection, seconds: float) -> Iterator[None]:
    """Statements inside are interrupted after `seconds` (OperationalError)."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def check_tables(connection: Connection, path: Path, version: int = VERSION) -> None:
    """Nothing when the file has exactly our tables: no view, trigger or index of a stranger ever runs.

    Raises:
        DamagedProjectError: something is missing, or there is more.
    """
    with time_limit(connection, _LOOK_S):
        try:
            found = _objects(connection)
        except UnicodeDecodeError:
            found = frozenset()
    if found != _wanted(version):
        raise DamagedProjectError(f"{path}: its tables are not those of a project. It was left as it is.")


@cache
def _wanted(version: int) -> frozenset[tuple[str, ...]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        create_tables(connection, version)
        return _objects(connection)
    finally:
        connection.close()


def _objects(connection: Connection) -> frozenset[tuple[str, ...]]:
    return frozenset(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


def create_tables(connection: Connection, version: int = VERSION) -> None:
    """Tables, identity and version, inside the caller's transaction."""
    since = [] if version < 3 else [comment_table()]
    for statement in [*_TABLES.split(";"), launch_table(version), *since]:
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={version}")


def launch_table(version: int = VERSION) -> str:
    """The statement that makes the table of launches."""
    return _LAUNCH[min(version, 2)]


def comment_table() -> str:
    """The statement that makes the table of comments, which format 3 brought."""
    return _COMMENT
