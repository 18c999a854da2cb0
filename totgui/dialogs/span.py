"""A field near the playhead that takes first and last frame of a segment, or its times: Enter moves both ends."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from core.annotation.segmentation import Segmentation
from core.data.timebase import Timebase
from core.errors import EditError

from ..models.review_words import time_of
from .field_popup import FieldPopup
from .go_to import place_of, seconds_of

EXAMPLES = "120 to 179, or 0:04 to 0:06"
_BETWEEN = re.compile(r"\s*(?:to|\u2013|\u2014|-|\.\.)\s*|\s+", re.IGNORECASE)


def span_of(text: str, timebase: Timebase) -> tuple[int, int] | None:
    """Frames ``[start, stop)`` that a text means: first and last frame, or the times at which it begins and ends.

    None where it is neither.

    >>> from fractions import Fraction
    >>> clock = Timebase(300, Fraction(25))
    >>> span_of("12 to 20", clock), span_of("0:01 - 0:02", clock), span_of("12", clock)
    ((12, 21), (25, 50), None)
    """
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2:
        return None
    first, last = (place_of(part, timebase) for part in parts)
    if first is None or last is None:
        return None
    if ":" not in parts[1]:
        return first, last + 1
    seconds, end = seconds_of(parts[1]), timebase.seconds(timebase.n_frames)
    return first, timebase.n_frames if seconds is not None and end is not None and seconds >= end else last


class SpanPopup(FieldPopup):
    """Calls `then` once with the frames ``[start, stop)`` that were typed, if the segment can lie there."""

    def __init__(
        self,
        track: Segmentation,
        index: int,
        name: str,
        timebase: Timebase,
        then: Callable[[int, int], object],
        parent: QWidget,
    ) -> None:
        self._track, self._index, self._timebase, self._then = track, index, timebase, then
        super().__init__(
            f"First and last frame of {name}", "First and last frame", parent, example=EXAMPLES, longest=60
        )
        start, stop, _ = track[index]
        self.field.setText(f"{start} to {stop - 1}")
        self.field.selectAll()

    def said_of(self, text: str) -> str:
        """Where the segment would lie, or why it cannot."""
        span = span_of(text, self._timebase)
        if span is None:
            return f"Type {EXAMPLES}."
        if problem := self._problem(span):
            return problem
        start, stop = span
        begin, end = time_of(self._timebase, start), time_of(self._timebase, stop)
        times = f", {begin} to {end}" if begin and end else ""
        length = stop - start
        return f"Frames {start:,} to {stop - 1:,}{times}: {length:,} frame{'' if length == 1 else 's'}"

    def take(self, text: str) -> None:
        """Move both ends where the text says, if they can."""
        span = span_of(text, self._timebase)
        if span is not None and not self._problem(span):
            then, is_new = self._then, span != tuple(self._track[self._index])[:2]
            self.close()
            if is_new:
                then(*span)

    def _problem(self, span: tuple[int, int]) -> str:
        """Why the segment cannot be these frames; empty where it can."""
        try:
            self._track.spanning(self._index, *span)
        except EditError as problem:
            return str(problem)
        return ""
