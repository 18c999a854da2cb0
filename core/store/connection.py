"""The one connection to a project file: made anew after an error, and only while that file stands under its name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .schema import Connection, connect

Task = Callable[[Connection], Any]


class ElsewhereError(StoreError):
    """The name of the project leads to another file, or to none."""


class OneConnection:
    """Belongs to the thread that opens it.

    `verify` is called with each connection that is made later, to make sure that it leads to the same project.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.verify: Callable[[Connection], None] | None = None
        self._path, self._read_only = path, read_only
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> Connection:
        """The connection, made anew after an error. Raises sqlite3.Error, StoreError."""
        if self._connection is None:
            self._connection, self._identity = self._connect(), self._place()
        return self._connection

    def check_place(self) -> None:
        """Nothing when our file is under its name: SQLite would go on writing into a deleted one.

        A file that was put back is taken when it is the same project. Raises ElsewhereError.
        """
        place = self._place()
        if self._connection is not None and place != self._identity:
            try:
                fresh = self._connect()
            except (StoreError, sqlite3.Error) as error:
                raise ElsewhereError(f"another file has taken the place of the project: {error}") from error
            self.give_up()
            self._connection, self._identity = fresh, place

    def transact(self, tasks: Iterable[Task]) -> None:
        """Run tasks as one transaction. Raises what they raise, sqlite3.Error, StoreError; then none is on disk."""
        connection = self.open()
        connection.execute("BEGIN IMMEDIATE")
        for task in tasks:
            task(connection)
        connection.execute("COMMIT")
        if self._place() != self._identity:
            raise ElsewhereError("the project file was moved or deleted during a write")

    def give_up(self) -> None:
        """Close it; the next one is made when it is needed. After an error it may claim what it has lost."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # an open statement of a failed task; it is forgotten all the same
                connection.close()

    def _connect(self) -> Connection:
        connection = connect(self._path, read_only=self._read_only)
        try:
            if self.verify is not None:
                self.verify(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _place(self) -> tuple[int, int]:
        try:
            found = os.stat(self._path)
        except OSError as error:
            raise ElsewhereError(f"the project file is gone ({error.strerror}); it was moved or deleted") from None
        return found.st_dev, found.st_ino
