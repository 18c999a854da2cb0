"""A field near the playhead that takes a frame or a time: Enter goes there, Esc gives up, video plays on meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.data.timebase import Timebase

from ..models.review_words import time_of
from .field_popup import FieldPopup

EXAMPLES = "1423 or 0:47.43"


def place_of(text: str, timebase: Timebase) -> int | None:
    """The frame that a text means: a number (``1,423``) or a time (``0:47.43``), clipped to the video.

    None where it is neither; without a rate a time means nothing.
    """
    if ":" in text:
        seconds = seconds_of(text)
        if seconds is None or timebase.seconds(0) is None:
            return None
        frame = timebase.frame_at(max(0.0, seconds))
    else:
        try:
            frame = int(text.replace(",", "").strip())
        except ValueError:
            return None
    return min(max(0, frame), timebase.n_frames - 1)


def seconds_of(text: str) -> float | None:
    """The seconds that a time with colons means; None where it means none.

    >>> seconds_of("1:02.5"), seconds_of("1:x")
    (62.5, None)
    """
    seconds = 0.0
    try:
        for part in text.split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


class GoTo(FieldPopup):
    """Calls `then` once with the frame that was typed; never after Esc. What is typed is answered at once below."""

    def __init__(self, timebase: Timebase, now: int, then: Callable[[int], object], parent: QWidget) -> None:
        self._timebase, self._now, self._then = timebase, now, then
        super().__init__("Go to frame or time", "Frame or time", parent, example=EXAMPLES, longest=40)

    def said_of(self, text: str) -> str:
        """Which place it would be, or what can be typed."""
        frame = place_of(text, self._timebase) if text.strip() else self._now
        if frame is None:
            untimed = ":" in text and self._timebase.seconds(0) is None
            return "No rate is known: type a frame." if untimed else f"Type {EXAMPLES}."
        where = f"Frame {frame:,} (last: {self._timebase.n_frames - 1:,})"
        time = time_of(self._timebase, frame)
        return f"{where}, {time}" if time else where

    def take(self, text: str) -> None:
        """Go where the text says, if it says where."""
        frame = place_of(text, self._timebase)
        if frame is not None:
            then = self._then
            self.close()
            then(frame)
