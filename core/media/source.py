"""One local video file, opened so that nothing else is read: its container, its video stream, its packets."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path

import av
import av.container
import av.video.stream
from av.stream import Disposition

from ..errors import MediaError
from ..foreign import open_regular

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
    "mxf",
    "nut",
    "dv",
    "h264",
    "hevc",
    "m4v",
    "av1",
    "obu",
    "ivf",
    "gif",
)
"""Names of the containers that are opened; playlists and other formats that name further files are not."""
MAX_SIDE = 8192
MAX_PICTURES = 10_000_000
TIMEOUT_S = 20.0
"""Seconds after which opening, or reading one packet, gives up: a drive that went away, or a file made to loop."""
TORN_PLACES = 64
"""Damaged places in a row after which the rest of a file is taken as lost."""
_SAMPLE_BYTES = 64 * 1024


def check_path(path: Path) -> None:
    """Nothing; raises MediaError unless `path` is an absolute path of a regular file."""
    if not path.is_absolute():
        raise MediaError(f"{path}: a video is opened by its absolute path.")
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the name
        raise MediaError(f"{path}: no such file. Was it moved, or its drive not mounted?") from None
    if not stat.S_ISREG(mode):
        raise MediaError(f"{path}: not a regular file. Was it moved, or its drive not mounted?")


def open_container(path: Path) -> av.container.InputContainer:
    """An open container that reads this one local file. Raises MediaError."""
    check_path(path)
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(CONTAINERS)}
    try:
        container = av.open(f"file:{path}", mode="r", options=options, timeout=TIMEOUT_S, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise MediaError(f"{path}: cannot be opened as a video ({_reason(error)}).") from error
    if container.format.name not in CONTAINERS:
        name = container.format.name
        container.close()
        raise MediaError(f"{path}: a container that is not opened here ({name}).")
    return container


def video_stream(
    container: av.container.InputContainer, path: Path, number: int | None = None, *, strict: bool = False
) -> av.VideoStream:
    """The stream with this number in its file; without one the default, then the largest, then the first.

    Cover pictures of audio files are no video.

    Args:
        strict: the decoder gives up a picture in which it meets an error, where it would fill the hole with older ones.
    Raises:
        MediaError: no such stream, or one that is not shown here.
    """
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if number is not None:
        streams = [s for s in streams if s.index == number]
    if not streams:
        kinds = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise MediaError(f"{path}: no video stream (found: {kinds}).")
    streams = [s for s in streams if s.codec_context is not None]
    if not streams:
        raise MediaError(f"{path}: its video is coded in a way that no decoder here knows. Convert it to H.264.")
    stream = max(streams, key=lambda s: (bool(s.disposition & Disposition.default), s.width * s.height, -s.index))
    if stream.width > MAX_SIDE or stream.height > MAX_SIDE:
        raise MediaError(f"{path}: pictures of {stream.width} x {stream.height}; at most {MAX_SIDE} a side are shown.")
    if not stream.codec_context.is_open:
        options = {"max_pixels": str(MAX_SIDE * MAX_SIDE)}
        stream.codec_context.options = options | ({"err_detect": "explode"} if strict else {})
    return stream


def packets(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.Packet[av.VideoStream]]:
    """Packets of a stream from the present place; a damaged place is passed over, a torn tail ends them.

    The last packet is empty: it makes a decoder give out what it holds back.
    """
    torn = 0
    while torn < TORN_PLACES:
        try:
            for packet in container.demux(stream):
                torn = 0
                yield packet
            return
        except (av.error.FFmpegError, IndexError):  # IndexError: a stream that begins later (MPEG-TS)
            torn += 1  # the iterator has ended; a new one goes on behind the damage


def content_fingerprint(path: Path) -> str:
    """32 hexadecimal digits from size, head, middle and tail of a file: the same wherever the file lies."""
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=16)
    with open_regular(path) as file:
        for place in (0, max(0, size // 2 - _SAMPLE_BYTES // 2), max(0, size - _SAMPLE_BYTES)):
            file.seek(place)
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _reason(error: Exception) -> str:
    """What FFmpeg said, without its number and without the path once more."""
    return getattr(error, "strerror", None) or str(error)
