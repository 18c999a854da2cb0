"""The waveform of a video file: its sound decoded once, from the beginning to the end, then kept in the cache."""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.container
import numpy as np
from av.stream import Discard
from numpy.typing import NDArray

from ..cache import atomic_write, cache_path, reclaim
from ..data.timebase import MediaInfo
from ..data.waveform import Waveform
from ..errors import MediaError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .audio import SEAM_S, audio_stream, decoded_frames, is_sane
from .peaks import Counting, part_edges, per_picture
from .source import content_fingerprint, open_container

log = logging.getLogger(__name__)
ROOM = "waveforms"
BUDGET_BYTES = 1024**3
"""About a hundred hours of video."""
MAGIC = b"tot waveform 1\n"
_HEAD = struct.Struct("<HQI")  # parts a picture, parts, CRC of what follows
BATCH = 1 << 16
"""Samples that are counted at a time."""
REPORT_S = 0.1

Shorts = NDArray[np.int16]


class Run(NamedTuple):
    """Samples without a gap: the number of the first, counted from the file's own time 0, at this rate."""

    at: int
    rate: int
    low: Shorts
    high: Shorts


def has_sound(path: Path) -> bool:
    """Whether a video file has a sound track at all. Raises MediaError where it cannot be opened."""
    with open_container(path) as container:
        return bool(container.streams.audio)


def load_waveform(
    path: Path, info: MediaInfo, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> Waveform:
    """The sound of a video file as its pictures divide it: from the cache, or read now and kept there.

    Args:
        path: absolute path of a regular file.   info: its pictures.
    Raises:
        MediaError: the file cannot be opened, has no sound, or none of it can be decoded.
        JobCancelled: `should_stop` said so.
    """
    kept = _place(path, info)
    if (found := _kept(kept, info)) is not None:
        return found
    try:
        made = read_waveform(path, info, report=report, should_stop=should_stop)
    except (MediaError, JobCancelled):
        raise
    except Exception as error:  # the outer edge of a loader of foreign files
        log.exception("%s", path)
        raise MediaError(f"The sound of {path.name} cannot be decoded ({type(error).__name__}).") from error
    with suppress(OSError):  # a full or read-only cache costs time only
        _keep(kept, made)
    return made


def read_waveform(
    path: Path, info: MediaInfo, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> Waveform:
    """The same, of the file as it is now and past the cache. Raises MediaError and JobCancelled."""
    parts = per_picture(info.n_pictures)
    counting, edges, rate = Counting(info.n_pictures * parts), np.zeros(0, np.int64), 0
    is_any, watch = False, _Watch(path.name, report, should_stop)
    with open_container(path) as container:
        for run in _runs(container, path, watch.look):
            if run.rate != rate:
                rate, edges = run.rate, part_edges(info, parts, run.rate)
            counting.take(edges, run.at, run.low, run.high)
            is_any = True
            watch.tell(run.at + len(run.low) - int(edges[0]), int(edges[-1] - edges[0]))
            if run.at >= edges[-1]:
                break
    if not is_any:
        raise MediaError(f"Nothing of the sound of {path.name} can be decoded.")
    return counting.waveform(parts)


class _Watch:
    """Tells how far it is, a few times a second, and ends the work that nobody wants any more."""

    def __init__(self, name: str, report: Report, should_stop: ShouldStop) -> None:
        self._name, self._report, self._should_stop = name, report, should_stop
        self._told = time.monotonic()

    def look(self) -> None:
        """Raises JobCancelled once nobody wants it."""
        if self._should_stop() is not None:
            raise JobCancelled

    def tell(self, done: int, total: int) -> None:
        self.look()
        now = time.monotonic()
        if now - self._told >= REPORT_S:
            self._told = now
            self._report(Progress(done=min(max(0, done), total), total=total, text=self._name))


# --- decoding ----------------------------------------------------------------------------------------


def _runs(container: av.container.InputContainer, path: Path, look: Callable[[], None]) -> Iterator[Run]:
    """All sound of an open file in pieces of about `BATCH` samples; what belongs together has no seam.

    `look` is called at each damaged place as well: a file may hold nothing else.
    """
    stream = audio_stream(container, path)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all  # pictures are not even read, where the container lets one skip them
    waiting, at, rate = _Waiting(), None, 0
    for frame in decoded_frames(container, stream):
        if frame is None or not is_sane(frame.sample_rate, frame.layout.nb_channels):
            at = None  # a damaged packet: only its own time says where the next piece belongs
            look()
            continue
        stated = None
        if frame.pts is not None and frame.time_base is not None:
            stated = round(frame.pts * frame.time_base * frame.sample_rate)
        seam = round(SEAM_S * frame.sample_rate)
        if at is None or frame.sample_rate != rate or (stated is not None and abs(stated - at) > seam):
            yield from waiting.out()
            at, rate = stated, frame.sample_rate
        if at is None:
            continue
        samples = as_shorts(frame)
        waiting.put(at, rate, samples)
        at += samples.shape[1]
        if waiting.n >= BATCH:
            yield from waiting.out()
    yield from waiting.out()


class _Waiting:
    """Pieces that follow one another, until they are worth counting."""

    def __init__(self) -> None:
        self.n = 0
        self._at = self._rate = 0
        self._low: list[Shorts] = []
        self._high: list[Shorts] = []

    def put(self, at: int, rate: int, samples: Shorts) -> None:
        if not self.n:
            self._at, self._rate = at, rate
        one = len(samples) == 1
        self._low.append(samples[0] if one else samples.min(axis=0))
        self._high.append(samples[0] if one else samples.max(axis=0))
        self.n += samples.shape[1]

    def out(self) -> Iterator[Run]:
        if self.n:
            run = Run(self._at, self._rate, np.concatenate(self._low), np.concatenate(self._high))
            self.n = 0
            self._low.clear()
            self._high.clear()
            yield run


def as_shorts(frame: av.AudioFrame) -> Shorts:
    """(channels, n) int16: the samples of a decoded piece, whatever their format; what is not a number is 0."""
    kind = frame.format.name.removesuffix("p")
    made: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        made = made.reshape(-1, frame.layout.nb_channels).T
    if kind == "s16":
        return made.astype(np.int16, copy=False)
    if kind == "u8":
        return np.asarray((made.astype(np.int16) - 128) * 256, np.int16)
    if kind in ("s32", "s64"):
        return (made >> (16 if kind == "s32" else 48)).astype(np.int16)
    scaled = np.nan_to_num(made.astype(np.float32) * np.float32(32_768), nan=0.0)
    return np.asarray(np.clip(np.rint(scaled), -32_768, 32_767), np.int16)


# --- the cache ---------------------------------------------------------------------------------------


def _place(path: Path, info: MediaInfo) -> Path:
    """Where the waveform of a file as it is now lies: by its content, when it changed, and its pictures' times."""
    try:
        digest = hashlib.blake2b(content_fingerprint(path).encode(), digest_size=16)
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror or error}).") from error
    digest.update(f"{changed} {info.unit} {info.end} ".encode())
    digest.update(np.asarray(info.pts, "<i8").tobytes())
    return cache_path(ROOM, f"{digest.hexdigest()}.wave")


