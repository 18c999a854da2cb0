"""Decoded frames of which nothing is lost: a decoder fills a damaged place with what it showed before, unasked."""

from __future__ import annotations

from collections.abc import Iterator

import av
from av.video.frame import PictureType


def whole_frames(following: Iterator[av.Packet[av.VideoStream]], *, strict: bool) -> Iterator[av.VideoFrame]:
    """Frames of these packets; behind a packet that does not decode, none before the next intra picture.

    What comes between refers to the picture that is lost, and a decoder fills it with an older one. `strict`: so it
    does behind a picture of which a part is lost, as the decoder or the container (a gap in MPEG-TS) says.
    """
    is_torn = False
    gap = _Gap()
    for packet in following:
        if strict:
            gap.meet(packet)
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            is_torn = True
            continue
        for frame in frames:
            if gap.takes(frame.pts):
                continue
            is_torn = (strict and frame.is_corrupt) or (is_torn and (frame.is_corrupt or not is_intra(frame)))
            if not is_torn:
                yield frame


class _Gap:
    """Which pictures are suspect because the container lost a piece: in the order of decoding all from there to the
    next key frame, and those behind that one that are shown before it.

    The parser of MPEG-TS marks a packet up to two before the piece that is lost: a key frame so near ends nothing.
    """

    SLACK = 3

    def __init__(self) -> None:
        self._is_open = False
        self._since = 0
        self._until: int | None = None  # what is shown before this time may refer to the other side of the gap
        self._suspect: set[int] = set()

    def meet(self, packet: av.Packet[av.VideoStream]) -> None:
        """The next packet in the order of decoding."""
        self._since += 1
        if packet.is_keyframe and self._since >= self.SLACK:
            self._until = packet.pts if self._is_open else None
            self._is_open = False
        if packet.is_corrupt:
            self._is_open, self._since = True, 0
        leads = self._until is not None and packet.pts is not None and packet.pts < self._until
        if packet.pts is not None and (self._is_open or leads):
            self._suspect.add(packet.pts)

    def takes(self, pts: int | None) -> bool:
        """Whether the frame of this time is suspect; asked once."""
        if pts not in self._suspect:
            return False
        self._suspect.discard(pts)
        return True


def is_intra(frame: av.VideoFrame) -> bool:
    """Whether a frame refers to no other."""
    return bool(frame.key_frame or frame.pict_type == PictureType.I)
