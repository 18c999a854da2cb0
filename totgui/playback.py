"""The one clock of the window: play, speed, loop. Everything that wants to move asks here."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from core.data.dataset import Video
from core.media.pixels import Look

from .decoder import END_S, is_doubtful
from .seeking import NO_ANSWER_MS, Seeking

__all__ = ["ASSUMED_RATE", "NO_ANSWER_MS", "SPEEDS", "Look", "Playback", "is_doubtful"]

TICK_MS = 8
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
ASSUMED_RATE = Fraction(30)
"""Frames per second of play where no rate is known; only the speed of the cursor depends on it."""


class Playback(Seeking):
    """Plays one video, and goes to any of its frames; `frame` is the frame on screen."""

    playingChanged = Signal(bool)
    speedChanged = Signal(float)
    loopChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.loop: tuple[int, int] | None = None
        self.loop_margin = 0.0
        self.steps_only = False  # while K is held, J and L move one frame
        self._before_shuttle: float | None = None  # the speed that J or L took the place of
        self._is_stale = False  # the proxy has come or gone while it played
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._clock = QElapsedTimer()
        self._from_frame = 0
        self._is_held = False
        self._stop_at: int | None = None

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def set_video(self, video: Video | None, frame: int = 0) -> None:
        """Show another video, or none."""
        if video is self.video:
            return
        self.pause()
        self._is_stale = False
        self._end_decoder()
        self.video, self.frame, self.wanted = video, 0, -1
        if self.loop is not None:
            self.clear_loop()
        self._start_decoder()
        self.videoChanged.emit()
        if video is not None:
            self.seek(frame)

    def reload(self) -> None:
        """Open the video's file anew where it is: its proxy has come or gone. What plays plays on, and then."""
        self._is_stale = self.playing
        if self.video is not None and not self.playing:
            self._end_decoder()
            self._start_decoder()
            self._ask(max(0, self.wanted))

    def close(self, wait_s: float = END_S) -> None:
        """Stop playing and end the decoder thread; one that hangs in a file is left behind."""
        self.pause()
        self._end_decoder()
        self._leaving.close(wait_s)
        self.video = None

    def seek(self, frame: int) -> None:
        """Go to a frame, clipped to the video; while playing, play on from there."""
        if self.timebase is None:
            return
        frame = min(max(0, frame), self.timebase.n_frames - 1)
        self.sought.emit(self.frame)
        if self.playing:
            self._restart_clock(frame)
        self._want(frame)

    def step(self, frames: int) -> None:
        """Pause and move by a number of frames from the frame last asked for."""
        self.pause()
        self.seek(max(self.wanted, 0) + frames)

    def seek_seconds(self, seconds: float) -> None:
        """Move by seconds; by frames at the assumed rate where no rate is known."""
        if self.timebase is None:
            return
        now = self.timebase.seconds(self.wanted)
        if now is None:
            self.seek(self.wanted + round(seconds * ASSUMED_RATE))
        else:
            frame = self.timebase.frame_at(max(Fraction(0), now + Fraction(seconds)))
            self.seek(max(frame, self.wanted + 1) if seconds > 0 else frame)  # a frame may last longer than that

    def play(self, *, until: int | None = None) -> None:
        """Play at the present speed; `until` stops at that frame, whatever is looped."""
        if self.timebase is None or self.playing:
            return
        if until is not None and self.speed < 0:
            self.set_speed(-self.speed)
        last = self.timebase.n_frames - 1
        if until is None and self.speed > 0 and self.wanted >= last:
            self._want(self.loop[0] if self.loop else 0)
        self._stop_at = until
        self._timer.start()
        self._direction = 1 if self.speed > 0 else -1
        self._restart_clock(self.wanted)
        self._ask(self.wanted)  # tells the decoder which way it goes
        self.playingChanged.emit(True)

    def pause(self) -> None:
        """Stop playing where it is. The speed of J and L ends with it: what plays next plays as before them."""
        if self.playing:
            self._timer.stop()
            self.playingChanged.emit(False)
            if self._before_shuttle is not None:
                self.set_speed(self._before_shuttle)
            if self._is_stale:
                self.reload()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """Speed of play, -8 to 8, not 0; negative plays backwards."""
        self.speed, self._before_shuttle = speed, None
        if self.playing:
            self._restart_clock(self.wanted)
        self.speedChanged.emit(speed)

    def shuttle(self, direction: int) -> None:
        """J or L: play in that direction; again is twice as fast, to 8. While K is held: one frame."""
        if self.steps_only:
            self.step(direction)
            return
        if self.playing and self.speed * direction > 0:
            speed = min(8.0, abs(self.speed) * 2)
        else:
            speed = 1.0
        before = self.speed if self._before_shuttle is None else self._before_shuttle
        self.set_speed(direction * speed)
        self.play()
        if self.playing:
            self._before_shuttle = before

    def set_loop(self, start: int, stop: int) -> None:
        """Repeat frames ``[start, stop)``, with `loop_margin` seconds before and after."""
        timebase = self.timebase
        begin, end = (timebase.seconds(start), timebase.seconds(stop)) if timebase else (None, None)
        if timebase is not None and begin is not None and end is not None and self.loop_margin:
            margin = Fraction(self.loop_margin)
            start, stop = timebase.frame_at(max(Fraction(0), begin - margin)), timebase.frame_at(end + margin) + 1
        self.loop = (start, stop)
        self.loopChanged.emit()
        if not start <= self.wanted < stop:
            self.seek(start)

    def clear_loop(self) -> None:
        """Play on at the end of the loop."""
        self.loop = None
        self.loopChanged.emit()

    def _restart_clock(self, frame: int) -> None:
        """Play on from a frame; the clock stands until its picture is on screen."""
        self._from_frame, self._is_held = frame, self._decoder is not None
        self._clock.start()

    def _on_tick(self) -> None:
        timebase = self.timebase
        if timebase is None:
            self.pause()
            return
        if self._is_held:
            if self.frame != self._from_frame:
                return
            self._is_held = False
            self._clock.start()
        elapsed = Fraction(self._clock.elapsed(), 1000) * Fraction(self.speed).limit_denominator(1000)
        start = timebase.seconds(self._from_frame)
        if start is None:
            frame = self._from_frame + int(elapsed * ASSUMED_RATE)
        else:
            now = start + elapsed
            frame = timebase.frame_at(now) if now >= 0 else -1
            end = timebase.seconds(timebase.n_frames)
            if end is not None and now >= end:
                frame = timebase.n_frames
        low, high = self.loop if self.loop and self._stop_at is None else (0, timebase.n_frames)
        if self._stop_at is not None and frame >= self._stop_at:
            self._want(min(self._stop_at, timebase.n_frames - 1))
            self.pause()
        elif frame >= high or frame < low:
            if self.loop is None:
                self._want(high - 1 if frame >= high else low)
                self.pause()
                return
            again = low if self.speed > 0 else high - 1
            self._restart_clock(again)
            self._want(again)
        else:
            self._want(frame)
