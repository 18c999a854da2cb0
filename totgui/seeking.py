"""The picture of a frame, asked of a decoder in a thread of its own, and shown when it comes."""

from __future__ import annotations

from collections import deque
from statistics import median

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.data.dataset import Video
from core.data.timebase import Timebase
from core.media.pixels import Look

from .decoder import Decoder, Leaving

NEAR = 10
"""A move of at most so many frames is a step: the next one will go the same way."""
SLOW_S, SLOW_OF = 0.25, 5
"""A video is slow when half of the last few jumps took longer than this; before there are so many, when its groups of
pictures say that they will, and somebody jumps in it."""
STILL_BYTES = 32 * 1024 * 1024
"""Frames kept of a file whose proxy is played."""
NO_ANSWER_MS = 20_000


class Seeking(QObject):
    """Brings the frames of one video to the screen, from its file or from its proxy.

    `frame` is the frame on screen, `wanted` the one asked for last; they agree when the picture is there. Until
    then the pictures decoded on the way are shown, each as the frame it is. Without a video file they always agree.
    """

    frameChanged = Signal(int)
    wantedChanged = Signal(int)
    sought = Signal(int)  # a person goes elsewhere; the frame that was on screen before
    pictureReady = Signal(int, object)  # frame, QImage
    videoChanged = Signal()
    slowChanged = Signal(bool)
    sourceChanged = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.frame = 0
        self.wanted = 0
        self.speed = 1.0
        self.video: Video | None = None
        self.look = Look()
        self.is_slow = False
        self.has_proxy = False  # pictures are those of the video's proxy
        self.is_original = True  # the picture on screen is the one of the file
        self._decoder: Decoder | None = None
        self._still_decoder: Decoder | None = None
        self._leaving = Leaving()
        self._serial = 0
        self._pending: dict[int, int] = {}
        self._direction = 0
        self._has_failed = False
        self._seconds: deque[float] = deque(maxlen=SLOW_OF)
        self._expected_s = 0.0
        self._has_jumped = False
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.setInterval(NO_ANSWER_MS)
        self._watch.timeout.connect(self._on_no_answer)

    @property
    def timebase(self) -> Timebase | None:
        return self.video.timebase if self.video else None

    @property
    def playing(self) -> bool:
        """Whether the frame moves by itself."""
        return False

    def pause(self) -> None:
        """Let it move by itself no more."""

    # --- decoders ----------------------------------------------------------------------------------

    def _start_decoder(self) -> None:
        video = self.video
        self._seconds.clear()
        self._expected_s, self._has_jumped = 0.0, False
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

    def _end_decoder(self) -> None:
        """Nothing comes from the present decoders any more; their threads end later, or hang in a file for ever."""
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
            self._leaving.add(decoder)

    def _on_no_answer(self) -> None:
        """The decoder hangs: this video is left without pictures, everything else goes on."""
        name, wanted = self.video.name if self.video else "", self.wanted
        self.pause()
        self._end_decoder()
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

    # --- frames ------------------------------------------------------------------------------------

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
