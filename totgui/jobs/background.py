"""Work without torch that would block the window: one thread, jobs in the order they were asked for.

A job that is asked to stop and hangs, at a drive that does not answer, is left behind after a short grace: it counts as
cancelled, the next one runs on a fresh thread, and nothing that it wrote takes its name any more.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any

import msgspec

from core.cache import appearing_only_while
from core.errors import JobError, TotError
from core.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    JobCancelled,
    Report,
    ShouldStop,
    Started,
    StopKind,
)

from .beside import Beside, Piece
from .disk import told_by_disk

Task = Callable[[Report, ShouldStop], dict[str, Any]]
Result = dict[str, Any]
GRACE_S = 2.0
"""How long a job may take to answer that it is to stop before it is left behind."""


class _Job:
    """One job, and what was said about it; `is_over` once its ending was told."""

    def __init__(self, job: str, text: str, function: Task, unwanted: Callable[[Result], None]) -> None:
        self.id, self.text, self.function, self.unwanted = job, text, function, unwanted
        self.stop: StopKind | None = None
        self.is_over = False
        self.piece: Piece | None = None
        self.grace: threading.Timer | None = None

    def is_wanted(self) -> bool:
        """Whether what it writes may appear."""
        return not self.is_over and self.stop is not StopKind.DISCARD


class Background:
    """Runs functions on a thread of its own; `on_event` is called from that thread, or where a job was left behind.

    Results may hold any value: nothing crosses a process here.
    """

    def __init__(self, on_event: Callable[[Event], None], *, grace_s: float = GRACE_S) -> None:
        self._on_event, self._grace_s = on_event, grace_s
        self._lock = threading.RLock()
        self._jobs: dict[str, _Job] = {}
        """Those that run or wait, in their order."""
        self._beside = Beside(1, "background")

    def start(
        self, job: str, text: str, function: Task, *, unwanted: Callable[[Result], None] = lambda _result: None
    ) -> None:
        """Queue a job. `unwanted` gets, on any thread, what it brings after it was left behind."""
        made = _Job(job, text, function, unwanted)
        with self._lock:
            self._jobs[job] = made
            made.piece = self._beside.do(self._work, made)
            if made.piece.is_left:  # the window is closing
                self._end(made, Cancelled(job=job))

    def stop(self, kind: StopKind, job: str | None = None) -> None:
        """Ask the running job to end, or the one that is named: one that has not begun is over at once."""
        with self._lock:
            found = self._jobs.get(job) if job is not None else next(iter(self._jobs.values()), None)
            if found is None:
                return
            if found.stop is not StopKind.DISCARD:
                found.stop = kind
            assert found.piece is not None
            if found.piece.thread is None:
                self._leave(found)
            elif found.grace is None:
                found.grace = threading.Timer(self._grace_s, self._leave, (found,))
                found.grace.daemon = True
                found.grace.start()

    def close(self, timeout_s: float = 5.0) -> None:
        """End after the running job, which is discarded; what hangs is left behind."""
        with self._lock:
            jobs = list(self._jobs.values())
            for job in jobs:
                job.stop = StopKind.DISCARD
        self._beside.close(timeout_s)
        for job in jobs:
            self._end(job, Cancelled(job=job.id))

    def _leave(self, job: _Job) -> None:
        """It does not answer, or has not begun."""
        if self._end(job, Cancelled(job=job.id)):
            assert job.piece is not None
            self._beside.leave(job.piece)

    def _end(self, job: _Job, ending: Event) -> bool:
        """Tell the one ending of a job; False where it had one."""
        with self._lock:
            if job.is_over:
                return False
            job.is_over = True
            del self._jobs[job.id]
            if job.grace is not None:
                job.grace.cancel()
            self._on_event(ending)  # under the lock: what the next job says comes after it
            return True

    def _say(self, job: _Job, event: Event) -> None:
        with self._lock:
            if not job.is_over:
                self._on_event(event if event.job else msgspec.structs.replace(event, job=job.id))

    def _work(self, job: _Job) -> None:
        self._say(job, Started(job=job.id, text=job.text))
        ending = self._run(job)
        if not self._end(job, ending) and isinstance(ending, Finished):
            job.unwanted(ending.result)

    def _run(self, job: _Job) -> Event:
        if job.stop is StopKind.DISCARD:
            return Cancelled(job=job.id)
        try:
            with appearing_only_while(job.is_wanted):
                result = job.function(lambda event: self._say(job, event), lambda: job.stop)
            return Finished(job=job.id, result=result, stopped_early=job.stop is StopKind.KEEP)
        except JobCancelled:
            return Cancelled(job=job.id)
        except Exception as error:  # the outer edge of a job
            return Cancelled(job=job.id) if not job.is_wanted() else _told(job.id, error)


def _told(job: str, error: Exception) -> Failed:
    """The ending of a job that could not finish. For use in an ``except``."""
    if isinstance(error, TotError):
        kind, hint = (error.kind, error.hint) if isinstance(error, JobError) else ("input", "")
        return Failed(job=job, kind=kind, message=str(error), hint=hint, traceback=traceback.format_exc())
    if isinstance(error, OSError):
        return told_by_disk(job, error)
    message = f"{type(error).__name__}: {error}"
    return Failed(job=job, kind="failed", message=message, traceback=traceback.format_exc())
