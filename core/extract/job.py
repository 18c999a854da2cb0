"""Features of many videos: what is done is found again, the rest is decoded and described, each written whole."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec
import numpy as np

from .. import __version__
from ..cache import atomic_write
from ..errors import DeviceMemoryError, InputError, JobError, TotError
from ..events import JobCancelled, LogLine, Progress, Report, ShouldStop, StopKind
from ..media.index import probe
from .backbone import Extractor, FloatArray, Pictures
from .files import MatrixWriter, Record, is_of, matrix_path, read_record
from .sampling import sample
from .stream import Batch, Broken, Ended, PictureStream, Source

REPORT_EVERY_S = 0.1
SUMMARY = "features.json"
_SPARE_BYTES = 16 << 20


@dataclass(frozen=True)
class Wish:
    """One video whose features are wanted."""

    id: str
    media: Path


class VideoFeatures(msgspec.Struct, frozen=True, kw_only=True):
    """The features of one video. `pictures` says which picture each row describes where that is not r * stride."""

    matrix: str
    rows: int
    dimensions: int
    rate: str
    stride: str
    pictures: list[int]
    replaced: int
    reused: bool


@dataclass
class Outcome:
    """What an extraction left: features by video, and the reason for each video that has none."""

    made: dict[str, VideoFeatures] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    stopped_early: bool = False
    rows_made: int = 0
    seconds: float = 0.0


class Extraction:
    """One job: describe the pictures of videos and write a matrix for each into `folder`.

    Args:
        rate: rows a second.   half: whether the extractor counts in 16 bits; part of what a matrix must agree with.
        batch: pictures at a time; None takes what suits the extractor.
    """

    def __init__(
        self,
        extractor: Extractor,
        folder: Path,
        rate: Fraction,
        *,
        half: bool = False,
        batch: int | None = None,
        report: Report,
        should_stop: ShouldStop,
    ) -> None:
        self._extractor, self._folder, self._rate, self._half = extractor, folder, rate, half
        self._batch = batch or extractor.batch
        self._report, self._should_stop = report, should_stop
        self._outcome = Outcome()
        self._writers: dict[str, MatrixWriter] = {}
        self._total = 0
        self._began = self._reported_at = 0.0
        self._n_videos = 0

    def run(self, wishes: Sequence[Wish]) -> Outcome:
        """Features of every video that can be read; one that cannot becomes a reason, the others go on.

        Raises:
            JobError: no space, or the device failed; what was finished stays.   JobCancelled: asked to discard.
        """
        self._n_videos = len(wishes)
        todo = self._look(wishes)
        if todo and not self._outcome.stopped_early:
            self._check_space(todo)
            self._total = sum(len(source.rows) for source in todo)
            self._began = time.perf_counter()
            try:
                self._describe(todo)
            finally:
                for writer in self._writers.values():
                    writer.abort()
                self._outcome.seconds = time.perf_counter() - self._began
        self._summarise()
        return self._outcome

    # --- before ------------------------------------------------------------------------------------

    def _look(self, wishes: Sequence[Wish]) -> list[Source]:
        """The videos that are not done yet."""
        todo = []
        for number, wish in enumerate(wishes):
            if self._stops():
                break
            self._report(Progress(done=number, total=len(wishes), text=f"Looking at {wish.id}"))
            try:
                path = matrix_path(self._folder, wish.id)
                record = read_record(path)
                if record is not None and self._fits(record, wish.media):
                    self._outcome.made[wish.id] = _values(path, record, reused=True)
                    continue
                if record is None and path.exists() and not path.with_suffix(".json").exists():
                    raise InputError(path, "is there and was not made here.", hint="Choose another folder.")
                info = probe(wish.media)
                todo.append(Source(wish.id, wish.media, info, sample(info, self._rate)))
            except TotError as error:
                self._fail(wish.id, error)
        return todo

    def _fits(self, record: Record, media: Path) -> bool:
        made = self._extractor
        same = (record.extractor, record.weights, record.half, record.dimensions, record.rate_asked) == (
            made.name,
            made.weights,
            self._half,
            made.dimensions,
            str(self._rate),
        )
        return same and is_of(record.video, media)

    def _check_space(self, todo: Sequence[Source]) -> None:
        """Raises JobError where the matrices will not fit on the disk."""
        wanted = sum(len(source.rows) for source in todo) * self._extractor.dimensions * 4 + _SPARE_BYTES
        place = next(p for p in (self._folder, *self._folder.parents) if p.exists())
        free = shutil.disk_usage(place).free
        if free < wanted:
            raise JobError(
                f"{self._folder}: {wanted / 1e6:,.0f} MB are needed for the features, {free / 1e6:,.0f} MB are free.",
                kind="disk",
                hint="Free some space, or choose another folder.",
            )

    # --- the work ----------------------------------------------------------------------------------

    def _describe(self, todo: Sequence[Source]) -> None:
        with PictureStream(todo, self._extractor.prepare, batch=self._batch, threads=self._threads()) as stream:
            left = len(todo)
            while left and not self._stops():
                item = stream.next()
                if isinstance(item, Batch):
                    self._take(item)
                elif isinstance(item, Ended):
                    self._finish(item)
                    left -= 1
                elif isinstance(item, Broken):
                    if (writer := self._writers.pop(item.source.id, None)) is not None:
                        writer.abort()
                    self._fail(item.source.id, item.error)
                    left -= 1

    def _take(self, item: Batch) -> None:
        source = item.source
        if source.id not in self._writers:
            path = matrix_path(self._folder, source.id)
            self._writers[source.id] = MatrixWriter(path, len(source.rows), self._extractor.dimensions)
        self._writers[source.id].append(self._rows(item.pictures))
        self._outcome.rows_made += len(item.pictures)
        now = time.perf_counter()
        if now - self._reported_at >= REPORT_EVERY_S:
            self._reported_at = now
            self._say_progress(source.id, now, number=self._n_over + 1)

    def _rows(self, pictures: Pictures) -> FloatArray:
        """Features of a batch; where the device has no room for it, of its halves, and smaller batches from then on."""
        try:
            if len(pictures) <= self._batch:
                return self._extractor.describe(pictures)
        except DeviceMemoryError:
            if len(pictures) == 1:
                raise
            self._batch = (len(pictures) + 1) // 2
            text = f"{self._extractor.device} has no room for {len(pictures)} pictures at a time; {self._batch} now."
            self._report(LogLine(text=text, level="warning"))
        parts = [pictures[i : i + self._batch] for i in range(0, len(pictures), self._batch)]
        return np.concatenate([self._rows(part) for part in parts])

    def _finish(self, item: Ended) -> None:
        source, made = item.source, self._extractor
        writer = self._writers.pop(source.id)
        rows = source.rows
        record = Record(
            extractor=made.name,
            weights=made.weights,
            half=self._half,
            device=made.device,
            rate_asked=str(self._rate),
            rate="" if rows.rate is None else str(rows.rate),
            stride=str(rows.stride),
            is_uniform=rows.is_uniform,
            rows=len(rows),
            dimensions=made.dimensions,
            replaced=item.replaced,
            video=item.stamp,
            versions=_versions(),
            pictures=rows.pictures.tolist(),
            seconds=rows.seconds.round(6).tolist(),
        )
        try:
            writer.finish(record)
        except BaseException:
            writer.abort()
            raise
        self._outcome.made[source.id] = _values(matrix_path(self._folder, source.id), record, reused=False)
        if item.replaced:
            text = f"{source.id}: {item.replaced:,} of {len(rows):,} pictures could not be decoded"
            self._report(LogLine(text=f"{text}; the one before each stands in.", level="warning"))
        self._say_progress(source.id, time.perf_counter(), number=self._n_over)

    # --- saying ------------------------------------------------------------------------------------

    def _stops(self) -> bool:
        """Whether to end now and keep what is finished. Raises JobCancelled when that is asked for."""
        kind = self._should_stop()
        if kind is StopKind.DISCARD:
            raise JobCancelled
        self._outcome.stopped_early = self._outcome.stopped_early or kind is StopKind.KEEP
        return self._outcome.stopped_early

    def _fail(self, video: str, error: TotError) -> None:
        self._outcome.failed[video] = str(error)
        self._report(LogLine(text=f"{video}: {error}", level="warning"))

    @property
    def _n_over(self) -> int:
        """Videos that are finished, were found finished, or failed."""
        return len(self._outcome.made) + len(self._outcome.failed)

    def _say_progress(self, video: str, now: float, *, number: int) -> None:
        done = self._outcome.rows_made
        speed = done / max(1e-6, now - self._began)
        text = f"Extracting features: {video} ({number} of {self._n_videos}), {speed:.0f} frames/s"
        self._report(Progress(done=done, total=self._total, text=text, seconds_left=(self._total - done) / speed))

    def _summarise(self) -> None:
        """Nothing; says in the folder how its matrices were made, for whoever opens it as a dataset."""
        made = list(self._outcome.made.values())
        if not made:
            return
        strides = {entry.stride for entry in made if not entry.pictures}
        rates = {entry.rate for entry in made if entry.rate}
        values = {"extractor": self._extractor.name, "dimensions": self._extractor.dimensions, "row": "start"}
        if len(strides) == 1 and not any(entry.pictures for entry in made):
            values["stride"] = strides.pop()
        if len(rates) == 1:
            values["rate"] = rates.pop()
        content = msgspec.json.format(msgspec.json.encode(values)) + b"\n"
        path = self._folder / SUMMARY
        if not path.is_file() or path.read_bytes() != content:
            atomic_write(path, content)

    def _threads(self) -> int:
        """Decoding threads: one where the network needs the processor, several beside a GPU."""
        cores = os.cpu_count() or 1
        return max(1, cores // 4) if self._extractor.device == "cpu" else max(1, min(8, cores - 1))


def _values(path: Path, record: Record, *, reused: bool) -> VideoFeatures:
    return VideoFeatures(
        matrix=str(path),
        rows=record.rows,
        dimensions=record.dimensions,
        rate=record.rate,
        stride=record.stride,
        pictures=[] if record.is_uniform else record.pictures,
        replaced=record.replaced,
        reused=reused,
    )


def _versions() -> dict[str, str]:
    found = {"totgui": __version__}
    for package in ("torch", "av", "numpy", "opencv-python-headless"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
