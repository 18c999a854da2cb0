"""The open project is left once its edits are on disk; where they do not get there, a person is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from core.project import Project, SavedState

LOOK_MS = 20
ASK_S = 2.0
"""How long the window waits for the disk before it asks. It goes on meanwhile, and nothing is closed."""


class Parting(QObject):
    """Answers whether the open project may be left, and does what waits for that as soon as it may."""

    saving = Signal(object)  # SavedState: it is waited for
    unsaved = Signal(object)  # SavedState: the disk does not take the edits; `agree` or `stay`

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self._then: Callable[[], object] | None = None
        self._since: float | None = None
        self._agreed: Project | None = None
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._on_look)

    def may_leave(self) -> bool:
        """Whether every edit of the open project is on disk, or a person has agreed to leave it as it is.

        Ask again until it is so. Where it takes too long `unsaved` is emitted, and may be answered before this returns.
        """
        project = self.project
        state = project.saved_state() if project is not None else None
        if state is None or not state.pending or self._agreed is project:
            self._since = None
            return True
        now = time.monotonic()
        if self._since is None:
            self._since = now
            self.saving.emit(SavedState("saving", state.pending, state.at))
        if now - self._since < ASK_S:
            return False
        self._since = None
        self.unsaved.emit(state)
        return project is not self.project or self._agreed is project

    def soon(self, then: Callable[[], object]) -> None:
        """Do this as soon as the project may be left, at once where it may be now; of two wishes the newer counts."""
        self._then = then
        self._look.start()
        self._on_look()

    def agree(self) -> None:
        """Leave it although edits are not on disk."""
        self._agreed = self.project

    def stay(self) -> None:
        """Whatever waited for the project to be left is not done."""
        self._look.stop()
        self._then = self._since = None

    def forget(self) -> None:
        """It was left."""
        self.stay()
        self._agreed = None

    def _on_look(self) -> None:
        if not self._look.isActive():  # a person is being asked
            return
        self._look.stop()
        if self._then is None or not self.may_leave():
            self._look.start() if self._then is not None else None
            return
        then, self._then = self._then, None
        then()
