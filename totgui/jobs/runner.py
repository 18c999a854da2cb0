"""Runs jobs in the engine's process, one at a time, and promises exactly one ending for each."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from core.errors import JobError
from core.events import ENDINGS, Cancelled, Event, Failed, LogLine, StopKind

from . import engine
from .protocol import ExtractRequest, PinRequest, Request, StopRequest, WarmUpRequest, Work, decode_event, encode

GRACE_S = 5.0
"""How long the engine may take to answer a discard before it is ended."""
QUIET_S = 60.0
"""How long a job may say nothing before the person hears of it. It is not ended: one large step may take so long."""
LOG_LINES = 50
CLOSE_S = 2.0
"""How long closing waits for a job to put away what it writes, and again for the process to end."""
_TAIL_BYTES = 256 << 10
"""Of what the engine wrote to standard error; a crash's own report lists up to 100 calls of every thread."""
_CRASH = "Fatal Python error"
"""How a crash's report begins; the name of the signal stands in that line, the crashed thread's calls below it."""
_REASONS = {
    -9: "was ended from outside, perhaps because memory ran out",
    -11: "ended by a crash in a library",
    -6: "ended because a library gave up",
    -15: "was told to end",
}


def worth_keeping(written: list[str]) -> list[str]:
    """At most `LOG_LINES` of an engine's lines: the last ones, or the first ones of a crash's report.

    The cause stands at the head of such a report, before the calls of every thread.
    """
    crash = next((at for at, line in enumerate(written) if line.startswith(_CRASH)), None)
    return written[-LOG_LINES:] if crash is None else written[crash : crash + LOG_LINES]


