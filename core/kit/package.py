"""Writes a kit: pictures and videos first, then the pages that name them, the list of all files last."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..data.dataset import VideoId
from ..data.timebase import MediaInfo
from ..errors import TotError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from ..formats.registry import find_format
from ..media.clips import copy_video, encode_clip
from ..media.reader import FrameReader
from . import captions, folder, pages, pictures, record, scorm
from .layout import thumbnails_of
from .plan import KitPlan, Step, plan_kit
from .provenance import README, provenance, sha256
from .source import KitOptions, KitSource, usual_formats
from .word import work_instruction
from .words import ENGLISH as WORDS

_EVERY = 15
"""Pictures between two reports of progress."""


@dataclass(frozen=True)
class KitSummary:
    """What was written. `archive` is the zip file, None without one; `notes` are what a reader has to know."""

    out: Path
    archive: Path | None
    title: str
    n_steps: int
    n_videos: int
    n_files: int
    n_bytes: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        text = f"{self.n_steps} steps from {self.n_videos} videos, {self.n_files} files, {self.n_bytes / 1e6:.1f} MB"
        return f"{text}: {self.out}." + (f" Also as {self.archive.name}." if self.archive else "")


class _Work:
    """How far the export has come; `tick` reports, and ends it where the person asked for that."""

    def __init__(self, total: int, report: Report, should_stop: ShouldStop) -> None:
        self.total, self.done, self.text = max(1, total), 0, ""
        self._report, self._should_stop, self._last = report, should_stop, -_EVERY

    def start(self, text: str) -> None:
        self.text, self._last = text, -_EVERY
        self.tick(0)

    def tick(self, units: int = 1) -> None:
        """Raises JobCancelled when asked to stop."""
        if self._should_stop() is not None:
            raise JobCancelled
        self.done = min(self.total, self.done + units)
        if self.done - self._last >= _EVERY:
            self._last = self.done
            self._report(Progress(done=self.done, total=self.total, text=self.text))


def write_kit(
    source: KitSource,
    options: KitOptions,
    out: Path,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> KitSummary:
    """A kit as the folder `out` (and `out`.zip), which appears when it is complete.

    Raises:
        ConfigError, InputError: see `plan_kit`; a format is unknown; `out` holds something else.
        MediaError: a picture of a step cannot be decoded.
        JobCancelled: asked to stop; nothing is left, and an earlier kit is as it was.
    """
    out = out.absolute()
    formats = usual_formats() if options.formats is None else options.formats
    for name in formats:
        find_format(name)
    plan = plan_kit(source, options)
    work = _Work(_units(source, plan, options), report, should_stop)
    archive = folder.Archive(out.with_name(f"{out.name}.zip")) if options.as_zip else None
    with folder.whole_folder(out, archive) as partial:
        writer = _Writer(source, plan, replace(options, formats=formats), partial, work)
        writer.write()
        files = folder.files_in(partial)
        n_bytes = sum((partial / name).stat().st_size for name in files)
        if archive is not None:
            work.start(archive.path.name)
            archive.fill(partial, lambda: work.tick(0))
    report(Progress(done=work.total, total=work.total, text=str(out)))
    path = archive.path if archive else None
    return KitSummary(out, path, plan.title, len(plan.steps), plan.n_videos, len(files), n_bytes, writer.notes)


def _units(source: KitSource, plan: KitPlan, options: KitOptions) -> int:
    clips = sum(len(step.pictures) + 3 for step in plan.steps)
    if options.photos_only:
        return 3 * len(plan.steps)
    return clips + sum(_media(source, v).n_pictures for v in plan.shown)


def _media(source: KitSource, video: VideoId) -> MediaInfo:
    media = source.videos[video].timebase.media
    assert media is not None  # the plan shows only videos with pictures
    return media


def clip_pictures(step: Step, media: MediaInfo, handle_s: float) -> range:
    """The pictures of a step's clip: exactly its own, or those up to `handle_s` before and after as well."""
    if not handle_s:
        return step.pictures
    reach = Fraction(handle_s) / media.unit
    first, last = int(media.pts[step.pictures.start]), int(media.pts[step.pictures.stop - 1])
    return range(bisect_left(media.pts, first - reach), bisect_right(media.pts, last + reach))


