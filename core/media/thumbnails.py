"""Small pictures on disk: one file of the cache for each video, appended to, bounded, and never trusted."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ..cache import cache_dir, cache_path
from ..data.timebase import MediaInfo

FOLDER = "thumbnails"
MAGIC = b"tot thumbnails 1\n"
_RECORD = struct.Struct("<IIHII")  # picture, span, height, bytes, CRC of what follows
FILE_BYTES = 64 * 1024 * 1024
TOTAL_BYTES = 512 * 1024 * 1024
QUALITY = 82


class Key(NamedTuple):
    """A picture of at most `height` lines that stands for the pictures ``[picture, picture + span)``."""

    picture: int
    span: int
    height: int


class Thumbnails:
    """The small pictures of one video. For one thread; an error of the disk costs time only.

    Raises:
        OSError: the cache folder cannot be made (every method but `get` and `put`).
    """

    def __init__(self, info: MediaInfo) -> None:
        self._path = cache_path(FOLDER, f"{info.fingerprint or 'unknown'}.{info.stream}.thumbs")
        self._places: dict[Key, tuple[int, int, int]] = {}  # offset, bytes, CRC
        self._end = 0
        with suppress(OSError), self._path.open("rb") as file:
            if file.read(len(MAGIC)) == MAGIC:
                self._end = len(MAGIC)
                for key, place in _records(file):
                    self._places[key] = place
                    self._end = place[0] + place[1]

    def get(self, key: Key) -> NDArray[np.uint8] | None:
        """(H, W, 3) uint8 RGB, or None where it is not there or damaged."""
        offset, size, crc = self._places.get(key, (0, 0, 0))
        if not size:
            return None
        data = b""
        with suppress(OSError), self._path.open("rb") as file:
            file.seek(offset)
            data = file.read(size)
        if len(data) != size or zlib.crc32(data) != crc:
            del self._places[key]
            return None
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return None if found is None else np.ascontiguousarray(found[..., ::-1])

    def put(self, key: Key, picture: NDArray[np.uint8]) -> None:
        """Keep a picture (H, W, 3) uint8 RGB; left out once the file is full."""
        done, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        data = encoded.tobytes() if done else b""
        if not data or self._end + _RECORD.size + len(data) > FILE_BYTES:
            return
        crc = zlib.crc32(data)
        with suppress(OSError):
            with self._path.open("r+b" if self._end else "wb") as file:
                if not self._end:
                    self._end = file.write(MAGIC)
                file.seek(self._end)  # over a record that was torn by a kill
                file.write(_RECORD.pack(*key, len(data), crc) + data)
            self._places[key] = (self._end + _RECORD.size, len(data), crc)
            self._end += _RECORD.size + len(data)


def trim(limit: int = TOTAL_BYTES) -> None:
    """Delete the files used longest ago until all together are within the limit."""
    files = []
    for path in (cache_dir() / FOLDER).glob("*.thumbs"):
        with suppress(OSError):
            stat = path.stat()
            files.append((max(stat.st_mtime, stat.st_atime), stat.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= limit:
            return
        with suppress(OSError):
            os.unlink(path)
            total -= size


def _records(file: BinaryIO) -> Iterator[tuple[Key, tuple[int, int, int]]]:
    """Each whole record of an open file: its key and (offset, bytes, CRC) of its data; a torn tail ends them."""
    size = os.fstat(file.fileno()).st_size
    while len(head := file.read(_RECORD.size)) == _RECORD.size:
        picture, span, height, length, crc = _RECORD.unpack(head)
        offset = file.tell()
        if not length or offset + length > size:
            return
        yield Key(picture, span, height), (offset, length, crc)
        file.seek(length, os.SEEK_CUR)
