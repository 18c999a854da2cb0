"""Pictures of many videos, decoded and made ready on threads while the network works on the batches before."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from ..data.timebase import MediaInfo
from ..errors import MediaError, TotError
from ..media.reader import FrameReader
from .backbone import Pictures
from .files import VideoStamp, stamp
from .sampling import Rows

GIVE_UP_AFTER = 30
"""So many pictures in a row that cannot be decoded: the rest of the file is taken as lost without trying it."""
POLL_S = 0.05
JOIN_S = 2.0


@dataclass(frozen=True, eq=False)
class Source:
    """One video to decode, and which of its pictures."""

    id: str
    media: Path
    info: MediaInfo
    rows: Rows


@dataclass(frozen=True, eq=False)
class Batch:
    """The next prepared pictures (n, h, w, 3) of a video, in order."""

    source: Source
    pictures: Pictures


@dataclass(frozen=True)
class Ended:
    """A video is decoded to its end; `replaced` pictures could not be, the one before stands for each."""

    source: Source
    stamp: VideoStamp
    replaced: int


@dataclass(frozen=True)
class Broken:
    """A video cannot be used, for this reason."""

    source: Source
    error: TotError


Item = Batch | Ended | Broken


class PictureStream:
    """Decodes videos on `threads` threads into a queue of a few batches; left by `close`.

    Args:
        prepare: makes a picture ready for the network; called on the threads.
        batch: pictures a batch; the last of a video holds fewer.
    """

    def __init__(
        self, sources: Sequence[Source], prepare: Callable[[Pictures], Pictures], *, batch: int, threads: int
    ) -> None:
        self._prepare, self._batch = prepare, batch
        self._waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
        for source in sources:
            self._waiting.put(source)
        self._ready: queue.Queue[Item] = queue.Queue(maxsize=threads + 1)
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"decode-{n}", daemon=True)
            for n in range(min(threads, len(sources)))
        ]
        for thread in self._threads:
            thread.start()

    def next(self) -> Item | None:
        """The next item of any video, or None when there is none yet: ask whether to stop, then ask again."""
        try:
            return self._ready.get(timeout=POLL_S)
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the threads. One that is inside the decoder ends after its picture."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(JOIN_S)

    def __enter__(self) -> PictureStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- on the threads ----------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                source = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                before = stamp(source.media)
                replaced = self._decode(source)
                if not self._stopped.is_set():
                    self._put(Ended(source, before, replaced))
            except TotError as error:
                self._put(Broken(source, error))
            except Exception as error:  # the outer edge of a decoder of foreign files
                self._put(Broken(source, MediaError(f"{source.media}: {type(error).__name__}: {error}")))

    def _put(self, item: Item) -> None:
        while not self._stopped.is_set():
            try:
                return self._ready.put(item, timeout=POLL_S)
            except queue.Full:
                continue

    def _decode(self, source: Source) -> int:
        """Puts all batches of a video; how many pictures are stand-ins. Raises MediaError when most are."""
        pictures = source.rows.pictures.tolist()
        ready: list[Pictures] = []
        last: Pictures | None = None
        leading = replaced = in_a_row = 0
        with FrameReader(source.media, source.info, keep_bytes=0) as reader:
            for number in pictures:
                if self._stopped.is_set():
                    return replaced
                found = None if in_a_row >= GIVE_UP_AFTER else self._read(reader, number)
                if found is None:
                    replaced, in_a_row = replaced + 1, in_a_row + 1
                    if 2 * replaced > len(pictures):
                        raise MediaError(
                            f"{source.media}: over half of its pictures cannot be decoded; the file is damaged."
                        )
                    if last is None:
                        leading += 1
                        continue
                else:
                    last, in_a_row = found, 0
                    ready.extend([found] * leading)
                    leading = 0
                assert last is not None
                ready.append(last)
                while len(ready) >= self._batch:
                    self._put(Batch(source, np.stack(ready[: self._batch])))
                    del ready[: self._batch]
            if ready:
                self._put(Batch(source, np.stack(ready)))
        return replaced

    def _read(self, reader: FrameReader, picture: int) -> Pictures | None:
        try:
            return self._prepare(reader.read(picture, near=0))
        except MediaError:
            return None
