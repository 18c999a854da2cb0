"""The one thread that owns the connection: edits are committed in order, and are acknowledged."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from ..errors import StoreError
from .connection import ElsewhereError, OneConnection, Task
from .schema import Connection
from .waiting import Item, SavedState, Waiting
from .watch import Watch

T = TypeVar("T")
_RETRY_S = 1.0
_HOLD_S = 1.0
"""How long the emergency file has at least, at the end; a home on a dead network drive may hold its thread for ever."""


class Writer:
    """Runs tasks on its own thread.

    `put` queues work that must reach the disk: tasks are run in order, many to a transaction, and tried again
    on a fresh connection after an error, so each must leave alone what it finds already done. `ask` answers
    once all is on disk, or at once while nothing can be written, and is not tried again; `in_turn` answers when
    everything that was queued before it is on disk, and before anything later.

    `watch` has the listener to how things stand, and the emergency file.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path, self.read_only = path, read_only
        self._waiting = Waiting(path, read_only=read_only)
        self.watch = Watch(self._waiting)
        self._connection = OneConnection(path, read_only=read_only)
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, args=(opened,), name="store-writer", daemon=True)
        self._thread.start()
        try:
            opened.result()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be opened: {error}. The file was left as it is.") from error
        self.watch.start()

    # --- for any thread ----------------------------------------------------------------------------

    def verify_with(self, verify: Callable[[Connection], None]) -> None:
        """Call `verify` with each connection that is made from now on: it must lead to the same project."""
        self._connection.verify = verify

    def put(self, task: Task, *, row: tuple[Any, ...] | None = None, then: Callable[[], None] | None = None) -> None:
        """Queue a task for the next transaction; `then` is called on the writer's thread after its commit.

        Raises:
            StoreError: not open for writing, or far too much waits.
        """
        self._waiting.put(task, row, then)

    def ask(self, task: Callable[[Connection], T]) -> T:
        """What a task answers, on the writer thread and outside a transaction. Raises what it raises, StoreError."""
        answer: Future[T] = Future()
        self._waiting.ask(task, answer)
        try:
            return answer.result()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}.") from error

    def in_turn(self, task: Callable[[Connection], T]) -> Future[T]:
        """The coming answer of a task that takes its turn among those that write."""
        answer: Future[T] = Future()
        self._waiting.ask(task, answer, in_turn=True)
        return answer

    def waiting(self) -> list[Task]:
        """The tasks that are not on disk yet, in order."""
        return [item.task for item in self._waiting.edits()]

    def flush(self, timeout: float = 10.0, *, edits_only: bool = False) -> bool:
        """Wait until all that is queued, or all that `put` queued, is on disk; False when not within `timeout` s."""
        return self._waiting.flush(timeout, edits_only=edits_only)

    def state(self) -> SavedState:
        """How things stand now."""
        return self.watch.state()

    def close(self, last: Task | None = None, *, timeout: float = 10.0) -> bool:
        """End the threads; `last` runs as the final transaction when all is on disk. False when edits were not."""
        whole = self.flush(timeout)
        if whole and last is not None and not self.read_only:
            self.put(last)
            self.flush(timeout)
        self._waiting.close()
        self.watch.join(max(timeout, _HOLD_S))
        self._thread.join(timeout if not whole else None)  # a dead network drive may hold the thread for ever
        self._waiting.refuse_rest()
        return whole

    # --- the thread that owns the connection ----------------------------------------------------------

    def commit_waiting(self) -> None:
        """Commit what has queued up, from inside a long task of this thread. Raises what went wrong; end the task."""
        batch = self._waiting.batch()
        if batch:
            self._connection.transact(item.task for item in batch)
            self._acknowledge(batch)
            self.watch.tell()

    def _work(self, opened: Future[None]) -> None:
        try:
            self._connection.open()
        except Exception as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        while (items := self._waiting.take()) is not None:
            if items[0].alone is not None:
                self._answer(items[0], items[0].alone)
            elif not self._commit(items):
                self._waiting.pause(_RETRY_S)
            self.watch.tell()
        self._connection.give_up()

    def _answer(self, item: Item, answer: Future[Any]) -> None:
        """Run an item that is no transaction; one that came in its turn only while our file stands under its name."""
        try:
            if item.in_turn:
                self._connection.check_place()
            answer.set_result(item.task(self._connection.open()))
        except Exception as error:
            if isinstance(error, sqlite3.Error):
                self._connection.give_up()
            answer.set_exception(error)
        self._waiting.answered()

    def _commit(self, batch: list[Item]) -> bool:
        """Whether the batch is on disk. After an error the connection is given up: it may claim what it lost."""
        try:
            self._connection.check_place()
            self._connection.transact(item.task for item in batch)
        except Exception as error:
            if not isinstance(error, ElsewhereError):  # a deleted file can still be read, and copied, through ours
                self._connection.give_up()
            self._waiting.failed(str(error) or type(error).__name__)
            return False
        self._acknowledge(batch)
        return True

    def _acknowledge(self, batch: list[Item]) -> None:
        self._waiting.written(batch)
        for item in batch:
            if item.then is not None:
                item.then()
