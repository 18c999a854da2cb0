"""The one clock of the window: the frame on screen. Everything that wants to move asks here."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from core.data.dataset import Video
from core.data.timebase import Timebase

from .decoder import Decoder

TICK_MS = 12
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
ASSUMED_RATE = Fraction(30)
"""Frames per second of play where no rate is known; only the speed of the cursor depends on it."""


class Playback(QObject):
    """Plays and seeks one video.

    `frame` is the frame on screen, `wanted` the one asked for last; they agree when the picture is there.
    Without a video file they always agree.
    """

    frameChanged = Signal(int)
    wantedChanged = Signal(int)
    pictureReady = Signal(int, object)  # frame, QImage
    playingChanged = Signal(bool)
    speedChanged = Signal(float)
    videoChanged = Signal()
    loopChanged = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame = 0
        self.wanted = 0
        self.speed = 1.0
        self.loop: tuple[int, int] | None = None
        self.video: Video | None = None
        self._decoder: Decoder | None = None
        self._serial = 0
        self._pending: dict[int, int] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._clock = QElapsedTimer()
        self._from_frame = 0
        self._stop_at: int | None = None

    @property
    def timebase(self) -> Timebase | None:
        return self.video.timebase if self.video else None

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def set_video(self, video: Video | None, frame: int = 0) -> None:
        """Show another video, or none."""
        if video is self.video:
            return
        self.pause()
        self._end_decoder()
        self.video, self.loop, self.frame, self.wanted = video, None, 0, -1
        if video is not None and video.media is not None and video.timebase.media is not None:
            decoder = Decoder(video.media, video.timebase.media, self)
            decoder.pictureDecoded.connect(self._on_picture)
            decoder.failed.connect(self._on_failed)
            decoder.start()
            self._decoder = decoder
        self.videoChanged.emit()
        if video is not None:
            self.seek(frame)

    def close(self) -> None:
        """Stop playing and end the decoder thread."""
        self.pause()
        self._end_decoder()
        self.video = None

    def _end_decoder(self) -> None:
        if self._decoder is not None:
            self._decoder.pictureDecoded.disconnect(self._on_picture)
            self._decoder.failed.disconnect(self._on_failed)
            self._decoder.end()
            self._decoder.deleteLater()
            self._decoder = None
        self._pending.clear()

    def seek(self, frame: int) -> None:
        """Go to a frame, clipped to the video; while playing, play on from there."""
        if self.timebase is None:
            return
        frame = min(max(0, frame), self.timebase.n_frames - 1)
        if self.playing:
            self._restart_clock(frame)
        self._want(frame)

    def _want(self, frame: int) -> None:
        if frame == self.wanted:
            return
        self.wanted = frame
        self.wantedChanged.emit(frame)
        assert self.timebase is not None
        picture = self.timebase.picture(frame)
        if self._decoder is None or picture is None:
            self._show(frame)
            return
        self._serial += 1
        self._pending[self._serial] = frame
        self._decoder.request(self._serial, picture)

    def _show(self, frame: int) -> None:
        self.frame = frame
        self.frameChanged.emit(frame)

    def _on_picture(self, serial: int, picture: int, image: object) -> None:
        frame = self._take(serial)
        if frame is None:
            return
        self.frame = frame
        self.pictureReady.emit(frame, image)
        self.frameChanged.emit(frame)

    def _on_failed(self, serial: int, message: str) -> None:
        frame = self._take(serial)
        if frame is not None:
            self.pictureReady.emit(frame, None)
            self._show(frame)
            self.failed.emit(message)

    def _take(self, serial: int) -> int | None:
        frame = self._pending.pop(serial, None)
        for older in [s for s in self._pending if s < serial]:
            del self._pending[older]
        return frame

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
            self.seek(self.timebase.frame_at(max(Fraction(0), now + Fraction(seconds))))

    def play(self, *, until: int | None = None) -> None:
        """Play at the present speed; `until` stops at that frame."""
        if self.timebase is None or self.playing:
            return
        last = self.timebase.n_frames - 1
        if self.speed > 0 and self.wanted >= last:
            self._want(self.loop[0] if self.loop else 0)
        self._stop_at = until
        self._restart_clock(self.wanted)
        self._timer.start()
        self.playingChanged.emit(True)

    def pause(self) -> None:
        """Stop playing where it is."""
        if self.playing:
            self._timer.stop()
            self.playingChanged.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def set_speed(self, speed: float) -> None:
        """Speed of play, -8 to 8, not 0; negative plays backwards."""
        self.speed = speed
        if self.playing:
            self._restart_clock(self.wanted)
        self.speedChanged.emit(speed)

    def shuttle(self, direction: int) -> None:
        """J or L: play in that direction; again is twice as fast, to 8."""
        if self.playing and self.speed * direction > 0:
            speed = min(8.0, abs(self.speed) * 2)
        else:
            speed = 1.0
        self.set_speed(direction * speed)
        self.play()

    def set_loop(self, start: int, stop: int) -> None:
        """Repeat frames ``[start, stop)``."""
        self.loop = (start, stop)
        self.loopChanged.emit()
        if not start <= self.wanted < stop:
            self.seek(start)

    def clear_loop(self) -> None:
        """Play on at the end of the loop."""
        self.loop = None
        self.loopChanged.emit()

    def _restart_clock(self, frame: int) -> None:
        self._from_frame = frame
        self._clock.start()

    def _on_tick(self) -> None:
        timebase = self.timebase
        if timebase is None:
            self.pause()
            return
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
        low, high = self.loop or (0, timebase.n_frames)
        if self._stop_at is not None and frame >= self._stop_at:
            self.pause()
            self._want(min(self._stop_at, timebase.n_frames - 1))
        elif frame >= high or frame < low:
            if self.loop is None:
                self.pause()
                self._want(high - 1 if frame >= high else low)
                return
            again = low if self.speed > 0 else high - 1
            self._restart_clock(again)
            self._want(again)
        else:
            self._want(frame)
