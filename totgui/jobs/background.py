"""Work without torch that would block the window: one thread, jobs in the order they were asked for."""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable
from typing import Any

import msgspec

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

from .disk import told_by_disk

Task = Callable[[Report, ShouldStop], dict[str, Any]]


class Background:
    """Runs functions on a thread of its own; `on_event` is called from that thread.

    Results may hold any value: nothing crosses a process here.
    """

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._tasks: queue.SimpleQueue[tuple[str, str, Task] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stop: StopKind | None = None
        self._job: str | None = None
        self._unwanted: set[str] = set()
        self._closing = False

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    def start(self, job: str, text: str, function: Task) -> None:
        """Queue a job."""
        if self._thread is None:
            self._closing = False
            self._thread = threading.Thread(target=self._work, name="background", daemon=True)
            self._thread.start()
        self._tasks.put((job, text, function))

    def stop(self, kind: StopKind, job: str | None = None) -> None:
        """Ask the running job to end, or the one that is named: it is skipped where it has not begun."""
        if job is not None and job != self._job:
            self._unwanted.add(job)
        elif self._job is not None:
            self._stop = kind

    def close(self, timeout_s: float = 5.0) -> None:
        """End after the running job, which is discarded."""
        if self._thread is not None:
            self._closing, self._stop = True, StopKind.DISCARD
            self._tasks.put(None)
            self._thread.join(timeout_s)
            self._thread = None

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            job, text, function = task
            self._stop, self._job = None, job
            if self._closing or job in self._unwanted:  # taken back between the queue and here, or while it waited
                self._unwanted.discard(job)
                self._stop = StopKind.DISCARD
            self._on_event(Started(job=job, text=text))
            ending = self._run(job, function)
            self._job = None
            self._unwanted.discard(job)
            self._on_event(ending)

    def _run(self, job: str, function: Task) -> Event:
        def report(event: Event) -> None:
            self._on_event(event if event.job else msgspec.structs.replace(event, job=job))

        def should_stop() -> StopKind | None:
            # It may have been taken back in the moment in which it was taken from the queue: it looked as if it waited.
            return StopKind.DISCARD if job in self._unwanted else self._stop

        if self._stop is StopKind.DISCARD:
            return Cancelled(job=job)
        try:
            result = function(report, should_stop)
            return Finished(job=job, result=result, stopped_early=self._stop is StopKind.KEEP)
        except JobCancelled:
            return Cancelled(job=job)
        except TotError as error:
            kind, hint = (error.kind, error.hint) if isinstance(error, JobError) else ("input", "")
            return Failed(job=job, kind=kind, message=str(error), hint=hint, traceback=traceback.format_exc())
        except OSError as error:
            return told_by_disk(job, error)
        except Exception as error:  # the outer edge of a job
            return Failed(
                job=job, kind="failed", message=f"{type(error).__name__}: {error}", traceback=traceback.format_exc()
            )
