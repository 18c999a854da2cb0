"""How loud a video is: the lowest and the highest sample of each small part of a picture's time, at any zoom."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FULL = 32_768
"""The loudest that a sample can be: 0 dB."""
NO_LOW, NO_HIGH = 32_767, -32_768
"""Lowest and highest of no sample at all: whatever is put together with them stays as it is."""
FINE = 16
"""A stretch is put together from at least so many parts: it takes at most a 16th of its length of each neighbour in."""

Shorts = NDArray[np.int16]


class Loudness(NamedTuple):
    """(n,) int16 lowest and highest sample and (n,) float32 RMS of n stretches; `NO_LOW` and `NO_HIGH` of nothing."""

    low: Shorts
    high: Shorts
    rms: NDArray[np.float32]

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """(n,) bool: whether the stretch holds any sample."""
        return np.asarray(self.low <= self.high)

    @property
    def peak(self) -> NDArray[np.int32]:
        """(n,) int32: the largest sample without its sign, 0 to `FULL`; 0 of nothing."""
        return np.where(self.is_there, np.maximum(self.high.astype(np.int32), -self.low.astype(np.int32)), 0)


class Waveform:
    """The sound of a video, read once; places are pictures, so that 2.5 is the middle of the third one's time.

    Args:
        per_picture: parts that the time of each picture is divided into; at least one picture.
        low: (pictures * per_picture,) int16 lowest sample of each part.   high: the highest.   rms: (same,) uint16.
    """

    def __init__(self, per_picture: int, low: Shorts, high: Shorts, rms: NDArray[np.uint16]) -> None:
        self.per_picture = per_picture
        self.low, self.high, self.rms = low, high, rms
        self._levels = [_closed(low, high, rms)]
        while len(low) > 1:
            low, high, rms = _halved(low, high, rms)
            self._levels.append(_closed(low, high, rms))
        whole = Loudness(low, high, rms.astype(np.float32))
        self.top = int(whole.peak[0])
        """The loudest sample of the video, 0 to `FULL`."""
        self.is_empty = not whole.is_there[0]
        """Whether no sample belongs to any picture."""

    @property
    def n_pictures(self) -> int:
        return len(self.low) // self.per_picture

    def between(self, edges: NDArray[np.floating[Any]]) -> Loudness:
        """How loud each stretch from one edge to the next is.

        Args:
            edges: (n + 1,) rising places in pictures; outside the video there is nothing.
        """
        places = np.asarray(edges, np.float64) * self.per_picture
        parts = float(np.diff(places).min())
        number = min(max(0, int(math.log2(max(1.0, parts / FINE)))), len(self._levels) - 1)
        low, high, rms = self._levels[number]
        n, scaled = len(low) - 1, places / 2**number
        first = np.clip(np.floor(scaled[:-1] + 1e-6), 0, n - 1).astype(np.int64)
        stop = np.clip(np.ceil(scaled[1:] - 1e-6), first + 1, n).astype(np.int64)
        seen = slice(int(first.min()), int(stop.max()) + 1)  # one more: reduceat wants a place for every end
        pairs = np.stack([first, stop], axis=1).ravel() - seen.start
        squares = np.add.reduceat(np.square(rms[seen], dtype=np.float64), pairs)[::2]
        held = np.add.reduceat((low[seen] <= high[seen]).astype(np.int64), pairs)[::2]
        outside = (scaled[1:] <= 0) | (scaled[:-1] >= n)
        return Loudness(
            np.where(outside, np.int16(NO_LOW), np.minimum.reduceat(low[seen], pairs)[::2]),
            np.where(outside, np.int16(NO_HIGH), np.maximum.reduceat(high[seen], pairs)[::2]),
            np.where(outside, 0.0, np.sqrt(squares / np.maximum(1, held))).astype(np.float32),
        )


class Stage(Enum):
    """How far the sound of a video is known."""

    UNKNOWN = "unknown"
    NONE = "none"
    UNREAD = "unread"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, eq=False)
class Heard:
    """The sound of the video that is shown, as far as it is known: `share` of it is read; `reason` why it cannot be.

    `is_slow`: reading takes so long that it is worth a word. `onsets` (n,) are the pictures at which a calm ends.
    """

    stage: Stage = Stage.UNKNOWN
    waveform: Waveform | None = None
    share: float = 0.0
    reason: str = ""
    is_slow: bool = False
    onsets: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


def decibels(value: float) -> float | None:
    """A sample or an RMS in dB below the loudest that a file can hold; None for silence.

    >>> decibels(32768), round(decibels(328)), decibels(0)
    (0.0, -40, None)
    """
    return 20 * math.log10(value / FULL) if value > 0 else None


Level = tuple[Shorts, Shorts, NDArray[np.uint16]]


def _halved(low: Shorts, high: Shorts, rms: NDArray[np.uint16]) -> Level:
    """Each two neighbours as one."""
    if len(low) % 2:
        low, high, rms = _closed(low, high, rms)
    held = low <= high
    squares = np.square(rms, dtype=np.float32)
    total = squares[0::2] + squares[1::2]
    count = held[0::2].astype(np.float32) + held[1::2]
    together = np.sqrt(total / np.maximum(1, count))
    return np.minimum(low[0::2], low[1::2]), np.maximum(high[0::2], high[1::2]), together.astype(np.uint16)


def _closed(low: Shorts, high: Shorts, rms: NDArray[np.uint16]) -> Level:
    """With nothing behind the last."""
    return (
        np.append(low, np.int16(NO_LOW)),
        np.append(high, np.int16(NO_HIGH)),
        np.append(rms, np.uint16(0)),
    )
