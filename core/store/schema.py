"""The tables of a project file, and how a connection to it is opened: identity and version come first."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from ..errors import DamagedProjectError, NewerProjectError, StoreError

Connection = sqlite3.Connection
APPLICATION_ID: Final = 0x544F5447  # "TOTG"
VERSION: Final = 1
_MAX_ROW: Final = 72 << 20

TABLES: Final = """
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
CREATE TABLE launch(id INTEGER PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL,
    last_seq INTEGER NOT NULL, clean_close INTEGER NOT NULL) STRICT;
"""


def check_header(path: Path) -> None:
    """Nothing when the file is a project this version reads; nothing of it is changed.

    Only for a file that this process has not open: closing a plain handle would drop SQLite's lock.

    Raises:
        NewerProjectError: made by a newer version.   StoreError: not a project, or unreadable.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(100)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    identity, version = int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")
    if len(head) < 100 or head[:16] != b"SQLite format 3\0" or identity != APPLICATION_ID:
        raise StoreError(f"{path} is not a project of this program; wanted a .tot file. Nothing was changed.")
    if version > VERSION:
        raise NewerProjectError(
            f"{path} was made by a newer version of the program (format {version}; this one reads "
            f"up to {VERSION}). Nothing was changed. Install the newer version to open it."
        )


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """An exclusive connection to the project, for the thread that calls. Raises sqlite3.Error."""
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=2)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_ROW)
        check_tables(connection, path)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "foreign_keys=ON", "locking_mode=EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        if not read_only:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")  # takes the lock now, and recovers after a kill
            connection.execute("COMMIT")
        return connection
    except BaseException:
        connection.close()
        raise


def check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Nothing when the file has exactly our tables: no view, trigger or index of a stranger ever runs.

    Raises:
        DamagedProjectError: something is missing, or there is more.
    """
    wanted = {statement.strip() for statement in TABLES.split(";") if statement.strip()}
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")}
    if found != wanted:
        raise DamagedProjectError(f"{path}: its tables are not those of a project. It was left as it is.")


def create_tables(connection: sqlite3.Connection) -> None:
    """Tables, identity and version, inside the caller's transaction."""
    for statement in TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={VERSION}")
