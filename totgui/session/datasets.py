"""Datasets that a project can be made from: a folder that is looked through, the demo that is rendered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.data.dataset import Dataset
from core.project import Project

from ..jobs import tasks
from ..jobs.protocol import DemoRequest
from .jobs import Jobs, new_job


class Datasets(QObject):
    """Looks through folders in the background; no project need be open."""

    scanned = Signal(object)  # Dataset

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs

    def scan(self, root: Path, **choices: Any) -> None:
        """Look what a folder holds, in the background; `scanned` brings the result."""
        self._jobs.in_background(
            "scan",
            "Reading the dataset",
            tasks.scan(root, **choices),
            lambda finished: self.scanned.emit(finished.result["dataset"]),
        )

    def make_project(self, path: Path, dataset: Dataset, then: Callable[[Project, list[str]], None]) -> None:
        """Make a project file in the background; `then` gets it, open, and what could not be read of the labels."""
        self._jobs.in_background(
            "project",
            "Making the project",
            tasks.make_project(path, dataset),
            lambda finished: then(finished.result["project"], finished.result["unreadable"]),
            unwanted=lambda result: result["project"].close(),
        )

    def render_demo(self, out: Path, then: Callable[[Path], None]) -> None:
        """Render the demo dataset unless it is there, then go on with its folder."""
        request = DemoRequest(job=new_job("demo"), out=str(out))
        self._jobs.in_engine(request, "Rendering the demo", lambda f: then(Path(f.result["folder"])))
