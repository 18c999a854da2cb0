"""What is said of a comment: where it stands, who wrote it when, and its text where there is little room."""

from __future__ import annotations

from datetime import datetime

from core.annotation.values import Comment
from core.data.dataset import Video

from .review_words import time_of, time_text
from .widgets import short

TIP_LETTERS, TIP_LINES = 600, 12
"""A tooltip shows this much of a comment; the panel has all of it."""
READ_ONLY = "The project is open for reading: comments can be read, not written. Save a copy to edit them."


def place_of(video: Video, start: int, stop: int) -> str:
    """Frames ``[start, stop)`` as a person reads them, with their time where one is known."""
    one = stop == start + 1
    frames = f"frame {start:,}" if one else f"frames {start:,} to {stop - 1:,}"
    begin, end = time_of(video.timebase, start), time_of(video.timebase, stop)
    if not begin:
        return frames
    return f"{begin}, {frames}" if one else f"{begin} to {end}, {frames}"


def said_by(comment: Comment) -> str:
    """Who wrote a comment and when, as far as that is known; empty where neither is."""
    when = ""
    if comment.written:
        try:
            when = f"{datetime.fromtimestamp(comment.written):%Y-%m-%d %H:%M}"
        except (OverflowError, OSError, ValueError):
            when = ""
    return ", ".join(part for part in (comment.author, when) if part)


def head_of(video: Video, comment: Comment) -> str:
    """Everything about a comment but its text, on one line."""
    state = "resolved" if comment.resolved else ""
    parts = (said_by(comment), place_of(video, comment.start, comment.stop), state)
    return " · ".join(part for part in parts if part)


def tip_of(video: Video, comment: Comment) -> str:
    """What the pointer reads at a comment, as plain text."""
    lines = comment.text.split("\n")
    text = "\n".join(lines[:TIP_LINES])
    if len(text) > TIP_LETTERS or len(lines) > TIP_LINES:
        text = text[:TIP_LETTERS].rstrip() + " …"
    return f"{text}\n{head_of(video, comment)}"


def row_text(comment: Comment) -> str:
    """The text on one line, for a list."""
    return short(comment.text, 300)


def when_text(video: Video, comment: Comment) -> str:
    """Where it begins, for a narrow column."""
    return time_text(video, comment.start)
