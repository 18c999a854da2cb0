"""The presentation times of a video's pictures, found by demuxing without decoding."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import msgspec
import numpy as np

from ..cache import atomic_write, cache_path, fingerprint
from ..data.timebase import IntArray, MediaInfo
from ..errors import MediaError
from .source import MAX_PICTURES, check_path, content_fingerprint, open_container, packets, video_stream

log = logging.getLogger(__name__)
VERSION = 2
SQUARE = Fraction(1, 50)
"""Pixels whose sides differ by less than this share are shown as squares: writers round the ratio."""


@dataclass(frozen=True)
class MediaIndex:
    """What random access needs: `info`, and time stamps of the key frames in the order of presentation.

    `key_pts` (n,) and `key_dts` (n,) int64, in the unit of `info`. `is_counted` says that the file gives its
    pictures no usable times: `info.pts` counts them, and only decoding from the start finds one.
    """

    info: MediaInfo
    key_pts: IntArray
    key_dts: IntArray
    is_counted: bool = False


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
    stream: int
    fingerprint: str
    is_counted: bool


def probe(path: Path) -> MediaInfo:
    """What demuxing tells of a video file; cached under the file's fingerprint.

    Raises:
        MediaError: not an absolute regular file, not an allowed container, or no pictures in it.
    """
    return load_index(path).info


def load_index(path: Path, stream: int | None = None) -> MediaIndex:
    """The index of a video file, from the cache or built now.

    Args:
        stream: number of a video stream in its file; None takes the one a player would show.
    Raises:
        MediaError: see `probe`.
    """
    check_path(path)
    number = "" if stream is None else f".{stream}"
    cached = cache_path("media", f"{fingerprint(path)}{number}.index")
    try:
        return _unpack(msgspec.msgpack.decode(cached.read_bytes(), type=_Stored))
    except (OSError, ValueError):  # absent, or not ours: build it again
        pass
    try:
        index = read_index(path, stream)
    except MediaError:
        raise
    except Exception as error:  # the outer edge of a loader of foreign files
        log.exception("%s", path)
        raise MediaError(f"{path}: cannot be read as a video ({type(error).__name__}: {error}).") from error
    with suppress(OSError):  # a full or read-only cache costs time only
        atomic_write(cached, msgspec.msgpack.encode(_pack(index)))
    return index


@dataclass
class _Demuxed:
    """What one pass over the packets found; `is_sure` is False where packets and pictures may not agree."""

    unit: Fraction
    stated_rate: Fraction | None
    stream: int
    pts: list[int] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)
    durations: dict[int, int] = field(default_factory=dict)
    is_sure: bool = True


def read_index(path: Path, stream: int | None = None) -> MediaIndex:
    """The index of a video file as it is now, not from the cache. Raises MediaError."""
    found = _demux(path, stream)
    first_pts, (width, height, rotation) = _look(path, found.stream)
    times: IntArray = np.unique(np.array(found.pts, dtype=np.int64))
    is_counted = False
    if not found.is_sure or len(times) != len(found.pts) or first_pts is None:
        times, is_counted = _decode_all(path, found.stream)
    elif len(times) and first_pts > times[0]:  # pictures before the first key frame that nothing can decode
        times = times[times >= first_pts]
    if not len(times):
        raise MediaError(f"{path}: no picture with a presentation time was found.")
    unit = 1 / (found.stated_rate or Fraction(25)) if is_counted else found.unit
    rate, is_variable = _rate(times, unit, found.stated_rate)
    steps = np.diff(times)
    step = found.durations.get(int(times[-1]), 0) or (int(np.median(steps)) if len(steps) else 1)
    times.setflags(write=False)
    info = MediaInfo(
        times,
        unit,
        int(times[-1]) + (1 if is_counted else step),
        rate,
        is_variable,
        width,
        height,
        rotation,
        found.stream,
        content_fingerprint(path),
    )
    table = np.array(sorted(found.keys), dtype=np.int64).reshape(-1, 2)
    return MediaIndex(info, table[:, 0].copy(), table[:, 1].copy(), is_counted)


def _demux(path: Path, number: int | None) -> _Demuxed:
    with open_container(path) as container:
        stream = video_stream(container, path, number)
        if stream.time_base is None:
            raise MediaError(f"{path}: its video states no unit of time.")
        rate = Fraction(stream.average_rate) if stream.average_rate else None
        found = _Demuxed(Fraction(stream.time_base), rate, stream.index)
        is_vp8 = stream.codec_context.name == "vp8"
        last_dts: int | None = None
        for packet in packets(container, stream):
            if packet.size <= 0 or packet.is_discard:
                continue
            if is_vp8 and not memoryview(packet)[0] & 0x10:  # `show_frame` is off: a reference, not a picture
                continue
            if packet.pts is None or (last_dts is not None and packet.dts is not None and packet.dts < last_dts):
                found.is_sure = False
            last_dts = packet.dts if packet.dts is not None else last_dts
            if packet.pts is None:
                continue
            found.pts.append(packet.pts)
            found.durations[packet.pts] = packet.duration or 0
            if packet.is_keyframe:
                found.keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
            if len(found.pts) > MAX_PICTURES:
                raise MediaError(f"{path}: more than {MAX_PICTURES:,} pictures. Cut the video into parts.")
    return found


def _look(path: Path, number: int) -> tuple[int | None, tuple[int, int, int]]:
    """Time of the first frame that decodes, and (width, height, rotation) of the upright picture, pixels square."""
    for frame in _frames(path, number):
        rotation = round(frame.rotation / 90) * 90 % 360
        width, height = frame.width, frame.height
        with open_container(path) as container:
            aspect = Fraction(video_stream(container, path, number).sample_aspect_ratio or 1)
        if abs(aspect - 1) > SQUARE:
            width, height = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
        size = (height, width) if rotation in (90, 270) else (width, height)
        return frame.pts, (*size, rotation)
    raise MediaError(f"{path}: no picture can be decoded.")


def _decode_all(path: Path, number: int) -> tuple[IntArray, bool]:
    """(times, is_counted) of the pictures that decoding gives, for files whose packets do not tell them."""
    times = [frame.pts for frame in _frames(path, number)]
    known = [t for t in times if t is not None]
    if len(known) == len(times) and all(a < b for a, b in pairwise(known)):
        return np.array(known, dtype=np.int64), False
    return np.arange(len(times), dtype=np.int64), True


def _frames(path: Path, number: int) -> Iterator[av.VideoFrame]:
    with open_container(path) as container:
        stream = video_stream(container, path, number)
        stream.thread_type = "AUTO"
        for packet in packets(container, stream):
            with suppress(av.error.FFmpegError):
                yield from packet.decode()


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
        stream=info.stream,
        fingerprint=info.fingerprint,
        is_counted=index.is_counted,
    )


def _unpack(stored: _Stored) -> MediaIndex:
    if stored.version != VERSION:
        raise ValueError("another version of the index")
    pts, key_pts, key_dts = (np.frombuffer(b, dtype="<i8") for b in (stored.pts, stored.key_pts, stored.key_dts))
    rate = None if stored.rate is None else Fraction(*stored.rate)
    info = MediaInfo(
        pts,
        Fraction(*stored.unit),
        stored.end,
        rate,
        stored.is_variable,
        stored.width,
        stored.height,
        stored.rotation,
        stored.stream,
        stored.fingerprint,
    )
    return MediaIndex(info, key_pts, key_dts, stored.is_counted)
