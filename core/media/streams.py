"""The video streams of one file, and a video that shows another of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from av.stream import Disposition

from ..data.dataset import Video
from ..errors import MediaError
from .index import load_index
from .source import open_container, video_stream


@dataclass(frozen=True)
class Stream:
    """One video stream; `number` is its place in the file, `is_default` says that players show it."""

    number: int
    width: int
    height: int
    codec: str
    is_default: bool

    def __str__(self) -> str:
        default = ", the one players show" if self.is_default else ""
        return f"{self.number}: {self.width} × {self.height}, {self.codec}{default}"


def video_streams(path: Path) -> tuple[Stream, ...]:
    """The streams of a file that can be shown, in its order; cover pictures are none. Raises MediaError."""
    with open_container(path) as container:
        shown = video_stream(container, path).index
        return tuple(
            Stream(stream.index, stream.width, stream.height, stream.codec_context.name, stream.index == shown)
            for stream in container.streams.video
            if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
        )


def with_stream(video: Video, number: int) -> Video:
    """The video with pictures from another stream of its file.

    Raises:
        MediaError: the file cannot be read, or that stream has another number of pictures: labels count them.
    """
    assert video.media is not None
    info = load_index(video.media, number).info
    known = video.timebase.media
    if known is not None and info.n_pictures != known.n_pictures:
        raise MediaError(
            f"{video.name}: stream {number} has {info.n_pictures:,} pictures; the labels count {known.n_pictures:,}. "
            "Make a project of a file that holds this stream alone."
        )
    return replace(video, timebase=replace(video.timebase, media=info))
