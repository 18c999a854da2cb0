"""Frame features from videos, for a folder or a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..events import Report, ShouldStop, Started, ignore, never_stop
from ..requests import ExtractRequest, ExtractSettings
from .datasets import open_dataset
from .devices import choose_device

if TYPE_CHECKING:
    from ..project import Project


def extractors() -> list[dict[str, Any]]:
    """Name, label, file that it takes, and presence of every extractor, as plain values; none is loaded."""
    from ..extract.registry import KINDS, default_extractor

    best = default_extractor()
    return [
        {
            "name": kind.name,
            "label": kind.label,
            "about": kind.about,
            "dimensions": kind.dimensions,
            "file": kind.file,
            "needs_file": kind.needs_file,
            "uses_device": kind.uses_device,
            "installed": kind.is_installed,
            "default": kind.name == best,
        }
        for kind in KINDS.values()
    ]


def extract(
    request: ExtractRequest, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[str, Any]:
    """Features of videos as matrices in a folder; see `core.work.extracting`."""
    from ..work import extracting

    name, asked = request.settings.extractor, request.settings.device
    if extracting.uses_device(name):
        device, reason = choose_device(asked)
    elif asked in ("auto", "cpu"):
        device, reason = "cpu", "this extractor runs on the processor"
    else:
        raise ConfigError(f"The extractor {name} runs on the processor only; leave the device {asked} out.")
    report(Started(text="Extracting features", device=device, device_reason=reason))
    from ..device import memory_explained

    with memory_explained(device):
        return extracting.extract(request, device=device, report=report, should_stop=should_stop)


def extract_on(
    request: ExtractRequest, cluster: str, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[str, Any]:
    """As `extract`, on the workers of a cluster, a video at a time; here where `cluster` is empty.

    Videos and folder must have the same paths on every worker (see `core.cluster.run_all`).
    """
    if not cluster:
        return extract(request, report=report, should_stop=should_stop)
    from ..cluster import run_all
    from ..work.extracting import merged, pieces

    done = run_all(extract, pieces(request), cluster=cluster, text="Videos", report=report, should_stop=should_stop)
    return merged(request, done)


def extract_project(
    project: Project,
    settings: ExtractSettings,
    out: Path | None = None,
    *,
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Make features of a project's videos and attach them; the job's result. They lie in the cache without `out`."""
    from .. import feature_work

    request = feature_work.project_request(project, settings, out)
    found = extract_on(request, cluster, report=report, should_stop=should_stop)
    feature_work.attach(project, found)
    return found


def extract_dataset(
    path: Path | str,
    settings: ExtractSettings,
    out: Path | None = None,
    *,
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Make features of every video in a folder, of all its activities; the job's result.

    `failed` holds the videos that cannot be read as well. They lie in the cache without `out`.
    """
    from .. import feature_work

    first = open_dataset(path, report=report, should_stop=should_stop)
    rest = [open_dataset(path, activity=a, should_stop=should_stop) for a in first.activities if a != first.activity]
    videos: dict[str, Path] = {}
    unreadable: dict[str, str] = {}
    for dataset in (first, *rest):
        videos |= {video.id: video.media for video in dataset.videos if video.media is not None}
        unreadable |= {p.video: str(p) for p in dataset.problems if p.severity == "error" and p.video is not None}
    request = feature_work.extract_request(first.root, videos, settings, out)
    found = extract_on(request, cluster, report=report, should_stop=should_stop)
    found["failed"] = {v: text for v, text in unreadable.items() if v not in videos} | found["failed"]
    return found


def require_features(project: Project) -> None:
    """Nothing; raises InputError, which names the verb that makes them, where no video has usable features."""
    from ..run_work import usable_videos

    usable_videos(project)
