"""The edits that the timeline asks the session for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.annotation import commands
from core.annotation.edit import Edit
from core.annotation.segmentation import Segmentation
from core.errors import EditError

from ...models.key_hints import no_boundary
from .gestures import BoundaryDrag, block

if TYPE_CHECKING:
    from ...session import Session

GROUP_S = 1.0
"""Nudges of one thing closer than this are one undo step."""


def move_boundary(
    session: Session, boundary: int, frame: int, initiator: object = None, *, group: int | None = None
) -> bool:
    """A boundary of Corrected goes to a frame; one edit."""

    def make() -> Edit:
        if session.document is None or session.current_video is None:
            raise EditError("No video is open.")
        run = session.current_run
        return commands.move_boundary(session.document, session.current_video, boundary, frame, run=run, group=group)

    return session.do(make, initiator)


def slide(
    session: Session, first: int, last: int, by: int, initiator: object = None, *, group: int | None = None
) -> bool:
    """Segments of Corrected lie so many frames later, all together; one edit, after which they are selected."""

    def make() -> Edit:
        if session.document is None or session.current_video is None:
            raise EditError("No video is open.")
        run = session.current_run
        return commands.slide(session.document, session.current_video, first, last, by, run=run, group=group)

    done = session.do(make, initiator)
    if done:
        session.select_segments(range(first, last + 1))
    return done


def swallow(session: Session, boundary: int, frame: int, initiator: object = None) -> bool:
    """A boundary goes to a frame over whole segments; one edit, after which it is selected where it still is one."""

    def make() -> Edit:
        if session.document is None or session.current_video is None:
            raise EditError("No video is open.")
        return commands.swallow(session.document, session.current_video, boundary, frame, run=session.current_run)

    done = session.do(make, initiator)
    track = session.base()
    if done and track is not None:
        at = track.index_at(min(frame, track.n_frames - 1))
        session.chosen.select_boundary(at - 1 if at and int(track.starts[at]) == frame else None)
    return done


class Nudges:
    """Small moves of what is selected; those within a second of one another are one undo step."""

    def __init__(self, session: Session, keys: Callable[[], Mapping[str, str]]) -> None:
        self._session, self._keys = session, keys
        self._last: tuple[float, object, int] = (0.0, None, 0)  # when, what and where it stood then, group

    def nudge(self, delta: int) -> None:
        """Move the selected boundary, one that the playhead stands at, or the selected segments, by some frames."""
        session, track = self._session, self._session.base()
        if track is not None and session.selection:
            self._nudge_segments(track, delta)
            return
        boundary = session.chosen.boundary
        if track is not None and boundary is None and session.chosen.is_empty:
            at = track.index_at(min(max(0, session.playback.frame), track.n_frames - 1))
            boundary = at - 1 if at and int(track.starts[at]) == session.playback.frame else None
        if track is None or boundary is None:
            session.message.emit(no_boundary(self._keys()), "info")
            return
        at_rest = BoundaryDrag.begin(track, boundary)
        frame = min(max(at_rest.low, at_rest.origin + delta), at_rest.high)
        if frame == at_rest.origin:
            return
        group = self._group("boundary", at_rest.origin, frame)
        if move_boundary(session, boundary, frame, self, group=group):
            session.chosen.select_boundary(boundary)
            session.playback.seek(frame)

    def _nudge_segments(self, track: Segmentation, delta: int) -> None:
        """Move the selected segments where they lie side by side and their neighbours can make room."""
        session = self._session
        first, last = block(session.selection, min(session.selection))
        if last != max(session.selection):
            session.message.emit("Only segments that lie side by side can be moved together.", "info")
            return
        try:
            low, high = track.room(first, last)
        except EditError as problem:
            session.message.emit(str(problem), "info")
            return
        by, start = min(max(low, delta), high), int(track.starts[first])
        if by and slide(session, first, last, by, self, group=self._group("segments", start, start + by)):
            session.playback.seek(start + by)

    def _group(self, what: str, before: int, after: int) -> int:
        """The number of the undo step that a move of something from a frame to another belongs to."""
        now, video = time.monotonic(), self._session.current_video
        when, where, group = self._last
        if where != (video, what, before) or now - when > GROUP_S:
            group = max(group + 1, time.time_ns() // 1_000_000)  # never the one before, however quick the keys are
        self._last = (now, (video, what, after), group)
        return group
