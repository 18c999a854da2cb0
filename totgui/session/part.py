"""What the parts of a session have in common that work on the open project with jobs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core import events
from core.project import Project

from .jobs import Jobs, Then


class Part(QObject):
    """Starts jobs for the open project, if there is one, and puts what they bring into it."""

    changedProject = Signal(object)  # Changes
    message = Signal(str, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self._jobs = jobs

    def _of_this(self, then: Then, *, closed: str = "") -> Then:
        """`then` for what a job brings to the project that is open now.

        Once that one is closed it is not called, and `closed` is said instead.
        """
        project = self.project

        def arrived(finished: events.Finished) -> None:
            if self.project is project:
                then(finished)
            elif closed:
                self.message.emit(closed, "info")

        return arrived
