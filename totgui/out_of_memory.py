"""What is offered when a training found no memory: half the batch, or the CPU, each a button that does it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject

from core.data.dataset import RunId
from core.errors import ConfigError
from core.events import Event, Failed, Finished, Started
from core.tot.config import TrainConfig, half_batch

from .session import Session
from .session.runs import Training

KIND = "out-of-memory"
Choice = tuple[str, Callable[[], None]]


class OutOfMemory(QObject):
    """Follows the session's trainings; asked for the ways out when one of them ends."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._devices: dict[str, str] = {}
        self._kept: RunId | None = None
        self._next: Callable[[], object] | None = None
        session.jobEvent.connect(self._on_event)
        session.runs.trained.connect(self._on_run)
        session.jobsChanged.connect(self._go_on)
        session.projectChanged.connect(self._forget)

    def ways_out(self, event: Event) -> list[Choice]:
        """The buttons for an ending; none where memory was not what was missing."""
        training = self._session.runs.last_training
        if training is None or event.job != training.job:
            return []
        if isinstance(event, Failed) and event.kind == KIND:
            device, goes_on = self._devices.get(event.job, ""), False
        elif isinstance(event, Finished) and (found := event.result.get("out_of_memory")):
            device, goes_on = str(found["device"]), bool(found["can_go_on"])
        else:
            return []
        choices: list[Choice] = []
        half = _half(training)
        if half is not None:
            choices.append(
                (f"Train again with half the batch ({half.batch})", lambda: self._start(training._replace(config=half)))
            )
        if device != "cpu" and goes_on:
            choices.append(("Go on on the CPU", lambda: self.when_idle(self._resume)))
        elif device != "cpu":
            choices.append(("Train on the CPU", lambda: self._start(training._replace(device="cpu"))))
        return choices

    def _start(self, training: Training) -> None:
        self.when_idle(lambda: self._session.runs.train_again(training))

    def _resume(self) -> None:
        if self._kept is not None:
            self._session.resume(self._kept, "cpu")

    def when_idle(self, do: Callable[[], object]) -> None:
        """Do it now, or when the job that runs has ended: what was kept is being segmented."""
        if self._session.jobs.engine_busy:
            self._next = do
            self._session.message.emit("The training starts when the job that runs has ended.", "info")
        else:
            do()

    def _go_on(self) -> None:
        if self._next is not None and not self._session.jobs.engine_busy:
            do, self._next = self._next, None
            do()

    def _forget(self) -> None:
        self._kept = self._next = None

    def _on_run(self, run: RunId) -> None:
        self._kept = run

    def _on_event(self, event: object) -> None:
        if isinstance(event, Started):
            self._devices = {event.job: event.device}


def _half(training: Training) -> TrainConfig | None:
    """The settings with half the batch; a run that goes on cannot change its batch."""
    if training.resume is not None:
        return None
    try:
        return half_batch(msgspec.convert(training.config, TrainConfig, from_attributes=True))
    except (msgspec.ValidationError, ConfigError):
        return None
