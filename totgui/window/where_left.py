"""Where a person was in each project: the next window begins at that video and frame, and shows as much around it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ..session import Session
from ..settings import Settings
from ..views.timeline.view import TimelineView
from ..views.videos import VideosView


class WhereLeft(QObject):
    """Notes the video whenever another is shown, so that any end leaves it known, and the rest when one leaves.

    The rest is the frame, what is seen of the timeline, and the filter of the videos.
    """

    def __init__(
        self, session: Session, settings: Settings, timeline: TimelineView, videos: VideosView, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._settings, self._timeline, self._videos = session, settings, timeline, videos
        session.begin_at = settings.place
        session.currentVideoChanged.connect(self._note)
        session.leaving.connect(self._note)
        session.leaving.connect(self._note_view)
        session.projectOpened.connect(self._bring_back)

    def _note(self) -> None:
        project, video = self._session.project, self._session.current_video
        if project is not None and video is not None and not project.read_only:
            self._settings.set_place(project.path, str(video), self._session.playback.frame)

    def _note_view(self) -> None:
        project, axis = self._session.project, self._timeline.axis
        if project is not None and not project.read_only:
            scale, video = 0.0 if axis.is_whole else axis.scale, self._session.current_video or ""
            self._settings.set_view(project.path, axis.start, scale, self._videos.filter_text, str(video))

    def _bring_back(self) -> None:
        """What was seen is seen again; a filter of another project does not hide videos of this one."""
        project = self._session.project
        start, scale, text, video = (project and self._settings.view(project.path)) or (0.0, 0.0, "", "")
        self._videos.set_filter(text)
        if scale > 0 and video == self._session.current_video:
            self._timeline.set_axis(self._timeline.axis.at_scale(start, scale))
