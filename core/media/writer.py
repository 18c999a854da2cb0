"""Pictures into an H.264 file, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from ..cache import publish
from ..errors import MediaError


def write_video(
    path: Path, pictures: Iterable[NDArray[np.uint8]], *, rate: Fraction, preset: str = "veryfast", crf: int = 23
) -> int:
    """Number of pictures written to an mp4 file that appears under its name when it is complete.

    Args:
        pictures: (H, W, 3) uint8 RGB, all of one size, H and W even.
        rate: pictures per second.   preset, crf: speed and quality of libx264.
    Raises:
        MediaError: there is no picture, or the encoder refused one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".tot-", suffix=".mp4", dir=path.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        count = _encode(temporary, pictures, rate, {"preset": preset, "crf": str(crf)})
        if not count:
            raise MediaError(f"{path}: there is no picture to write.")
        publish(temporary, path)
    except av.error.FFmpegError as error:
        raise MediaError(f"{path}: the encoder stopped ({error}).") from error
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _encode(path: Path, pictures: Iterable[NDArray[np.uint8]], rate: Fraction, options: dict[str, str]) -> int:
    count = 0
    with av.open(str(path), mode="w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.pix_fmt = "yuv420p"
        stream.gop_size = 15
        for picture in pictures:
            if not count:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = count
            frame.time_base = 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        if count:
            container.mux(stream.encode(None))
    return count
