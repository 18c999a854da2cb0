"""The comments of a project as plain values, for the verb that prints them and for the report."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from .annotation.comment_commands import place_text
from .annotation.document import Document
from .annotation.values import Comment
from .data.dataset import Video, VideoId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Counted from here, as `fromtimestamp` ends at the year 3001 on Windows."""


def list_comments(
    document: Document, *, videos: Collection[VideoId] | None = None, resolved: bool = False
) -> list[dict[str, Any]]:
    """The comments in the order of the videos and of time; those that are settled only if `resolved`."""
    found = []
    for video in document.videos.values():
        if videos is not None and video.id not in videos:
            continue
        comments = sorted(document.comments_on(video.id).items(), key=lambda pair: (pair[1].start, int(pair[0])))
        found += [_plain(video, comment) for _, comment in comments if resolved or not comment.resolved]
    return found


def _plain(video: Video, comment: Comment) -> dict[str, Any]:
    """A comment as plain values; frames count from 0, ``[start, stop)``."""
    seconds = [video.timebase.seconds(frame) for frame in (comment.start, comment.stop)]
    return {
        "video": video.name,
        "start": comment.start,
        "stop": comment.stop,
        "start_s": None if seconds[0] is None else round(float(seconds[0]), 3),
        "stop_s": None if seconds[1] is None else round(float(seconds[1]), 3),
        "at": place_text(video, comment.start),
        "text": comment.text,
        "author": comment.author,
        "written": written_text(comment),
        "resolved": comment.resolved,
    }


def written_text(comment: Comment) -> str:
    """When it was written (ISO 8601, UTC); empty where that is not known."""
    return (_EPOCH + timedelta(seconds=comment.written)).isoformat() if comment.written else ""
