"""Undo and redo of the open project: one step, or as far as a place in the history, a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from core.annotation.changes import Changes
from core.annotation.history import History, Step
from core.data.dataset import VideoId
from core.errors import TotError
from core.project import Project

Direction = Literal["undo", "redo"]
SAID: dict[Direction, str] = {"undo": "Undone", "redo": "Done again"}
SLICE_S = 0.008
"""How long the window's thread may go through the history before it does something else."""


class Past(QObject):
    """Steps through the history of a project; `stepped` tells what changed."""

    stepped = Signal(object)  # Changes
    message = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self._goal: int | None = None
        self._count = 0
        self._way: Direction = "undo"
        self._soon = QTimer(self)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._go_on)

    @property
    def history(self) -> History | None:
        """What was done and undone, or None without a project."""
        return self.project.history if self.project else None

    @property
    def is_moving(self) -> bool:
        """Whether it is on its way to a place in the history."""
        return self._goal is not None

    def close(self) -> None:
        """Stop on the way; what was taken back so far stays taken back."""
        self._goal, self.project = None, None
        self._soon.stop()

    def next_step(self, direction: Direction) -> Step | None:
        """The newest step of what the next undo or redo handles."""
        steps = self.history.next(direction) if self.history else []
        return max(steps, key=lambda step: step.seq) if steps else None

    def elsewhere(self, direction: Direction, here: VideoId | None) -> VideoId | None:
        """The video that the next undo or redo belongs to, where that is not the one that is shown."""
        step = self.next_step(direction)
        if step is None or not step.videos or here in step.videos:
            return None
        return min(step.videos)

    def step(self, direction: Direction, show: Callable[[VideoId], None], here: VideoId | None) -> None:
        """Take the newest step back, or apply it again, after showing the video it belongs to."""
        step = self.next_step(direction)
        if step is None:
            return
        video = self.elsewhere(direction, here)
        changes = self._move(direction)
        if changes is None:
            return
        if video is not None:
            show(video)
        self.stepped.emit(changes)
        self.message.emit(f"{SAID[direction]}: {step.text}", "info")

    def _move(self, direction: Direction) -> Changes | None:
        assert self.project is not None
        try:
            return self.project.undo() if direction == "undo" else self.project.redo()
        except TotError as error:
            self.message.emit(str(error), "warning")
            return None

    # --- as far as a place ---------------------------------------------------------------------------

    def go_to(self, seq: int) -> None:
        """Undo or redo until step `seq` is the newest that is done; 0 takes everything back."""
        if self.project is not None and self._goal is None:
            self._goal, self._count = seq, 0
            self._go_on()

    def _direction(self) -> Direction | None:
        history = self.history
        if history is None or self._goal is None:
            return None
        newest = history.done[-1].seq if history.done else 0
        if newest > self._goal:
            return "undo"
        return "redo" if history.undone and history.undone[-1].seq <= self._goal else None

    def _go_on(self) -> None:
        end = time.monotonic() + SLICE_S
        found: Changes | None = None
        direction = self._direction()
        while direction is not None and (found is None or time.monotonic() < end):
            changes = self._move(direction)
            if changes is None:
                self._goal = None
                break
            self._count, self._way = self._count + 1, direction
            found = changes if found is None else found | changes
            direction = self._direction()
        if direction is None or self._goal is None:
            self._goal = None
            self._soon.stop()
        elif not self._soon.isActive():
            self._soon.start()
        if found is not None:
            self.stepped.emit(found)
        if self._goal is None and self._count > 1:
            self.message.emit(f"{SAID[self._way]}: {self._count:,} steps.", "info")
