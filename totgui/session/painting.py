"""Painting while playing: an action key starts a stretch at the frame on screen, the next key ends it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from ..playback import ASSUMED_RATE, Playback

Stretch = Callable[[int, int, int], object]
"""Puts an action on frames ``[start, stop)``: one edit."""


class Live(NamedTuple):
    """A stretch that is being painted: frames ``[start, stop)`` have been on screen since its key."""

    start: int
    stop: int
    action: int


class Painting(QObject):
    """Turns keys pressed while a video plays into stretches. Frames that were not on screen are never touched.

    `delay` is the reaction time in seconds, 0 to 1: each cut lies so much earlier, times the speed, but never
    before the cut before it.
    """

    changed = Signal()

    def __init__(self, playback: Playback, paint: Stretch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active = False
        self.delay = 0.0
        self._playback, self._paint = playback, paint
        self._action: int | None = None
        self._start = self._least = self._last = 0
        playback.playingChanged.connect(self._on_playing)
        playback.sought.connect(self._on_sought)
        playback.frameChanged.connect(self._on_frame)
        playback.videoChanged.connect(self._on_video)

    @property
    def live(self) -> Live | None:
        """The stretch under way, as far as it has come."""
        if self._action is None:
            return None
        return Live(self._start, max(self._start, self._last + 1), self._action)

    def toggle(self) -> None:
        """Start to play and paint, or end it."""
        if self.active:
            self.stop()
        else:
            self._begin()

    def _begin(self) -> None:
        playback = self._playback
        if playback.timebase is None:
            return
        self.active, self._action = True, None
        self._least = self._last = max(0, playback.frame)
        if playback.speed < 0:
            playback.set_speed(-playback.speed)
        if not playback.playing:
            playback.play()
        self.changed.emit()

    def press(self, action: int, frame: int | None = None) -> None:
        """The action begins at the frame on screen, or at the one that was when the key was pressed."""
        if not self.active:
            return
        cut = self._cut(self._playback.frame if frame is None else frame)
        self._end(cut)
        self._action, self._start, self._least = action, cut, cut
        self.changed.emit()

    def stop(self) -> None:
        """End the stretch and stop painting; the video plays on."""
        if self.active:
            self._leave(self._cut(self._playback.frame) + 1)

    def _leave(self, stop: int) -> None:
        self.active = False  # first: the edit makes signals
        self._end(stop)
        self.changed.emit()

    def _end(self, stop: int) -> None:
        action, self._action = self._action, None
        if action is not None and stop > self._start:
            self._paint(self._start, stop, action)

    def _cut(self, frame: int) -> int:
        """The frame that a key means: the reaction time before, not before the last cut."""
        timebase = self._playback.timebase
        back = Fraction(self.delay).limit_denominator(1000) * Fraction(abs(self._playback.speed)).limit_denominator(100)
        if timebase is None or not back:
            return max(frame, self._least)
        now = timebase.seconds(frame)
        meant = frame - round(back * ASSUMED_RATE) if now is None else timebase.frame_at(max(Fraction(0), now - back))
        return max(meant, self._least)

    # --- what ends a stretch ---------------------------------------------------------------------------

    def _on_playing(self, playing: bool) -> None:
        if self.active and not playing:
            timebase = self._playback.timebase
            at_end = timebase is not None and self._playback.wanted == timebase.n_frames - 1
            self._leave(timebase.n_frames if timebase and at_end else self._cut(self._playback.frame) + 1)

    def _on_sought(self, frame: int) -> None:
        """A person goes elsewhere, from `frame`: the stretch ends, painting goes on from there."""
        if self.active:
            self._end(self._cut(frame) + 1)
            self._least = self._last = 0
            self.changed.emit()

    def _on_frame(self, frame: int) -> None:
        if not self.active:
            return
        if frame < self._last and self._action is not None:  # the loop begins again, or it plays backwards
            self._end(self._last + 1)
            self._least = 0
            self.changed.emit()
        self._last = frame

    def _on_video(self) -> None:
        if self.active:
            self.active, self._action = False, None
            self.changed.emit()
