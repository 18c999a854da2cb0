"""Clips of every kind that decoders get wrong; each picture carries its number as ten dark or bright bars."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.stream import Disposition

os.environ.setdefault("SVT_LOG", "1")  # errors only: its greeting would stand in every report
N_BITS = 10
WIDTH, HEIGHT, N = 160, 64, 300
OTHER_SIZE, OTHER_FIRST = (320, 128), 500
"""The stream that is not the default: larger, and numbered from here."""


@dataclass(frozen=True)
class Kind:
    """How a clip is made. `first` is the number in its first shown picture, `rotation` as players turn it."""

    codec: str = "libx264"
    suffix: str = ".mp4"
    options: dict[str, str] = field(default_factory=dict)
    mux: dict[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"
    size: tuple[int, int] = (WIDTH, HEIGHT)
    n: int = N
    start_s: int = 0
    is_variable: bool = False
    rotation: int = 0
    aspect: Fraction = Fraction(1)
    first: int = 0
    has_other: bool = False
    alpha: bool = False


def x264(keys: int, **more: str) -> dict[str, str]:
    return {"preset": "veryfast", "g": str(keys), "sc_threshold": "0", **more}


X265 = {"preset": "ultrafast", "x265-params": "log-level=none:keyint=60:bframes=3:pools=1:frame-threads=1"}
X265_OPEN = {
    "preset": "ultrafast",
    "x265-params": "log-level=none:keyint=40:min-keyint=40:bframes=3:open-gop=1:pools=1",
}
VP9 = {"deadline": "realtime", "cpu-used": "8", "g": "50", "lag-in-frames": "8", "auto-alt-ref": "1"}

KINDS: dict[str, Kind] = {
    "long_group": Kind(options=x264(250, bf="3")),
    "short_group": Kind(options=x264(12, bf="0")),
    "open_group": Kind(options=x264(30, bf="3", **{"x264-params": "open-gop=1:scenecut=0"})),
    "intra_refresh": Kind(options=x264(60, bf="0", **{"x264-params": "intra-refresh=1:keyint=60"})),
    "b_pyramid": Kind(options=x264(90, bf="8", **{"b-pyramid": "normal"})),
    "variable_rate": Kind(options=x264(40, bf="2"), is_variable=True),
    "variable_rate_mkv": Kind(options=x264(40, bf="2"), suffix=".mkv", is_variable=True),
    "hevc": Kind("libx265", options=X265, n=150),
    "hevc_open_group": Kind("libx265", options=X265_OPEN, n=150),
    "vp8": Kind("libvpx", ".webm", VP9, n=150),
    "vp9": Kind("libvpx-vp9", ".webm", VP9, n=150),
    "av1": Kind("libsvtav1", ".mkv", {"preset": "8", "g": "50", "crf": "20", "svtav1-params": "lp=1"}, n=120),
    "mjpeg": Kind("mjpeg", ".avi", {"q": "3"}, pixels="yuvj420p"),
    "mpeg4": Kind("mpeg4", ".avi", {"g": "12"}),
    "mpeg4_b_frames_avi": Kind("mpeg4", ".avi", {"g": "24", "bf": "2"}),
    "mpeg2_program_stream": Kind("mpeg2video", ".mpg", {"g": "15", "bf": "2"}),
    "transport_stream": Kind(suffix=".ts", options=x264(30, bf="2"), start_s=5),
    "transport_stream_open": Kind(
        suffix=".ts", options=x264(30, bf="3", **{"x264-params": "open-gop=1:scenecut=0"}), start_s=5
    ),
    "late_start": Kind(suffix=".mkv", options=x264(250, bf="2"), start_s=5),
    "late_start_mp4": Kind(options=x264(60, bf="2"), start_s=3),
    "edit_list": Kind(options=x264(60, bf="2"), first=37),
    "fragmented": Kind(options=x264(30, bf="2"), mux={"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
    "rotated_90": Kind(options=x264(30, bf="2"), rotation=90),
    "rotated_180": Kind(options=x264(30, bf="2"), rotation=180),
    "rotated_270": Kind(options=x264(30, bf="2"), rotation=270),
    "odd_size": Kind(options=x264(30, bf="2"), pixels="yuv444p", size=(161, 65)),
    "ten_bit": Kind("libx265", options=X265, pixels="yuv420p10le", n=100),
    "anamorphic": Kind(options=x264(30, bf="2"), size=(80, 64), aspect=Fraction(2)),
    "anamorphic_rotated": Kind(options=x264(30, bf="2"), size=(80, 64), aspect=Fraction(2), rotation=90),
    "alpha": Kind("qtrle", ".mov", pixels="argb", n=60, alpha=True),
    "two_streams": Kind(options=x264(30, bf="2"), suffix=".mkv", has_other=True),
    "raw_h264": Kind(suffix=".h264", options=x264(30, bf="2"), n=120),
    "gif": Kind("gif", ".gif", pixels="rgb8", n=60),
    "flv": Kind("flv", ".flv", {"g": "30"}, n=120),
    "one_picture": Kind(options=x264(30), n=1),
}


def burnt(number: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> np.ndarray:
    """A (H, W, 3) picture of upright bars, the bits of `number`, lowest first; a bright stripe marks its top."""
    width, height = size
    bits = (number >> np.arange(N_BITS)) & 1
    columns = np.minimum(np.arange(width) * N_BITS // width, N_BITS - 1)
    picture = np.repeat(np.tile((bits * 200 + 24)[columns], (height, 1))[..., None], 3, axis=2).astype(np.uint8)
    picture[: height // 8] = (250, 250, 250)
    return picture


def number_in(picture: np.ndarray) -> int:
    """The number that `burnt` put into a picture of any size."""
    height, width = picture.shape[:2]
    x = ((np.arange(N_BITS) + 0.5) * width / N_BITS).astype(int)
    return int(((picture[height // 3 : -height // 8, x, :3].mean(axis=(0, 2)) > 124) << np.arange(N_BITS)).sum())


def top_is_up(picture: np.ndarray) -> bool:
    """Whether the bright stripe lies at the top, all of it."""
    return bool(picture[: picture.shape[0] // 12].mean() > 200 and picture[-picture.shape[0] // 12 :].min() < 200)


def make(folder: Path, name: str) -> Path:
    """The clip of this kind in a folder. Of two streams the second, which is the default, is numbered from 0."""
    kind = KINDS[name]
    path = folder / f"{name}{kind.suffix}"
    with av.open(str(path), "w", options=kind.mux) as out:
        other = _stream(out, kind, OTHER_SIZE) if kind.has_other else None
        stream = _stream(out, kind, kind.size)
        if other is not None:
            other.disposition, stream.disposition = Disposition(0), Disposition.default
            out.mux(list(_encoded(other, kind, OTHER_SIZE, OTHER_FIRST)))
        for packet in _encoded(stream, kind, kind.size):
            out.mux(packet)
    return path


def _stream(out: av.container.OutputContainer, kind: Kind, size: tuple[int, int]) -> av.VideoStream:
    stream = out.add_stream(kind.codec, rate=25, options=kind.options)
    stream.width, stream.height, stream.pix_fmt = size[0], size[1], kind.pixels
    stream.codec_context.time_base = Fraction(1, 25)
    if kind.aspect != 1:
        stream.codec_context.sample_aspect_ratio = kind.aspect
        stream.sample_aspect_ratio = kind.aspect
    if kind.rotation:
        stream.set_display_rotation(kind.rotation)
    return stream


def _encoded(stream: av.VideoStream, kind: Kind, size: tuple[int, int], offset: int = 0) -> Iterator[av.Packet]:
    generator = np.random.default_rng(1)
    at = kind.start_s * 25 - kind.first  # times before 0 are hidden by an edit list
    for number in range(kind.n):
        picture = _turned(burnt(number + offset, _upright(kind, size)), kind.rotation)
        if kind.alpha:
            picture = np.dstack([picture, np.where(picture[..., :1] > 100, 255, 0).astype(np.uint8)])
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgba" if kind.alpha else "rgb24")
        frame.pts, frame.time_base = at, Fraction(1, 25)
        at += int(generator.integers(1, 4)) if kind.is_variable else 1
        yield from stream.encode(frame)
    yield from stream.encode(None)


def _upright(kind: Kind, size: tuple[int, int]) -> tuple[int, int]:
    return (size[1], size[0]) if kind.rotation in (90, 270) else size


def _turned(picture: np.ndarray, rotation: int) -> np.ndarray:
    """The picture as a camera held askew stores it: a player turns it back, counter-clockwise by `rotation`."""
    return np.rot90(picture, -(rotation // 90))
