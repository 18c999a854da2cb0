"""The waveform of the video that is shown: looked for and read beside the window, and only where it is seen."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from core.data.dataset import Video
from core.data.onsets import onsets
from core.data.waveform import Heard, Stage
from core.errors import TotError
from core.events import JobCancelled, Progress, StopKind
from core.media.waveform import has_sound, load_waveform

from ..giving_way import give_way
from ..jobs.beside import END_S, LATE_S, Beside, Piece

log = logging.getLogger(__name__)
AUTO, ON, OFF = "auto", "on", "off"
"""The row of the timeline: where the video has sound, always, never."""
NICENESS = 10
PATIENCE_MS = 200
"""What is read sooner is not announced."""


@dataclass(eq=False)
class _Wish:
    """What is to be found out of a video, beside the window; `left` once nobody wants it any more."""

    video: Video
    reads: bool
    left: threading.Event
    piece: Piece | None = None


class Waveforms(QObject):
    """Follows one video; `heard` is what is known of its sound, `is_row_shown` whether the timeline has a row for it.

    With `row` AUTO a look into the file says whether there is sound at all; decoded is only what `read` asks for.
    """

    changed = Signal()
    _told = Signal(object, object)  # the wish that it is about, and a Heard

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row = AUTO
        self.snaps = False
        """Whether what is dragged in the timeline snaps to where something begins to be heard."""
        self.heard = Heard()
        self._video: Video | None = None
        self._has_sound = False  # of the video before, as long as nothing is known of this one: rows do not jump
        self._wants_reading = False
        self._wish: _Wish | None = None
        self._ending = False
        self._pool = Beside(1, "waveforms", late_s=LATE_S)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self._on_slow)
        self._told.connect(self._on_told)

    @property
    def is_row_shown(self) -> bool:
        """Whether the timeline has a row for the sound of this video."""
        return self.row == ON or (self.row == AUTO and self._has_sound)

    def set_row(self, row: str) -> None:
        """Show the row always, never, or where there is sound."""
        if row != self.row:
            self.row = row
            if row != OFF and self.heard.stage == Stage.UNKNOWN and self._video is not None:
                self._start(reads=False)
            self.changed.emit()

    def toggle_row(self) -> None:
        """Hide the row where it is shown; else show it, here and in every video."""
        self.set_row(OFF if self.is_row_shown else ON)

    def set_snaps(self, snaps: bool) -> None:
        """Let what is dragged snap to where something begins to be heard, or not; only while the row is shown."""
        if snaps != self.snaps:
            self.snaps = snaps
            self.changed.emit()

    def toggle_snaps(self) -> None:
        """The one or the other."""
        self.set_snaps(not self.snaps)

    def follow(self, video: Video | None) -> None:
        """Another video is shown, or none; what is read of the last one is given up."""
        if video is self._video:
            return
        self._leave()
        self._video, self._wants_reading = video, False
        if video is None or video.media is None or video.timebase.media is None:
            self._has_sound = False
            self._set(Heard(Stage.NONE, reason="" if video is None else f"{video.name} has no video file."))
            return
        self._set(Heard())
        if self.row != OFF:
            self._start(reads=False)

    def read(self) -> None:
        """The row is seen: read the sound, once it is known that there is any."""
        self._wants_reading = True
        if self.heard.stage == Stage.UNREAD and self._video is not None:
            self.heard = Heard(Stage.READING)
            self._start(reads=True)

    def again(self) -> None:
        """The file of the video is back: find out anew what could not be read."""
        if self.heard.stage == Stage.FAILED and self._video is not None:
            self._set(Heard())
            if self.row != OFF:
                self._start(reads=False)

    def close(self, wait_s: float = END_S) -> None:
        """End the thread; one that hangs in a file is left behind."""
        self._leave()
        self._ending = True
        self._pool.close(wait_s)

    # --- on the window's thread ----------------------------------------------------------------------

    def _start(self, *, reads: bool) -> None:
        assert self._video is not None
        self._wish = wish = _Wish(self._video, reads, threading.Event())
        wish.piece = self._pool.do(self._work, wish)
        self._patience.start()

    def _leave(self) -> None:
        """Nobody waits for it any more. What hangs in a file is replaced once the next one has waited for a while."""
        self._patience.stop()
        if self._wish is not None:
            self._wish.left.set()
            if self._wish.piece is not None and self._wish.piece.thread is None:
                self._pool.leave(self._wish.piece)
            self._wish = None

    def _set(self, heard: Heard) -> None:
        self.heard = heard
        self.changed.emit()

    def _on_told(self, wish: _Wish, heard: Heard) -> None:
        if wish is not self._wish:
            return
        if heard.stage == Stage.READING:
            self.heard = replace(heard, is_slow=self.heard.is_slow)
            if self.heard.is_slow:
                self.changed.emit()
            return
        self._leave()
        if not wish.reads:
            self._has_sound = heard.stage == Stage.UNREAD
        self._set(heard)
        if self._wants_reading:
            self.read()

    def _on_slow(self) -> None:
        self._set(replace(self.heard, is_slow=True))

    # --- in the thread -------------------------------------------------------------------------------

    def _work(self, wish: _Wish) -> None:
        give_way(NICENESS)
        if wish.left.is_set():
            return
        try:
            heard = self._read(wish) if wish.reads else _looked(wish.video)
        except JobCancelled:
            return
        except Exception as error:  # the outer edge of a loader of foreign files
            if not isinstance(error, (TotError, OSError)):
                log.exception("%s: waveform", wish.video.media)
            heard = Heard(Stage.FAILED, reason=str(error))
        self._tell(wish, heard)

    def _tell(self, wish: _Wish, heard: Heard) -> None:
        if not self._ending and not wish.left.is_set():
            self._told.emit(wish, heard)

    def _read(self, wish: _Wish) -> Heard:
        media, info = wish.video.media, wish.video.timebase.media
        assert media is not None and info is not None

        def should_stop() -> StopKind | None:
            return StopKind.DISCARD if wish.left.is_set() or self._ending else None

        def report(event: object) -> None:
            assert isinstance(event, Progress)
            self._tell(wish, Heard(Stage.READING, share=event.done / max(1, event.total)))

        waveform = load_waveform(media, info, report=report, should_stop=should_stop)
        return Heard(Stage.READ, waveform, 1.0, onsets=onsets(waveform, info))


def _looked(video: Video) -> Heard:
    assert video.media is not None
    return Heard(Stage.UNREAD if has_sound(video.media) else Stage.NONE)