class _Child:
    """One engine process with its pipe; `log` holds its last lines."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="totgui-engine-", suffix=".log")
        os.close(handle)
        self._words = Path(name)
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, other = context.Pipe(duplex=True)
        told = other, name, engine.NICENESS
        self.process: Any = context.Process(target=engine.main, args=told, name="totgui-engine", daemon=True)
        self.process.start()
        other.close()  # else the end of the child would not close the pipe
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="engine-writer", daemon=True)
        self._writer.start()

    def send(self, request: Request) -> None:
        """Send a request; a child that is gone is reported by the reader."""
        self.post(encode(request))

    def post(self, written: bytes) -> None:
        """Send a request as it is written, at once: a pipe holds 64 kB, and a child that starts reads none for long."""
        self._outbox.put(written)

    def _write(self) -> None:
        while (written := self._outbox.get()) is not None:
            try:
                self.connection.send_bytes(written)
            except OSError:
                return

    def last_words(self) -> tuple[str, ...]:
        """What is worth keeping of the lines that the process reported and, after them, wrote to standard error."""
        try:
            with self._words.open("rb") as file:
                file.seek(max(0, self._words.stat().st_size - _TAIL_BYTES))
                written = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            written = []
        return (*self.log, *worth_keeping(written))[-LOG_LINES:]

    def end(self) -> None:
        """End the process, kindly first."""
        self.process.terminate()
        self.process.join(1.0)
        if self.process.is_alive():
            self.process.kill()

    def forget(self) -> None:
        """Give back what the process, which has ended, leaves behind."""
        self._outbox.put(None)
        self._writer.join(CLOSE_S)  # nothing is written to a handle that may be another file's by then
        self.connection.close()
        self._words.unlink(missing_ok=True)


class _Job:
    """The job that runs now."""

    def __init__(self, request: Work) -> None:
        self.id = request.job
        self.keeps_files = isinstance(request, ExtractRequest)
        out = getattr(request, "out", "")
        self.folder = Path(out) if out else None
        goes_on = bool(getattr(request, "resume", ""))  # what it goes on from lies there, and goes with the rest
        self.was_there = self.folder is not None and self.folder.exists() and not goes_on
        self.stop: StopKind | None = None

    def remove_folder(self) -> None:
        """Delete what a discarded job has written, unless the folder was there before it."""
        if self.folder is not None and not self.was_there:
            shutil.rmtree(self.folder, ignore_errors=True)


class Runner:
    """Starts, stops and follows jobs in a child process.

    Args:
        on_event: called from the reader thread with every event, in order.
        grace_s: how long a discard may stay unanswered.   quiet_s: how long a job may say nothing unnoticed.
    """

    def __init__(
        self, on_event: Callable[[Event], None], *, grace_s: float = GRACE_S, quiet_s: float = QUIET_S
    ) -> None:
        self._on_event = on_event
        self._grace_s, self._quiet_s = grace_s, quiet_s
        self._idle = threading.Event()
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
        """Run a job. Raises JobError while another one runs, and where it names what cannot be sent."""
        try:
            written = encode(request)
        except UnicodeEncodeError as error:
            name = error.object.encode("utf-8", "backslashreplace").decode()[:80]
            hint = "Rename the file, then add it again."
            raise JobError(f"A name is not UTF-8: {name}.", kind="name", hint=hint) from error
        with self._lock:
            if self._job is not None:
                raise JobError("A job is running. Stop it first.", kind="busy")
            child = self._living()
            self._job = _Job(request)
            self._idle.clear()
        child.post(written)

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

    def close(self, wait_s: float = CLOSE_S) -> None:
        """End the engine. A job that still runs is discarded, and has a moment to put away what it writes."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
            job = self._job
            if job is not None:
                job.stop = StopKind.DISCARD
        if child is None:
            return
        if job is not None:
            child.send(StopRequest(job=job.id, kind=StopKind.DISCARD))
            self._idle.wait(wait_s)
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
        if self._job is not job:
            return
        child.end()  # the reader sees the closed pipe and reports Cancelled
        # A drive that is gone can keep a process even from being killed. `is_alive` cannot tell: while the reader takes
        # the end of the process, it tells every other thread that it lives.
        if not wait([child.process.sentinel], CLOSE_S):
            with self._lock:
                if self._child is child:
                    self._child = None  # left behind: the next job gets another one
            self._deliver(Cancelled(job=job.id))

    def _read(self, child: _Child) -> None:
        try:
            while True:
                self._wait_for_words(child)
                event = decode_event(child.connection.recv_bytes())
                if isinstance(event, LogLine):
                    child.log.extend(event.text.splitlines())
                if isinstance(event, Failed) and not event.log:
                    event = msgspec.structs.replace(event, log=child.last_words())
                self._deliver(event)
        except (EOFError, OSError):
            pass
        child.process.join(CLOSE_S)
        with self._lock:
            job = self._job if self._child in (child, None) else None
            if self._child is child:
                self._child = None
        ending = _death(job, child) if job is not None else None
        child.forget()
        if ending is not None:
            self._deliver(ending)

    def _wait_for_words(self, child: _Child) -> None:
        """Return when there is something to read; say so, once, when a job is quiet for long."""
        said = False
        while not child.connection.poll(self._quiet_s):
            job = self._job
            if job is not None and self._child is child and not said:
                said = True
                text = (
                    f"The engine has said nothing for {self._quiet_s:g} s. It may be at a large step, or hang. "
                    "Wait, or discard the job: nothing that was finished before is lost."
                )
                self._on_event(LogLine(job=job.id, text=text, level="warning"))

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
            self._idle.set()
        self._on_event(event)


def _death(job: _Job, child: _Child) -> Event:
    """The one ending of a job whose engine is gone: cancelled where that was asked for, else failed."""
    if job.stop is StopKind.DISCARD:
        job.remove_folder()
        return Cancelled(job=job.id)
    code = child.process.exitcode
    kept = "Videos that were finished keep their features; start again" if job.keeps_files else "Start again"
    return Failed(
        job=job.id,
        kind="engine-died",
        message=f"The engine {_REASONS.get(code or 0, f'ended by itself, with code {code}')}.",
        hint=f"Edits and earlier runs are whole. {kept}.",
        log=child.last_words(),
    )
