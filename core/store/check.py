"""Reading every row of a project and following its log back: nothing is changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..annotation.document import Document
from ..errors import DamagedProjectError, EditError
from . import log, pack, rows, tracks
from .schema import check_header, connect


def read_document(connection: sqlite3.Connection) -> Document:
    """The whole project as values. Raises DamagedProjectError."""
    found = connection.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise DamagedProjectError(f"The project is damaged: {found}. The file was left as it is.")
    try:
        document = Document(rows.get_dataset(connection))
        tracks.load(connection, document)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DamagedProjectError(f"The project is damaged: {error!r}. The file was left as it is.") from error
    return document


def replay_back(connection: sqlite3.Connection, document: Document) -> int:
    """Number of log rows that fit when they are taken back one by one; the document ends at its first state.

    Raises:
        DamagedProjectError: a row does not lead to the values that are stored.
    """
    videos, count = list(document.videos), 0
    for kind, text, swaps in connection.execute("SELECT kind, text, swaps FROM edit ORDER BY seq DESC"):
        edit = pack.unpack_edit(swaps, text, "redo" if kind == "undo" else "undo", document, videos)
        try:
            document.apply(edit)
        except EditError as error:
            raise DamagedProjectError(f"The log does not lead to the stored tracks: {error}") from error
        count += 1
    if document.corrected or document.step_texts or document.kit_text:
        raise DamagedProjectError("A track or a text has no beginning in the log. The file was left as it is.")
    return count


def read_all(path: Path) -> int:
    """Number of log rows of a closed project after a full check: check sums, weights, replay. Raises StoreError."""
    check_header(path)
    connection = connect(path, read_only=True)
    try:
        document = read_document(connection)
        log.load_history(connection, list(document.videos))
        for (run,) in connection.execute("SELECT run FROM weights").fetchall():
            tracks.get_weights(connection, run)
        return replay_back(connection, document)
    finally:
        connection.close()
