"""The one thread that owns the connection: edits queue up, are committed in order, and are acknowledged."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from ..errors import StoreError
from .emergency import EmergencyFile
from .schema import Connection, connect

T = TypeVar("T")
Task = Callable[[Connection], Any]
_SAVING_S, _NOT_SAVED_S, _RETRY_S, _MAX_PENDING = 0.25, 1.0, 1.0, 10_000


@dataclass(frozen=True)
class SavedState:
    """What the status line says: `pending` edits wait, the last commit was `at`, `reason` when not saved.

    `held` of them lie in the emergency file as well.
    """

    kind: Literal["saved", "saving", "not-saved", "read-only"]
    pending: int = 0
    at: datetime | None = None
    reason: str = ""
    held: int = 0


@dataclass(frozen=True, eq=False)
class _Item:
    """Work in the queue: `row` is its line in the log for the emergency file; an `alone` item is no transaction."""

    since: float
    task: Task
    row: tuple[Any, ...] | None = None
    then: Callable[[], None] | None = None
    alone: Future[Any] | None = None


class Writer:
    """Runs tasks on its own thread.

    `put` queues work that must reach the disk: tasks are run in order, many to a transaction, and tried again
    on a fresh connection after an error, so each must leave alone what it finds already done. `ask` answers
    once all is on disk, or at once while nothing can be written, and is not tried again; `in_turn` answers when
    everything that was queued before it is on disk, and before anything later.

    `verify` is called with each connection that is made later, to make sure that it leads to the same project.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path, self.read_only = path, read_only
        self.on_saved: Callable[[SavedState], None] | None = None
        self.verify: Callable[[Connection], None] | None = None
        self.emergency: EmergencyFile | None = None
        self._queue: deque[_Item] = deque()
        self._questions: deque[_Item] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._reason = ""
        self._at: datetime | None = None
        self._told: SavedState | None = None
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, args=(opened,), name="store-writer", daemon=True)
        self._watch = threading.Thread(target=self._watch_age, name="store-watch", daemon=True)
        self._thread.start()
        try:
            opened.result()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be opened: {error}. The file was left as it is.") from error
        self._watch.start()

    # --- for any thread ----------------------------------------------------------------------------

    def put(self, task: Task, *, row: tuple[Any, ...] | None = None, then: Callable[[], None] | None = None) -> None:
        """Queue a task for the next transaction; `then` is called on the writer's thread after its commit.

        Raises:
            StoreError: not open for writing, or far too much waits.
        """
        with self._wake:
            self._check_open(for_writing=True)
            if len(self._queue) >= _MAX_PENDING:
                raise StoreError(
                    f"Not saved ({self._reason or 'the disk is too slow'}): {len(self._queue):,} edits "
                    "are held in memory. Free space on the disk, or save a copy elsewhere, then go on."
                )
            self._queue.append(_Item(time.monotonic(), task, row, then))
            self._wake.notify_all()

    def ask(self, task: Callable[[Connection], T]) -> T:
        """What a task answers, on the writer thread and outside a transaction. Raises what it raises, StoreError."""
        future: Future[T] = Future()
        with self._wake:
            self._check_open()
            self._questions.append(_Item(time.monotonic(), task, alone=future))
            self._wake.notify_all()
        try:
            return future.result()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}.") from error

    def in_turn(self, task: Callable[[Connection], T]) -> Future[T]:
        """The coming answer of a task that takes its turn among those that write."""
        future: Future[T] = Future()
        with self._wake:
            self._check_open(for_writing=True)
            self._queue.append(_Item(time.monotonic(), task, alone=future))
            self._wake.notify_all()
        return future

    def waiting(self) -> list[Task]:
        """The tasks that are not on disk yet, in order."""
        with self._wake:
            return [item.task for item in self._edits()]

    def state(self) -> SavedState:
        """How things stand now."""
        with self._wake:
            return self._state()

    def flush(self, timeout: float = 10.0, *, edits_only: bool = False) -> bool:
        """Wait until all that is queued, or all that `put` queued, is on disk; False when not within `timeout` s."""
        with self._wake:
            return self._wake.wait_for(lambda: not (self._edits() if edits_only else self._queue), timeout)

    def _edits(self) -> list[_Item]:
        return [item for item in self._queue if item.alone is None]

    def close(self, last: Task | None = None, *, timeout: float = 10.0) -> bool:
        """End the threads; `last` runs as the final transaction when all is on disk. False when edits were not."""
        whole = self.flush(timeout)
        if whole and last is not None and not self.read_only:
            self.put(last)
            self.flush(timeout)
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._watch.join()
        self._thread.join(timeout if not whole else None)  # a dead network drive may hold the thread for ever
        for item in [*self._queue, *self._questions]:
            if item.alone is not None and not item.alone.done():
                item.alone.set_exception(StoreError(f"{self.path} was closed."))
        return whole

    def _check_open(self, *, for_writing: bool = False) -> None:
        if self._closing or (for_writing and self.read_only):
            raise StoreError(f"{self.path} is {'closed' if self._closing else 'not open for writing'}.")

    # --- the state, and the thread that watches it ----------------------------------------------------

    def _state(self) -> SavedState:
        if self.read_only:
            return SavedState("read-only")
        waiting = self._edits()
        age = time.monotonic() - waiting[0].since if waiting else 0.0
        if waiting and (self._reason or age > _NOT_SAVED_S):
            held = self.emergency.count if self.emergency else 0
            reason = self._reason or "the disk is slow"
            return SavedState("not-saved", len(waiting), self._at, reason, min(held, len(waiting)))
        return SavedState("saving" if age > _SAVING_S else "saved", len(waiting), self._at)

    def _tell(self) -> None:
        with self._wake:
            state, told = self._state(), self._told
            self._told = state
            listener = self.on_saved
        if state != told and listener is not None:
            listener(state)

    def _watch_age(self) -> None:
        """Tell the age of the oldest edit; what is late goes into the emergency file, also while a write hangs."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._queue) or self._holds() or self._closing)
                if self._closing:
                    break
                self._wake.wait_for(lambda: self._closing, self._until_late())
            self._hold_late()
            self._tell()
        self._hold_late(at_the_end=True)

    def _until_late(self) -> float:
        """Seconds until the oldest edit that waits now is late, or too late: the words change at that moment."""
        waiting = self._edits()
        age = time.monotonic() - waiting[0].since if waiting else 0.0
        for late in (_SAVING_S, _NOT_SAVED_S):
            if age <= late:
                return min(_SAVING_S, late - age) + 0.001
        return _SAVING_S

    def _holds(self) -> bool:
        return self.emergency is not None and self.emergency.count > 0

    def _hold_late(self, *, at_the_end: bool = False) -> None:
        with self._wake:
            late = at_the_end or self._state().kind == "not-saved"
            rows = [item.row for item in self._queue if item.row is not None]
        if self.emergency is None:
            return
        try:
            if late and rows:
                self.emergency.hold(rows)
            elif not rows and self._holds():
                self.emergency.clear()
        except OSError as error:
            with self._wake:
                if "emergency" not in self._reason:
                    self._reason = f"{self._reason or 'the disk is slow'}; nor the emergency file: {error.strerror}"

    # --- the thread that owns the connection ----------------------------------------------------------

    def _work(self, opened: Future[None]) -> None:
        try:
            self._connection = connect(self.path, read_only=self.read_only)
            self._identity = self._place()
        except Exception as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._queue or self._questions) or self._closing)
                if self._closing and not self._questions:
                    break
                may_ask = self._questions and (not self._queue or self._reason)
                question = self._questions.popleft() if may_ask else None
            if question is not None:
                self._answer(question)
            elif not self._next():
                with self._wake:
                    self._wake.wait_for(lambda: bool(self._questions) or self._closing, _RETRY_S)
            self._tell()
        self._give_up()

    def commit_waiting(self) -> None:
        """Commit what has queued up, from inside a long task of this thread. Raises what went wrong; end the task."""
        with self._wake:
            batch = self._batch()
        if batch:
            self._transact(batch)
            self._acknowledge(batch)
            self._tell()

    def _next(self) -> bool:
        with self._wake:
            alone = self._queue[0] if self._queue and self._queue[0].alone is not None else None
            if alone is not None:
                self._queue.popleft()
            batch = [] if alone else self._batch()
        if alone is None:
            return self._commit(batch)
        self._answer(alone, in_place=True)
        with self._wake:
            self._wake.notify_all()
        return True

    def _batch(self) -> list[_Item]:
        batch = []
        for item in self._queue:
            if item.alone is not None:
                break
            batch.append(item)
        return batch

    def _answer(self, item: _Item, *, in_place: bool = False) -> None:
        """Run an item that is no transaction; with `in_place` only while our file stands under its name."""
        assert item.alone is not None
        try:
            if in_place:
                self._check_place()
            item.alone.set_result(item.task(self._open()))
        except Exception as error:
            if isinstance(error, sqlite3.Error):
                self._give_up()
            item.alone.set_exception(error)

    def _commit(self, batch: list[_Item]) -> bool:
        """Whether the batch is on disk. After an error the connection is given up: it may claim what it lost."""
        if not batch:
            return True
        try:
            self._check_place()
            self._transact(batch)
        except Exception as error:
            if not isinstance(error, _ElsewhereError):  # a deleted file can still be read, and copied, through ours
                self._give_up()
            with self._wake:
                if not self._reason.startswith(reason := str(error) or type(error).__name__):
                    self._reason = reason
            return False
        self._acknowledge(batch)
        return True

    def _transact(self, batch: list[_Item]) -> None:
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        for item in batch:
            item.task(connection)
        connection.execute("COMMIT")
        if self._place() != self._identity:
            raise _ElsewhereError("the project file was moved or deleted during a write")

    def _acknowledge(self, batch: list[_Item]) -> None:
        with self._wake:
            for _ in batch:
                self._queue.popleft()
            self._reason, self._at = "", datetime.now()
            self._wake.notify_all()
        for item in batch:
            if item.then is not None:
                item.then()

    def _open(self) -> Connection:
        """The connection, made anew after an error. Raises sqlite3.Error, StoreError."""
        if self._connection is None:
            self._connection, self._identity = self._connect(), self._place()
        return self._connection

    def _connect(self) -> Connection:
        connection = connect(self.path, read_only=self.read_only)
        try:
            if self.verify is not None:
                self.verify(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _place(self) -> tuple[int, int]:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise _ElsewhereError(f"the project file is gone ({error.strerror}); it was moved or deleted") from None
        return found.st_dev, found.st_ino

    def _check_place(self) -> None:
        """Nothing when our file is under its name: SQLite would go on writing into a deleted one.

        A file that was put back is taken when it is the same project.
        """
        place = self._place()
        if self._connection is not None and place != self._identity:
            try:
                fresh = self._connect()
            except (StoreError, sqlite3.Error) as error:
                raise _ElsewhereError(f"another file has taken the place of the project: {error}") from error
            self._give_up()
            self._connection, self._identity = fresh, place

    def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # an open statement of a failed task; it is forgotten all the same
                connection.close()


class _ElsewhereError(StoreError):
    """The name of the project leads to another file, or to none."""
