"""A small copy of a video that seeks at once: every picture at its number and its time, a key frame every 12.

Proxies lie in the cache under what their file holds: a file that was moved keeps its proxy, a changed one loses it.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import av
import av.container
import msgspec
import numpy as np
from numpy.typing import NDArray

from ..cache import atomic_write, cache_dir, cache_path, publish, reclaim
from ..data.timebase import MediaInfo
from ..errors import MediaError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .clips import has_same_times
from .index import MediaIndex, load_index
from .reader import FrameReader

log = logging.getLogger(__name__)
ROOM = "proxies"
BUDGET_BYTES = 20 * 1024**3
LINES = 540
"""A proxy has at most so many lines."""
KEY_FRAME_EVERY = 12
REPORT_S = 0.25
SPARE_BYTES = 5 * 1024**3
PIXELS_A_SECOND = 8e8
"""What two cores decode of H.264 on the way to a picture: 1080p with 250-frame groups takes 0.27 s on average."""
VERSION = 2


class _Record(msgspec.Struct, frozen=True):
    """What lies beside a proxy once it is whole; `missing` are pictures that the file does not hold whole."""

    version: int
    size: int
    missing: list[int]
    doubtful: list[int]


class Proxy(NamedTuple):
    """A whole proxy of a video; the pictures in `missing` cannot be decoded in the file, and have none here; those in
    `doubtful` are what was made of damage."""

    path: Path
    missing: frozenset[int]
    doubtful: frozenset[int]

    def open(self, *, keep_bytes: int) -> FrameReader:
        """A reader of the proxy: its picture i is picture i of the video. Raises MediaError."""
        return FrameReader(self.path, keep_bytes=keep_bytes, missing=self.missing, doubtful=self.doubtful)


def find_proxy(media: Path, info: MediaInfo | None = None) -> Proxy | None:
    """The proxy of a video file as it is now; None where there is none. Raises MediaError: the file cannot be read."""
    return _find(_index(media, info))


def make_proxy(
    media: Path, info: MediaInfo | None = None, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> Proxy:
    """Make the proxy of a video file, or find it.

    Raises:
        MediaError: the file cannot be read, over half of it cannot be decoded, or the encoder stopped.
        OSError: the cache cannot be written.
        JobCancelled: `should_stop` said so; nothing is left.
    """
    index = _index(media, info)
    if (found := _find(index)) is not None:
        return found
    final = _place(index.info)
    temporary = cache_path(ROOM, f"{uuid4().hex}.tmp")
    try:
        with FrameReader(media, index.info) as reader:
            missing = _encode(reader, temporary, _Watch(media.name, reader.n_pictures, report, should_stop))
            doubtful = {number for number in range(reader.n_pictures) if reader.is_doubtful(number)}
        if not has_same_times(temporary, index.info):
            raise MediaError(f"{media}: its proxy does not keep the times of its pictures; it is not used.")
        record = _Record(VERSION, temporary.stat().st_size, sorted(missing), sorted(doubtful))
        publish(temporary, final)
        atomic_write(final.with_suffix(".json"), msgspec.json.encode(record))
    except av.error.FFmpegError as error:
        raise MediaError(f"{media}: the encoder of its proxy stopped ({error}).") from error
    finally:
        temporary.unlink(missing_ok=True)
    reclaim(ROOM, budget_bytes=BUDGET_BYTES, keep=(final, final.with_suffix(".json")))
    return Proxy(final, frozenset(missing), frozenset(doubtful))


def delete_proxy(media: Path, info: MediaInfo | None = None) -> int:
    """Delete the proxy of a video file; the bytes that became free. Raises MediaError: the file cannot be read."""
    return _delete(_place(_index(media, info).info))


def expected_seek_s(reader: FrameReader) -> float:
    """Seconds that a jump in a file takes on average, as its groups of pictures and their size say."""
    return reader.run_up * reader.info.width * reader.info.height / PIXELS_A_SECOND


def has_room() -> bool:
    """Whether the drive of the cache has room enough for a proxy that nobody asked for."""
    with suppress(OSError):
        return shutil.disk_usage(cache_dir()).free >= SPARE_BYTES
    return False


def is_long_way(info: MediaIndex) -> bool:
    """Whether a seek can be slow: many pictures between two key frames, or large ones."""
    longest = int(np.diff(np.searchsorted(info.info.pts, info.key_pts), append=info.info.n_pictures).max(initial=0))
    return longest > 5 * KEY_FRAME_EVERY or info.info.height > 2 * LINES


def _index(media: Path, info: MediaInfo | None) -> MediaIndex:
    return load_index(media, info.stream if info is not None and info.stream >= 0 else None)


def _place(info: MediaInfo) -> Path:
    return cache_path(ROOM, f"{info.fingerprint}.{info.stream}.mp4")


def _find(index: MediaIndex) -> Proxy | None:
    path = _place(index.info)
    try:
        record = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=_Record)
        if record.version != VERSION or path.stat().st_size != record.size:
            return None
    except (OSError, msgspec.MsgspecError):
        return None
    with suppress(OSError):  # the proxies used longest ago go first
        os.utime(path)
    return Proxy(path, frozenset(record.missing), frozenset(record.doubtful))


def _delete(path: Path) -> int:
    path.with_suffix(".json").unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        size = path.stat().st_size
        path.unlink()
        return size
    return 0


class _Watch:
    """Tells how far the work is, and ends it when it is to stop."""

    def __init__(self, name: str, total: int, report: Report, should_stop: ShouldStop) -> None:
        self._text, self._total = f"Making {name} smooth", total
        self._report, self._should_stop = report, should_stop
        self._began = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        if self._should_stop() is not None:
            raise JobCancelled
        now = time.monotonic()
        if now - self._told >= REPORT_S or done == self._total:
            left = (now - self._began) / done * (self._total - done)
            self._report(Progress(done=done, total=self._total, text=self._text, seconds_left=left))
            self._told = now


def _encode(reader: FrameReader, out: Path, tick: _Watch) -> set[int]:
    """Write every picture of a video; the numbers of those that cannot be decoded, for which a black one stands."""
    info = reader.info
    width, height = _size(info)
    missing: set[int] = set()
    with av.open(str(out), mode="w", format="mp4") as container:
        stream = container.add_stream(
            "libx264",
            rate=info.rate or Fraction(25),
            options={"preset": "veryfast", "crf": "24", "bf": "0", "tune": "fastdecode", "sc_threshold": "0"},
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size, stream.codec_context.time_base = KEY_FRAME_EVERY, info.unit
        stream.codec_context.thread_count = 2
        stream.codec_context.colorspace, stream.codec_context.color_range = 1, 1  # BT.709, limited
        lengths = np.diff(np.append(info.pts, info.end)).tolist()
        times = (info.pts - info.pts[0]).tolist()
        duration = dict(zip(times, lengths, strict=True))

        def mux(frame: Any) -> None:
            for packet in stream.encode(frame):
                packet.duration = duration.get(packet.pts, packet.duration)
                container.mux(packet)

        for number, at in enumerate(times):
            try:
                picture = reader.read(number, height=height)
            except MediaError:
                missing.add(number)
                picture = np.zeros((height, width, 3), np.uint8)
            frame = _frame(picture, width, height)
            frame.pts, frame.time_base = at, info.unit
            mux(frame)
            tick(number + 1)
        mux(None)
    if 2 * len(missing) > info.n_pictures:
        raise MediaError(f"{out.name}: {len(missing):,} of {info.n_pictures:,} pictures cannot be decoded.")
    return missing


def _frame(picture: NDArray[np.uint8], width: int, height: int) -> av.VideoFrame:
    made = av.VideoFrame.from_ndarray(picture, format="rgb24")
    made = made.reformat(width=width, height=height, format="yuv420p", dst_colorspace="ITU709")
    made.colorspace, made.color_range = 1, 1
    return made


def _size(info: MediaInfo) -> tuple[int, int]:
    """Width and height of a video's proxy: even, in the shape of the upright picture."""
    height = min(LINES, info.height)
    width = round(info.width * height / info.height)
    return max(2, width // 2 * 2), max(2, height // 2 * 2)
