"""Features of the videos of a project: made from their pictures, and why a video has none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core import events, feature_work
from core.data.dataset import VideoId
from core.errors import TotError
from core.project import Project
from core.requests import ExtractSettings

from ..jobs import tasks
from .jobs import Jobs, new_job
from .part import Part

EXTRACT = "extract"
CLOSED = "Features of a project that is closed are made. They are found when you extract them there again."


class Features(Part):
    """Starts extractions of the open project and attaches what they made."""

    extracted = Signal(str, float)  # kind of extractor, rows a second

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(jobs, parent)
        self.notes: dict[VideoId, str] = {}
        """What is wrong with the files of a video, by video: what the last extraction found, or that one is missing."""

    def extractors(self) -> list[dict[str, Any]]:
        """Every extractor of features as plain values."""
        return tasks.extractors()

    def feature_places(self, settings: ExtractSettings) -> tuple[Path, Path]:
        """Where features can be kept: the folder in the cache, and the one beside the dataset."""
        assert self.project is not None
        root = self.project.document.dataset.root
        return feature_work.cache_folder(root, settings), feature_work.folder_beside(root, settings)

    def extract(self, settings: ExtractSettings, out: Path | None) -> str | None:
        """Make features of the videos, in the cache without `out`. Returns the job, or None with a message."""
        project = self.project
        if project is None or not self._jobs.may_begin():
            return None
        try:
            request = feature_work.project_request(project, settings, out, job=new_job(EXTRACT))
        except TotError as error:
            self.message.emit(str(error), "warning")
            return None
        then = self._of_this(lambda finished: self._on_extracted(project, finished), closed=CLOSED)
        return self._jobs.in_engine(request, "Extracting features", then, keeps=True)

    @property
    def extracting(self) -> bool:
        """Whether features are being made."""
        return any(job.startswith(EXTRACT) for job in self._jobs.running)

    def _on_extracted(self, project: Project, finished: events.Finished) -> None:
        result = finished.result
        changes = feature_work.attach(project, result)
        self.notes = {VideoId(video): reason for video, reason in result["failed"].items()}
        if changes is not None:
            self.changedProject.emit(changes)
        if result["rows_made"]:
            self.extracted.emit(str(result["extractor"]).partition(":")[0], float(result["rows_per_second"]))
        self.message.emit(*_told(result, len(project.document.videos), finished.stopped_early))


def _told(result: Mapping[str, Any], n_videos: int, stopped_early: bool) -> tuple[str, str]:
    """A sentence on an extraction that ended, and its level."""
    made, failed = len(result["videos"]), result["failed"]
    text = f"{made} of {n_videos} videos have features now."
    if stopped_early:
        text += " Extract again to go on with the rest."
    if not failed:
        return text, "info"
    video, reason = next(iter(failed.items()))
    more = f" ({len(failed) - 1} more in the list of videos)" if len(failed) > 1 else ""
    return f"{text} {video} has none: {reason}{more}", "warning"
