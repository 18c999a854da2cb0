"""The presentation times of a video's pictures, found by demuxing without decoding."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import msgspec
import numpy as np

from ..cache import atomic_write, cache_path, fingerprint
from ..data.timebase import IntArray, MediaInfo
from ..errors import MediaError

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "mpegvideo",
    "ogg",
    "flv",
    "asf",
    "h264",
    "hevc",
    "ivf",
    "gif",
)
"""Names of the containers that are opened; playlists and other formats that name further files are not."""
VERSION = 1


@dataclass(frozen=True)
class MediaIndex:
    """What random access needs: `info`, and time stamps of the key frames in file order.

    `key_pts` (n,) and `key_dts` (n,) int64, in the unit of `info`.
    """

    info: MediaInfo
    key_pts: IntArray
    key_dts: IntArray


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    version: int
    pts: bytes
    key_pts: bytes
    key_dts: bytes
    unit: tuple[int, int]
    end: int
    rate: tuple[int, int] | None
    is_variable: bool
    width: int
    height: int
    rotation: int


def probe(path: Path) -> MediaInfo:
    """What demuxing tells of a video file; cached under the file's fingerprint.

    Raises:
        MediaError: not an absolute regular file, not an allowed container, or no pictures in it.
    """
    return load_index(path).info


def load_index(path: Path) -> MediaIndex:
    """The index of a video file, from the cache or built now. Raises MediaError."""
    check_path(path)
    cached = cache_path("media", f"{fingerprint(path)}.index")
    try:
        return _unpack(msgspec.msgpack.decode(cached.read_bytes(), type=_Stored))
    except (OSError, ValueError):  # absent, or not ours: build it again
        pass
    index = read_index(path)
    with suppress(OSError):  # a full or read-only cache costs time only
        atomic_write(cached, msgspec.msgpack.encode(_pack(index)))
    return index


def check_path(path: Path) -> None:
    """Nothing; raises MediaError unless `path` is an absolute path of a regular file."""
    if not path.is_absolute():
        raise MediaError(f"{path}: a video is opened by its absolute path.")
    if not path.is_file():
        raise MediaError(f"{path}: not a regular file. Was it moved, or its drive not mounted?")


def open_container(path: Path) -> av.container.InputContainer:
    """An open container that reads this one local file. Raises MediaError."""
    check_path(path)
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(CONTAINERS)}
    try:
        container = av.open(str(path), mode="r", options=options)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise MediaError(f"{path}: cannot be opened as a video ({error}).") from error
    if container.format.name not in CONTAINERS or not container.streams.video:
        name = container.format.name
        container.close()
        raise MediaError(f"{path}: no video in an allowed container (found: {name}).")
    return container


def read_index(path: Path) -> MediaIndex:
    """The index of a video file as it is now, not from the cache. Raises MediaError."""
    with open_container(path) as container:
        stream = container.streams.video[0]
        pts: list[int] = []
        keys: list[tuple[int, int]] = []
        durations: dict[int, int] = {}
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):  # a torn tail ends the index
                break
            if packet.size <= 0 or packet.pts is None or packet.is_discard:
                continue
            pts.append(packet.pts)
            durations[packet.pts] = packet.duration or 0
            if packet.is_keyframe:
                keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
        if not pts or stream.time_base is None:
            raise MediaError(f"{path}: no picture with a presentation time was found.")
        unit = Fraction(stream.time_base)
        stated = Fraction(stream.average_rate) if stream.average_rate else None
    times = np.unique(np.array(pts, dtype=np.int64))
    width, height, rotation = _look(path)
    rate, is_variable = _rate(times, unit, stated)
    steps = np.diff(times)
    step = durations.get(int(times[-1]), 0) or (int(np.median(steps)) if len(steps) else 1)
    times.setflags(write=False)
    info = MediaInfo(times, unit, int(times[-1]) + step, rate, is_variable, width, height, rotation)
    keys.sort()
    table = np.array(keys, dtype=np.int64).reshape(-1, 2)
    return MediaIndex(info, table[:, 0].copy(), table[:, 1].copy())


def _rate(times: IntArray, unit: Fraction, stated: Fraction | None) -> tuple[Fraction | None, bool]:
    """(pictures per second, is_variable) from the times; the stated rate where it agrees within 0.1 %."""
    if len(times) < 2:
        return stated, False
    steps = np.diff(times)
    is_variable = bool(steps.max() - steps.min() > max(2, 0.05 * float(np.median(steps))))
    measured = Fraction(len(times) - 1) / (int(times[-1] - times[0]) * unit)
    if stated and abs(stated - measured) <= measured / 1000:
        return stated, is_variable
    return measured.limit_denominator(1001), is_variable


def _look(path: Path) -> tuple[int, int, int]:
    """(width, height, rotation) of the upright picture, from the first frame that decodes."""
    with open_container(path) as container:
        try:
            for frame in container.decode(container.streams.video[0]):
                rotation = frame.rotation % 360
                size = (frame.height, frame.width) if rotation in (90, 270) else (frame.width, frame.height)
                return *size, rotation
        except (av.error.FFmpegError, ValueError) as error:
            raise MediaError(f"{path}: the first picture cannot be decoded ({error}).") from error
    raise MediaError(f"{path}: no picture can be decoded.")


def _pack(index: MediaIndex) -> _Stored:
    info = index.info
    rate = None if info.rate is None else (info.rate.numerator, info.rate.denominator)
    pts, key_pts, key_dts = (np.asarray(a, dtype="<i8").tobytes() for a in (info.pts, index.key_pts, index.key_dts))
    unit = (info.unit.numerator, info.unit.denominator)
    return _Stored(
        version=VERSION,
        pts=pts,
        key_pts=key_pts,
        key_dts=key_dts,
        unit=unit,
        end=info.end,
        rate=rate,
        is_variable=info.is_variable,
        width=info.width,
        height=info.height,
        rotation=info.rotation,
    )


def _unpack(stored: _Stored) -> MediaIndex:
    if stored.version != VERSION:
        raise ValueError("another version of the index")
    pts, key_pts, key_dts = (np.frombuffer(b, dtype="<i8") for b in (stored.pts, stored.key_pts, stored.key_dts))
    rate = None if stored.rate is None else Fraction(*stored.rate)
    size = (stored.width, stored.height, stored.rotation)
    return MediaIndex(
        MediaInfo(pts, Fraction(*stored.unit), stored.end, rate, stored.is_variable, *size), key_pts, key_dts
    )
