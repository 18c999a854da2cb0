"""Numbers that take longer than a frame, computed beside the window; the newest wish of a kind wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import TotError

from .beside import Beside


class Computing(QObject):
    """Runs functions of frozen values beside the window; `then` gets the result on the window's thread."""

    message = Signal(str, str)
    _arrived = Signal(object, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Beside(2, "numbers")
        self._wishes: dict[object, tuple[int, Callable[[Any], None]]] = {}
        self._number = 0
        self._arrived.connect(self._on_arrived)

    def ask(self, key: object, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Compute; an earlier wish with this key is forgotten, also when it is under way."""
        self._number += 1
        number = self._number
        self._wishes[key] = number, then

        def work() -> None:
            if self._wishes.get(key, (0, None))[0] != number:
                return
            try:
                result: object = function()
            except (TotError, OSError, ValueError) as error:
                result = error
            self._arrived.emit(key, number, result)

        self._pool.do(work)

    def clear(self) -> None:
        """Forget every wish."""
        self._wishes.clear()

    def close(self) -> None:
        """End the thread after what it does now."""
        self._wishes.clear()
        self._pool.close()

    def _on_arrived(self, key: object, number: int, result: object) -> None:
        if self._wishes.get(key, (0, None))[0] != number:
            return
        _, then = self._wishes.pop(key)
        if isinstance(result, Exception):
            self.message.emit(str(result), "warning")
        else:
            then(result)
