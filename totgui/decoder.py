"""The decoder thread of the open video: the newest request wins; what play will need next is decoded ahead."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.data.timebase import MediaInfo
from core.errors import MediaError, TotError
from core.media.ahead import next_ahead
from core.media.pixels import Look
from core.media.proxy import expected_seek_s, find_proxy
from core.media.reader import FrameReader

from .passed import Passed

log = logging.getLogger(__name__)
KEEP_BYTES = 192 * 1024 * 1024
APPROXIMATE_S = 0.028
"""While the picture asked for is not there yet, the newest one decoded on the way is shown so often: with the time
to decode and to paint one that makes a picture each 40 ms."""
APPROXIMATE_LINES = 540
"""What is shown on the way has at most so many lines: it costs half, and is gone at once."""
STAND_IN = 30
"""While scrubbing, a picture that lies so near to the one asked for is better than those decoded on the way to it."""
LATE_S = 0.15
"""The same while playing: by then a picture is late, and moving pictures are better than a still one."""
DOUBTFUL = "doubtful"
"""Key of an image's text."""
END_S = 2.0
STEPS_BACK = 4
"""Pictures before the target of a jump that are decoded with it: enough until those before them are, step by step."""


def to_image(picture: np.ndarray) -> QImage:
    """A QImage that owns its pixels, from (H, W, 4) uint8 BGRA or (H, W, 3) uint8 RGB."""
    height, width, channels = picture.shape
    pixels = np.ascontiguousarray(picture)
    layout = QImage.Format.Format_RGB32 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, channels * width, layout).copy()


def is_doubtful(image: QImage) -> bool:
    """Whether a picture is what a decoder made of damage; it may show another one's content."""
    return bool(image.text(DOUBTFUL))


@dataclass(frozen=True)
class Request:
    """A picture wanted on screen. `speed` is 0 at rest, else that of play; beyond 2 key frames may stand in."""

    serial: int
    picture: int
    direction: int = 0
    speed: float = 0.0
    at: float = 0.0


