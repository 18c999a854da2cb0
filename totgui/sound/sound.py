"""Sound as the window knows it: on or off, how loud, and why not where there is none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.data.dataset import Video
from core.errors import MediaError
from core.media.audio import AudioReader

from ..playback import Playback
from .feed import Feed
from .speaker import LATENCY_S, NO_LIBRARY, Speaker, SpeakerError, library_is_there

log = logging.getLogger(__name__)
END_S = 2.0
POLL_S = 0.02
"""While sound plays, its thread looks so often whether there is something to decode."""
NO_VIDEO, LOOKING = "No video is open", "Looking for its sound"

MakeSpeaker = Callable[[Any], Any]


class Sound(QObject):
    """The sound of the video that `playback` plays; it follows the picture and never moves it.

    Heard only forward at normal speed. The file and the device are used in one thread of their own, so that neither
    can hold up the window or the decoder. `reason` says why there is no sound; empty where there can be.
    """

    changed = Signal()
    _told = Signal(int, str)

    def __init__(
        self, playback: Playback, parent: QObject | None = None, *, speaker: MakeSpeaker | None = None
    ) -> None:
        super().__init__(parent)
        self.is_on = False
        self.volume = 100
        self.feed = Feed(latency_s=LATENCY_S if speaker is None else 0.0)
        self._playback = playback
        self._make_speaker: MakeSpeaker = speaker or Speaker
        self._has_library = speaker is not None or library_is_there()
        self.reason = NO_VIDEO if self._has_library else NO_LIBRARY
        self._serial = 0
        self._wake = threading.Condition()
        self._wanted: tuple[int, Video | None] = (0, None)
        self._news = 0
        self._is_running = False
        self._ending = False
        self._thread: threading.Thread | None = None
        self._told.connect(self._on_told)
        playback.videoChanged.connect(self._on_video)
        playback.frameChanged.connect(self._on_frame)
        playback.playingChanged.connect(lambda _: self._on_turn())
        playback.speedChanged.connect(lambda _: self._on_turn())
        playback.sought.connect(lambda _: self._on_turn(settles=True))

    # --- what a person asks for --------------------------------------------------------------------

    def set_on(self, is_on: bool) -> None:
        """Let it be heard, or mute it."""
        if is_on != self.is_on:
            self.is_on = is_on
            self._notify()
            self.changed.emit()

    def toggle(self) -> None:
        """Mute it, or let it be heard again."""
        self.set_on(not self.is_on)

    def set_volume(self, percent: int) -> None:
        """How loud, 0 to 100. The ear hears the square root of what a sample says: 50 is about half as loud."""
        percent = min(100, max(0, percent))
        if percent != self.volume:
            self.volume, self.feed.gain = percent, (percent / 100) ** 2
            self.changed.emit()

    def close(self, wait_s: float = END_S) -> None:
        """End the thread and give device and file back; a thread that hangs in a file is left behind."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(wait_s)

    # --- what playback does ------------------------------------------------------------------------

    def _on_video(self) -> None:
        if not self._has_library:
            return
        video = self._playback.video
        has_file = video is not None and video.media is not None and video.timebase.media is not None
        self._serial += 1
        self._on_turn()
        self._tell(NO_VIDEO if video is None else LOOKING if has_file else f"{video.name} has no video file")
        with self._wake:
            self._wanted = (self._serial, video if has_file else None)
            self._news += 1
            if self._thread is None and has_file and not self._ending:
                self._thread = threading.Thread(target=self._work, name="sound", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _on_frame(self, frame: int) -> None:
        timebase = self._playback.timebase
        if self.is_on and self._is_running and timebase is not None:
            start, stop = timebase.seconds(frame), timebase.seconds(frame + 1)
            if start is not None and stop is not None:
                self.feed.show(float(start), float(stop - start))

    def _on_turn(self, *, settles: bool = False) -> None:
        """Play begins, ends, or goes another way, or a person goes elsewhere."""
        self._is_running = self._playback.playing and self._playback.speed == 1.0
        self.feed.leave(runs=self._is_running, settles=settles)
        self._notify()

    def _notify(self) -> None:
        with self._wake:
            self._news += 1
            self._wake.notify()

    def _on_told(self, serial: int, reason: str) -> None:
        if serial == self._serial:
            self._tell(reason)

    def _tell(self, reason: str) -> None:
        if reason != self.reason:
            self.reason = reason
            self.changed.emit()

    # --- in the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        source = _Source(self.feed, self._make_speaker)
        opened, seen = 0, -1
        while True:
            if not (self.is_on and source.reader):
                source.rest()
            with self._wake:
                if self._news == seen and not self._ending:
                    self._wake.wait(POLL_S if self._is_running and self.is_on and source.reader else None)
                seen, is_ending, (serial, video) = self._news, self._ending, self._wanted
            if is_ending:
                source.close()
                return
            try:
                if serial != opened:
                    opened = serial
                    source.open(video)
                    if video is not None:
                        self._told.emit(serial, "")
                if self.is_on:
                    source.play()
            except (MediaError, SpeakerError) as error:
                source.drop()
                self._told.emit(serial, str(error))
            except Exception:  # the outer edge of a loader of foreign files
                log.exception("sound")
                source.drop()
                self._told.emit(serial, f"The sound of {video.name if video else 'this video'} cannot be decoded.")


class _Source:
    """The open file and the open device. Raises MediaError and SpeakerError."""

    def __init__(self, feed: Feed, make_speaker: MakeSpeaker) -> None:
        self.reader: AudioReader | None = None
        self._feed = feed
        self._make_speaker = make_speaker
        self._speaker: Any = None
        self._has_device = False

    def open(self, video: Video | None) -> None:
        """The sound of another video, and whether a device is there to play it."""
        self.drop()
        if video is None or video.media is None or video.timebase.media is None:
            return
        media = video.timebase.media
        reader = AudioReader(video.media, zero=Fraction(int(media.pts[0])) * media.unit)
        if not self._has_device:
            try:
                self._make_speaker(self._feed.pull).close()
            except SpeakerError:
                reader.close()
                raise
            self._has_device = True
        self.reader = reader

    def play(self) -> None:
        """Decode what is needed next; the device plays from the first time on."""
        if self.reader is None:
            return
        if self._speaker is None:
            self._has_device = False  # unless it starts
            speaker = self._make_speaker(self._feed.pull)
            try:
                speaker.start()
            except SpeakerError:
                speaker.close()
                raise
            self._speaker, self._has_device = speaker, True
        while (needed := self._feed.need()) is not None:
            turn, first, n = needed
            self._feed.put(turn, first, self.reader.samples(first, n))

    def rest(self) -> None:
        """Give the device back until sound is wanted again."""
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    def drop(self) -> None:
        """Close the file."""
        if self.reader is not None:
            self.reader.close()
            self.reader = None

    def close(self) -> None:
        self.rest()
        self.drop()
