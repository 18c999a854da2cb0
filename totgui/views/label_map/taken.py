"""The bar that offers to bring taken segments up to date whose cluster was mapped to something else since."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from core.annotation.changes import What
from core.annotation.taken_commands import Stale, stale_taken, taken_of

from ...session import Session
from .bars import AskBar

LOOK_MS = 300
TOUCHES = What.LABEL_MAP | What.SEGMENTATION | What.REVIEW | What.PREDICTION | What.RUNS | What.ACTIONS | What.DATASET


class TakenBar(AskBar):
    """Speaks when segments of the current run are out of date; what was put off stays away until more are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Update them", "Not now", parent)
        self._session = session
        self._stale: Stale | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_MS)
        self._soon.timeout.connect(self.look)
        self.accepted.connect(self.update_them)
        self.dismissed.connect(lambda: self.say(""))
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(self._soon.start)
        session.documentChanged.connect(self._on_document)
        self._soon.start()

    def _on_project(self) -> None:
        self.say("")
        self._soon.start()

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & TOUCHES:
            self._soon.start()

    def look(self) -> None:
        """Compare the segments that were taken with the map as it is now, beside the window."""
        document, run = self._session.document, self._session.current_run
        if document is None or run is None or run not in document.runs:
            self.say("")
            return
        taken, table, name = taken_of(document, run), document.label_maps[run].table(), document.runs[run].name
        self._session.computing.ask("label-map-taken", lambda: stale_taken(name, taken, table), self._on_stale)

    def _on_stale(self, stale: Stale | None) -> None:
        if stale is None:
            self.say("")
        elif self._stale is None or str(stale) != str(self._stale) or self.isVisible():
            self.say(f"{stale}, which is mapped to something else now.")
        self._stale = stale

    def update_them(self) -> None:
        """Bring the segments up to date that the bar speaks of: one edit."""
        stale = self._stale
        self.say("")
        if stale is not None and self._session.edit(stale.edit, self):
            videos = len(stale.edit.videos)
            where = f"{videos} video{'' if videos == 1 else 's'}"
            self._session.done.emit(f"Updated {stale.segments} segments in {where}.")
