"""Exports and imports as work for the background: requests in as plain values, answers out. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import api
from core.data.dataset import RunId, VideoId
from core.errors import TotError
from core.events import Report, ShouldStop
from core.project import Readable, Snapshot

Task = Callable[[Report, ShouldStop], dict[str, Any]]
PREVIEW_LINES = 40
KIT_FILES = (
    "index.html: the page to teach from",
    "work-instruction.html and .docx: the sheet, to print or to write on",
    "clips, thumbs, video: each step on its own, its pictures, the whole videos with chapters",
    "steps.json, steps.csv, labels: for other programs",
    "imsmanifest.xml: for a learning platform",
    "PROVENANCE.json, manifest.json: where all this comes from",
)


@dataclass(frozen=True)
class LabelsRequest:
    """Labels in one format: of which track and videos, where to."""

    format: str
    out: Path
    track: str
    videos: tuple[VideoId, ...]
    run: RunId | None = None
    unlabelled_as_background: bool = False
    what = "Exporting labels"


@dataclass(frozen=True)
class KitRequest:
    """A training kit: `options` are the fields of `KitOptions`."""

    out: Path
    track: str
    videos: tuple[VideoId, ...]
    run: RunId | None = None
    options: dict[str, Any] = field(default_factory=dict)
    what = "Making the training kit"


@dataclass(frozen=True)
class ReportRequest:
    """The report of the activity, as one page."""

    out: Path
    run: RunId | None = None
    what = "Writing the report"


@dataclass(frozen=True)
class Exported:
    """What was written: a sentence, where it lies, the page to open if there is one, what is not in it, notes."""

    text: str
    folder: Path
    page: Path | None = None
    losses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class KitStep:
    """One step of a kit to be: frames ``[start, stop)`` of a video, seconds there, and over all videos."""

    index: int
    action: int
    title: str
    video: VideoId
    start: int
    stop: int
    start_s: float
    stop_s: float
    usual: tuple[float, float, float, int] | None
    """Median, quartiles and number of videos."""
    is_described: bool


@dataclass(frozen=True)
class KitPreview:
    """What a kit would hold."""

    title: str
    reference: VideoId
    steps: tuple[KitStep, ...]
    notes: tuple[str, ...]
    is_draft: bool
    files: tuple[str, ...] = ()


def export(project: Snapshot, request: LabelsRequest | KitRequest | ReportRequest) -> Task:
    """Writes what is asked for; result: ``exported``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        if isinstance(request, LabelsRequest):
            done = _labels(project, request)
        elif isinstance(request, KitRequest):
            done = _kit(project, request, report, should_stop)
        else:
            path = api.write_report(project, request.out, run=request.run)
            done = Exported("The report is one page that stands alone.", path.parent, path, files=(path.name,))
        return {"exported": done}

    return run


def _labels(project: Snapshot, request: LabelsRequest) -> Exported:
    summary = api.export(
        project,
        request.format,
        request.out,
        track=request.track,
        videos=request.videos,
        run=request.run,
        unlabelled_as_background=request.unlabelled_as_background,
    )
    videos, files = summary.n_videos, len(summary.files)
    text = (
        f"{summary.n_segments:,} segments of {videos} video{'s' if videos != 1 else ''} "
        f"in {files} file{'s' if files != 1 else ''}."
    )
    folder = summary.out if summary.out.is_dir() else summary.out.parent
    names = tuple(str(path.relative_to(folder)) for path in summary.files)
    return Exported(text, folder, None, summary.losses, summary.notes, names)


def _kit(project: Snapshot, request: KitRequest, report: Report, should_stop: ShouldStop) -> Exported:
    from core.kit.source import KitOptions

    summary = api.make_kit(
        project,
        request.out,
        KitOptions(**request.options),
        track=request.track,
        videos=request.videos,
        run=request.run,
        report=report,
        should_stop=should_stop,
    )
    text = (
        f"“{summary.title}”: {summary.n_steps} steps from {summary.n_videos} "
        f"video{'s' if summary.n_videos != 1 else ''}, {summary.n_files} files, {summary.n_bytes / 1e6:,.1f} MB."
    )
    if summary.archive is not None:
        text += f" Also as {summary.archive.name}, for a learning platform."
    return Exported(text, summary.out, summary.out / "index.html", (), summary.notes, KIT_FILES)


def preview(project: Snapshot, request: LabelsRequest | KitRequest) -> str | KitPreview:
    """The first lines of an export of labels, or what a kit would hold. Raises TotError where it cannot be."""
    return _labels_preview(project, request) if isinstance(request, LabelsRequest) else _kit_preview(project, request)


def _labels_preview(project: Snapshot, request: LabelsRequest) -> str:
    """Of the first video only: the others would look alike, and 500 of them would take seconds."""
    name, text = api.export_preview(
        project,
        request.format,
        track=request.track,
        videos=request.videos,
        run=request.run,
        unlabelled_as_background=request.unlabelled_as_background,
    )
    lines = text.split("\n")
    more = [f"… {len(lines) - PREVIEW_LINES:,} more lines"] if len(lines) > PREVIEW_LINES + 1 else []
    return "\n".join([f"{name}", "", *lines[:PREVIEW_LINES], *more]).rstrip("\n")


def _kit_preview(project: Snapshot, request: KitRequest) -> KitPreview:
    from core.annotation.values import StepText
    from core.kit.layout import planned_files
    from core.kit.source import KitOptions

    options = KitOptions(**request.options)
    source, plan = api.plan_kit(project, options, track=request.track, videos=request.videos, run=request.run)
    steps = tuple(
        KitStep(
            step.index,
            int(step.action),
            step.title,
            step.video,
            step.start,
            step.stop,
            float(step.start_s),
            float(step.stop_s),
            (step.time.median, step.time.q1, step.time.q3, step.time.n) if step.time else None,
            source.step_texts.get(step.action, StepText()) != StepText(),
        )
        for step in plan.steps
    )
    return KitPreview(plan.title, plan.reference, steps, plan.notes, plan.is_draft, tuple(planned_files(plan, options)))


def plan_import(project: Snapshot, paths: Sequence[Path], format: str | None, target: str) -> dict[str, Any]:
    """``plan`` of label files and ``formats`` (the names that fit the first file), or ``error``, a sentence."""
    try:
        formats = api.guess_formats(paths[0])
        plan = api.plan_import(project, paths, format=format or next(iter(formats), None), target=target)
    except TotError as error:
        return {"error": str(error)}
    return {"plan": plan, "formats": formats}


def warm_up() -> None:
    """Import what the first export, import and kit need; beside the window, which would stand still for it."""
    import core.kit.layout
    import core.kit.source  # noqa: F401

    api.formats()
    api.format_problems()


def formats() -> list[dict[str, Any]]:
    """Every exchange format as plain values."""
    return api.formats()


def own_format(project: Readable) -> str:
    """Name of the format that the dataset's own labels came in; empty where there is none."""
    return api.own_format(project)


def format_problems() -> list[str]:
    """What is wrong with format plug-ins."""
    return api.format_problems()
