"""The comments of the open project as views want them: by time, counted, and the one that is looked at now."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.values import Comment, CommentId, CommentKey
from core.data.dataset import VideoId

from .turns import IntArray


@dataclass(frozen=True, eq=False)
class Thread:
    """The comments on one video in the order of time: keys, values, and (n,) int64 first frames and frames after."""

    keys: tuple[CommentKey, ...]
    comments: tuple[Comment, ...]
    starts: IntArray
    stops: IntArray

    @property
    def n_open(self) -> int:
        """How many are not settled."""
        return sum(not comment.resolved for comment in self.comments)


class Comments(QObject):
    """What people wrote at places of the videos. `current` is the one that is looked at: never undone, never stored."""

    changed = Signal()
    currentChanged = Signal()
    goAsked = Signal(object)  # CommentKey: open its video at its first frame
    writeAsked = Signal(int, int)  # a new one at these frames of the current video
    editAsked = Signal(object)  # CommentKey

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.current: CommentKey | None = None
        self.drafts: dict[CommentKey | VideoId, str] = {}
        """What was typed into an editor that was left, for a comment or for a new one on a video."""
        self._document: Document | None = None
        self._threads: dict[VideoId, tuple[Mapping[CommentId, Comment], Thread]] = {}

    def set_document(self, document: Document | None) -> None:
        """Another project, or none."""
        self._document = document
        self.drafts.clear()
        self._threads.clear()
        self.current = None
        self.changed.emit()
        self.currentChanged.emit()

    def on_changes(self, changes: Changes) -> None:
        """The document changed; a comment that is gone is looked at no longer, and its draft is no other one's."""
        if not changes.what & What.COMMENTS:
            return
        for key in list(self.drafts):
            if isinstance(key, CommentKey) and self.comment(key) is None:
                del self.drafts[key]
        if self.current is not None and self.comment(self.current) is None:
            self.select(None)
        self.changed.emit()

    # --- reading -----------------------------------------------------------------------------------

    @property
    def any(self) -> bool:
        """Whether the project has comments."""
        return self._document is not None and bool(self._document.comments)

    def on(self, video: VideoId) -> Thread:
        """The comments on a video, sorted once for as long as they are the same."""
        values: Mapping[CommentId, Comment] = {} if self._document is None else self._document.comments_on(video)
        known = self._threads.get(video)
        if known is None or known[0] is not values:
            known = self._threads[video] = (values, _thread(video, values))
        return known[1]

    def n_open(self, video: VideoId) -> int:
        """How many comments on a video are not settled."""
        return self.on(video).n_open if self._document is not None and video in self._document.comments else 0

    @property
    def all_open(self) -> int:
        """How many of the project are not settled."""
        return sum(map(self.n_open, self._document.comments)) if self._document is not None else 0

    def comment(self, key: CommentKey) -> Comment | None:
        """A comment, or None where it is gone."""
        return self._document.comments_on(key.video).get(key.id) if self._document is not None else None

    def at(self, video: VideoId, frame: int) -> CommentKey | None:
        """The comment that a command means at a frame: the current one where it lies there, else the nearest before."""
        now = self.current
        comment = self.comment(now) if now is not None and now.video == video else None
        if comment is not None and comment.start <= frame < comment.stop:
            return now
        thread = self.on(video)
        there = np.flatnonzero((thread.starts <= frame) & (frame < thread.stops))
        return thread.keys[int(there[-1])] if len(there) else None

    # --- going -------------------------------------------------------------------------------------

    def select(self, key: CommentKey | None) -> None:
        """Look at a comment, where it stands."""
        if key != self.current:
            self.current = key
            self.currentChanged.emit()

    def go(self, key: CommentKey) -> None:
        """Look at a comment and open its video there."""
        if self.comment(key) is not None:
            self.select(key)
            self.goAsked.emit(key)

    def step(self, direction: int, video: VideoId | None, frame: int) -> CommentKey | None:
        """Go to the open comment after (+1) or before (-1) a frame of a video, the first one after the last.

        Videos follow one another as in the dataset. Where several stand at one frame, the current one is the place.
        """
        if self._document is None:
            return None
        places = {each: place for place, each in enumerate(self._document.videos)}
        ranks, keys = [], []
        for each in self._document.videos:
            thread = self.on(each) if each in self._document.comments else None
            for key, comment in zip(thread.keys, thread.comments, strict=True) if thread else ():
                if not comment.resolved:
                    ranks.append((places[each], comment.start, int(key.id)))
                    keys.append(key)
        if not keys:
            return None
        here = self._rank(places, video, frame, direction)
        place = bisect_right(ranks, here) if direction > 0 else bisect_left(ranks, here) - 1
        self.go(keys[place % len(keys)])
        return self.current

    def _rank(
        self, places: Mapping[VideoId, int], video: VideoId | None, frame: int, direction: int
    ) -> tuple[float, float, float]:
        now = self.current
        comment = self.comment(now) if now is not None and now.video == video else None
        if now is not None and comment is not None and comment.start <= frame < comment.stop:
            return places[now.video], comment.start, int(now.id)
        place = places[video] if video is not None else -1
        return place, frame, np.inf if direction > 0 else -np.inf


def _thread(video: VideoId, values: Mapping[CommentId, Comment]) -> Thread:
    pairs = sorted(values.items(), key=lambda pair: (pair[1].start, int(pair[0])))
    comments = tuple(comment for _, comment in pairs)
    starts = np.array([comment.start for comment in comments], np.int64)
    stops = np.array([comment.stop for comment in comments], np.int64)
    return Thread(tuple(CommentKey(video, number) for number, _ in pairs), comments, starts, stops)
