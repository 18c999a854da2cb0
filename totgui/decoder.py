"""The decoder thread of the open video: the newest request wins, passed pictures are kept by bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from core.data.timebase import MediaInfo
from core.errors import TotError
from core.media.reader import FrameReader

CACHE_BYTES = 192 * 1024 * 1024


def to_image(picture: np.ndarray) -> QImage:
    """A QImage that owns its pixels, from (H, W, 3) uint8 RGB."""
    height, width, _ = picture.shape
    pixels = np.ascontiguousarray(picture)
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def decode_small(media: Path, info: MediaInfo | None, picture: int, height: int) -> QImage | None:
    """One picture at a small height, for any thread; None where it cannot be decoded."""
    try:
        reader = FrameReader(media, info)
        try:
            return to_image(reader.read(picture)).scaledToHeight(height)
        finally:
            reader.close()
    except TotError:
        return None


class PictureCache:
    """The last pictures used, at most `limit` bytes of them."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._bytes = 0

    def get(self, picture: int) -> QImage | None:
        image = self._images.get(picture)
        if image is not None:
            self._images.move_to_end(picture)
        return image

    def put(self, picture: int, image: QImage) -> None:
        if picture in self._images:
            return
        self._images[picture] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > self._limit and len(self._images) > 1:
            _, dropped = self._images.popitem(last=False)
            self._bytes -= dropped.sizeInBytes()


class Decoder(QThread):
    """Decodes one video, one picture at a time, away from the window's thread."""

    pictureDecoded = Signal(int, int, object)  # serial, picture, QImage
    failed = Signal(int, str)  # serial, message

    def __init__(self, media: Path, info: MediaInfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._media = media
        self._info = info
        self._wake = threading.Condition()
        self._request: tuple[int, int] | None = None
        self._ending = False

    def request(self, serial: int, picture: int) -> None:
        """Ask for a picture; a request that still waits is replaced."""
        with self._wake:
            self._request = (serial, picture)
            self._wake.notify()

    def end(self) -> None:
        """Stop and wait. Safe to call twice."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        cache = PictureCache()
        reader: FrameReader | None = None
        try:
            while True:
                with self._wake:
                    while self._request is None and not self._ending:
                        self._wake.wait()
                    if self._ending:
                        return
                    assert self._request is not None
                    serial, picture = self._request
                    self._request = None
                image = cache.get(picture)
                if image is None:
                    try:
                        reader = reader or FrameReader(self._media, self._info)
                        image = to_image(reader.read(picture))
                    except TotError as error:
                        self.failed.emit(serial, str(error))
                        continue
                    cache.put(picture, image)
                self.pictureDecoded.emit(serial, picture, image)
        finally:
            if reader is not None:
                reader.close()
