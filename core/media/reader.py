"""One picture of a video by its number, exact: found by its presentation time, never by number / rate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import av
import av.container
import numpy as np
from numpy.typing import NDArray

from ..data.timebase import MediaInfo
from ..errors import MediaError
from .index import load_index
from .kept import KeptFrames
from .pixels import Pixels
from .source import open_container, packets, video_stream
from .whole import is_intra, whole_frames

FORWARD_PICTURES = 8
"""Decoding so many pictures onwards is cheaper than any seek."""
EARLIER_KEYS = 3
"""Key frames before the nearest one that are tried where decoding from it begins too late (MPEG-TS, intra refresh)."""
KEEP_BYTES = 32 * 1024 * 1024
LENIENT_BYTES = 8 * 1024 * 1024
SPARSE = {"h264"}
"""Codecs in which a picture can be told to be none that others refer to: leaving it out changes no other picture."""


class FrameReader:
    """Random access to the pictures of one video file; one container handle, for one thread.

    Frames that decoding passes are kept as the decoder made them, at most `keep_bytes` of them, those nearest to
    the picture asked for last: a step back costs no second decoding.

    A decoder that meets damage fills the hole with what it showed before, and says nothing. So it is told to give such
    a picture up, with all that refer to it; those are then made by a second, lenient decoder and said to be doubtful.

    Args:
        path: absolute path of a regular file.
        info: what `probe` told when the project was made; None looks it up.
        missing: pictures that are known to hold nothing, whatever the file gives for them.
        doubtful: pictures that are known to be what a lenient decoder made of damage.
        strict: False takes what a lenient decoder gives, without a word.
    Raises:
        MediaError: the file cannot be opened, or its pictures have other times than `info` says.
    """

    def __init__(
        self,
        path: Path,
        info: MediaInfo | None = None,
        *,
        keep_bytes: int = KEEP_BYTES,
        missing: Iterable[int] = (),
        doubtful: Iterable[int] = (),
        strict: bool = True,
    ) -> None:
        index = load_index(path, info.stream if info is not None and info.stream >= 0 else None)
        self.info = index.info
        if info is not None and not np.array_equal(info.pts, index.info.pts):
            raise MediaError(
                f"{path}: holds {index.info.n_pictures:,} pictures; the project knows {info.n_pictures:,} at other "
                "times. The file was changed. Put the first one back, or make a project of the new one."
            )
        self._path = path
        self._is_counted = index.is_counted
        self._pts = [int(p) for p in index.info.pts]
        self._key_pts = [int(p) for p in index.key_pts]
        self._key_dts = [int(p) for p in index.key_dts]
        self._pixels = Pixels(index.info)
        self._container: av.container.InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._at = self._first = -1  # pictures decoded last and first since the last jump; -1: none
        self._kept = KeptFrames(keep_bytes)
        self._dense_from: int | None = None  # pictures before this time are decoded only where others refer to them
        self._seeks_by_pts = True
        self._leaves_out = False  # what the decoder was told last
        self._absent = frozenset(missing)
        self._missing: set[int] = set(missing)
        self._strict = strict
        self._lenient: FrameReader | None = None
        self._given_up: set[int] = set()  # by the strict decoder
        self._doubtful: set[int] = set(doubtful)

    @property
    def n_pictures(self) -> int:
        """Pictures in the index."""
        return len(self._pts)

    def read(
        self, picture: int, *, layout: str = "rgb24", height: int | None = None, near: int | None = None
    ) -> NDArray[np.uint8]:
        """The picture as (H, W, 3) uint8 RGB, upright, pixels square.

        Args:
            layout: ``bgra`` gives (H, W, 4) for a screen.   height: lines at most; fewer are made faster.
            near: see `steps_to`.
        Raises:
            MediaError: there is no such picture, or it cannot be decoded (a damaged place).
        """
        frame = self.frame(picture, near=near)
        try:
            return self._pixels.make(frame, layout=layout, height=height)
        except (av.error.FFmpegError, ValueError) as error:
            raise self._cannot_be_converted(picture, error) from error

    def frame(self, picture: int, *, near: int | None = None) -> av.VideoFrame:
        """The picture as the decoder made it. Raises MediaError like `read`."""
        self.look_at(picture, self._kept.direction)
        for _ in self.steps_to(picture, near=near):
            pass
        frame = self._kept.get(picture)
        if frame is None:
            raise MediaError(f"{self._path}: picture {picture} cannot be decoded; the file is damaged there.")
        return frame

    def look_at(self, picture: int, direction: int) -> None:
        """Keep the frames around this picture, more of them in the direction of play (-1, 0 for both, 1).

        Raises MediaError where there is no such picture.
        """
        if not 0 <= picture < len(self._pts):
            raise MediaError(f"{self._path}: picture {picture} was asked for; there are {len(self._pts)}.")
        self._kept.focus, self._kept.direction = picture, direction

    def steps_to(self, picture: int, *, near: int | None = None) -> Iterator[int]:
        """Decode to a picture, one frame a step; each step gives the number of the frame it decoded.

        Other pictures can be read between two steps while they are at hand (`has`); asking for one that is not
        makes these steps worthless. When the steps have ended, the picture is at hand, or it is missing.

        Args:
            near: so many pictures before this one are wanted too; of those farther back only what others refer to is
                decoded, which is faster. None wants all that is passed.
        """
        if self.has(picture):
            return
        if picture not in self._given_up:
            found = yield from self._steps_strictly(picture, near)
            if found:
                return
        if self._strict:
            yield from self._steps_leniently(picture)
        if picture not in self._kept:
            self._missing.add(picture)

    def _steps_strictly(self, picture: int, near: int | None) -> Generator[int, None, bool]:
        found = False
        for wanted in (None,) if near is None else (near, None):  # left out by mistake, it is found the second time
            self._dense_from = None if wanted is None else self._pts[max(0, picture - wanted)]
            for at in self._find(picture):
                found = found or at == picture
                yield at
            if found:
                return True
        # The last pass left nothing out: what it did not give up to where it is, or the next key frame, is lost.
        stop = self._key_behind(picture)
        self._given_up.update(range(picture, stop if self._at < 0 else min(stop, max(picture + 1, self._at))))
        return False

    def _key_behind(self, picture: int) -> int:
        """The first key frame behind a picture, or the number of pictures."""
        key = bisect_right(self._key_pts, self._pts[picture])
        return bisect_left(self._pts, self._key_pts[key]) if key < len(self._key_pts) else self.n_pictures

    def _steps_leniently(self, picture: int) -> Iterator[int]:
        if self._lenient is None:
            self._lenient = FrameReader(self._path, self.info, keep_bytes=LENIENT_BYTES, strict=False)
        self._lenient.look_at(picture, self._kept.direction)
        yield from self._lenient.steps_to(picture)
        if (frame := self._lenient._kept.get(picture)) is not None:
            self._doubtful.add(picture)
            self._kept.keep(picture, frame)

    def read_frame(self, picture: int) -> av.VideoFrame:
        """A copy of a picture for an encoder; see `Pixels.for_encoder`. Raises MediaError like `read`."""
        try:
            return self._pixels.for_encoder(self.frame(picture))
        except (av.error.FFmpegError, ValueError) as error:
            raise self._cannot_be_converted(picture, error) from error

    def _cannot_be_converted(self, picture: int, error: Exception) -> MediaError:
        return MediaError(f"{self._path}: picture {picture} cannot be converted ({error}).")

    def has(self, picture: int) -> bool:
        """Whether reading this picture takes no decoding: it is kept, or known to be missing."""
        return picture in self._kept or picture in self._missing

    def is_doubtful(self, picture: int) -> bool:
        """Whether this picture, once it was read, is what a decoder made of damage; it may be another one's content."""
        return picture in self._doubtful

    @property
    def at(self) -> int:
        """The picture that was decoded last; -1 where decoding has to begin with a jump."""
        return self._at

    @property
    def room(self) -> int:
        """How many frames can be kept, as far as is known: at least 1."""
        return self._kept.room

    @property
    def run_up(self) -> float:
        """Pictures that are decoded for a jump, on average over all pictures of the file."""
        starts = np.searchsorted(self.info.pts, self._key_pts)
        groups = np.diff(np.unique(np.concatenate([[0], starts, [self.n_pictures]])))
        return float((groups * (groups + 1.0)).sum() / (2 * self.n_pictures))

    def key_before(self, picture: int) -> int:
        """The picture from which this one is decoded."""
        key = bisect_right(self._key_pts, self._pts[picture]) - 1
        return bisect_left(self._pts, self._key_pts[key]) if key >= 0 else 0

    def close(self) -> None:
        """Gives the file and the kept frames back; a later `read` opens it again."""
        self._kept.clear()
        self._frames, self._at = iter(()), -1
        if self._container is not None:
            self._container.close()
            self._container = None
        if self._lenient is not None:
            self._lenient.close()

    def __enter__(self) -> FrameReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- finding -----------------------------------------------------------------------------------

    def _find(self, picture: int) -> Iterator[int]:
        if self._is_ahead(picture):
            yield from self._decode_to(picture)
            return
        key = bisect_right(self._key_pts, self._pts[picture]) - 1
        for earlier in range(key, max(-1, key - EARLIER_KEYS - 1), -1):
            if self._begin_at(earlier):
                yield from self._decode_to(picture)
                if self._at == picture or 0 <= self._first < picture:  # found; or the file does not hold it whole
                    return
        self._begin()  # last resort: from the beginning of the file
        yield from self._decode_to(picture)

    def _is_ahead(self, picture: int) -> bool:
        """True where decoding onwards reaches the picture sooner than a seek would."""
        if self._at < 0 or self._at >= picture:
            return False
        return picture - self._at <= FORWARD_PICTURES or self.key_before(picture) <= self._at

    def _decode_to(self, picture: int) -> Iterator[int]:
        """Decode onwards until this picture, one behind it, or the end; a number for each frame."""
        while self._at < picture:
            if next(self._frames, None) is None:
                self._at = -1
                return
            yield self._at

    def _begin(self) -> None:
        """Open the file anew and decode from its first packet."""
        if self._container is not None:
            self._container.close()
        self._container, self._leaves_out = open_container(self._path), False
        stream = video_stream(self._container, self._path, self.info.stream, strict=self._strict)
        stream.thread_type = "AUTO"
        self._go(packets(self._container, stream), None)

    def _begin_at(self, key: int) -> bool:
        """Seek to a key frame and decode from it; False where the file gives no key frame at or before it."""
        if self._is_counted:
            return False
        if self._container is None:
            self._begin()
        assert self._container is not None
        stream = video_stream(self._container, self._path, self.info.stream, strict=self._strict)
        # MP4 means times of presentation, and with one of decoding goes a key frame too far back; MPEG-TS the reverse.
        for times in (self._key_pts, self._key_dts) if self._seeks_by_pts else (self._key_dts,):
            try:
                self._container.seek(times[key], stream=stream, backward=True, any_frame=False)
            except av.error.FFmpegError:
                continue
            following = packets(self._container, stream)
            first = next((p for p in following if p.is_keyframe and p.size > 0 and p.pts is not None), None)
            if first is not None and first.pts is not None and first.pts <= self._key_pts[key]:
                self._go(_with(first, following), first.pts)
                return True
            self._seeks_by_pts = False
        return False

    def _go(self, following: Iterator[av.Packet[av.VideoStream]], first_pts: int | None) -> None:
        self._frames = self._decoded(following, first_pts)
        self._at = self._first = -1

    def _decoded(
        self, following: Iterator[av.Packet[av.VideoStream]], first_pts: int | None
    ) -> Iterator[av.VideoFrame]:
        """Frames of these packets that are in the index, kept; `_at` says which picture the last one is.

        What precedes `first_pts`, the key frame of a seek, refers to frames that were not decoded (an open group of
        pictures) and is not shown. Where the first frame after a seek is no intra picture, nothing is given: its key
        frame is damaged, or the file refreshes its pictures bit by bit (x264's intra-refresh), and then no decoder
        can tell when all of it is right.
        """
        for number, frame in enumerate(whole_frames(self._told(following), strict=self._strict)):
            picture = number if self._is_counted else self._number(frame.pts)
            if picture is None or (first_pts is not None and (frame.pts is None or frame.pts < first_pts)):
                continue
            if self._first < 0:
                if first_pts is not None and not is_intra(frame):
                    return
                self._first = picture
            self._at = picture
            if frame.is_corrupt or picture in self._absent:
                continue
            self._kept.keep(picture, frame)
            yield frame

    def _told(self, following: Iterator[av.Packet[av.VideoStream]]) -> Iterator[av.Packet[av.VideoStream]]:
        """These packets; before each the decoder is told whether to leave it out where nothing refers to it."""
        for packet in following:
            may = self._dense_from is not None and packet.pts is not None and packet.pts < self._dense_from
            may = may and not self._is_counted and packet.stream.codec_context.name in SPARSE
            if may != self._leaves_out:
                packet.stream.codec_context.skip_frame = "NONREF" if may else "DEFAULT"
                self._leaves_out = may
            yield packet

    def _number(self, pts: int | None) -> int | None:
        """The number of the picture at this time, None where the index has none."""
        if pts is None:
            return None
        place = bisect_left(self._pts, pts)
        return place if place < len(self._pts) and self._pts[place] == pts else None


def _with(
    first: av.Packet[av.VideoStream], rest: Iterator[av.Packet[av.VideoStream]]
) -> Iterator[av.Packet[av.VideoStream]]:
    yield first
    yield from rest
