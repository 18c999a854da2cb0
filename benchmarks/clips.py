"""Clips to measure with: moving detail, the number of the picture burnt in, groups of any length."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

N_BITS, CELL = 12, 40
RATE = 30


def make_clip(path: Path, width: int, height: int, n: int, *, group: int, preset: str = "veryfast") -> Path:
    """An H.264 clip of `n` pictures with a key frame every `group`, two B frames between; kept when it is there."""
    if path.exists():
        return path
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (height // 8 + 60, width // 8 + 60, 3), dtype=np.uint8)
    ground = cv2.resize(coarse, (width + 480, height + 480), interpolation=cv2.INTER_CUBIC)
    options = {"preset": preset, "g": str(group), "bf": "2", "crf": "24", "sc_threshold": "0"}
    partial = path.with_suffix(".part.mp4")
    with av.open(str(partial), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(n):
            x, y = number * 3 % 400, number * 2 % 400
            frame = av.VideoFrame.from_ndarray(_numbered(ground[y : y + height, x : x + width], number))
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return partial.rename(path)


def _numbered(ground: np.ndarray, number: int) -> np.ndarray:
    picture = np.ascontiguousarray(ground)
    for bit in range(N_BITS):
        picture[20 : 20 + CELL, 20 + bit * CELL : 20 + (bit + 1) * CELL] = 235 if number >> bit & 1 else 16
    return picture
