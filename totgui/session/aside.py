"""Work that may wait for a drive which does not answer, each on a thread of its own; what comes is taken in the window.

`Beside` is how the threads are left behind; this says what becomes of a result that comes too late.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ..jobs.beside import END_S, Beside, Piece


class Errand:
    """One piece of work, and what becomes of its result."""

    def __init__(self, work: Callable[[], Any], then: Callable[[Any], None], unwanted: Callable[[Any], None]) -> None:
        self.work, self.then, self.unwanted = work, then, unwanted
        self.is_wanted = True
        self.piece: Piece
        self.over = threading.Event()
        """Set once its result was taken, or was given back."""
        self.outcome: Any = None
        """The result, or the error that the work ended with."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it: a result that was given up can wait for its turn long after its thread."""
        return self.over.is_set()


class Aside(QObject):
    """Runs work beside the window, all of it at the same time; `then` gets what comes on the window's thread."""

    _arrived = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name, self._threads = name, Beside(None, name)
        self._lock = threading.Lock()
        self._under_way: list[Errand] = []
        self._is_closed = False
        self._returning: list[threading.Thread] = []
        """Those that give back what arrived and was wanted no more."""
        self._arrived.connect(self._on_arrived)

    def do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        *,
        unwanted: Callable[[Any], None] = lambda _result: None,
        after: Iterable[Errand] = (),
    ) -> Errand:
        """Begin; `then` gets the result or the error.

        Args:
            unwanted: gets, on any thread, a result that nobody waits for any more.
            after: what must be over first.
        """
        errand = Errand(work, then, unwanted)
        with self._lock:
            self._under_way.append(errand)
        errand.piece = self._threads.do(self._work, errand, list(after))
        return errand

    def leave(self, errand: Errand) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            errand.is_wanted = False

    def wait_again(self, errand: Errand) -> bool:
        """Whether one that was left is still under way, and is waited for again."""
        with self._lock:
            errand.is_wanted = errand in self._under_way
            return errand.is_wanted

    def settle(self, errand: Errand, wait_s: float) -> None:
        """Wait for it so long, and have its result taken at once."""
        if errand.piece.wait(wait_s):
            self._on_arrived(errand)

    def close(self, wait_s: float = END_S) -> None:
        """Nobody waits any more; what hangs at a drive is left behind. Safe to call again, to wait longer."""
        until = time.monotonic() + wait_s
        with self._lock:
            self._is_closed = True
            left = list(self._under_way)
        self._threads.close(wait_s)
        for errand in left:
            if errand.piece.wait(0) and self._take(errand):  # it arrived, and nothing is taken in any more
                self._give_back(errand)
        for thread in self._returning:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self, errand: Errand, earlier: list[Errand]) -> None:
        for other in earlier:
            other.over.wait()
        try:
            errand.outcome = errand.work()
        except Exception as error:  # the outer edge of a job
            errand.outcome = error
        with self._lock:
            if errand.is_wanted and not self._is_closed:
                self._arrived.emit(errand)
                return
            self._under_way.remove(errand)
        _drop(errand)

    @Slot(object)
    def _on_arrived(self, errand: Errand) -> None:
        if not self._take(errand):  # `close` has
            return
        if errand.is_wanted and not self._is_closed:
            errand.over.set()
            errand.then(errand.outcome)
        else:
            self._give_back(errand)

    def _give_back(self, errand: Errand) -> None:
        """Beside the window, for its drive may be gone; `_threads` begins nothing once the window closes."""
        thread = threading.Thread(target=_drop, args=(errand,), name=self._name, daemon=True)
        self._returning = [*(each for each in self._returning if each.is_alive()), thread]
        thread.start()

    def _take(self, errand: Errand) -> bool:
        """Whether it was still to be taken."""
        with self._lock:
            if errand not in self._under_way:
                return False
            self._under_way.remove(errand)
            return True


def _drop(errand: Errand) -> None:
    try:
        if not isinstance(errand.outcome, Exception):
            errand.unwanted(errand.outcome)
    finally:
        errand.over.set()
