"""Parts of a video, and whole ones, as H.264 in MP4 that a browser plays and seeks: exact to the picture.

A clip is always encoded anew: a copy could only begin at a key frame. A whole video is copied where every picture
keeps its time. The files have a key frame every 12 pictures, no B frames (so they begin at time 0), and their index
first, so that they play while they load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.container
import numpy as np

from ..data.timebase import MediaInfo
from ..errors import MediaError
from .index import read_index
from .reader import FrameReader
from .source import open_container, video_stream

KEY_FRAME_EVERY = 12
_FAST_START = {"movflags": "+faststart"}


class Chapter(NamedTuple):
    """One chapter of a video file; milliseconds from its start. In MP4 a chapter lasts until the next begins."""

    start_ms: int
    stop_ms: int
    title: str


def encode_clip(
    reader: FrameReader,
    pictures: range,
    out: Path,
    *,
    chapters: Sequence[Chapter] = (),
    tick: Callable[[], None] = lambda: None,
    preset: str = "veryfast",
    crf: int = 20,
) -> None:
    """Write the pictures ``[pictures.start, pictures.stop)`` of a video, each for as long as it is shown there.

    Args:
        tick: called after each picture; what it raises ends the work, and the file is removed.
        preset, crf: speed and quality of libx264.
    Raises:
        MediaError: a picture cannot be decoded, or the encoder refused one.
    """
    if not 0 <= pictures.start < pictures.stop <= reader.n_pictures:
        raise MediaError(
            f"{out.name}: pictures {pictures.start} to {pictures.stop} of {reader.n_pictures} were wanted."
        )
    try:
        with av.open(str(out), mode="w", format="mp4", options=_FAST_START) as container:
            _encode(container, reader, pictures, chapters, tick, {"preset": preset, "crf": str(crf), "bf": "0"})
    except av.error.FFmpegError as error:
        out.unlink(missing_ok=True)
        raise MediaError(f"{out.name}: the encoder stopped ({error}).") from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _encode(
    container: av.container.OutputContainer,
    reader: FrameReader,
    pictures: range,
    chapters: Sequence[Chapter],
    tick: Callable[[], None],
    options: dict[str, str],
) -> None:
    info = reader.info
    stream = container.add_stream("libx264", rate=info.rate or Fraction(25), options=options)
    stream.pix_fmt, stream.codec_context.gop_size = "yuv420p", KEY_FRAME_EVERY
    stream.codec_context.time_base = info.unit
    _set_chapters(container, chapters)
    times = [int(pts) - int(info.pts[pictures.start]) for pts in (*info.pts, info.end)]
    lengths = {times[i]: times[i + 1] - times[i] for i in pictures}

    def mux(frame: Any) -> None:
        for packet in stream.encode(frame):
            if packet.pts in lengths:
                packet.duration = lengths[packet.pts]
            container.mux(packet)

    for number in pictures:
        frame = reader.read_frame(number)
        if number == pictures.start:
            stream.width, stream.height = frame.width, frame.height
            for tag in ("colorspace", "color_range", "color_primaries", "color_trc"):
                setattr(stream.codec_context, tag, getattr(frame, tag))
        frame.pts, frame.time_base = times[number], info.unit
        mux(frame)
        tick()
    mux(None)


def copy_video(path: Path, info: MediaInfo, out: Path, *, chapters: Sequence[Chapter] = ()) -> bool:
    """Write a whole video without encoding it again; False, and no file, where that would not be exact.

    Exact means: H.264 that browsers play, upright, nothing to be left out, and in the copy every picture stands at the
    time it had. Sound is left out. Raises MediaError when the video cannot be read.
    """
    try:
        copied = _copy(path, info, out, chapters) and has_same_times(out, info)
    except (av.error.FFmpegError, MediaError, ValueError):
        copied = False
    if not copied:
        out.unlink(missing_ok=True)
    return copied


def _copy(path: Path, info: MediaInfo, out: Path, chapters: Sequence[Chapter]) -> bool:
    with open_container(path) as source:
        stream = video_stream(source, path, None if info.stream < 0 else info.stream)
        if stream.codec_context.name != "h264" or stream.codec_context.pix_fmt != "yuv420p" or info.rotation:
            return False
        with av.open(str(out), mode="w", format="mp4", options=_FAST_START) as container:
            target = container.add_stream_from_template(stream)
            _set_chapters(container, chapters)
            is_first = True
            for packet in source.demux(stream):
                if packet.size <= 0:
                    continue
                if (
                    packet.is_discard
                    or packet.pts is None
                    or packet.dts is None
                    or (is_first and not packet.is_keyframe)
                ):
                    return False
                start = int(info.pts[0])
                is_first, packet.stream = False, target
                packet.pts, packet.dts = packet.pts - start, packet.dts - start
                container.mux(packet)
    return True


def has_same_times(out: Path, info: MediaInfo) -> bool:
    """Whether a copy has the pictures of its source, each at its time since the start."""
    copy = read_index(out).info
    if copy.n_pictures != info.n_pictures:
        return False
    ours, theirs = copy.pts * copy.unit.numerator, (info.pts - info.pts[0]) * info.unit.numerator
    return np.array_equal(ours * info.unit.denominator, theirs * copy.unit.denominator)


def _set_chapters(container: av.container.OutputContainer, chapters: Sequence[Chapter]) -> None:
    if chapters:
        container.set_chapters(
            [
                {
                    "id": number,
                    "start": chapter.start_ms,
                    "end": chapter.stop_ms,
                    "time_base": Fraction(1, 1000),
                    "metadata": {"title": chapter.title},
                }
                for number, chapter in enumerate(chapters)
            ]
        )
