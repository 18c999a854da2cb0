"""Work for the background thread, as functions that take `report` and `should_stop`. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core import api, new_project, relink
from core.data.dataset import Dataset, Video
from core.events import Report, ShouldStop

if TYPE_CHECKING:
    from core.project import Project
    from core.relink import Lost

Task = Callable[[Report, ShouldStop], dict[str, Any]]


def scan(root: Path, **choices: Any) -> Task:
    """Finds what a folder holds; result: ``dataset``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"dataset": api.open_dataset(root, report=report, should_stop=should_stop, **choices)}

    return run


def make_project(path: Path, dataset: Dataset) -> Task:
    """Makes a project file of a dataset; result: ``project``, open, and ``unreadable``, what label files lack."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        unreadable: list[str] = []
        made = new_project.create(
            path,
            dataset,
            unreadable=lambda error: unreadable.append(str(error)),
            report=report,
            should_stop=should_stop,
        )
        return {"project": made, "unreadable": unreadable}

    return run


def streams(media: Path) -> Task:
    """Looks which video streams a file has; result: ``streams``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"streams": api.video_streams(media)}

    return run


def take_stream(video: Video, number: int) -> Task:
    """Reads the times of another stream of a video's file; result: ``video``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"video": api.with_stream(video, number)}

    return run


def locate(dataset: Dataset, lost: Sequence[Lost], folder: Path) -> Task:
    """Looks for lost files below a folder; result: ``matches``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"matches": relink.search(dataset, lost, folder, report=report, should_stop=should_stop)}

    return run


def checkpoint(project: Project, name: str) -> Task:
    """Writes a named backup; result: ``path``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"path": project.checkpoint(name)}

    return run


def save_copy(project: Project, out: Path) -> Task:
    """Saves the project under another name; result: ``lost``, sentences."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"lost": project.save_copy(out)}

    return run


def whole_backup(path: Path) -> Task:
    """Looks for the newest backup of a project that is whole; result: ``backup``, a path and a time, or None."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"backup": api.whole_backup(path)}

    return run


def salvage(path: Path, out: Path) -> Task:
    """Saves what a damaged project still holds; result: that of `api.repair`."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return api.repair(path, out)

    return run


def second_reviewer(project: Project, path: Path) -> Task:
    """Reads another person's labels of the project's videos; result: ``second``."""

    def run(report: Report, should_stop: ShouldStop) -> dict[str, Any]:
        return {"second": api.second_reviewer(project, path)}

    return run


def extractors() -> list[dict[str, Any]]:
    """Every extractor of features as plain values; none is loaded."""
    return api.extractors()
