"""The work of an extraction job, from a request to plain values. No project, no window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ConfigError, InputError
from ..events import LogLine, Progress, Report, ShouldStop
from ..extract.job import Extraction, Wish
from ..extract.registry import make_extractor, parse
from ..feature_work import rate_of
from ..requests import ExtractRequest

MAX_BATCH = 4096


def uses_device(extractor: str) -> bool:
    """Whether an extractor runs where it is told; the others run on the processor. Raises ConfigError."""
    return parse(extractor)[0].uses_device


def extract(request: ExtractRequest, *, device: str, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """What the job made: `videos` (values of `VideoFeatures` by id), `failed` (reasons by id), and its speed.

    Raises:
        ConfigError, InputError, JobError; JobCancelled when it was discarded. Finished videos stay in every case.
    """
    settings = request.settings
    if settings.half and device == "cpu":
        raise ConfigError("Half precision needs a GPU; on the processor it is slower, not faster. Leave it out.")
    if settings.batch is not None and not 1 <= settings.batch <= MAX_BATCH:
        raise ConfigError(f"A batch of {settings.batch} pictures; wanted 1 to {MAX_BATCH:,}.")
    if not request.videos:
        raise InputError(request.folder, "no video file to describe; features are made from videos.")
    kind, _ = parse(settings.extractor)
    report(Progress(done=0, total=0, text=f"Loading {kind.label}"))
    extractor = make_extractor(settings.extractor, device=device, half=settings.half)
    job = Extraction(
        extractor,
        Path(request.folder),
        rate_of(settings),
        half=settings.half,
        batch=settings.batch,
        report=report,
        should_stop=should_stop,
    )
    outcome = job.run([Wish(video.id, Path(video.media)) for video in request.videos])
    speed = outcome.rows_made / outcome.seconds if outcome.seconds else 0.0
    made = len(outcome.made)
    report(LogLine(text=f"{made} of {len(request.videos)} videos have features; {speed:.1f} frames/s on {device}"))
    return {
        "folder": request.folder,
        "extractor": settings.extractor,
        "device": extractor.device,
        "videos": {video: msgspec.to_builtins(values) for video, values in outcome.made.items()},
        "failed": outcome.failed,
        "stopped_early": outcome.stopped_early,
        "rows_made": outcome.rows_made,
        "seconds": outcome.seconds,
        "rows_per_second": speed,
    }


def pieces(request: ExtractRequest) -> list[ExtractRequest]:
    """A request for each video, that different processes can do. Raises InputError where there is none."""
    if not request.videos:
        raise InputError(request.folder, "no video file to describe; features are made from videos.")
    return [msgspec.structs.replace(request, videos=(video,)) for video in request.videos]


def merged(request: ExtractRequest, done: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the pieces of a request made, as one result; its seconds are those of all workers together."""
    seconds, rows = sum(each["seconds"] for each in done), sum(each["rows_made"] for each in done)
    return {
        "folder": request.folder,
        "extractor": request.settings.extractor,
        "device": ", ".join(sorted({each["device"] for each in done})),
        "videos": {video: values for each in done for video, values in each["videos"].items()},
        "failed": {video: reason for each in done for video, reason in each["failed"].items()},
        "stopped_early": any(each["stopped_early"] for each in done),
        "rows_made": rows,
        "seconds": seconds,
        "rows_per_second": rows / seconds if seconds else 0.0,
    }
