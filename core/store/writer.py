"""The one thread that owns the connection: edits queue up, are committed in order, and are acknowledged."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from ..errors import StoreError
from .schema import connect

T = TypeVar("T")
Task = Callable[[sqlite3.Connection], Any]
_SAVING_S, _NOT_SAVED_S, _RETRY_S, _MAX_PENDING = 0.25, 1.0, 1.0, 10_000


@dataclass(frozen=True)
class SavedState:
    """What the status line says: `pending` edits wait, the last commit was `at`, `reason` when not saved."""

    kind: Literal["saved", "saving", "not-saved", "read-only"]
    pending: int = 0
    at: datetime | None = None
    reason: str = ""


class Writer:
    """Runs tasks on its own thread.

    `put` queues work that must reach the disk: tasks are run in order, many to a transaction, and tried again
    on a fresh connection after an error, so each must leave alone what it finds already done. `run` answers
    at once and is not tried again.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path, self.read_only = path, read_only
        self.on_saved: Callable[[SavedState], None] | None = None
        self._waiting: deque[tuple[float, Task]] = deque()
        self._questions: deque[tuple[Task, Future[Any]]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._reason = ""
        self._at: datetime | None = None
        self._told: SavedState | None = None
        self._connection: sqlite3.Connection | None = None
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._work, args=(opened,), name="store-writer", daemon=True)
        self._thread.start()
        self._watch = threading.Thread(target=self._watch_age, name="store-watch", daemon=True)
        try:
            opened.result()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be opened: {error}. The file was left as it is.") from error
        self._watch.start()

    def put(self, task: Task) -> None:
        """Queue a task for the next transaction. Raises StoreError when far too much waits."""
        with self._wake:
            if self._closing or self.read_only:
                raise StoreError(f"{self.path} is not open for writing.")
            if len(self._waiting) >= _MAX_PENDING:
                raise StoreError(
                    f"Not saved ({self._reason or 'the disk is too slow'}): {len(self._waiting):,} edits "
                    "are held in memory. Free space on the disk, then go on."
                )
            self._waiting.append((time.monotonic(), task))
            self._wake.notify_all()

    def run(self, task: Callable[[sqlite3.Connection], T]) -> T:
        """What a task answers, on the writer thread and outside a transaction. Raises what it raises."""
        future: Future[T] = Future()
        with self._wake:
            if self._closing:
                raise StoreError(f"{self.path} is closed.")
            self._questions.append((task, future))
            self._wake.notify_all()
        try:
            return future.result()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}.") from error

    def state(self) -> SavedState:
        """How things stand now."""
        with self._wake:
            return self._state()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything queued is on disk; False when it is not within `timeout` seconds."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._waiting, timeout)

    def close(self, last: Task | None = None, *, timeout: float = 10.0) -> bool:
        """End the thread; `last` runs as the final transaction when all is on disk. False when edits were not."""
        whole = self.flush(timeout)
        if whole and last is not None and not self.read_only:
            self.put(last)
            whole = self.flush(timeout)
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join()
        self._watch.join()
        return whole

    # --- on the threads ----------------------------------------------------------------------------

    def _state(self) -> SavedState:
        if self.read_only:
            return SavedState("read-only")
        pending = len(self._waiting)
        age = time.monotonic() - self._waiting[0][0] if pending else 0.0
        if pending and (self._reason or age > _NOT_SAVED_S):
            return SavedState("not-saved", pending, self._at, self._reason or "the disk is slow")
        return SavedState("saving" if age > _SAVING_S else "saved", pending, self._at)

    def _tell(self) -> None:
        with self._wake:
            state, told = self._state(), self._told
            self._told = state
            listener = self.on_saved
        if state != told and listener is not None:
            listener(state)

    def _watch_age(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting) or self._closing)
                if self._closing:
                    return
                self._wake.wait_for(lambda: self._closing, _SAVING_S)
                if self._closing:
                    return
            self._tell()

    def _work(self, opened: Future[None]) -> None:
        try:
            self._connection = connect(self.path, read_only=self.read_only)
        except Exception as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._waiting or self._questions) or self._closing)
                if self._closing and not self._questions:
                    break
                question = (
                    self._questions.popleft() if self._questions and (not self._waiting or self._reason) else None
                )
                batch = [] if question else [task for _, task in self._waiting]
            if question:
                self._answer(*question)
            elif not self._commit(batch):
                with self._wake:
                    self._wake.wait_for(lambda: bool(self._questions) or self._closing, _RETRY_S)
            self._tell()
        if self._connection is not None:
            self._connection.close()

    def _answer(self, task: Task, future: Future[Any]) -> None:
        try:
            if self._connection is None:
                self._connection = connect(self.path, read_only=self.read_only)
            future.set_result(task(self._connection))
        except Exception as error:
            future.set_exception(error)

    def _commit(self, batch: list[Task]) -> bool:
        """Whether the batch is on disk. After an error the connection is given up: it may claim what it lost."""
        try:
            if self._connection is None:
                self._connection = connect(self.path)
            self._connection.execute("BEGIN IMMEDIATE")
            for task in batch:
                task(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            with self._wake:
                self._reason = str(error) or type(error).__name__
            return False
        with self._wake:
            for _ in batch:
                self._waiting.popleft()
            self._reason, self._at = "", datetime.now()
            self._wake.notify_all()
        return True
