"""What is said of a run once its videos are segmented: of one that learned from corrections, what that changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.annotation.step_commands import has_unnamed_steps
from core.data.dataset import RunId
from core.learned_effect import compared

from .reader import Reader
from .runs import Runs


class Taught(QObject):
    """Adds to the message of a run what it learned from, and how the others look beside the run before it."""

    message = Signal(str, str)
    stepsFound = Signal(str)
    """The message of a run whose steps nobody has named yet."""

    def __init__(self, session: Reader, runs: Runs) -> None:
        super().__init__(session)
        self._session = session
        runs.segmented.connect(self._on_segmented)

    def _on_segmented(self, run: RunId, text: str) -> None:
        document = self._session.document
        if document is None:
            return
        learned = document.runs[run].learned
        if not learned.videos:
            self._say(run, text)
            return
        text = f"{text} It learned from {learned.words}."
        found = compared(document, run)
        if found is None:
            self._say(run, text)
        else:
            self._session.computing.ask("effect", found.words, lambda words: self._say(run, f"{text} {words}"))

    def _say(self, run: RunId, text: str) -> None:
        document = self._session.document
        if document is None or run not in document.runs:  # the project may have been closed meanwhile
            return
        if has_unnamed_steps(document, run):
            self.stepsFound.emit(f"{text} Nothing says yet what its steps are called.")
        else:
            self.message.emit(text, "info")
