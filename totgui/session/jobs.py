"""Jobs by name: started in the engine or in the background thread, each with what happens when it has finished."""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core import events
from core.errors import JobError, TotError

from ..jobs.background import Background, Task
from ..jobs.beside import END_S
from ..jobs.protocol import Work
from ..jobs.runner import Runner
from .aside import Aside, Errand

Then = Callable[[events.Finished], None]


def device_name(device: str) -> str:
    """What a device is called on screen.

    >>> device_name("cpu"), device_name("cuda:0")
    ('CPU', 'cuda:0')
    """
    return "CPU" if device == "cpu" else device


TURN_MS, LONGEST_S = 1, 0.004
"""Events are taken in turns of the event loop, so long at a stretch and none after an ending: what that changes is
painted in the next one. A timer of 0 ms would come in the same one as the painting."""


class Jobs(QObject):
    """Runs jobs and reports their events; every started job ends in exactly one ending."""

    happened = Signal(object)  # an event of a job
    changed = Signal()
    message = Signal(str, str)
    stopAsked = Signal(object)  # StopKind
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running: dict[str, str] = {}
        """What every job that runs does, and what `show` names, in words, by job."""
        self.device_text = ""
        self._then: dict[str, Then] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._made: dict[str, Errand] = {}
        self._unmake: dict[str, Callable[[], None]] = {}
        self._in_engine: set[str] = set()
        self._keeping: set[str] = set()
        self._stopping: dict[str, events.StopKind] = {}
        self._is_closed = False
        self._waiting: deque[events.Event] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._on_turn)
        self._arrived.connect(self._on_arrived)
        self._runner = Runner(self._arrived.emit)
        self._background = Background(self._arrived.emit)
        self._aside = Aside("requests", self)

    @property
    def engine_busy(self) -> bool:
        """Whether the engine is at work or soon will be, or what it made last still waits to be taken."""
        return self._runner.busy or bool(self._made) or bool(self._in_engine)

    @property
    def engine_work(self) -> str:
        """What the engine is at, or soon will be, as it is shown to a person."""
        return self.running.get(self.engine_job, "A job")

    @property
    def engine_job(self) -> str:
        """The job that the engine is at, or soon will be; empty when there is none."""
        return next(iter((*self._made, *self._in_engine)), "")

    def warm_up(self) -> None:
        """Start the engine ahead of need."""
        self._runner.warm_up()

    def may_begin(self, text: str = "") -> bool:
        """Whether the engine is free; a message says where it is not what is under way, and that `text` must wait."""
        if not self.engine_busy:
            return True
        refused = f"{text} was not started. " if text else ""
        self.message.emit(f"{refused}{self.engine_work} is under way. Stop it first.", "warning")
        return False

    def in_engine(self, request: Work, text: str, then: Then, *, keeps: bool = False) -> str | None:
        """Send a request to the engine; `then` gets its Finished. Returns the job, or None with a message.

        `keeps` says that a job which is ended uses what it has finished by then.
        """
        if not self.may_begin(text):
            return None
        try:
            self._runner.start(request)
        except JobError as error:  # its names cannot be sent, or the program is closing
            self.message.emit(f"{text} was not started. {error}", "warning")
            return None
        if keeps:
            self._keeping.add(request.job)
        self._in_engine.add(request.job)
        self._add(request.job, text, then)  # what it says waits in the queue of this thread until then
        return str(request.job)

    def in_engine_soon(
        self, kind: str, text: str, make: Callable[[str], Work], then: Then, unmake: Callable[[Any], None]
    ) -> str | None:
        """Send the engine what `make` makes of the job's name beside the window, for it reads from a drive.

        Returns the job, like any other from now on: what `make` raises is its Failed. None, with a message, while
        another one is under way. `unmake` gets the request, beside the window, once it is of no use any more: the job
        has ended, or nobody waited for the request.
        """
        if not self.may_begin(text):
            return None
        job = new_job(kind)
        self._add(job, text, then)
        self._made[job] = self._aside.do(
            lambda: make(job), lambda made: self._on_made(job, made, unmake), unwanted=unmake
        )
        return job

    def _on_made(self, job: str, made: Work | Exception, unmake: Callable[[Any], None]) -> None:
        del self._made[job]
        if not isinstance(made, Exception):
            self._unmake[job] = partial(unmake, made)
        if isinstance(made, TotError | OSError):
            self._on_event(events.Failed(job=job, kind="input", message=str(made)))
        elif isinstance(made, Exception):
            self._on_event(events.Failed(job=job, kind="failed", message=f"{type(made).__name__}: {made}"))
            raise made
        else:
            try:
                self._runner.start(made)
                self._in_engine.add(job)
            except JobError as error:
                self._on_event(events.Failed(job=job, kind=error.kind, message=str(error), hint=error.hint))

    def show(self, job: str, text: str, end: Callable[[], None]) -> None:
        """Name something as running that is no job; `end` is called when the person wants it to end."""
        self._ends[job], self.running[job] = end, text
        self.changed.emit()

    def hide(self, job: str) -> None:
        """What `show` named is over."""
        del self._ends[job], self.running[job]
        self.changed.emit()

    def in_background(
        self,
        kind: str,
        text: str,
        work: Task,
        then: Then,
        *,
        unwanted: Callable[[dict[str, Any]], None] = lambda _result: None,
    ) -> str:
        """Run work that needs no torch in the background thread. Returns the job.

        `unwanted` gets, on any thread, what it brings after it was left behind.
        """
        job = new_job(kind)
        self._add(job, text, then)
        self._background.start(job, text, work, unwanted=unwanted)
        return job

    def stop(self, kind: events.StopKind) -> None:
        """End the job in the engine, else the one that was begun first: keep what it learned, or discard it."""
        job = next((job for job in (*self._made, *self._in_engine, *self.running) if job not in self._ends), "")
        if job:
            self.stop_job(job, kind)

    def leave_requests(self) -> None:
        """The project is closed that a request is being made of: its job ends, as if the person had ended it."""
        for job in list(self._made):
            self._leave(job)

    def _leave(self, job: str) -> None:
        """End a job whose request is still being made: its drive may never answer."""
        self._aside.leave(self._made.pop(job))
        self._on_event(events.Cancelled(job=job))

    @property
    def newest(self) -> str:
        """Of what runs, the job that was begun last: the one that is named on screen. Empty when nothing runs."""
        return next(reversed(self.running), "")

    @property
    def ends_keeping(self) -> bool:
        """Whether ending the newest job keeps what it has finished."""
        return self.newest in self._keeping

    def end_job(self) -> None:
        """End the newest job. What keeps its finished part does so; asked twice, it is discarded like others."""
        job = self.newest
        keep = job in self._keeping and job not in self._stopping
        self.stop_job(job, events.StopKind.KEEP if keep else events.StopKind.DISCARD)

    def stop_job(self, job: str, kind: events.StopKind) -> None:
        """End this job, whatever else runs."""
        if job in self._ends:
            self._ends[job]()
        elif job in self._made:
            self.stopAsked.emit(kind)
            self._leave(job)
        elif job in self.running:
            self._stopping[job] = kind
            self.changed.emit()
            if job in self._in_engine:
                self.stopAsked.emit(kind)
                self._runner.stop(kind)
            else:
                self._background.stop(kind, job)

    def says(self, job: str) -> str:
        """What is said of a job that runs: what it does, or that it is ending."""
        if kind := self._stopping.get(job):
            return "Stopping…" if kind is events.StopKind.KEEP else "Cancelling…"
        return f"{self.running[job]}…"

    def is_stopping(self, job: str) -> bool:
        """Whether a job was asked to end and has not yet."""
        return job in self._stopping

    def pin_in_engine(self, video: str) -> None:
        """Tell the engine which video to show live."""
        if self._runner.busy:
            self._runner.pin(video)

    def close(self, wait_s: float = END_S) -> None:
        """End every job and its process; what they still say is heard by nobody. What hangs is left behind."""
        self._is_closed = True
        if self._runner.busy:
            self._runner.stop(events.StopKind.DISCARD)
        self._aside.close(wait_s)
        self._background.close(wait_s)
        if wait_s:
            self._runner.close(wait_s)

    def _add(self, job: str, text: str, then: Then) -> None:
        self.running[job] = text
        self._then[job] = then
        self.changed.emit()

    def _on_arrived(self, event: events.Event) -> None:
        self._waiting.append(event)
        if not self._turn.isActive():
            self._turn.start()

    def _on_turn(self) -> None:
        until = time.perf_counter() + LONGEST_S
        try:
            while self._waiting and time.perf_counter() < until:
                event = self._waiting.popleft()
                if isinstance(event, events.ENDINGS):
                    until = 0.0  # it changes much
                self._on_event(event)
        finally:
            if self._waiting:
                self._turn.start()

    def _on_event(self, event: events.Event) -> None:
        if self._is_closed:  # it stood in the queue of the window that was closed
            return
        if isinstance(event, events.Started) and event.device:
            name = device_name(event.device)
            self.device_text = f"{name}: {event.device_reason}" if event.device_reason else name
        if isinstance(event, events.LogLine) and event.level == "warning" and event.job:
            self.message.emit(event.text, "warning")
        if not isinstance(event, events.ENDINGS):
            self.happened.emit(event)
            return
        self._in_engine.discard(event.job)
        self._stopping.pop(event.job, None)
        if unmake := self._unmake.pop(event.job, None):
            self._aside.do(unmake, lambda _none: None)
        text = self.running.pop(event.job, "The job")
        then = self._then.pop(event.job, None)
        if isinstance(event, events.Failed):
            self.message.emit(f"{text} failed. {event.message} {event.hint}".strip(), "error")
        elif isinstance(event, events.Cancelled):
            self.message.emit(f"{text} was ended. Nothing was changed; what was finished before is kept.", "info")
        self.happened.emit(event)
        if isinstance(event, events.Finished) and then is not None:
            try:
                then(event)
            except (TotError, OSError) as error:
                self.message.emit(str(error), "error")
        self.changed.emit()


def new_job(kind: str) -> str:
    """A name for a job that no other job has."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"
