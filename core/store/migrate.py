"""From an older format to this one: a verified backup first, then one transaction that is checked before it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import StoreError
from . import backup, pack
from .check import check_rows, differences, read_document
from .schema import VERSION, Connection, check_tables, comment_table, connect, launch_table


def migrate(path: Path, version: int, *, backed_up: bool = True) -> Path | None:
    """Bring a closed project to this program's format; the backup that was made first.

    A kill leaves the old project or the new one. `backed_up` False is for private copies.

    Raises:
        StoreError, sqlite3.Error: nothing was changed.
    """
    saved = backup.back_up_closed(path, version, f"before format {VERSION}") if backed_up else None
    connection = connect(path, version=version)
    try:
        before = read_document(connection)
        connection.execute("BEGIN IMMEDIATE")
        for step in range(version, VERSION):
            _STEPS[step](connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
        check_tables(connection, path)
        if changed := differences(before, check_rows(connection)):
            raise StoreError(f"{path} could not be brought to format {VERSION}: {', '.join(changed)} would change.")
        connection.execute("COMMIT")
    finally:
        connection.close()  # what was not committed is rolled back
    return saved


def _launches_get_check_sums(connection: Connection) -> None:
    launches = connection.execute("SELECT * FROM launch ORDER BY id").fetchall()
    connection.execute("DROP TABLE launch")
    connection.execute(launch_table(2))
    for row in launches:
        connection.execute("INSERT INTO launch VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, pack.crc(*row)))


def _comments_get_a_table(connection: Connection) -> None:
    connection.execute(comment_table())


_STEPS: dict[int, Callable[[Connection], None]] = {
    1: _launches_get_check_sums,
    2: _comments_get_a_table,
}
