"""Which videos to correct next: read from the shown run's scores beside the window, ranked anew after every edit."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core import learning_work
from core.annotation.changes import Changes, What
from core.data.dataset import VideoId
from core.metrics.coverage import Description, propose

from .reader import Reader

SHOWN = 3
"""How many videos are marked at once."""
RANKED_BY = What.SEGMENTATION | What.REVIEW


class Proposals(QObject):
    """The next videos to correct, best first; `changed` tells that they are others now."""

    changed = Signal()

    def __init__(self, session: Reader) -> None:
        super().__init__(session)
        self._session = session
        self._described: dict[VideoId, Description] = {}
        self.videos: tuple[VideoId, ...] = ()
        session.projectChanged.connect(self.refresh)
        session.currentRunChanged.connect(self.refresh)
        session.documentChanged.connect(self._on_changes)

    def rank(self, video: VideoId) -> int:
        """1 for the video to correct next, 2 and so on; 0 for one that is not proposed."""
        return self.videos.index(video) + 1 if video in self.videos else 0

    def refresh(self) -> None:
        """Read the scores of the shown run anew."""
        document, run = self._session.document, self._session.current_run
        self._described = {}
        self._rank()
        if document is None or run is None:
            return
        files = learning_work.posterior_files(document, run)
        self._session.computing.ask("proposals", lambda: learning_work.describe_files(files), self._on_described)

    def _on_described(self, described: dict[VideoId, Description]) -> None:
        self._described = described
        self._rank()

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        if changes.what & (What.PREDICTION | What.DATASET):
            self.refresh()
        elif changes.what & RANKED_BY:
            self._rank()

    def _rank(self) -> None:
        document, described = self._session.document, self._described
        if document is None or not described:
            self._put([])
            return
        done = learning_work.corrected(document)
        self._put([video for video in self.videos if video not in done])  # at once; those after them are on their way
        self._session.computing.ask("next videos", lambda: propose(described, done, SHOWN), self._put)

    def _put(self, videos: list[VideoId]) -> None:
        if tuple(videos) != self.videos:
            self.videos = tuple(videos)
            self.changed.emit()

    def after(self, video: VideoId | None) -> VideoId | None:
        """The video to correct after this one: the best that is proposed, else the next that nobody has decided on."""
        document = self._session.document
        if document is None:
            return None
        if others := [other for other in self.videos if other != video]:
            return others[0]
        done, order = learning_work.corrected(document), list(document.videos)
        place = order.index(video) + 1 if video in order else 0
        return next((v for v in (*order[place:], *order[:place]) if v not in done and v != video), None)
