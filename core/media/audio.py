"""The sound of a video as samples by their time, exact wherever reading begins; silence where the file has none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from ..errors import MediaError
from .source import TORN_PLACES, open_container

RATE = 48_000
CHANNELS = 2
FILE_RATES = (4_000, 384_000)
MAX_FILE_CHANNELS = 16
RUN_UP_S = (Fraction(3, 10), Fraction(2), Fraction(10))
"""Decoding begins so long before the first sample asked for: a codec needs a run-up (Opus 80 ms), and some files say
a later place than they give. Where the longest is too short, from the beginning."""
FORWARD = 2 * RATE
"""Decoding so many samples onwards is cheaper than a jump."""
SEAM_S = Fraction(1, 50)
"""Times in files are rounded: up to here (20 ms) two pieces belong together, beyond it there is a gap."""
SEAM = round(SEAM_S * RATE)
MAX_PACKETS = 5_000
"""Packets decoded for one answer; where none of them is of the time asked for, there is silence."""

Samples = NDArray[np.int16]
Piece = tuple[int, Samples]
"""The first sample's number, counted from the file's own time 0, and (n, 2) samples."""
_NOTHING = np.zeros((0, CHANNELS), np.int16)


class AudioReader:
    """Random access to the sound of one video file, 48 kHz and two channels; one container handle, for one thread.

    Args:
        path: absolute path of a regular file.
        zero: the time, as the file counts it, that is called 0 here: that of its first picture.
    Raises:
        MediaError: the file cannot be opened, or has no sound that can be decoded here.
    """

    def __init__(self, path: Path, *, zero: Fraction = Fraction(0)) -> None:
        self._path = path
        self._zero = round(zero * RATE)
        self._container: av.container.InputContainer | None = None
        self._pieces: Iterator[Piece] = iter(())
        self._kept: list[Piece] = []  # in order, around what was asked for last
        self._at: int | None = None  # the sample behind the last decoded one; None: a jump comes first
        self._begins_at: int | None = None  # where the sound begins and ends, once that was met
        self._ends_at: int | None = None
        self._open()

    def between(self, start: Fraction, stop: Fraction) -> Samples:
        """(n, 2) int16: the samples of ``[start, stop)`` seconds, 0 where there are none.

        Neighbouring spans fit together: n is the difference of the two times as whole samples.
        """
        return self.samples(round(start * RATE), max(0, round(stop * RATE) - round(start * RATE)))

    def samples(self, first: int, n: int) -> Samples:
        """(n, 2) int16: n samples from this one on; sample 0 is at the time of the first picture."""
        out = np.zeros((n, CHANNELS), np.int16)
        wanted = first + self._zero
        if n and not self._is_outside(wanted, wanted + n):
            self._decode(wanted, wanted + n)
        for at, piece in self._kept:
            begin, end = max(at, wanted), min(at + len(piece), wanted + n)
            if begin < end:
                out[begin - wanted : end - wanted] = piece[begin - at : end - at]
        return out

    def close(self) -> None:
        """Gives the file back."""
        self._pieces, self._at = iter(()), None
        self._kept.clear()
        if self._container is not None:
            self._container.close()
            self._container = None

    def __enter__(self) -> AudioReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- finding -----------------------------------------------------------------------------------

    def _open(self) -> None:
        if self._container is not None:
            self._container.close()
        self._container = open_container(self._path)
        try:
            self._stream = audio_stream(self._container, self._path)
        except MediaError:
            self.close()
            raise

    def _is_outside(self, begin: int, end: int) -> bool:
        """Whether the sound is known to begin later or to end earlier."""
        is_before = self._begins_at is not None and end <= self._begins_at
        return is_before or (self._ends_at is not None and begin >= self._ends_at)

    def _decode(self, begin: int, end: int) -> None:
        """Decode until the samples ``[begin, end)`` are kept, as far as the file has them."""
        if not self._reaches(begin):
            self._jump(begin)
        self._go_on(begin, end)

    def _reaches(self, begin: int) -> bool:
        """Whether decoding onwards gives the samples from `begin` on sooner than a jump would."""
        if self._at is None:
            return False
        return (self._kept[0][0] if self._kept else self._at) <= begin <= self._at + FORWARD

    def _jump(self, begin: int) -> None:
        """Begin to decode so far before a sample that the codec has its run-up."""
        for run_up in RUN_UP_S:
            self._kept.clear()
            if self._seek(begin - round(run_up * RATE)):
                self._go_on(begin, begin + 1)
                if self._kept and self._kept[0][0] <= begin - SEAM:
                    return
        self._kept.clear()
        self._open()  # the last resort, and the right one at the start of the sound
        assert self._container is not None
        self._pieces, self._at = _decoded(self._container, self._stream, drops_first=False), None
        self._go_on(begin, begin + 1, is_first=True)

    def _seek(self, sample: int) -> bool:
        assert self._container is not None and self._stream.time_base is not None
        if sample <= 0:
            return False
        place = int(Fraction(sample, RATE) / self._stream.time_base)
        try:
            self._container.seek(place, stream=self._stream, backward=True)
        except (av.error.FFmpegError, OverflowError):
            return False
        self._pieces, self._at = _decoded(self._container, self._stream, drops_first=True), None
        return True

    def _go_on(self, begin: int, end: int, *, is_first: bool = False) -> None:
        """Decode onwards until the sample `end`; a second before `begin` is kept, for the next question."""
        self._kept = [(at, piece) for at, piece in self._kept if at + len(piece) > begin - RATE]
        if self._at is not None and self._at >= end:
            return
        for number, (at, piece) in enumerate(self._pieces):
            if is_first and number == 0:
                self._begins_at = at
            self._at = at + len(piece)
            if len(piece) and self._at > begin - RATE:
                self._kept.append((at, piece))
            if self._at >= end or number >= MAX_PACKETS:
                return
        self._ends_at = self._at  # None where nothing came: then nothing is known


def audio_stream(container: av.container.InputContainer, path: Path) -> av.AudioStream:
    """The sound that players play: the default stream, else the first. Raises MediaError where there is none."""
    streams = [s for s in container.streams.audio if s.codec_context is not None and s.time_base]
    if not container.streams.audio:
        raise MediaError(f"{path.name} has no sound.")
    if not streams:
        raise MediaError(f"The sound of {path.name} is coded in a way that no decoder here knows.")
    sane = [s for s in streams if is_sane(s.rate, s.channels)]
    if not sane:
        raise MediaError(f"The sound of {path.name} states {streams[0].channels} channels at {streams[0].rate} Hz.")
    return max(sane, key=lambda s: (bool(s.disposition & Disposition.default), -s.index))


def is_sane(rate: int | None, channels: int | None) -> bool:
    """Whether sound of this rate and so many channels is decoded here."""
    return bool(rate and channels and FILE_RATES[0] <= rate <= FILE_RATES[1] and channels <= MAX_FILE_CHANNELS)


def _decoded(container: av.container.InputContainer, stream: av.AudioStream, *, drops_first: bool) -> Iterator[Piece]:
    """What decodes from the present place. Pieces that lie within `SEAM` of one another have no seam between them.

    Args:
        drops_first: what the first packet gives was decoded without the one before it, and is left out.
    """
    run: _Run | None = None
    for frame in decoded_frames(container, stream):
        if frame is None or not is_sane(frame.sample_rate, frame.layout.nb_channels):
            run = None  # a damaged packet: what the filter holds back does not belong to what comes
            continue
        if drops_first:
            drops_first = False
            continue
        timed = frame.pts is not None and frame.time_base is not None
        at = round(frame.pts * frame.time_base * RATE) if timed else None  # type: ignore[operator]
        if run is not None and at is not None and abs(at - run.next) > SEAM:
            yield run.take(None)
            run = None
        if run is None and at is not None:
            run = _Run(at)
        if run is not None:
            try:
                yield run.take(frame)
            except (av.error.FFmpegError, ValueError):  # of another layout, format or rate than before
                run = None
    if run is not None:
        yield run.take(None)


class _Run:
    """Frames without a gap, as samples of one rate: counted from the time of the first, whatever the others say."""

    def __init__(self, at: int) -> None:
        self.next = at
        self._resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)

    def take(self, frame: av.AudioFrame | None) -> Piece:
        """The samples that this frame completes; for None what is held back."""
        if frame is not None:
            frame.pts = None
        made = [out.to_ndarray().reshape(-1, CHANNELS) for out in self._resampler.resample(frame)]
        piece = np.concatenate([_NOTHING, *made]).astype(np.int16, copy=False)
        at, self.next = self.next, self.next + len(piece)
        return at, piece


def decoded_frames(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame | None]:
    """Frames of the stream from the present place; None for a damaged place."""
    torn = 0
    while torn < TORN_PLACES:
        try:
            for packet in container.demux(stream):
                try:
                    frames = packet.decode()
                except av.error.FFmpegError:
                    yield None
                    continue
                torn = 0
                yield from frames
            return
        except (av.error.FFmpegError, IndexError):  # as in `source.packets`
            torn += 1
            yield None
