"""What leaves a project and what comes in: exports, kit, report, imports of files. The work runs beside the window."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core import events, label_import
from core.annotation.changes import Changes
from core.annotation.commands import add_actions
from core.annotation.edit import Edit
from core.cache import atomic_write
from core.errors import JobError, TotError
from core.label_import import ImportPlan, Meanings

from ..jobs import exchange_tasks as tasks
from ..jobs.beside import END_S
from ..jobs.exchange_tasks import Exported, KitRequest, LabelsRequest, ReportRequest
from ..jobs.tasks import second_reviewer
from .jobs import Jobs
from .part import Part
from .previews import Previews

if TYPE_CHECKING:
    from core.second_reviewer import SecondReviewer as SecondReviewer

EXPORT = "export"


class Exchange(Part):
    """Starts exports and imports of the open project; each works on the values of the moment at which it began."""

    exported = Signal(object)  # Exported

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(jobs, parent)
        self.previews = Previews(self)

    def warm_up(self) -> None:
        """Import beside the window what exports need."""
        self.previews.ask("warm-up", tasks.warm_up)

    def close(self, wait_s: float = END_S) -> None:
        """End the thread of the previews."""
        self.previews.close(wait_s)

    # --- out ---------------------------------------------------------------------------------------

    def export(self, request: LabelsRequest | KitRequest | ReportRequest) -> str | None:
        """Write labels, a kit or a report in the background; `exported` tells when it is there. Returns the job."""
        if self.project is None:
            return None
        work = tasks.export(self.project.snapshot(), request)
        return self._jobs.in_background(EXPORT, request.what, work, self._on_exported)

    def _on_exported(self, finished: events.Finished) -> None:
        done: Exported = finished.result["exported"]
        self.exported.emit(done)

    def formats(self) -> list[dict[str, Any]]:
        """Every exchange format as plain values."""
        return tasks.formats()

    def own_format(self) -> str:
        """Name of the format that the labels of the open project's dataset came in; empty where there is none."""
        return tasks.own_format(self.project) if self.project is not None else ""

    def format_problems(self) -> list[str]:
        """What is wrong with format plug-ins that are installed."""
        return tasks.format_problems()

    def preview(self, request: LabelsRequest | KitRequest, kind: str) -> None:
        """Ask what an export would write; `previews.ready` brings it under `kind`."""
        if self.project is not None:
            snapshot = self.project.snapshot()
            self.previews.ask(kind, lambda: tasks.preview(snapshot, request))

    def save_picture(self, path: Path, make: Callable[[], bytes]) -> None:
        """Write what `make` draws, whole or not at all, in the background."""

        def work(_report: object, _should_stop: object) -> dict[str, Any]:
            try:
                atomic_write(path, make())
            except OSError as error:
                raise JobError(f"{path} cannot be written: {error.strerror}.", kind="disk") from error
            return {}

        self._jobs.in_background(
            "picture", "Saving the picture", work, lambda _: self.message.emit(f"Saved {path.name}.", "info")
        )

    # --- in ----------------------------------------------------------------------------------------

    def plan_import(self, paths: Sequence[Path], format: str | None, target: str) -> None:
        """Read label files; `previews.ready` brings under ``import`` a dict: ``plan`` and ``formats``, or ``error``."""
        if self.project is not None:
            snapshot = self.project.snapshot()
            self.previews.ask("import", lambda: tasks.plan_import(snapshot, paths, format, target))

    def read_second_reviewer(self, path: Path, then: Callable[[SecondReviewer], None]) -> None:
        """Read another person's labels in the background; `then` gets them, unless the project is closed by then."""
        if self.project is not None:
            read = self._of_this(lambda finished: then(finished.result["second"]))
            self._jobs.in_background("second", "Reading the other labels", second_reviewer(self.project, path), read)

    def import_endings(self) -> tuple[str, ...]:
        """How the names of label files end."""
        return tuple({str(f["extension"]).lower() for f in tasks.formats() if f["read"] and f["extension"]})

    def import_effect(self, plan: ImportPlan, row: int, names: Meanings) -> label_import.Effect | None:
        """How many frames one row of a plan would change."""
        return label_import.effect(self.project.document, plan, row, names) if self.project else None

    def reopened(self, plan: ImportPlan, rows: Collection[int]) -> list[str]:
        """Names of the accepted videos that an import puts back into review."""
        return label_import.reopened(self.project.document, plan, rows) if self.project else []

    def import_edit(self, plan: ImportPlan, rows: Collection[int], names: Meanings, *, comments: bool = True) -> Edit:
        """The one edit of an import into Corrected, the comments of the files included. Raises EditError."""
        assert self.project is not None
        return label_import.import_edit(self.project.document, plan, rows, names, comments=comments)

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
