"""The page of the export assistant for the report: one HTML page for a colleague."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from ..jobs.exchange_tasks import ReportRequest
from ..models.chooser import Chooser
from ..models.widgets import plain, short
from ..session import Session
from .export_videos import heading

HOLDS = (
    "Scores of the run and of the corrected labels, with two baselines beside them",
    "A strip of every video: ground truth, prediction, corrected, in one width and one set of colours",
    "Which action follows which, and how long each takes",
    "The settings of the run, and the commands that repeat it",
)
ALONE = "The page stands alone: it loads nothing, runs no script, and holds no path of this computer."


class ReportPage(QWidget):
    """The report of the activity."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.run = Chooser(self)
        document = session.document
        runs = document.shown_runs if document else []
        for run in sorted(runs, key=lambda r: (r.id != session.current_run, -r.number)):
            self.run.addItem(short(run.name), run.id)
        if not runs:
            self.run.addItem("No run: labels only", None)
            self.run.setEnabled(False)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Run", self.run)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addSpacing(12)
        column.addWidget(heading("What it holds", self))
        for line in HOLDS:
            column.addWidget(plain(f"•  {line}", self))
        column.addSpacing(8)
        column.addWidget(plain(ALONE, self, dim=True))
        column.addStretch(1)

    def default_place(self, base: Path, stem: str) -> Path:
        """Where the report goes when nobody says otherwise."""
        return base / f"{stem} report.html"

    def out(self, place: Path) -> Path:
        """The file that is written."""
        if os.path.isdir(place):
            return place / "report.html"
        return place if place.suffix.lower() in (".html", ".htm") else place.with_name(f"{place.name}.html")

    def request(self, place: Path) -> ReportRequest:
        """What the page asks for."""
        return ReportRequest(self.out(place), self.run.currentData())

    def problem(self) -> str:
        """Why it cannot be written."""
        document = self._session.document
        has = document is not None and (document.ground_truth or document.corrected or document.predictions)
        return "" if has else "There are no labels of any kind yet."

    def ask_preview(self) -> None:
        """Nothing: a report is looked at when it is there."""
