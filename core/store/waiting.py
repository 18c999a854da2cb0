"""What waits to be written or answered, in order, and how things stand with it as it grows old."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ..errors import StoreError
from .connection import Task

_SAVING_S, _NOT_SAVED_S, _MAX_PENDING = 0.25, 1.0, 10_000


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
class Item:
    """Work for the writer's thread: `row` is its line in the log for the emergency file.

    An `alone` item is no transaction: somebody waits for its answer. One that comes `in_turn` was queued among edits.
    """

    since: float
    task: Task
    row: tuple[Any, ...] | None = None
    then: Callable[[], None] | None = None
    alone: Future[Any] | None = None
    in_turn: bool = False


class Waiting:
    """Edits in their order, and questions that may overtake them. For any thread.

    `wake` guards all of it; it is told of every change. Edits stay in the `queue` until they are on disk.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.wake = threading.Condition()
        self.queue: deque[Item] = deque()
        self.is_closing = False
        self._questions: deque[Item] = deque()
        self._path, self._read_only = path, read_only
        self._reason = ""  # why nothing can be written
        self._at: datetime | None = None

    # --- what comes --------------------------------------------------------------------------------

    def put(self, task: Task, row: tuple[Any, ...] | None, then: Callable[[], None] | None) -> None:
        """Queue an edit. Raises StoreError: not open for writing, or far too much waits."""
        with self.wake:
            self._check_open(for_writing=True)
            if len(self.queue) >= _MAX_PENDING:
                raise StoreError(
                    f"Not saved ({self._reason or 'the disk is too slow'}): {len(self.queue):,} edits "
                    "are held in memory. Free space on the disk, or save a copy elsewhere, then go on."
                )
            self.queue.append(Item(time.monotonic(), task, row, then))
            self.wake.notify_all()

    def ask(self, task: Task, answer: Future[Any], *, in_turn: bool = False) -> None:
        """A question, or with `in_turn` one among the edits. Raises StoreError: not open, or not for writing."""
        with self.wake:
            self._check_open(for_writing=in_turn)
            (self.queue if in_turn else self._questions).append(
                Item(time.monotonic(), task, alone=answer, in_turn=in_turn)
            )
            self.wake.notify_all()

    def _check_open(self, *, for_writing: bool) -> None:
        if self.is_closing or (for_writing and self._read_only):
            raise StoreError(f"{self._path} is {'closed' if self.is_closing else 'not open for writing'}.")

    def close(self) -> None:
        """Nothing is taken any more; the threads end."""
        with self.wake:
            self.is_closing = True
            self.wake.notify_all()

    def refuse_rest(self) -> None:
        """Whoever still waits for an answer gets an error: the threads have ended, or one of them hangs.

        What it asked is not done any more, should the disk answer later.
        """
        with self.wake:
            refused = [item.alone for item in [*self.queue, *self._questions] if item.alone is not None]
            self.queue = deque(item for item in self.queue if item.alone is None)
            self._questions.clear()
        for answer in refused:
            answer.set_exception(StoreError(f"{self._path} was closed."))

    # --- for the thread that writes ----------------------------------------------------------------

    def take(self) -> list[Item] | None:
        """What is to be done next, waited for: one `alone` item, or the edits up to the next one; None at the end.

        A question is taken as soon as no edit waits, or none can be written.
        """
        with self.wake:
            self.wake.wait_for(lambda: bool(self.queue or self._questions) or self.is_closing)
            if self.is_closing and not self._questions:
                return None
            if self._questions and (not self.queue or self._reason):
                return [self._questions.popleft()]
            return self.batch() or [self.queue.popleft()]

    def batch(self) -> list[Item]:
        """The edits that can be committed together; they stay in the queue until `written`."""
        with self.wake:
            found = []
            for item in self.queue:
                if item.alone is not None:
                    break
                found.append(item)
            return found

    def written(self, batch: Sequence[Item]) -> None:
        """A batch is on disk."""
        with self.wake:
            for _ in batch:
                self.queue.popleft()
            self._reason, self._at = "", datetime.now()
            self.wake.notify_all()

    def answered(self) -> None:
        """What came in its turn is done; whoever waits for the end of the queue looks again."""
        with self.wake:
            self.wake.notify_all()

    def failed(self, reason: str) -> None:
        """A batch is not on disk."""
        with self.wake:
            if not self._reason.startswith(reason):  # it may say already that the emergency file fails too
                self._reason = reason

    def pause(self, longest_s: float) -> None:
        """Wait before the next try; not where there is a question to answer, or at the end."""
        with self.wake:
            self.wake.wait_for(lambda: bool(self._questions) or self.is_closing, longest_s)

    # --- how things stand --------------------------------------------------------------------------

    def edits(self) -> list[Item]:
        """The edits that are not on disk yet, in order."""
        with self.wake:
            return [item for item in self.queue if item.alone is None]

    def flush(self, timeout: float, *, edits_only: bool = False) -> bool:
        """Wait until all that is queued, or all edits, are on disk; False when not within `timeout` s."""
        with self.wake:
            return self.wake.wait_for(lambda: not (self.edits() if edits_only else self.queue), timeout)

    def state(self, held: int) -> SavedState:
        """How things stand, with so many rows in the emergency file."""
        if self._read_only:
            return SavedState("read-only")
        with self.wake:
            waiting = self.edits()
            age = time.monotonic() - waiting[0].since if waiting else 0.0
            if waiting and (self._reason or age > _NOT_SAVED_S):
                reason = self._reason or "the disk is slow"
                return SavedState("not-saved", len(waiting), self._at, reason, min(held, len(waiting)))
            return SavedState("saving" if age > _SAVING_S else "saved", len(waiting), self._at)

    def until_late(self) -> float:
        """Seconds until the oldest edit that waits now is late, or too late: the words change at that moment."""
        waiting = self.edits()
        age = time.monotonic() - waiting[0].since if waiting else 0.0
        for late in (_SAVING_S, _NOT_SAVED_S):
            if age <= late:
                return min(_SAVING_S, late - age) + 0.001
        return _SAVING_S

    def not_held(self, why: str) -> None:
        """The emergency file cannot be written either."""
        with self.wake:
            if "emergency" not in self._reason:
                self._reason = f"{self._reason or 'the disk is slow'}; nor the emergency file: {why}"
