"""One project file, held open: its lock, its writer, what lies beside it, and copies of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from ..annotation.document import Document
from ..annotation.history import History
from ..data.fingerprint import Stamps
from ..errors import DamagedProjectError, StoreError
from . import backup, log, opening, rows
from .check import read_document, read_history
from .connection import Task
from .create import appearing, write_values
from .emergency import EmergencyFile, HeldRow
from .lock import ProjectLock
from .migrate import migrate
from .schema import VERSION, Connection, connect, read_header
from .writer import Writer

_CANNOT_WRITE = ("readonly", "full", "unable to open", "disk I/O")
"""What SQLite says where a project can still be read."""
_AT_ONCE_BYTES = 32 << 20
"""Up to this size a backup is copied in one go and holds exactly what was there when it was asked for."""


@dataclass(frozen=True)
class Contents:
    """What was read from the file when it was opened."""

    document: Document
    history: History
    head: int
    launch: log.Launch
    stamps: Stamps
    place_told: str


class ProjectFile:
    """Opens a project file and keeps it until `close`; `read_only` says how it was opened in the end.

    A file that may not change but needs recovery or migration is read through a private copy; so is one that another
    program holds, when its `copy` (`opening.copy_of_open_project`) is given.

    Raises:
        ProjectLockedError, NewerProjectError, DamagedProjectError, StoreError: the file stays as it was.
    """

    def __init__(self, path: Path, *, read_only: bool = False, copy: Path | None = None) -> None:
        if not path.is_file():
            raise StoreError(f"{path} is not there; wanted a project file (.tot).")
        self.path = path
        self.migrated: Path | None = None
        self.why_read_only = ""
        self.read_only = True
        self._copy = copy
        self._lock = self._take_lock(read_only) if copy is None else None
        try:
            try:
                self._open(path)
            except (sqlite3.Error, StoreError) as error:
                cause = error if isinstance(error, sqlite3.Error) else error.__cause__
                if self.read_only or not any(word in str(cause) for word in _CANNOT_WRITE):
                    raise
                self._unlock()
                self.why_read_only = str(cause)
                self._lock = self._take_lock(True)
                self._open(path)
        except BaseException as error:
            self._drop()
            if isinstance(error, sqlite3.Error):
                raise DamagedProjectError(f"{path} cannot be opened: {error}. The file was left as it is.") from error
            raise

    @property
    def is_locked(self) -> bool:
        """Whether it keeps others from writing: not so where the file is read through a copy that was given."""
        return self._lock is not None

    def _take_lock(self, read_only: bool) -> ProjectLock:
        self.read_only = read_only
        try:
            lock = ProjectLock(self.path, read_only=read_only)
            if read_only:
                return lock
        except OSError as error:
            self.read_only, self.why_read_only = True, error.strerror or str(error)
            return ProjectLock(self.path, read_only=True)
        try:
            os.close(os.open(self.path, os.O_RDWR))  # `access` would say yes to root, also for a protected file
            return lock
        except OSError as error:
            lock.release()
            self.read_only, self.why_read_only = True, error.strerror or str(error)
            return ProjectLock(self.path, read_only=True)

    def _open(self, path: Path) -> None:
        path = self._copy or path
        hot = opening.is_hot(path)
        if hot and not self.read_only:
            opening.check_recovery(path)
            version = opening.recover(path)
        elif hot or (read_header(path) < VERSION and self.read_only):
            self._copy = opening.copy_to_cache(path)
            version = opening.recover(self._copy)
            if version < VERSION:
                migrate(self._copy, version, backed_up=False)
        else:
            version = read_header(path)
        if version < VERSION and not self.read_only:
            self.migrated = migrate(path, version)
        self.writer = Writer(self._copy or path, read_only=self.read_only)
        try:
            self.contents = self.writer.ask(self._load)
        except BaseException:
            self.writer.close(timeout=0)
            raise
        self.writer.verify_with(self._verify)
        self.emergency = EmergencyFile(self.uid, self.path)
        self.held: list[HeldRow] = self.emergency.read()

    def _load(self, connection: Connection) -> Contents:
        self.uid = str(rows.get_meta(connection).get("uid", ""))
        document = read_document(connection)
        history = read_history(connection, document)
        log.check_launches(connection)
        launch = log.Launch(0, 0) if self.read_only else log.start_launch(connection)
        told = str(rows.get_meta(connection).get("place", ""))
        return Contents(document, history, log.head(connection), launch, rows.get_stamps(connection), told)

    def _verify(self, connection: Connection) -> None:
        if rows.get_meta(connection).get("uid") != self.uid:
            raise StoreError(f"{self.path.name} is another project now")

    def keep_emergency_file(self) -> None:
        """From now on the writer puts late edits into the emergency file, and removes it when all are on disk."""
        if not self.read_only:
            self.writer.watch.emergency = self.emergency

    # --- copies ------------------------------------------------------------------------------------

    def start_backup(self, unlike: str = "") -> Future[backup.Draft | None]:
        """A draft of a backup, copied when all edits before this call are on disk; None when equal to `unlike`."""

        def make(connection: Connection) -> backup.Draft | None:
            large = self.path.stat().st_size > _AT_ONCE_BYTES
            between = self.writer.commit_waiting if large else None
            return backup.draft(connection, self.path, unlike=unlike, between=between)

        return self.writer.in_turn(make)

    def save_copy(self, out: Path, document: Document) -> list[str]:
        """A whole project at `out` with an identity of its own and every edit, those included that wait.

        Works while the disk of the project is full or gone; what could not be read then is listed.

        Raises:
            StoreError: `out` cannot be written, or is the project itself.
        """
        if out.resolve() == self.path.resolve():
            raise StoreError(f"{out} is the open project. Choose another name for the copy.")
        lost: list[str] = []
        with appearing(out) as temporary:
            try:
                _complete(temporary, self.writer.ask(lambda connection: self._copy_to(connection, temporary)))
            except (StoreError, sqlite3.Error) as error:
                temporary.unlink(missing_ok=True)
                write_values(temporary, document)
                lost.append(f"The project could not be read any more ({error}): undo history and weights are not in.")
        return lost

    def _copy_to(self, connection: Connection, target: Path) -> list[Task]:
        backup.copy(connection, target)
        return self.writer.waiting()  # nothing was committed in between: this is the thread that commits

    # --- the end -----------------------------------------------------------------------------------

    def close(self, last: Callable[[Connection], None] | None = None, *, timeout: float = 10.0) -> int:
        """Put everything on disk and give the file back; the number of edits that could not be written."""
        pending = 0
        try:
            if not self.writer.close(last, timeout=timeout):
                pending = self.writer.state().pending
        finally:
            self._drop()
        return pending

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _drop(self) -> None:
        self._unlock()
        if self._copy is not None:
            opening.remove_copy(self._copy)
            self._copy = None


def _complete(copy: Path, tasks: list[Task]) -> None:
    """Bring the edits that wait into a copy, and give it its own identity."""
    connection = connect(copy)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for task in tasks:
            task(connection)
        rows.put_meta(connection, "uid", uuid4().hex)
        connection.execute("COMMIT")
    finally:
        connection.close()