class Decoder(QObject):
    """Decodes one video, or its proxy where it has one, away from the window's thread.

    Its thread is a daemon: one that hangs in a file is left behind by `end`, and the program goes on.
    """

    pictureDecoded = Signal(int, int, object, bool)  # serial, picture, QImage, is it the one asked for
    failed = Signal(int, str)  # serial, message
    answered = Signal(float)  # seconds from a jump at rest to its picture
    expected = Signal(float)  # seconds that such a jump takes on average, as the file says; once it is open

    def __init__(
        self,
        media: Path,
        info: MediaInfo,
        parent: QObject | None = None,
        *,
        uses_proxy: bool = True,
        keep_bytes: int = KEEP_BYTES,
    ) -> None:
        super().__init__(parent)
        self._media = media
        self._info = info
        self._uses_proxy, self._keep_bytes = uses_proxy, keep_bytes
        self.is_proxy = False
        """Whether pictures come from the video's proxy; known with the first of them."""
        self._wake = threading.Condition()
        self._request: Request | None = None
        self._look = Look()
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="decoder", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def request(self, serial: int, picture: int, *, direction: int = 0, speed: float = 0.0) -> None:
        """Ask for a picture; a request that still waits is replaced."""
        with self._wake:
            self._request = Request(serial, picture, direction, speed, time.perf_counter())
            self._wake.notify()

    def set_look(self, look: Look) -> None:
        """Brightness and contrast of the pictures asked for from now on."""
        self._look = look

    def end(self, wait_s: float = END_S) -> bool:
        """Stop, and wait for so long; whether the thread has ended. One that does not answer is left behind."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        if self._thread.ident is not None:
            self._thread.join(wait_s)
            if self._thread.is_alive() and wait_s:
                log.error("%s: the decoder does not answer; its thread is left behind", self._media)
        return not self._thread.is_alive()

    @property
    def is_alive(self) -> bool:
        """Whether the thread has not ended yet."""
        return self._thread.is_alive()

    # --- in the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        while (request := self._take(wait=True)) is not None:
            try:
                reader = self._open()
            except Exception as error:  # the outer edge of a loader of foreign files
                self._fail(request, error)
                continue
            with reader:
                return _Course(self, reader, request).run()

    def _open(self) -> FrameReader:
        """A reader of the proxy where there is one for the file as it is now, else of the file."""
        file = FrameReader(self._media, self._info, keep_bytes=self._keep_bytes)
        if self._uses_proxy and (proxy := find_proxy(self._media, self._info)) is not None:
            try:
                reader = proxy.open(keep_bytes=self._keep_bytes)
            except MediaError:
                log.exception("%s: its proxy cannot be used", self._media)
                return file
            self.is_proxy = reader.n_pictures == file.n_pictures
            if self.is_proxy:
                return reader
        self.expected.emit(expected_seek_s(file))
        return file

    def _take(self, *, wait: bool) -> Request | None:
        """The newest request, taken out; None when there is none, or the thread is to end."""
        with self._wake:
            while wait and self._request is None and not self._ending:
                self._wake.wait()
            request, self._request = self._request, None
            return None if self._ending else request

    def _fail(self, request: Request, error: Exception) -> None:
        if not isinstance(error, TotError):
            log.exception("%s: picture %d", self._media, request.picture)
        self.failed.emit(request.serial, str(error) or type(error).__name__)


class Leaving:
    """Decoders whose pictures nobody waits for any more: told to end, and given back once their threads have ended."""

    def __init__(self) -> None:
        self.decoders: list[Decoder] = []

    def add(self, decoder: Decoder) -> None:
        """One more; nothing is waited for."""
        self.decoders.append(decoder)
        self._give_back(0.0)

    def close(self, wait_s: float) -> None:
        """Wait for all of them, so long altogether. One that hangs in a file keeps its thread, and outlives us."""
        self._give_back(wait_s)
        for decoder in self.decoders:
            decoder.setParent(None)

    def _give_back(self, wait_s: float) -> None:
        until = time.perf_counter() + wait_s
        for decoder in list(self.decoders):
            if decoder.end(max(0.0, until - time.perf_counter())):
                decoder.deleteLater()
                self.decoders.remove(decoder)


class _Course:
    """What the thread does: follows the newest request, shows what comes on the way, then decodes ahead."""

    def __init__(self, owner: Decoder, reader: FrameReader, request: Request) -> None:
        self._owner = owner
        self._reader = reader
        self._focus = request
        self._wanted: Request | None = request
        self._steps: Iterator[int] | None = None
        self._target = -1
        self._shown_at = self._waits_since = 0.0
        self._on_screen: int | None = None
        self._shown_for = -1
        self._passed, self._passed_look = Passed(), owner._look
        self._is_content = False
        self._turn(request)

    def run(self) -> None:
        """Until the owner ends."""
        while not self._owner._ending:
            request = self._owner._take(wait=self._wanted is None and self._is_content)
            if request is not None:
                self._turn(request)
            try:
                self._answer() if self._wanted is not None else self._read_ahead()
            except Exception as error:  # the outer edge of a loader of foreign files
                self._steps = None
                if self._wanted is not None:
                    self._owner._fail(self._wanted, error)
                    self._wanted = None
                self._is_content = True

    def _turn(self, request: Request) -> None:
        """Go for another picture; decoding that passes it goes on."""
        if self._wanted is None or self._wanted is request:
            self._waits_since = request.at
        self._focus = self._wanted = request
        self._is_content = False
        self._reader.look_at(request.picture, request.direction)
        if not self._reader.has(request.picture):
            self._aim(request.picture)

    def _aim(self, picture: int) -> None:
        """Decode to a picture, onwards where that is nearer; at a jump what lies far before it is not wanted."""
        near = None if self._focus.direction else STEPS_BACK
        self._target, self._steps = picture, self._reader.steps_to(picture, near=near)

    def _answer(self) -> None:
        """One step towards the picture that is wanted."""
        request = self._wanted
        assert request is not None
        if self._reader.has(request.picture):
            self._show(request, request.picture)
            self._wanted = None
            if not (request.speed or request.direction):
                self._owner.answered.emit(time.perf_counter() - request.at)
            return
        self._stand_in(request)
        if self._steps is None:
            self._aim(request.picture)
        assert self._steps is not None
        at = next(self._steps, None)
        if at is None:
            self._steps = None
        elif self._shows_on_the_way(request, at):
            self._show(request, at)

    def _stand_in(self, request: Request) -> None:
        """Show a picture that was shown before, where it is near and nearer than the one on screen."""
        if request.speed or time.perf_counter() - max(self._shown_at, self._waits_since) < APPROXIMATE_S:
            return
        if self._passed_look != self._owner._look:
            self._passed.clear()
            self._passed_look = self._owner._look
        near = self._passed.nearest(request.picture)
        if near is not None and self._is_near(near, request) and self._is_nearer(near, request):
            self._emit(request, near, self._passed.image(near))

    def _is_near(self, picture: int | None, request: Request) -> bool:
        return picture is not None and abs(picture - request.picture) <= STAND_IN

    def _is_nearer(self, picture: int, request: Request) -> bool:
        """Than the picture on screen."""
        shown = self._on_screen
        return shown is None or abs(picture - request.picture) < abs(shown - request.picture)

    def _shows_on_the_way(self, request: Request, at: int) -> bool:
        if at == request.picture or not self._reader.has(at):
            return False
        rests = not request.speed and self._shown_for == request.serial  # the mouse, or whatever asks
        if rests and self._is_near(self._on_screen, request) and not self._is_nearer(at, request):
            return False
        patience = LATE_S if 0 < abs(request.speed) <= 2 else APPROXIMATE_S
        since = 0.0 if request.speed else self._waits_since  # not since the newest request: a mouse makes one each 8 ms
        is_due = time.perf_counter() - max(self._shown_at, since) >= patience
        return is_due and not (-2 <= request.speed < 0)  # slowly backwards, what comes on the way runs forwards

    def _show(self, request: Request, picture: int) -> None:
        is_exact = picture == request.picture
        try:
            lines = None if is_exact else APPROXIMATE_LINES
            pixels = self._reader.read(picture, layout="bgra", height=lines)
        except MediaError as error:
            if is_exact:
                self._owner._fail(request, error)
            return
        finally:
            self._reader.look_at(request.picture, request.direction)
        look = self._owner._look
        image = to_image(look.apply(pixels))
        if self._reader.is_doubtful(picture):
            image.setText(DOUBTFUL, "1")
        if not is_exact and not request.speed and look == self._passed_look:
            self._passed.keep(picture, image)
        self._emit(request, picture, image)

    def _emit(self, request: Request, picture: int, image: QImage) -> None:
        self._shown_at, self._shown_for, self._on_screen = time.perf_counter(), request.serial, picture
        self._owner.pictureDecoded.emit(request.serial, picture, image, picture == request.picture)

    def _read_ahead(self) -> None:
        """One step towards what will be wanted next; content when there is none, or it cannot be kept."""
        if self._steps is None:
            picture = next_ahead(self._reader, self._focus.picture, self._focus.direction)
            if picture is None:
                self._is_content = True
                return
            self._aim(picture)
        assert self._steps is not None
        if next(self._steps, None) is None:
            self._steps = None
            self._is_content = not self._reader.has(self._target)
