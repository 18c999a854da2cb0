"""Still pictures of any video, made one after the other at low priority; the newest wish comes first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.data.timebase import MediaInfo
from core.errors import TotError
from core.media.reader import FrameReader
from core.media.thumbnails import Key, Thumbnails, trim

from .decoder import to_image
from .giving_way import give_way

log = logging.getLogger(__name__)
OPEN_READERS = 3
KEPT_HEIGHT = 240
"""Pictures up to this height are kept on disk."""
NICENESS = 10
END_S = 2.0


@dataclass(frozen=True, eq=False)
class Source:
    """The video file that stills are made of."""

    media: Path
    info: MediaInfo


@dataclass(frozen=True)
class Still:
    """A wish: a picture of at most `height` lines that stands for the pictures ``[picture, picture + span)``."""

    source: Source
    picture: int
    span: int = 1
    height: int = KEPT_HEIGHT


class Stills(QObject):
    """Makes stills in a thread of its own, which reads the cache on disk first.

    A key frame inside the span is taken where there is one: it is decoded at once. `arrived` brings each still that
    was wished for with its QImage, or None where its picture cannot be decoded.
    """

    arrived = Signal(object, object)  # Still, QImage or None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wake = threading.Condition()
        self._wishes: OrderedDict[Still, str] = OrderedDict()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._readers: OrderedDict[tuple[Path, int], tuple[FrameReader, Thumbnails]] = OrderedDict()

    def wish(self, still: Still, group: str = "") -> None:
        """Ask for a still, before all that was asked for earlier."""
        with self._wake:
            if self._thread is None and not self._ending:
                self._thread = threading.Thread(target=self._work, name="stills", daemon=True)
                self._thread.start()
            self._wishes[still] = group
            self._wishes.move_to_end(still)
            self._wake.notify()

    def forget(self, group: str | None = None) -> None:
        """Take the wishes of a group back, or all."""
        with self._wake:
            for still in [s for s, of in self._wishes.items() if group in (None, of)]:
                del self._wishes[still]

    def close(self, wait_s: float = END_S) -> None:
        """End the thread; one that hangs in a file is left behind."""
        with self._wake:
            self._ending = True
            self._wishes.clear()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(wait_s)

    # --- in the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        give_way(NICENESS)
        trim()
        while (still := self._take()) is not None:
            try:
                image = to_image(self._picture(still))
            except Exception as error:  # the outer edge of a loader of foreign files
                if not isinstance(error, TotError):
                    log.exception("%s: still of picture %d", still.source.media, still.picture)
                image = None
            if not self._ending:
                self.arrived.emit(still, image)
        for reader, _ in self._readers.values():
            reader.close()

    def _take(self) -> Still | None:
        with self._wake:
            while not self._wishes and not self._ending:
                self._wake.wait()
            return None if self._ending else self._wishes.popitem()[0]

    def _picture(self, still: Still) -> np.ndarray:
        reader, thumbnails = self._opened(still.source)
        key = Key(still.picture, still.span, still.height)
        is_kept = still.height <= KEPT_HEIGHT
        found = thumbnails.get(key) if is_kept else None
        if found is None:
            last = min(still.picture + still.span, reader.n_pictures) - 1
            key_frame = reader.key_before(last)
            found = reader.read(key_frame if key_frame > still.picture else still.picture, height=still.height, near=0)
            if is_kept:
                thumbnails.put(key, found)
        return found

    def _opened(self, source: Source) -> tuple[FrameReader, Thumbnails]:
        key = source.media, source.info.stream
        found = self._readers.get(key)
        if found is None:
            found = FrameReader(source.media, source.info), Thumbnails(source.info)
            self._readers[key] = found
            if len(self._readers) > OPEN_READERS:
                self._readers.popitem(last=False)[1][0].close()
        self._readers.move_to_end(key)
        return found
