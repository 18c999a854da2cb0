"""The one clock of the window: the frame on screen. Everything that wants to move asks here."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from statistics import median

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.data.dataset import Video
from core.data.timebase import Timebase
from core.media.pixels import Look

from .decoder import Decoder, is_doubtful

__all__ = ["ASSUMED_RATE", "NO_ANSWER_MS", "SPEEDS", "Look", "Playback", "is_doubtful"]

TICK_MS = 8
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
ASSUMED_RATE = Fraction(30)
"""Frames per second of play where no rate is known; only the speed of the cursor depends on it."""
NEAR = 10
"""A move of at most so many frames is a step: the next one will go the same way."""
SLOW_S, SLOW_OF = 0.25, 5
"""A video is slow when half of the last few jumps took longer than this; before there are so many, when its groups of
pictures say that they will, and somebody jumps in it."""
STILL_BYTES = 32 * 1024 * 1024
"""Frames kept of a file whose proxy is played."""
NO_ANSWER_MS = 20_000


class Playback(QObject):
    """Plays and seeks one video.

    `frame` is the frame on screen, `wanted` the one asked for last; they agree when the picture is there. Until
    then the pictures decoded on the way are shown, each as the frame it is. Without a video file they always agree.
    """

    frameChanged = Signal(int)
    wantedChanged = Signal(int)
    sought = Signal(int)  # a person goes elsewhere; the frame that was on screen before
    pictureReady = Signal(int, object)  # frame, QImage
    playingChanged = Signal(bool)
    speedChanged = Signal(float)
    videoChanged = Signal()
    loopChanged = Signal()
    slowChanged = Signal(bool)
    sourceChanged = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame = 0
        self.wanted = 0
        self.speed = 1.0
        self.loop: tuple[int, int] | None = None
        self.loop_margin = 0.0
        self.video: Video | None = None
        self.look = Look()
        self.is_slow = False
        self.has_proxy = False  # pictures are those of the video's proxy
        self.is_original = True  # the picture on screen is the one of the file
        self.steps_only = False  # while K is held, J and L move one frame
        self._decoder: Decoder | None = None
        self._still_decoder: Decoder | None = None
        self._leaving: list[Decoder] = []  # told to end, not yet waited for
        self._serial = 0
        self._pending: dict[int, int] = {}
        self._direction = 0
        self._has_failed = False
        self._seconds: deque[float] = deque(maxlen=SLOW_OF)
        self._expected_s = 0.0
        self._has_jumped = False
        self._is_stale = False  # the proxy has come or gone while it played
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.setInterval(NO_ANSWER_MS)
        self._watch.timeout.connect(self._on_no_answer)
        self._clock = QElapsedTimer()
        self._from_frame = 0
        self._is_held = False
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
        self._end_decoder(later=video is not None)
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

    def _start_decoder(self) -> None:
        video = self.video
        self._seconds.clear()
        self._expected_s, self._has_jumped, self._is_stale = 0.0, False, False
        self._set_slow(False)
        self._set_source(has_proxy=False, is_original=True)
        if video is None or video.media is None or video.timebase.media is None:
            return
        decoder = Decoder(video.media, video.timebase.media, self)
        decoder.set_look(self.look)
        decoder.pictureDecoded.connect(self._on_picture)
        decoder.failed.connect(self._on_failed)
        decoder.answered.connect(self._on_answered)
        decoder.expected.connect(self._on_expected)
        decoder.start()
        self._decoder = decoder

    def close(self) -> None:
        """Stop playing and end the decoder thread."""
        self.pause()
        self._end_decoder()
        self.video = None

    def _end_decoder(self, *, wait: bool = True, later: bool = False) -> None:
        """Nothing comes from the present decoders any more. Without `wait` a thread that hangs is left behind.

        `later` does not wait for the picture that is being decoded: the thread is waited for when it has ended.
        """
        both = ((self._decoder, self._on_picture), (self._still_decoder, self._on_original))
        if self._decoder is not None:
            self._decoder.answered.disconnect(self._on_answered)
            self._decoder.expected.disconnect(self._on_expected)
        self._decoder = self._still_decoder = None
        self._pending.clear()
        self._watch.stop()
        for decoder, slot in both:
            if decoder is None:
                continue
            decoder.pictureDecoded.disconnect(slot)
            decoder.failed.disconnect(self._on_failed)
            decoder.end(wait=wait and not later)
            if later:
                self._leaving.append(decoder)
            elif wait:
                decoder.deleteLater()
            else:
                decoder.setParent(None)
        self._forget_ended(wait=wait and not later)

    def _forget_ended(self, *, wait: bool) -> None:
        """Give back decoders whose threads have ended; all of them, where it may be waited for."""
        for decoder in [d for d in self._leaving if wait or not d.is_alive]:
            decoder.end()
            decoder.deleteLater()
            self._leaving.remove(decoder)

    def _on_no_answer(self) -> None:
        """The decoder hangs: this video is left without pictures, everything else goes on."""
        name, wanted = self.video.name if self.video else "", self.wanted
        self.pause()
        self._end_decoder(wait=False)
        self.failed.emit(f"{name}: its file cannot be decoded; reading it does not come to an end.")
        self.pictureReady.emit(wanted, None)
        self._show(wanted)

    def set_look(self, look: Look) -> None:
        """Show pictures with this brightness and contrast."""
        self.look = look
        if self._still_decoder is not None:
            self._still_decoder.set_look(look)
        if self._decoder is not None:
            self._decoder.set_look(look)
            self._ask(self.wanted)

    def seek(self, frame: int) -> None:
        """Go to a frame, clipped to the video; while playing, play on from there."""
        if self.timebase is None:
            return
        frame = min(max(0, frame), self.timebase.n_frames - 1)
        self.sought.emit(self.frame)
        if self.playing:
            self._restart_clock(frame)
        self._want(frame)

    def _want(self, frame: int) -> None:
        if frame == self.wanted:
            return
        if self.playing:
            self._direction = 1 if self.speed > 0 else -1
        else:
            moved = frame - self.wanted
            if self.wanted >= 0 and abs(moved) > NEAR and not self._has_jumped:
                self._has_jumped = True
                self._judge()
            self._direction = (1 if moved > 0 else -1) if self.wanted >= 0 and abs(moved) <= NEAR else 0
        self.wanted = frame
        self.wantedChanged.emit(frame)
        self._ask(frame)

    def _ask(self, frame: int) -> None:
        """Send the decoder for a frame's picture; show the frame at once where there is none."""
        assert self.timebase is not None
        picture = self.timebase.picture(frame)
        if self._decoder is None or picture is None:
            self._pending.clear()  # a picture that is still on its way is of a frame before
            self._watch.stop()
            if self._decoder is not None:
                self.pictureReady.emit(frame, None)  # the labels go on after the file ends
            self._show(frame)
            return
        self._serial += 1
        self._pending[self._serial] = frame
        if not self._watch.isActive():
            self._watch.start()
        speed = self.speed if self.playing else 0.0
        self._decoder.request(self._serial, picture, direction=self._direction, speed=speed)

    def _show(self, frame: int) -> None:
        self.frame = frame
        self.frameChanged.emit(frame)

    def _on_picture(self, serial: int, picture: int, image: QImage, is_exact: bool) -> None:
        if serial not in self._pending or self.timebase is None:
            return
        self._watch.start()
        self._has_failed = False
        assert self._decoder is not None
        self._set_source(has_proxy=self._decoder.is_proxy, is_original=not self._decoder.is_proxy)
        frame = self._take(serial) if is_exact else self.timebase.frame_of_picture(picture)
        self.frame = frame
        self.pictureReady.emit(frame, image)
        self.frameChanged.emit(frame)

    def toggle_original(self) -> None:
        """The frame on screen from the file, or from the proxy again."""
        if not self.is_original:
            self.show_original()
        elif self.has_proxy:
            self._ask(self.wanted)

    def show_original(self) -> None:
        """Show the frame on screen as the file has it; with the next move pictures come from the proxy again."""
        video = self.video
        if not self.has_proxy or video is None or video.media is None or video.timebase.media is None:
            return
        self.pause()
        picture = video.timebase.picture(self.wanted)
        if picture is None:
            return
        if self._still_decoder is None:
            still = Decoder(video.media, video.timebase.media, self, uses_proxy=False, keep_bytes=STILL_BYTES)
            still.set_look(self.look)
            still.pictureDecoded.connect(self._on_original)
            still.failed.connect(self._on_failed)
            still.start()
            self._still_decoder = still
        self._serial += 1
        self._pending[self._serial] = self.wanted
        self._watch.start()
        self._still_decoder.request(self._serial, picture)

    def _on_original(self, serial: int, _picture: int, image: QImage, is_exact: bool) -> None:
        if serial in self._pending and is_exact:
            self.frame = self._take(serial)
            self._set_source(has_proxy=True, is_original=True)
            self.pictureReady.emit(self.frame, image)
            self.frameChanged.emit(self.frame)

    def _set_source(self, *, has_proxy: bool, is_original: bool) -> None:
        if (has_proxy, is_original) != (self.has_proxy, self.is_original):
            self.has_proxy, self.is_original = has_proxy, is_original
            self.sourceChanged.emit()

    def _on_failed(self, serial: int, message: str) -> None:
        if serial in self._pending:
            frame = self._take(serial)
            self.pictureReady.emit(frame, None)
            self._show(frame)
            if not self._has_failed:  # one message for a damaged place, not one for each of its pictures
                self.failed.emit(message)
            self._has_failed = True

    def _take(self, serial: int) -> int:
        frame = self._pending.pop(serial)
        for older in [s for s in self._pending if s < serial]:
            del self._pending[older]
        if not self._pending:
            self._watch.stop()
        return frame

    def _on_answered(self, seconds: float) -> None:
        self._seconds.append(seconds)
        self._judge()

    def _on_expected(self, seconds: float) -> None:
        self._expected_s = seconds
        self._judge()

    def _judge(self) -> None:
        """Say whether seeking is slow: as it was measured, else as the file lets expect once somebody jumps in it."""
        is_measured = len(self._seconds) == SLOW_OF
        self._set_slow((median(self._seconds) if is_measured else self._has_jumped * self._expected_s) > SLOW_S)

    def _set_slow(self, is_slow: bool) -> None:
        if is_slow != self.is_slow:
            self.is_slow = is_slow
            self.slowChanged.emit(is_slow)

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
        """Stop playing where it is."""
        if self.playing:
            self._timer.stop()
            self.playingChanged.emit(False)
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
        self.speed = speed
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
        self.set_speed(direction * speed)
        self.play()

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
