"""One picture of a video by its number, exact: found by its presentation time, never by number / rate."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import av
import av.container
import numpy as np
from numpy.typing import NDArray

from ..data.timebase import MediaInfo
from ..errors import MediaError
from .index import load_index, open_container

FORWARD_PICTURES = 8
"""Decoding so many pictures onwards is cheaper than any seek."""


class FrameReader:
    """Random access to the pictures of one video file; one container handle, for one thread.

    Args:
        path: absolute path of a regular file.
        info: what `probe` told; None looks it up.
    Raises:
        MediaError: the file cannot be opened.
    """

    def __init__(self, path: Path, info: MediaInfo | None = None) -> None:
        index = load_index(path)
        self.info = index.info if info is None else info
        self._path = path
        self._pts = [int(p) for p in self.info.pts]
        self._key_pts = [int(p) for p in index.key_pts]
        self._key_dts = [int(p) for p in index.key_dts]
        self._container: av.container.InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._last: av.VideoFrame | None = None

    @property
    def n_pictures(self) -> int:
        """Pictures in the index."""
        return len(self._pts)

    def read(self, picture: int) -> NDArray[np.uint8]:
        """The picture as (H, W, 3) uint8 RGB, upright.

        Raises:
            MediaError: there is no such picture, or it cannot be decoded (a damaged place).
        """
        frame = self._decoded_frame(picture)
        upright = np.rot90(frame.to_ndarray(format="rgb24"), self.info.rotation // 90)
        return np.ascontiguousarray(upright)

    def read_frame(self, picture: int) -> av.VideoFrame:
        """A copy of a picture for an encoder: yuv420p of even size, upright, with the colours of the file.

        Raises:
            MediaError: as `read`.
        """
        frame = self._decoded_frame(picture)
        if self.info.rotation or frame.width % 2 or frame.height % 2:
            upright = np.rot90(frame.to_ndarray(format="rgb24"), self.info.rotation // 90)
            even = upright[: upright.shape[0] // 2 * 2, : upright.shape[1] // 2 * 2]
            rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(even, np.uint8), format="rgb24")
            made = rgb.reformat(format="yuv420p", dst_colorspace="ITU709")
            made.colorspace, made.color_range = 1, 1  # BT.709, limited
            return made
        made = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
        made.colorspace, made.color_primaries, made.color_trc = frame.colorspace, frame.color_primaries, frame.color_trc
        made.color_range = frame.color_range if frame.format.name == "yuv420p" else 1
        return made

    def close(self) -> None:
        """Gives the file back; a later `read` opens it again."""
        self._frames, self._last = iter(()), None
        if self._container is not None:
            self._container.close()
            self._container = None

    def __enter__(self) -> FrameReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _decoded_frame(self, picture: int) -> av.VideoFrame:
        """The decoded picture, as the file has it; it stays the reader's own."""
        if not 0 <= picture < len(self._pts):
            raise MediaError(f"{self._path}: picture {picture} was asked for; there are {len(self._pts)}.")
        frame = self._find(picture)
        if frame is None:
            raise MediaError(f"{self._path}: picture {picture} cannot be decoded; the file is damaged there.")
        return frame

    def _find(self, picture: int) -> av.VideoFrame | None:
        wanted = self._pts[picture]
        if self._last is not None and self._last.pts == wanted:
            return self._last
        if self._is_ahead(picture):
            frame = self._decode_until(wanted)
            if frame is not None:
                return frame
        for target in self._targets(wanted):
            if not self._seek(target):
                continue
            frame = self._decode_until(wanted)
            if frame is not None:
                return frame
        self.close()
        self._start()  # last resort: from the beginning of the file
        return self._decode_until(wanted)

    def _is_ahead(self, picture: int) -> bool:
        """True where decoding onwards reaches the picture sooner than a seek would."""
        if self._last is None or self._last.pts is None or self._last.pts >= self._pts[picture]:
            return False
        now = bisect_right(self._pts, self._last.pts) - 1
        key = bisect_right(self._key_pts, self._pts[picture]) - 1
        return picture - now <= FORWARD_PICTURES or key < 0 or self._key_pts[key] <= self._last.pts

    def _targets(self, wanted: int) -> list[int]:
        """Times to seek to, one after the other: the picture's own, then the dts of earlier key frames."""
        key = bisect_right(self._key_pts, wanted) - 1
        return [wanted, *(self._key_dts[k] for k in range(key, max(-1, key - 3), -1))]

    def _start(self) -> av.container.InputContainer:
        if self._container is None:
            self._container = open_container(self._path)
            self._container.streams.video[0].thread_type = "AUTO"
        self._frames = self._decoded(self._container)
        self._last = None
        return self._container

    def _seek(self, target: int) -> bool:
        container = self._container or self._start()
        try:
            container.seek(target, stream=container.streams.video[0], backward=True, any_frame=False)
        except av.error.FFmpegError:
            return False
        self._start()
        return True

    def _decode_until(self, wanted: int) -> av.VideoFrame | None:
        """The frame at this time, or None when the decoder is past it or at its end."""
        for frame in self._frames:
            self._last = frame
            if frame.pts == wanted:
                return frame
            if frame.pts is not None and frame.pts > wanted:
                return None
        self._last = None
        return None

    @staticmethod
    def _decoded(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
        """Frames from the place that was sought; a packet that does not decode is passed over."""
        packets = container.demux(container.streams.video[0])
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                return
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            yield from (frame for frame in frames if isinstance(frame, av.VideoFrame))
