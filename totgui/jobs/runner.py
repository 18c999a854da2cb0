"""Runs jobs in the engine's process, one at a time, and promises exactly one ending for each."""

from __future__ import annotations

import multiprocessing
import shutil
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from core.errors import JobError
from core.events import ENDINGS, Cancelled, Event, Failed, LogLine, StopKind

from . import engine
from .protocol import PinRequest, Request, StopRequest, WarmUpRequest, Work, decode_event, encode

GRACE_S = 5.0
"""How long the engine may take to answer a discard before it is ended."""
LOG_LINES = 50
CLOSE_S = 2.0


class _Child:
    """One engine process with its pipe; `log` holds its last lines."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, other = context.Pipe(duplex=True)
        self.process: Any = context.Process(target=engine.main, args=(other,), name="totgui-engine", daemon=True)
        self.process.start()
        other.close()  # else the end of the child would not close the pipe
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._sending = threading.Lock()

    def send(self, request: Request) -> None:
        """Write a request; a child that is gone is reported by the reader."""
        try:
            with self._sending:
                self.connection.send_bytes(encode(request))
        except OSError:
            pass

    def end(self) -> None:
        """End the process, kindly first."""
        self.process.terminate()
        self.process.join(1.0)
        if self.process.is_alive():
            self.process.kill()


class _Job:
    """The job that runs now."""

    def __init__(self, request: Work) -> None:
        self.id = request.job
        out = getattr(request, "out", "")
        self.folder = Path(out) if out else None
        self.was_there = self.folder is not None and self.folder.exists()
        self.stop: StopKind | None = None

    def remove_folder(self) -> None:
        """Delete what a discarded job has written, unless the folder was there before it."""
        if self.folder is not None and not self.was_there:
            shutil.rmtree(self.folder, ignore_errors=True)


class Runner:
    """Starts, stops and follows jobs in a child process.

    Args:
        on_event: called from the reader thread with every event, in order.
        grace_s: how long a discard may stay unanswered.
    """

    def __init__(self, on_event: Callable[[Event], None], *, grace_s: float = GRACE_S) -> None:
        self._on_event = on_event
        self._grace_s = grace_s
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._job: _Job | None = None
        self._timer: threading.Timer | None = None
        self._reader: threading.Thread | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    @property
    def pid(self) -> int | None:
        """Process number of the engine, None before the first start."""
        return self._child.process.pid if self._child is not None else None

    def start(self, request: Work) -> None:
        """Run a job. Raises JobError while another one runs."""
        with self._lock:
            if self._job is not None:
                raise JobError("A job is running. Stop it first.", kind="busy")
            child = self._living()
            self._job = _Job(request)
        child.send(request)

    def warm_up(self) -> None:
        """Start the engine ahead of need and let it load its libraries."""
        with self._lock:
            if self._job is None and not self._closed:
                self._living().send(WarmUpRequest())

    def stop(self, kind: StopKind) -> None:
        """Ask the running job to end; a discard that stays unanswered ends the engine."""
        with self._lock:
            job, child = self._job, self._child
            if job is None or child is None:
                return
            job.stop = kind
            if kind is StopKind.DISCARD and self._timer is None:
                self._timer = threading.Timer(self._grace_s, self._overdue, (child, job))
                self._timer.daemon = True
                self._timer.start()
        child.send(StopRequest(job=job.id, kind=kind))

    def pin(self, video: str) -> None:
        """Ask for the matrices of another video; nothing happens while no job runs."""
        job, child = self._job, self._child
        if job is not None and child is not None:
            child.send(PinRequest(job=job.id, video=video))

    def close(self) -> None:
        """End the engine. A job that still runs is discarded."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
            if self._job is not None:
                self._job.stop = StopKind.DISCARD
        if child is None:
            return
        child.end()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join(CLOSE_S)

    def _living(self) -> _Child:
        if self._closed:
            raise JobError("The program is closing.", kind="closed")
        if self._child is None or not self._child.process.is_alive():
            self._child = _Child()
            self._reader = threading.Thread(target=self._read, args=(self._child,), name="engine-reader", daemon=True)
            self._reader.start()
        return self._child

    def _overdue(self, child: _Child, job: _Job) -> None:
        if self._job is job:
            child.end()  # the reader sees the closed pipe and reports Cancelled

    def _read(self, child: _Child) -> None:
        try:
            while True:
                event = decode_event(child.connection.recv_bytes())
                if isinstance(event, LogLine):
                    child.log.extend(event.text.splitlines())
                if isinstance(event, Failed) and not event.log:
                    event = msgspec.structs.replace(event, log=tuple(child.log))
                self._deliver(event)
        except (EOFError, OSError):
            pass
        child.process.join(CLOSE_S)
        with self._lock:
            job = self._job if self._child in (child, None) else None
            if self._child is child:
                self._child = None
        child.connection.close()
        if job is None:
            return
        if job.stop is StopKind.DISCARD:
            job.remove_folder()
            self._deliver(Cancelled(job=job.id))
        else:
            self._deliver(_death(job.id, child))

    def _deliver(self, event: Event) -> None:
        """Hand one event on; an ending frees the runner first, and a second ending is dropped."""
        if isinstance(event, ENDINGS):
            with self._lock:
                if self._job is None or self._job.id != event.job:
                    return
                self._job = None
                timer, self._timer = self._timer, None
            if timer is not None:
                timer.cancel()
        self._on_event(event)


def _death(job: str, child: _Child) -> Failed:
    code = child.process.exitcode
    why = " (out of memory?)" if code == -9 else ""
    return Failed(
        job=job,
        kind="engine-died",
        message=f"The engine ended with code {code}{why}.",
        hint="The earlier runs are whole. Start the training again.",
        log=tuple(child.log),
    )
