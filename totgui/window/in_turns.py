"""What changes the whole window at once, a part of it in each turn of the event loop: video that plays goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget


class InTurns(QTimer):
    """Does one step after another. Of what stands between the first and the last nothing is painted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._steps: deque[Callable[[], object]] = deque()
        self.setSingleShot(True)
        self.setInterval(0)
        self.timeout.connect(self._go_on)

    def do(self, steps: Iterable[Callable[[], object]]) -> None:
        """Begin with the next turn, after what is still to be done."""
        self._window.setUpdatesEnabled(False)
        self._steps.extend(steps)
        self.start()

    def finish(self) -> None:
        """Do what is left now: something else is about to change the same things."""
        self.start()  # what a step that fails leaves here goes on in turns
        while self._steps:
            self._steps.popleft()()
        self.stop()
        self._window.setUpdatesEnabled(True)

    def _go_on(self) -> None:
        if self._steps:
            self.start()  # first: a step that fails must not leave a window that paints no more
            self._steps.popleft()()
        else:
            self._window.setUpdatesEnabled(True)