def _kept(place: Path, info: MediaInfo) -> Waveform | None:
    """What was kept, or None where it is not there or damaged."""
    try:
        data = place.read_bytes()
    except OSError:
        return None
    head, begin = data[: len(MAGIC)], len(MAGIC) + _HEAD.size
    if head != MAGIC or len(data) < begin:
        return None
    parts, n, crc = _HEAD.unpack_from(data, len(MAGIC))
    body = memoryview(data)[begin:]
    if parts < 1 or n != info.n_pictures * parts or len(body) != 6 * n or zlib.crc32(body) != crc:
        return None
    with suppress(OSError):  # those used longest ago go first
        os.utime(place)
    low, high = np.frombuffer(body, "<i2", n), np.frombuffer(body, "<i2", n, 2 * n)
    return Waveform(parts, low, high, np.frombuffer(body, "<u2", n, 4 * n))


def _keep(place: Path, made: Waveform) -> None:
    arrays = (np.asarray(made.low, "<i2"), np.asarray(made.high, "<i2"), np.asarray(made.rms, "<u2"))
    body = b"".join(array.tobytes() for array in arrays)
    atomic_write(place, MAGIC + _HEAD.pack(made.per_picture, len(made.low), zlib.crc32(body)) + body)
    reclaim(ROOM, budget_bytes=BUDGET_BYTES, keep=(place,))
