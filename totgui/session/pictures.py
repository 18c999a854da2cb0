"""Small pictures of frames, decoded one after the other beside the window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.annotation.document import Document
from core.data.dataset import RunId, Video, VideoId

from ..decoder import decode_small

HEIGHT = 240
PER_CLUSTER = 3
Place = tuple[VideoId, int]


class Pictures(QObject):
    """Thumbnails by video and frame; `ready` tells that one has come."""

    ready = Signal()
    _arrived = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[Place, QImage | None] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._arrived.connect(self._on_picture)

    def clear(self) -> None:
        self._known.clear()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def get(self, video: Video, frame: int) -> QImage | None:
        """A small picture of a frame, or None until it is decoded or without a video file."""
        key = (video.id, frame)
        if key not in self._known:
            self._known[key] = None
            picture = video.timebase.picture(frame)
            if video.media is not None and picture is not None:
                self._pool.submit(self._decode, key, video.media, video.timebase.media, picture)
        return self._known.get(key)

    def _decode(self, key: Place, media: Path, info: Any, picture: int) -> None:
        image = decode_small(media, info, picture, HEIGHT)
        if image is not None:
            self._arrived.emit(key, image)

    def _on_picture(self, key: Place, image: QImage) -> None:
        if key in self._known:
            self._known[key] = image
            self.ready.emit()


def cluster_frames(document: Document, run: RunId) -> dict[int, list[Place]]:
    """Up to three frames of each cluster, from different videos: the middle of its longest segment in each."""
    longest: dict[int, list[tuple[int, VideoId, int]]] = {}
    for (of_run, video), prediction in document.predictions.items():
        if of_run != run:
            continue
        best: dict[int, tuple[int, int]] = {}
        for segment in prediction.segmentation.segments:
            if segment.length > best.get(segment.label, (0, 0))[0]:
                best[segment.label] = (segment.length, (segment.start + segment.stop) // 2)
        for cluster, (length, middle) in best.items():
            longest.setdefault(cluster, []).append((-length, video, middle))
    return {c: [(v, f) for _, v, f in sorted(found)[:PER_CLUSTER]] for c, found in longest.items()}
