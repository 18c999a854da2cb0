"""Before a project file is opened: its side files are judged, and it is copied where it may not change."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ..cache import cache_path
from ..errors import DamagedProjectError, ProjectLockedError, StoreError
from ..foreign import open_regular
from .backup import newest_whole
from .check import read_all
from .lock import ProjectLock, is_ours
from .schema import guard, read_header

_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_TRIES = 5


def journal_of(path: Path) -> Path:
    """SQLite's rollback journal of a project; it is there while the project is open, and after a kill."""
    path = Path(os.path.realpath(path))  # `resolve` raises where links lead in a circle
    return path.with_name(path.name + "-journal")


def is_hot(path: Path) -> bool:
    """Whether a kill in the middle of a commit left a journal that opening the project will roll back.

    Raises:
        DamagedProjectError: a side file lies there that this program never writes.
    """
    log = Path(os.path.realpath(path)).with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise DamagedProjectError(
            f"{log.name} lies beside {path} and would change it; this program writes no such file. "
            "Move it away, then open the project again. Nothing was changed."
        )
    try:
        with open_regular(journal_of(path)) as stream:
            head = stream.read(8)
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 8))
            tail = stream.read(8)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(f"{journal_of(path)} cannot be read: {error.strerror}.") from error
    if head == _JOURNAL_MAGIC and tail == _JOURNAL_MAGIC:
        raise DamagedProjectError(
            f"{journal_of(path).name} beside {path} names further files; this program writes no such journal. "
            "Move it away, then open the project again. Nothing was changed."
        )
    return head == _JOURNAL_MAGIC


def check_recovery(path: Path) -> None:
    """Nothing when rolling back the journal leads to a whole project, tried on a copy. Raises DamagedProjectError."""
    with private_copy(path) as copy:
        try:
            recover(copy)
            read_all(copy)
        except (StoreError, sqlite3.Error) as error:
            raise DamagedProjectError(
                f"{path} and {journal_of(path).name} beside it do not lead to a whole project: {error} "
                f"Both were left as they are. Salvage what is there: tot check {path.name} --repair NEW.tot"
            ) from error


def recover(path: Path) -> int:
    """Roll back the journal of a project; the version it has then. Raises StoreError, sqlite3.Error."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=2)
    try:
        guard(connection)
        connection.execute("BEGIN IMMEDIATE")  # takes the lock, and recovers; no table is looked at
        connection.execute("COMMIT")
    finally:
        connection.close()
    return read_header(path)


def copy_to_cache(path: Path) -> Path:
    """A copy of a closed project and its journal in a private folder of the cache, under the same name."""
    folder = cache_path("copies", uuid4().hex[:12], "x").parent
    copy = folder / path.name
    try:
        shutil.copyfile(path, copy)
        if journal_of(path).exists():
            shutil.copyfile(journal_of(path), copy.with_name(copy.name + "-journal"))
    except OSError as error:
        remove_copy(copy)
        reason = error.strerror or "it is no regular file"
        raise StoreError(f"{path} cannot be copied to {folder}: {reason}.") from error
    return copy


def remove_copy(copy: Path) -> None:
    """Delete the folder that `copy_to_cache` made."""
    shutil.rmtree(copy.parent, ignore_errors=True)


@contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """`copy_to_cache`, gone afterwards."""
    copy = copy_to_cache(path)
    try:
        yield copy
    finally:
        remove_copy(copy)


def copy_of_open_project(path: Path) -> Path:
    """A whole copy of a project that another program has open just now; `remove_copy` deletes it.

    The other program may commit while we read, so each try is checked in full.

    Raises:
        StoreError: this process has it open, or no whole copy could be had.
    """
    if is_ours(path):
        raise ProjectLockedError(f"{path} is open in this program already.")
    error: Exception = StoreError("no try was made")
    for _ in range(_TRIES):
        copy = copy_to_cache(path)
        try:
            recover(copy)
            read_all(copy)
            return copy
        except (StoreError, sqlite3.Error) as found:
            remove_copy(copy)
            error = found
    raise StoreError(f"{path} is being written; no whole copy could be read. Try again in a moment. ({error})")


def examine(path: Path) -> list[str]:
    """What a full check of a project finds, and what to do about it; empty when every row is whole.

    Raises:
        ProjectLockedError, NewerProjectError, StoreError: it cannot be checked; it is not changed in any case.
    """
    lock = ProjectLock(path, read_only=True)
    try:
        if is_hot(path):
            check_recovery(path)
        else:
            read_all(path)
    except DamagedProjectError as error:
        found = [str(error)]
        if (backup := newest_whole(path)) is not None:
            found.append(f"The newest whole backup is {backup.path}, of {backup.at:%Y-%m-%d %H:%M}.")
        found.append(f"What can be read is saved into a new file by: tot check {path.name} --repair NEW.tot")
        return found
    finally:
        lock.release()
    return []
