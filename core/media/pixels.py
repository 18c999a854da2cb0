"""A decoded frame as the picture that is shown: upright, square pixels, 8 bits, no transparency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc, VideoReformatter
from numpy.typing import NDArray

from ..data.timebase import MediaInfo

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_HDR = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
_UNSPECIFIED = 2
_HD_LINES = 720
"""From this height on, a video that does not name its colours means BT.709; below it, BT.601."""


@dataclass(frozen=True)
class Look:
    """How bright and how rich in contrast pictures are shown: -100 to 100 each, 0 as the file has them."""

    brightness: int = 0
    contrast: int = 0

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture with this look; itself where nothing is changed.

        >>> int(Look(brightness=50).apply(np.full((1, 1, 3), 100, np.uint8))[0, 0, 0])
        164
        """
        if not (self.brightness or self.contrast):
            return picture
        slope = 4 ** (self.contrast / 100)  # a quarter to four times the distance to grey
        table = (np.arange(256) - 127.5) * slope + 127.5 + self.brightness * 1.275
        return np.asarray(cv2.LUT(picture, np.clip(np.rint(table), 0, 255).astype(np.uint8)), np.uint8)


class Pixels:
    """Makes pictures of one video; for one thread.

    Bits beyond eight are rounded away, high dynamic range is mapped to the standard one, transparency lies on black.
    It keeps what FFmpeg prepares for a kind of conversion: for high dynamic range that takes over a second.
    """

    def __init__(self, info: MediaInfo) -> None:
        self._info = info
        self._makers: dict[tuple[str, int, int], VideoReformatter] = {}

    def make(self, frame: av.VideoFrame, *, layout: str = "rgb24", height: int | None = None) -> NDArray[np.uint8]:
        """The picture as (H, W, C) uint8, of the size that the video's info states, or smaller.

        Args:
            layout: ``rgb24`` (C = 3) or ``bgra`` (C = 4, what a screen takes; alpha 255).
            height: lines at most.
        """
        width, lines = self._info.width, self._info.height
        if height is not None and height < lines:
            width, lines = max(1, round(width * height / lines)), height
        if self._info.rotation in (90, 270):
            width, lines = lines, width
        if any(component.is_alpha for component in frame.format.components):
            picture = _on_black(self._converted(frame, "rgba", width, lines))
            if layout == "bgra":
                picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2BGRA), np.uint8)
        else:
            picture = self._converted(frame, layout, width, lines)
        if self._info.rotation in _TURNS:
            picture = np.asarray(cv2.rotate(picture, _TURNS[self._info.rotation]), np.uint8)
        return np.ascontiguousarray(picture)

    def for_encoder(self, frame: av.VideoFrame) -> av.VideoFrame:
        """A copy for an encoder: yuv420p of even size, upright, with the colours of the file."""
        if self._is_plain(frame):
            made = av.VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), format="yuv420p")
            for tag in ("colorspace", "color_primaries", "color_trc"):
                setattr(made, tag, getattr(frame, tag))
            made.color_range = frame.color_range if frame.format.name == "yuv420p" else 1
            return made
        upright = self.make(frame)
        even = upright[: upright.shape[0] // 2 * 2, : upright.shape[1] // 2 * 2]
        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
        made = rgb.reformat(format="yuv420p", dst_colorspace="ITU709")
        made.colorspace, made.color_range = 1, 1  # BT.709, limited
        return made

    def _is_plain(self, frame: av.VideoFrame) -> bool:
        """Whether an encoder can take the frame's own pixels: upright, square, of even size, opaque, standard range."""
        info = self._info
        return (
            not info.rotation
            and (frame.width, frame.height) == (info.width, info.height)
            and not (frame.width % 2 or frame.height % 2)
            and frame.color_trc not in _HDR
            and not any(component.is_alpha for component in frame.format.components)
        )

    def _converted(self, frame: av.VideoFrame, layout: str, width: int, height: int) -> NDArray[np.uint8]:
        maker = self._makers.setdefault((layout, width, height), VideoReformatter())
        smooth = "AREA" if height * 2 <= frame.height else "BILINEAR"
        made = maker.reformat(frame, width, height, layout, interpolation=smooth, **_colours(frame))
        return np.asarray(made.to_ndarray(), dtype=np.uint8)


def _colours(frame: av.VideoFrame) -> dict[str, Any]:
    """Arguments that state the colours of a frame, and those it is mapped to where it is HDR."""
    found: dict[str, Any] = {}
    if frame.colorspace == _UNSPECIFIED and frame.height >= _HD_LINES and not frame.format.is_rgb:
        found["src_colorspace"] = Colorspace.ITU709
    if frame.color_trc in _HDR:
        found["dst_color_trc"], found["dst_color_primaries"] = ColorTrc.BT709, ColorPrimaries.BT709
    return found


def _on_black(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3): the picture with its transparency laid on black."""
    alpha = rgba[..., 3:].astype(np.uint16)
    return ((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8)
