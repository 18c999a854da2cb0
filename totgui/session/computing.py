"""Numbers that take longer than a frame, computed beside the window; the newest wish of a kind wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from core.errors import TotError

from ..jobs.beside import END_S, LATE_S, Beside

T = TypeVar("T")
_NOTHING = object()
"""What arrives of a wish that was outdated before its turn, or whose function failed as nobody foresaw."""


class Computing(QObject):
    """Runs functions of frozen values beside the window; `then` gets the result on the window's thread.

    Functions of one key never run at the same time, so that they may share what they keep from one to the next.
    """

    message = Signal(str, str)
    _arrived = Signal(object, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Beside(2, "numbers", late_s=LATE_S)  # some read scores, whose drive may not answer
        self._wishes: dict[object, tuple[int, Callable[[], Any], Callable[[Any], None]]] = {}
        self._running: set[object] = set()
        self._number = 0
        self._arrived.connect(self._on_arrived)

    def ask(self, key: object, function: Callable[[], T], then: Callable[[T], None]) -> None:
        """Compute; an earlier wish with this key is forgotten, also when it is under way."""
        self._number += 1
        self._wishes[key] = self._number, function, then
        if key not in self._running:
            self._start(key)

    def forget(self, key: object) -> None:
        """Nobody waits for this any more."""
        self._wishes.pop(key, None)

    def clear(self) -> None:
        """Forget every wish."""
        self._wishes.clear()

    def close(self, wait_s: float = END_S) -> None:
        """End the thread after what it does now."""
        self._wishes.clear()
        self._pool.close(wait_s)

    def _start(self, key: object) -> None:
        number, function, _ = self._wishes[key]
        self._running.add(key)

        def work() -> None:
            result: object = _NOTHING
            try:
                wish = self._wishes.get(key)
                if wish is not None and wish[0] == number:
                    result = function()
            except (TotError, OSError, ValueError) as error:
                result = error
            finally:
                self._arrived.emit(key, number, result)

        self._pool.do(work)

    def _on_arrived(self, key: object, number: int, result: object) -> None:
        self._running.discard(key)
        wish = self._wishes.get(key)
        if wish is None:
            return
        if wish[0] != number:  # another was asked for meanwhile
            self._start(key)
            return
        del self._wishes[key]
        if isinstance(result, Exception):
            self.message.emit(str(result), "warning")
        elif result is not _NOTHING:
            wish[2](result)
