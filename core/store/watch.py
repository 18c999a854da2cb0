"""The thread that watches edits wait: it says how things stand, and puts late edits into the emergency file."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .emergency import EmergencyFile
from .waiting import SavedState, Waiting


class Watch:
    """Goes on while a write hangs. `on_saved` is called on this thread or the writer's when the state changes."""

    def __init__(self, waiting: Waiting) -> None:
        self.on_saved: Callable[[SavedState], None] | None = None
        self.emergency: EmergencyFile | None = None
        self._waiting = waiting
        self._told: SavedState | None = None
        self._thread = threading.Thread(target=self._work, name="store-watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, which it does once `Waiting.close` was called; a dead home may hold it for ever."""
        self._thread.join(timeout)

    def state(self) -> SavedState:
        """How things stand now."""
        return self._waiting.state(self._held())

    def tell(self) -> None:
        """Call the listener where the state is another than it was told last. On any thread."""
        with self._waiting.wake:
            state, told = self.state(), self._told
            self._told = state
            listener = self.on_saved
        if state != told and listener is not None:
            listener(state)

    def _held(self) -> int:
        return self.emergency.count if self.emergency is not None else 0

    def _work(self) -> None:
        waiting = self._waiting
        while True:
            with waiting.wake:
                waiting.wake.wait_for(lambda: bool(waiting.queue) or self._held() > 0 or waiting.is_closing)
                if waiting.is_closing:
                    break
                waiting.wake.wait_for(lambda: waiting.is_closing, waiting.until_late())
            self._hold_late()
            self.tell()
        self._hold_late(at_the_end=True)

    def _hold_late(self, *, at_the_end: bool = False) -> None:
        with self._waiting.wake:
            late = at_the_end or self.state().kind == "not-saved"
            rows = [item.row for item in self._waiting.queue if item.row is not None]
        if self.emergency is None:
            return
        try:
            if late and rows:
                self.emergency.hold(rows)
            elif not rows and self._held():
                self.emergency.clear()
        except OSError as error:
            self._waiting.not_held(str(error.strerror))
