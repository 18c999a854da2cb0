"""Where a person was in each project: the next window begins at that video and frame."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ..session import Session
from ..settings import Settings


class WhereLeft(QObject):
    """Notes the video whenever another is shown, so that any end leaves it known, and the frame when one leaves."""

    def __init__(self, session: Session, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings
        session.begin_at = settings.place
        session.currentVideoChanged.connect(self._note)
        session.leaving.connect(self._note)

    def _note(self) -> None:
        project, video = self._session.project, self._session.current_video
        if project is not None and video is not None and not project.read_only:
            self._settings.set_place(project.path, str(video), self._session.playback.frame)
