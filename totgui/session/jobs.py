"""Jobs by name: started in the engine or in the background thread, each with what happens when it has finished."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core import events
from core.errors import JobError, TotError

from ..jobs.background import Background, Task
from ..jobs.protocol import Work
from ..jobs.runner import Runner

Then = Callable[[events.Finished], None]


def device_name(device: str) -> str:
    """What a device is called on screen.

    >>> device_name("cpu"), device_name("cuda:0")
    ('CPU', 'cuda:0')
    """
    return "CPU" if device == "cpu" else device


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
        """What every job that runs does, in words, by job."""
        self.device_text = ""
        self._then: dict[str, Then] = {}
        self._keeping: set[str] = set()
        self._ending = ""
        self._is_closed = False
        self._arrived.connect(self._on_event)
        self._runner = Runner(self._arrived.emit)
        self._background = Background(self._arrived.emit)

    @property
    def engine_busy(self) -> bool:
        """Whether the engine is at work."""
        return self._runner.busy

    def warm_up(self) -> None:
        """Start the engine ahead of need."""
        self._runner.warm_up()

    def may_begin(self) -> bool:
        """Whether the engine is free; a message says what is under way where it is not."""
        if self.engine_busy:
            what = next(iter(self.running.values()), "A job")
            self.message.emit(f"{what} is under way. Stop it first.", "warning")
        return not self.engine_busy

    def in_engine(self, request: Work, text: str, then: Then, *, keeps: bool = False) -> str | None:
        """Send a request to the engine; `then` gets its Finished. Returns the job, or None with a message.

        `keeps` says that a job which is ended uses what it has finished by then.
        """
        try:
            self._runner.start(request)
        except JobError as error:  # one is under way, or the program is closing
            self.message.emit(f"{text} was not started. {error}", "warning")
            return None
        if keeps:
            self._keeping.add(request.job)
        self._add(request.job, text, then)  # what it says waits in the queue of this thread until then
        return str(request.job)

    def in_background(self, kind: str, text: str, work: Task, then: Then) -> str:
        """Run work that needs no torch in the background thread. Returns the job."""
        job = new_job(kind)
        self._add(job, text, then)
        self._background.start(job, text, work)
        return job

    def stop(self, kind: events.StopKind) -> None:
        """End the running job: keep what it learned, or discard it."""
        if self.running:
            self.stopAsked.emit(kind)
        if self._runner.busy:
            self._runner.stop(kind)
        else:
            self._background.stop(kind)

    @property
    def ends_keeping(self) -> bool:
        """Whether ending what runs now keeps what it has finished."""
        return not self._keeping.isdisjoint(self.running)

    def end_job(self) -> None:
        """End what runs now. What keeps its finished part does so; asked twice, it is discarded like others."""
        job = next((job for job in self.running if job in self._keeping), "")
        keep = bool(job) and job != self._ending
        self._ending = job
        self.stop(events.StopKind.KEEP if keep else events.StopKind.DISCARD)

    def stop_job(self, job: str, kind: events.StopKind) -> None:
        """End one job of the background thread, whatever the engine does."""
        if job in self.running:
            self._background.stop(kind, job)

    def pin_in_engine(self, video: str) -> None:
        """Tell the engine which video to show live."""
        if self._runner.busy:
            self._runner.pin(video)

    def close(self) -> None:
        """End every job and its process; what they still say is heard by nobody."""
        self._is_closed = True
        self._runner.close()
        self._background.close()

    def _add(self, job: str, text: str, then: Then) -> None:
        self.running[job] = text
        self._then[job] = then
        self.changed.emit()

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
