"""The edits that the timeline asks the session for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.annotation import commands
from core.annotation.edit import Edit
from core.errors import EditError

from ...models.key_hints import no_boundary
from .gestures import BoundaryDrag

if TYPE_CHECKING:
    from ...session import Session

GROUP_S = 1.0
"""Nudges of one boundary closer than this are one undo step."""


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
    """Small moves of the selected boundary; those within a second of one another are one undo step."""

    def __init__(self, session: Session, keys: Callable[[], Mapping[str, str]]) -> None:
        self._session, self._keys = session, keys
        self._last: tuple[float, object, int] = (0.0, None, 0)  # when, video and frame where it stood then, group

    def nudge(self, delta: int) -> None:
        """Move the selected boundary, or one that the playhead stands at, by some frames."""
        session, track = self._session, self._session.base()
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
        now = time.monotonic()
        when, where, group = self._last
        video = session.current_video
        if where != (video, at_rest.origin) or now - when > GROUP_S:
            group = max(group + 1, time.time_ns() // 1_000_000)  # never the one before, however quick the keys are
        self._last = (now, (video, frame), group)
        if move_boundary(session, boundary, frame, self, group=group):
            session.chosen.select_boundary(boundary)
            session.playback.seek(frame)
