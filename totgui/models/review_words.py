"""Why a place is doubted, in words; times and lengths of a video as a person reads them."""

from __future__ import annotations

from core.data.dataset import Video
from core.data.timebase import Timebase
from core.review.place import Kind, Reason

from ..session import Session
from .widgets import clock_text

SHORT = {
    Kind.UNLABELLED: "unlabelled",
    Kind.SECOND_REVIEWER: "reviewers differ",
    Kind.RUNS: "runs differ",
    Kind.MARGIN: "low confidence",
    Kind.LENGTH: "odd length",
    Kind.ORDER: "odd order",
    Kind.FRAMES: "odd look",
    Kind.LOOK: "looks like another",
    Kind.BOUNDARY: "near a boundary",
}
"""The kind of a reason where there is little room."""


def short_text(session: Session, reason: Reason) -> str:
    """A reason in the two or three words of a column; the other action by its name where that is the whole point."""
    other = reason.other
    if reason.kind is Kind.LOOK and reason.found > 0.5 and other is not None and other != reason.label:
        return f"looks like {session.action_name(other)}"
    return SHORT[reason.kind]


def reason_text(session: Session, video: Video, reason: Reason) -> str:
    """One reason as a person would say it."""
    name = session.action_name(reason.label)
    kind = reason.kind
    if kind is Kind.UNLABELLED:
        return "unlabelled"
    if kind is Kind.RUNS:
        if reason.usual == 1:
            return "the other run disagrees"
        return f"{reason.found:.0f} of {reason.usual:.0f} other runs disagree{'s' if reason.found == 1 else ''}"
    if kind is Kind.SECOND_REVIEWER:
        return f"{session.reviewing.second_name} says otherwise"
    if kind is Kind.LENGTH:
        return f"{name} lasts {length_text(video, reason.found)}, usually {length_text(video, reason.usual)}"
    if kind is Kind.ORDER:
        before = session.action_name(reason.before if reason.before is not None else reason.label)
        return f"{name} after {before}: {reason.found:.0f} of {reason.usual:.0f} times"
    if kind is Kind.FRAMES:
        return f"looks unlike other {name}"
    if kind is Kind.LOOK:
        return _look_text(session, reason)
    return "low confidence" if kind is Kind.MARGIN else "close to a boundary"


def _look_text(session: Session, reason: Reason) -> str:
    """Which action the frames look like elsewhere; where most still look like their label, only that they do less."""
    name = session.action_name(reason.label)
    if reason.found <= 0.5 or reason.other is None or reason.other == reason.label:
        return f"looks less like {name} than most"
    return f"looks like {session.action_name(reason.other)} in the other videos"


def length_text(video: Video, frames: float) -> str:
    """A number of frames as seconds, or as frames where no rate is known."""
    rate = video.timebase.rate
    return f"{frames:.0f} frames" if rate is None else f"{frames / float(rate):.1f} s"


def time_text(video: Video, frame: int) -> str:
    """A frame as minutes and seconds, or as its number where no rate is known."""
    return time_of(video.timebase, frame) or f"{frame:,}"


def time_of(timebase: Timebase, frame: int) -> str:
    """The start of a frame as minutes and seconds; empty where no rate is known."""
    seconds = timebase.seconds(frame)
    return "" if seconds is None else clock_text(seconds)
