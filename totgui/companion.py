"""A second video in step with the one that plays: the two are held together at one frame of each."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.data.dataset import Video
from core.data.timebase import Timebase

from .decoder import END_S, Decoder, Leaving
from .playback import Playback

KEEP_BYTES = 96 * 1024 * 1024


class Companion(QObject):
    """Shows the frame of a second video that belongs to the frame of the first.

    The two are held together at one frame of each (`align`); from there they run by time, or by frames where one of
    them has no times. `frame` is the frame on screen, `wanted` the one that belongs to what is asked of the first.
    """

    pictureReady = Signal(int, object)  # frame, QImage
    changed = Signal()  # another video, or another place at which the two are held together

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.video: Video | None = None
        self.frame = 0
        self.wanted = -1
        self._playback = playback
        self._anchor = (0, 0)
        self._decoder: Decoder | None = None
        self._leaving = Leaving()
        self._serial = 0
        self._pending: dict[int, int] = {}
        playback.wantedChanged.connect(self._follow)
        playback.videoChanged.connect(self._on_first)

    @property
    def playing(self) -> bool:
        return self._playback.playing

    @property
    def is_beyond(self) -> bool:
        """Whether the second video has no frame for the time that the first shows."""
        return self.video is not None and self._place(max(0, self._playback.wanted)) != self.wanted

    def show(self, video: Video | None) -> None:
        """Show this video beside the first, both from their start; None shows one video again."""
        self._end_decoder()
        self.video, self._anchor, self.frame, self.wanted = video, (0, 0), 0, -1
        if video is not None and video.media is not None and video.timebase.media is not None:
            decoder = Decoder(video.media, video.timebase.media, self, keep_bytes=KEEP_BYTES)
            decoder.pictureDecoded.connect(self._on_picture)
            decoder.failed.connect(self._on_failed)
            decoder.start()
            self._decoder = decoder
        self.changed.emit()
        self._follow(self._playback.wanted)

    def align(self, frame: int, other: int) -> None:
        """Hold the two together where the first shows `frame` and the second `other`."""
        self._anchor = (frame, other)
        self.changed.emit()
        self._follow(self._playback.wanted)

    def close(self, wait_s: float = END_S) -> None:
        """End the decoder of the second video; one that hangs in a file is left behind."""
        self._end_decoder()
        self._leaving.close(wait_s)

    def _end_decoder(self) -> None:
        decoder, self._decoder = self._decoder, None
        self._pending.clear()
        if decoder is not None:
            decoder.pictureDecoded.disconnect(self._on_picture)
            decoder.failed.disconnect(self._on_failed)
            self._leaving.add(decoder)

    def _on_first(self) -> None:
        """Another first video: the two begin together again."""
        self._anchor = (0, 0)
        if self._playback.video is None:
            self.show(None)
        elif self.video is not None:
            self.changed.emit()

    def _place(self, frame: int) -> int:
        """The frame of the second video for one of the first; it may lie outside."""
        first = self._playback.timebase
        assert self.video is not None
        return in_step(first, self.video.timebase, frame, self._anchor) if first is not None else 0

    def _follow(self, frame: int) -> None:
        if self.video is None or self._playback.timebase is None or frame < 0:
            return
        clock = self.video.timebase
        wanted = min(max(0, self._place(frame)), clock.n_frames - 1)
        if wanted == self.wanted:
            return
        moved, self.wanted = wanted - self.wanted, wanted
        picture = clock.picture(wanted)
        if self._decoder is None or picture is None:
            self.frame = wanted
            self.pictureReady.emit(wanted, None)
            return
        self._serial += 1
        self._pending[self._serial] = wanted
        playing = self._playback.playing
        direction = (1 if moved > 0 else -1) if playing or abs(moved) == 1 else 0
        speed = self._playback.speed if playing else 0.0
        self._decoder.request(self._serial, picture, direction=direction, speed=speed)

    def _on_picture(self, serial: int, picture: int, image: QImage, is_exact: bool) -> None:
        if serial not in self._pending or self.video is None:
            return
        self.frame = self._pending[serial] if is_exact else self.video.timebase.frame_of_picture(picture)
        if is_exact:
            self._forget(serial)
        self.pictureReady.emit(self.frame, image)

    def _on_failed(self, serial: int, _message: str) -> None:
        if serial in self._pending:
            self.frame = self._pending[serial]
            self._forget(serial)
            self.pictureReady.emit(self.frame, None)

    def _forget(self, serial: int) -> None:
        self._pending = {s: frame for s, frame in self._pending.items() if s > serial}


def in_step(first: Timebase, second: Timebase, frame: int, anchor: tuple[int, int]) -> int:
    """The frame of the second clock when the first shows `frame`; both stand at their `anchor` together.

    It may lie before the first frame or behind the last of the second.

    >>> in_step(Timebase(100, 30), Timebase(100, 15), 40, (10, 20))
    35
    """
    here, there = anchor
    now, then, base = first.seconds(frame), first.seconds(here), second.seconds(there)
    if now is None or then is None or base is None:
        return there + frame - here
    at = base + now - then
    if at < 0:
        return -1
    end = second.seconds(second.n_frames)
    assert end is not None
    return second.n_frames if at >= end else second.frame_at(at)
