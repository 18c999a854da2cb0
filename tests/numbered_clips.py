"""Clips in which every picture carries its own number, in containers and codecs that decoders get wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

N = 150
CLIPS = {
    "b_frames.mp4": ("libx264", {"bf": "3", "g": "60"}, False, 0),
    "variable.mp4": ("libx264", {"bf": "2", "g": "40"}, True, 0),
    "late.mkv": ("libx264", {"bf": "2", "g": "250"}, False, 5),
    "stream.ts": ("libx264", {"bf": "2", "g": "30"}, False, 5),
    "old.avi": ("mpeg4", {"g": "12"}, False, 0),
}


def burnt(number: int) -> np.ndarray:
    """A 128 x 64 picture whose eight vertical bars are the bits of `number`."""
    bits = (number >> np.arange(8)) & 1
    return np.repeat(np.tile(np.repeat(bits * 220 + 16, 16), (64, 1))[..., None], 3, axis=2).astype(np.uint8)


def number_in(picture: np.ndarray) -> int:
    """The number that `burnt` put into a picture."""
    return int(((picture[8:56, 8::16].mean(axis=(0, 2)) > 128) << np.arange(8)).sum())


def make_clip(path: Path) -> Path:
    """The clip of `CLIPS` that has this name."""
    codec, options, is_variable, start = CLIPS[path.name]
    rng = np.random.default_rng(1)
    unit = Fraction(1, 25)
    at = start * 25
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        stream.codec_context.time_base = unit
        for number in range(N):
            frame = av.VideoFrame.from_ndarray(burnt(number), format="rgb24")
            frame.pts, frame.time_base = at, unit
            at += int(rng.integers(1, 4)) if is_variable else 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
