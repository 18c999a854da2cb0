"""Decoded frames that are kept for the next request: those nearest to the picture that was asked for last."""

from __future__ import annotations

import av

BEHIND = 4
"""A kept frame behind the direction of play counts as so many times farther away than one ahead."""


class KeptFrames:
    """Frames by the number of their picture, at most `n_bytes` of them and at least one.

    `focus` is the picture that was asked for last, `direction` that of play: -1, 1, or 0 for both.
    """

    def __init__(self, n_bytes: int) -> None:
        self.focus, self.direction = 0, 0
        self._frames: dict[int, av.VideoFrame] = {}
        self._bytes = 0
        self._most = n_bytes

    def __contains__(self, picture: int) -> bool:
        return picture in self._frames

    def get(self, picture: int) -> av.VideoFrame | None:
        """The frame of a picture, or None."""
        return self._frames.get(picture)

    @property
    def room(self) -> int:
        """How many frames can be kept, as far as is known: at least 1."""
        if not self._frames:
            return 1
        return max(1, self._most * len(self._frames) // max(1, self._bytes))

    def keep(self, picture: int, frame: av.VideoFrame) -> None:
        """Keep a frame that was decoded; the one at the far end goes where there is no room."""
        if picture not in self._frames:
            self._frames[picture] = frame
            self._bytes += _size(frame)
        while self._bytes > self._most and len(self._frames) > 1:
            ends = min(self._frames), max(self._frames)
            others = [end for end in ends if end != picture]  # the one decoded last can be shown on the way
            self._bytes -= _size(self._frames.pop(max(others, key=self._distance)))

    def clear(self) -> None:
        """Give every frame back."""
        self._frames.clear()
        self._bytes = 0

    def _distance(self, picture: int) -> int:
        """How far a picture lies from the one asked for last; what lies behind the direction of play is farther."""
        away = picture - self.focus
        return abs(away) * (BEHIND if away * self.direction < 0 else 1)


def _size(frame: av.VideoFrame) -> int:
    """Bytes of a frame's pixels."""
    return sum(plane.buffer_size for plane in frame.planes)
