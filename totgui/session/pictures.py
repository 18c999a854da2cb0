"""Small pictures of frames: those that were shown last are kept, the others are made beside the window."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.annotation.document import Document
from core.data.dataset import Video, VideoId

from ..stills import END_S, Source, Still, Stills

HEIGHT, PAIR_HEIGHT, STRIP_HEIGHT = 240, 1080, 64
Wish = tuple[VideoId, int]
"""A frame of a video."""
KEPT_BYTES = 64 * 1024 * 1024
GATHER_MS = 40


class Pictures(QObject):
    """Stills by video and frame; `ready` tells, at most every 40 ms, that some have come."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document: Document | None = None
        self._stills = Stills(self)
        self._stills.arrived.connect(self._on_still)
        self._sources: dict[VideoId, tuple[Video, Source]] = {}
        self._known: OrderedDict[Still, QImage | None] = OrderedDict()
        self._bytes = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(GATHER_MS)
        self._soon.timeout.connect(self.ready)

    def clear(self) -> None:
        """Forget all pictures and wishes."""
        self._stills.forget()
        self._sources.clear()
        self._known.clear()
        self._bytes = 0

    def close(self, wait_s: float = END_S) -> None:
        """End the thread; one that hangs in a file is left behind."""
        self._stills.close(wait_s)

    def thumbnail(self, video: VideoId, frame: int) -> QImage | None:
        """A small picture of a frame, or None until it is decoded or without a video file."""
        return self._get(video, frame)

    def clip(self, video: VideoId, frames: Sequence[int]) -> list[QImage | None]:
        """Small pictures of several frames, each None until it is there; earlier wishes are taken back."""
        self._stills.forget("clip")
        found = [self._get(video, frame, group="clip") for frame in reversed(frames)]  # the last wish is made first
        return found[::-1]

    def pair(self, video: VideoId, left: int, right: int) -> tuple[QImage | None, QImage | None]:
        """Two frames at the size of a screen, each None until it is there; earlier wishes are taken back."""
        self._stills.forget("pair")
        second, first = (self._get(video, frame, height=PAIR_HEIGHT, group="pair") for frame in (right, left))
        return first, second

    def sheet(self, wishes: Sequence[Wish], *, height: int) -> tuple[dict[Wish, QImage], int]:
        """Small pictures of frames of any videos, those that are there, and how many are still to come.

        Earlier wishes are taken back; the first is made first.
        """
        self._stills.forget("sheet")
        found: dict[Wish, QImage] = {}
        coming = 0
        for video, frame in reversed(wishes):
            image = self._get(video, frame, height=height, group="sheet")
            if image is not None:
                found[video, frame] = image
            else:
                coming += self._is_coming(video, frame, height)
        return found, coming

    def _is_coming(self, name: VideoId, frame: int, height: int) -> bool:
        """Whether a picture that is not there is being made: it has a file, and has not failed."""
        source = self._source(name)
        picture = self.document.videos[name].timebase.picture(frame) if self.document is not None else None
        return source is not None and picture is not None and Still(source, picture, 1, height) not in self._known

    def film_strip(self, video: VideoId, tiles: Sequence[tuple[int, int]]) -> list[QImage | None]:
        """One small picture for each ``(picture, span)``, None until it is there; earlier wishes are taken back."""
        source = self._source(video)
        if source is None:
            return [None] * len(tiles)
        self._stills.forget("strip")
        found = [self._find(Still(source, picture, span, STRIP_HEIGHT), "strip") for picture, span in reversed(tiles)]
        return found[::-1]

    def film_failed(self, video: VideoId, tiles: Sequence[tuple[int, int]]) -> bool:
        """Whether none of these pictures of a film strip could be made, and none is still to come."""
        source = self._source(video)
        if source is None or not tiles:
            return False
        stills = [Still(source, picture, span, STRIP_HEIGHT) for picture, span in tiles]
        return all(still in self._known and self._known[still] is None for still in stills)

    def _get(self, name: VideoId, frame: int, *, height: int = HEIGHT, group: str = "") -> QImage | None:
        source = self._source(name)
        if source is None or self.document is None:
            return None
        picture = self.document.videos[name].timebase.picture(frame)
        return None if picture is None else self._find(Still(source, picture, 1, height), group)

    def _source(self, name: VideoId) -> Source | None:
        video = self.document.videos[name] if self.document is not None else None
        if video is None or video.media is None or video.timebase.media is None:
            return None
        known = self._sources.get(video.id)
        if known is None or known[0] is not video:
            known = self._sources[video.id] = video, Source(video.media, video.timebase.media)
        return known[1]

    def _find(self, still: Still, group: str) -> QImage | None:
        if still in self._known:
            self._known.move_to_end(still)
            return self._known[still]
        self._stills.wish(still, group)
        return None

    def _on_still(self, still: Still, image: QImage | None) -> None:
        if still in self._known or not any(still.source is source for _, source in self._sources.values()):
            return  # wished for twice, or by a project that is closed
        self._known[still] = image
        self._bytes += 0 if image is None else image.sizeInBytes()
        while self._bytes > KEPT_BYTES and len(self._known) > 1:
            _, dropped = self._known.popitem(last=False)
            self._bytes -= 0 if dropped is None else dropped.sizeInBytes()
        if not self._soon.isActive():
            self._soon.start()
