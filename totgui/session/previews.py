"""Answers that a dialog waits for, computed beside the window; only the newest question of each kind is answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.errors import TotError

from ..jobs.beside import END_S, LATE_S, Beside


class Previews(QObject):
    """Runs one question after the other; `ready` brings its kind and the answer, or the error as a sentence."""

    ready = Signal(str, object)
    _arrived = Signal(str, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: dict[str, int] = {}
        self._pool = Beside(1, "previews", late_s=LATE_S)
        self._arrived.connect(self._on_answer)

    def ask(self, kind: str, work: Callable[[], object]) -> None:
        """Answer a question; an older one of the same kind is forgotten, and skipped if it has not begun."""
        number = self._newest[kind] = self._newest.get(kind, 0) + 1
        self._pool.do(self._answer, kind, number, work)

    def forget(self) -> None:
        """No question is of interest any more."""
        self._newest = {kind: number + 1 for kind, number in self._newest.items()}

    def close(self, wait_s: float = END_S) -> None:
        """End the thread."""
        self._pool.close(wait_s)

    def _answer(self, kind: str, number: int, work: Callable[[], object]) -> None:
        if self._newest.get(kind) != number:
            return
        try:
            answer = work()
        except (TotError, OSError) as error:
            answer = str(error)
        self._arrived.emit(kind, number, answer)

    def _on_answer(self, kind: str, number: int, answer: object) -> None:
        if self._newest.get(kind) == number:
            self.ready.emit(kind, answer)
