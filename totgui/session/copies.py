"""Copies of project files: checkpoints, a copy under another name, what is left of a damaged one, a whole backup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core import events

from ..jobs import tasks
from .part import Part


class Copies(Part):
    """Writes and finds copies in the background; the open project goes on meanwhile."""

    def checkpoint(self, name: str) -> None:
        """Write a named backup in the background."""
        if self.project is not None:
            work = tasks.checkpoint(self.project, name)
            self._jobs.in_background("checkpoint", "Writing the checkpoint", work, self._on_checkpoint)

    def _on_checkpoint(self, finished: events.Finished) -> None:
        self.message.emit(f"Checkpoint written to {finished.result['path'].name}.", "info")

    def save_copy(self, out: Path, then: Callable[[list[str]], None]) -> None:
        """Save the project under another name in the background; `then` gets sentences on what is missing in it."""
        if self.project is not None:
            work = tasks.save_copy(self.project, out)
            self._jobs.in_background("copy", "Saving a copy", work, lambda finished: then(finished.result["lost"]))

    def salvage(self, path: Path, out: Path, then: Callable[[Mapping[str, Any]], None]) -> None:
        """Save what a damaged project still holds into a new one in the background."""
        work = tasks.salvage(path, out)
        self._jobs.in_background("salvage", "Saving what is left", work, lambda finished: then(finished.result))

    def whole_backup(self, path: Path, then: Callable[[tuple[Path, datetime] | None], None]) -> None:
        """Look in the background for the newest whole backup of a project; `then` gets it and when it was made."""
        work = tasks.whole_backup(path)
        self._jobs.in_background("backup", "Looking for a whole backup", work, lambda f: then(f.result["backup"]))
