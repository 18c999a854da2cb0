"""What leaves a project and what comes in: exports, kit, report, imports of files. The work runs beside the window."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core import events, label_import
from core.annotation.changes import Changes
from core.annotation.commands import add_actions
from core.annotation.edit import Edit
from core.errors import TotError
from core.label_import import ImportPlan, Meanings
from core.project import Project

from ..jobs import exchange_tasks as tasks
from ..jobs.exchange_tasks import Exported, KitRequest, LabelsRequest, ReportRequest
from .jobs import Jobs
from .previews import Previews

EXPORT = "export"


class Exchange(Jobs):
    """Starts exports and imports of the open project; each works on the values of the moment at which it began."""

    exported = Signal(object)  # Exported
    changedProject = Signal(object)  # Changes
    project: Project | None = None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.previews = Previews(self)

    def warm_up(self) -> None:
        """Start the engine ahead of need, and import what exports need beside the window."""
        super().warm_up()
        self.previews.ask("warm-up", tasks.warm_up)

    def close(self) -> None:
        """End every job and its process."""
        self.previews.close()
        super().close()

    # --- out ---------------------------------------------------------------------------------------

    def export(self, request: LabelsRequest | KitRequest | ReportRequest) -> str | None:
        """Write labels, a kit or a report in the background; `exported` tells when it is there. Returns the job."""
        if self.project is None:
            return None
        work = tasks.export(self.project.snapshot(), request)
        return self.in_background(EXPORT, request.what, work, self._on_exported)

    def _on_exported(self, finished: events.Finished) -> None:
        done: Exported = finished.result["exported"]
        self.exported.emit(done)

    def formats(self) -> list[dict[str, Any]]:
        """Every exchange format as plain values."""
        return tasks.formats()

    def format_problems(self) -> list[str]:
        """What is wrong with format plug-ins that are installed."""
        return tasks.format_problems()

    def preview(self, request: LabelsRequest | KitRequest, kind: str) -> None:
        """Ask what an export would write; `previews.ready` brings it under `kind`."""
        if self.project is not None:
            snapshot = self.project.snapshot()
            self.previews.ask(kind, lambda: tasks.preview(snapshot, request))

    # --- in ----------------------------------------------------------------------------------------

    def plan_import(self, paths: Sequence[Path], format: str | None, target: str) -> None:
        """Read label files; `previews.ready` brings under ``import`` a dict: ``plan`` and ``formats``, or ``error``."""
        if self.project is not None:
            snapshot = self.project.snapshot()
            self.previews.ask("import", lambda: tasks.plan_import(snapshot, paths, format, target))

    def import_endings(self) -> tuple[str, ...]:
        """How the names of label files end."""
        return tuple({str(f["extension"]).lower() for f in tasks.formats() if f["read"] and f["extension"]})

    def import_effect(self, plan: ImportPlan, row: int, names: Meanings) -> label_import.Effect | None:
        """How many frames one row of a plan would change."""
        return label_import.effect(self.project.document, plan, row, names) if self.project else None

    def reopened(self, plan: ImportPlan, rows: Collection[int]) -> list[str]:
        """Names of the accepted videos that an import puts back into review."""
        return label_import.reopened(self.project.document, plan, rows) if self.project else []

    def import_edit(self, plan: ImportPlan, rows: Collection[int], names: Meanings) -> Edit:
        """The one edit of an import into Corrected. Raises EditError."""
        assert self.project is not None
        return label_import.import_edit(self.project.document, plan, rows, names)

    def import_ground_truth(self, plan: ImportPlan, rows: Collection[int], names: Meanings) -> bool:
        """Ground truth of videos that have none arrives; its new actions are an edit. False after a refusal."""
        project = self.project
        if project is None:
            return False
        try:
            tracks = label_import.chosen_tracks(project.document, plan, rows, names)
            fresh = label_import.new_actions(project.document, plan, rows, names)
            if fresh:
                self._tell(project.edit(add_actions(project.document, fresh)))
            self._tell(project.add_ground_truth(tracks))
        except TotError as error:
            self.message.emit(str(error), "warning")
            return False
        return True

    def _tell(self, changes: Changes) -> None:
        self.changedProject.emit(changes)
