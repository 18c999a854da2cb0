"""The pointer over a picture goes through its segment: where it is across the picture is where it is in time."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.data.dataset import VideoId
from core.review.listing import Listing

from ...session import Session

FRAMES = 12
"""Pictures of a segment that are gone through, evenly spread from its first frame to its last."""
WAIT_MS = 180
"""The pointer must rest so long on a tile before its pictures are made: one that passes by asks for nothing."""


def scrub_frames(start: int, stop: int) -> list[int]:
    """The frames of a segment ``[start, stop)`` that are gone through.

    >>> scrub_frames(10, 13), scrub_frames(0, 1), len(scrub_frames(0, 500)), scrub_frames(0, 500)[-1]
    ([10, 11, 12], [0], 12, 499)
    """
    count = min(FRAMES, stop - start)
    return [start + round(n * (stop - 1 - start) / max(1, count - 1)) for n in range(count)]


class Scrub(QObject):
    """`row` is gone through, -1 for none; `share` (0 to 1) is how far. Pictures come as they are decoded."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.row, self.share = -1, 0.0
        self._video, self._span = VideoId(""), (0, 0)
        self._frames: list[int] = []
        self._pictures: list[QImage | None] = []
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._fetch)
        session.pictures.ready.connect(self._on_ready)

    def go(self, row: int, video: VideoId, start: int, stop: int, share: float) -> None:
        """The pointer is over the picture of a segment, so far across it."""
        self.share = min(1.0, max(0.0, share))
        if row != self.row:
            self.row, self._video, self._span = row, video, (start, stop)
            self._frames, self._pictures = scrub_frames(start, stop), []
            self._wait.start()
        self.changed.emit()

    def is_in(self, listing: Listing) -> bool:
        """Whether the row is the same segment in another listing."""
        if not 0 <= self.row < len(listing):
            return False
        span = int(listing.starts[self.row]), int(listing.stops[self.row])
        return listing.videos[int(listing.video[self.row])] == self._video and span == self._span

    def stop(self) -> None:
        """The pointer has left."""
        if self.row >= 0:
            self.row, self._frames, self._pictures = -1, [], []
            self._wait.stop()
            self.changed.emit()

    def _fetch(self) -> None:
        if self.row >= 0:
            self._pictures = self._session.pictures.clip(self._video, self._frames)
            self.changed.emit()

    def _on_ready(self) -> None:
        if self.row >= 0 and not self._wait.isActive() and None in self._pictures:
            self._fetch()

    @property
    def picture(self) -> QImage | None:
        """The picture nearest to where the pointer is, of those that have come."""
        wanted = self.share * (len(self._pictures) - 1)
        known = [(abs(n - wanted), n) for n, picture in enumerate(self._pictures) if picture is not None]
        return self._pictures[min(known)[1]] if known else None
