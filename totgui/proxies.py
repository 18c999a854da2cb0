"""Proxies of videos, made one after the other in a thread of low priority; played once they are whole."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from core.data.dataset import Video, VideoId
from core.errors import TotError
from core.events import JobCancelled, Progress, StopKind
from core.media.proxy import delete_proxy, has_room, make_proxy

from .giving_way import give_way

log = logging.getLogger(__name__)
NICENESS = 15
END_S = 3.0


@dataclass(eq=False)
class _Task:
    """One video, and what is done to its proxy."""

    video: Video
    work: Callable[[_Task], None]
    by_itself: bool = False  # nobody asked for it: no message, and never twice
    stop: threading.Event = field(default_factory=threading.Event)


class Proxies(QObject):
    """Makes and deletes proxies; `making` is the video whose proxy is made now or next.

    `smooths`: a video in which seeking is slow gets its proxy without being asked for, once it is told by `smooth`.
    """

    changed = Signal()  # another video is made, or none
    progressed = Signal(object)  # Progress
    made = Signal(object)  # VideoId: its proxy has come or gone
    message = Signal(str, str)
    _ended = Signal(object, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.progress: Progress | None = None
        self.smooths = False
        self._refused: set[VideoId] = set()  # cancelled, or failed: not made by itself again
        self._wake = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._makes: list[_Task] = []  # on the window's thread: what is made or waits, in order
        self._ended.connect(self._on_ended)
        self.progressed.connect(self._on_progress)

    @property
    def making(self) -> Video | None:
        """The video whose proxy is made now."""
        return self._makes[0].video if self._makes else None

    @property
    def waiting(self) -> int:
        """How many videos come after it."""
        return max(0, len(self._makes) - 1)

    @property
    def is_by_itself(self) -> bool:
        """Whether nobody asked for the proxy that is made now."""
        return bool(self._makes) and self._makes[0].by_itself

    def smooth(self, video: Video) -> None:
        """Seeking in this video is slow: make its proxy by itself, where that is wished for and was not refused."""
        if self.smooths and video.id not in self._refused and has_room():
            self.make(video, by_itself=True)

    def make(self, video: Video, *, by_itself: bool = False) -> None:
        """Make the proxy of a video, after those that were asked for before."""
        for task in self._makes:
            if task.video.id == video.id:
                task.by_itself = task.by_itself and by_itself
                self.changed.emit()
                return
        if video.media is None:
            return
        task = _Task(video, self._make, by_itself)
        self._makes.append(task)
        self._start(task)
        self.changed.emit()

    def delete(self, video: Video) -> None:
        """Delete the proxy of a video."""
        if video.media is not None:
            self._start(_Task(video, self._delete))

    def cancel(self, *, everything: bool = False) -> None:
        """End what is made now, or all of it; nothing of it is left."""
        for task in self._makes if everything else self._makes[:1]:
            task.stop.set()
            self._refused.add(task.video.id)
        if everything:
            self._refused.clear()

    def close(self, wait_s: float = END_S) -> None:
        """End the thread; one that hangs in a file is left behind."""
        self.cancel(everything=True)
        with self._wake:
            self._ending = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(wait_s)

    def _start(self, task: _Task) -> None:
        with self._wake:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="proxies", daemon=True)
                self._thread.start()
            self._tasks.append(task)
            self._wake.notify()

    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress

    def _on_ended(self, task: _Task, text: str, level: str) -> None:
        if task in self._makes:
            self._makes.remove(task)
        self.progress = None
        self.changed.emit()
        if text and task.by_itself:
            log.warning("%s", text)
            self._refused.add(task.video.id)
        elif text:
            self.message.emit(text, level)
        if level == "info":
            self.made.emit(VideoId(task.video.id))

    # --- in the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        give_way(NICENESS)
        while True:
            with self._wake:
                while not self._tasks and not self._ending:
                    self._wake.wait()
                if self._ending:
                    return
                task = self._tasks.popleft()
            self._run(task)

    def _run(self, task: _Task) -> None:
        text, level = "", "info"
        try:
            task.work(task)
        except JobCancelled:
            level = "cancelled"
        except Exception as error:  # the outer edge of a job
            if not isinstance(error, (TotError, OSError)):
                log.exception("%s: proxy", task.video.media)
            what = "was not made smooth" if task.work == self._make else "keeps its proxy"
            text, level = f"{task.video.name} {what}. {error}", "warning"
        if not self._ending:
            self._ended.emit(task, text, level)

    def _make(self, task: _Task) -> None:
        def should_stop() -> StopKind | None:
            return StopKind.DISCARD if task.stop.is_set() or self._ending else None

        def report(event: object) -> None:
            if not self._ending:
                self.progressed.emit(event)

        assert task.video.media is not None
        if task.stop.is_set():
            raise JobCancelled
        make_proxy(task.video.media, task.video.timebase.media, report=report, should_stop=should_stop)

    def _delete(self, task: _Task) -> None:
        assert task.video.media is not None
        delete_proxy(task.video.media, task.video.timebase.media)