class _Writer:
    """Fills one folder with the files of a plan."""

    def __init__(self, source: KitSource, plan: KitPlan, options: KitOptions, out: Path, work: _Work) -> None:
        self.source, self.plan, self.options, self.out, self.work = source, plan, options, out, work
        self.notes = plan.notes
        self._sizes: dict[VideoId, tuple[int, int]] = {}
        self._photos: dict[int, bytes] = {}
        self._stills: dict[int, tuple[pictures.Picture, ...]] = {}

    def write(self) -> None:
        for name in ("video", "clips", "thumbs", "labels"):
            if name in ("thumbs", "labels") or not self.options.photos_only:
                (self.out / name).mkdir()
        for video in self.plan.shown:
            self._video(video)
        steps = self.plan.steps
        self._put("contact-sheet.jpg", pictures.jpeg(pictures.contact_sheet(steps, self._stills)))
        self._labels()
        self._pages()
        self._lists()

    def _put(self, name: str, content: bytes | str) -> None:
        data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
        (self.out / name).write_bytes(data)

    def _video(self, video: VideoId) -> None:
        """Everything that needs the pictures of one video."""
        media, path = _media(self.source, video), self.source.videos[video].media
        assert path is not None
        steps = [step for step in self.plan.steps if step.video == video]
        with FrameReader(path, media) as reader:
            for step in steps:
                self.work.start(f"{WORDS['step']} {step.index} {WORDS['of']} {len(self.plan.steps)}: {step.title}")
                self._stills_of(reader, step)
                if not self.options.photos_only:
                    wanted = clip_pictures(step, media, self.options.handle_s)
                    encode_clip(reader, wanted, self.out / f"clips/{step.file}.mp4", tick=self.work.tick)
            if not self.options.photos_only:
                self._whole_video(video, path, reader, steps)

    def _stills_of(self, reader: FrameReader, step: Step) -> None:
        stills = pictures.thumbnails(reader, step)
        for name, still in zip(thumbnails_of(step), stills, strict=True):
            self._put(name, pictures.jpeg(still))
        self._stills[step.index], self._photos[step.index] = stills, pictures.jpeg(stills[1])
        self._sizes[step.video] = (stills[1].shape[1], stills[1].shape[0])
        self.work.tick(3)

    def _whole_video(self, video: VideoId, path: Path, reader: FrameReader, steps: list[Step]) -> None:
        base = f"video/{self.plan.shown[video]}"
        self.work.start(self.source.videos[video].name)
        found = captions.cues(steps)
        chapters = captions.chapters(found, WORDS["between"])
        target = self.out / f"{base}.mp4"
        if copy_video(path, reader.info, target, chapters=chapters):
            self.work.tick(reader.n_pictures)
        else:
            encode_clip(reader, range(reader.n_pictures), target, chapters=chapters, tick=self.work.tick)
        self._put(f"{base}.chapters.vtt", captions.webvtt(found, subtitles=False))
        self._put(f"{base}.subtitles.vtt", captions.webvtt(found, subtitles=True))
        self._put(f"{base}.srt", captions.srt(found))
        self._put(f"{base}.ffmeta", captions.ffmetadata(self.plan.title, chapters))

    def _labels(self) -> None:
        """The labels in every chosen format; one that cannot hold them becomes a note."""
        lines = []
        for name in self.options.formats or ():
            kind = find_format(name)
            target = self.out / "labels" / f"{name}{kind.suffix}"
            self.work.start(kind.label)
            try:
                kind.write(self.source.labels, target)
            except TotError as error:
                reason = str(error).replace(f"{target}", target.name)
                self.notes += (WORDS["note_label_format"].format(format=kind.label, reason=reason),)
                continue
            lines.append(f"{target.name}: {kind.label}. Not in it: {'; '.join(kind.losses) or 'nothing'}.")
        self._put("labels/README.txt", "\n".join(lines) + "\n")

    def _pages(self) -> None:
        source, plan, options = self.source, self.plan, self.options
        self.work.start(WORDS["work_instruction"])
        self._put("index.html", pages.index_page(source, plan, options, sizes=self._sizes, notes=self.notes))
        self._put("work-instruction.html", pages.instruction_page(source, plan, sizes=self._sizes))
        self._put("work-instruction.docx", work_instruction(source, plan, self._photos))

    def _lists(self) -> None:
        source, plan, options = self.source, self.plan, self.options

        def tick() -> None:
            self.work.tick(0)

        videos = [] if options.photos_only else [f"video/{name}.mp4" for name in plan.shown.values()]
        digests = {name: sha256(self.out / name, tick) for name in videos}
        self._put("steps.json", record.steps_json(source, plan, options, digests))
        self._put("steps.schema.json", record.SCHEMA.read_bytes())
        self._put("steps.csv", record.steps_csv(source, plan))
        self._put("README.txt", README.format(title=plan.title))
        self._put("PROVENANCE.json", provenance(source, plan, options, notes=self.notes, tick=tick))
        files = [*folder.files_in(self.out), folder.MANIFEST]
        self._put("imsmanifest.xml", scorm.imsmanifest(plan, files))
        listed = [
            {"name": name, "bytes": (self.out / name).stat().st_size, "sha256": sha256(self.out / name, tick)}
            for name in folder.files_in(self.out)
        ]
        self._put(folder.MANIFEST, record.json_text({"format": folder.FORMAT, "version": 1, "files": listed}))
