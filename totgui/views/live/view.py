"""A training as it goes: curves, the pinned video, the shares of the clusters, and the log."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QTabWidget, QVBoxLayout, QWidget

from core.events import Cancelled, Failed, Finished, LogLine, Started

from ...models.empty import TRAIN, EmptyState
from ...models.one_by_one import OneByOne
from ...models.picture import SaveButton
from ...models.widgets import name_tabs
from ...session import Session
from .curves import CurvesView
from .heatmap import LiveHeatmapView
from .masses import Masses

MOST_LINES = 500
NOTHING = (
    "No run yet. While a training runs, its losses and scores, the pinned video and the shares of its clusters appear "
    "here. Afterwards the curves of every run stay."
)


class LogView(QPlainTextEdit):
    """The last lines that jobs wrote, as plain text."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setMaximumBlockCount(MOST_LINES)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName("Log")
        self.setPlaceholderText("What jobs write appears here.")
        session.jobEvent.connect(self._on_event)

    def sizeHint(self) -> QSize:
        return QSize(420, 110)

    def _on_event(self, event: object) -> None:
        if isinstance(event, LogLine):
            self.appendPlainText(event.text if event.level == "info" else f"{event.level}: {event.text}")
        elif isinstance(event, Started):
            self.appendPlainText(f"{event.text} started{f' on {event.device}' if event.device else ''}")
        elif isinstance(event, Failed):
            self.appendPlainText(f"failed: {event.message} {event.hint}".rstrip())
        elif isinstance(event, Cancelled):
            self.appendPlainText("discarded")
        elif isinstance(event, Finished):
            self.appendPlainText("stopped and kept" if event.stopped_early else "finished")


class LiveView(QWidget):
    """Places the parts; each follows the session by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._was_busy = session, False
        self.curves, self.heatmap = CurvesView(session, self), LiveHeatmapView(session, self)
        self.masses, self.log = Masses(session, self), LogView(session, self)
        shares = QWidget(self)
        row = QHBoxLayout(shares)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.masses, 1)
        row.addWidget(SaveButton(self.masses.saver, shares), 0, Qt.AlignmentFlag.AlignTop)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        name_tabs(self.tabs, "Clusters, or the log")
        self.tabs.addTab(shares, "Clusters")
        self.tabs.addTab(self.log, "Log")
        split = QSplitter(Qt.Orientation.Vertical, self)
        for number, (widget, stretch) in enumerate(((self.curves, 3), (self.heatmap, 3), (self.tabs, 2))):
            split.addWidget(widget)
            split.setStretchFactor(number, stretch)
            split.setCollapsible(number, number == 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        self._split, self.empty = split, EmptyState(self)
        self.empty.setContentsMargins(2, 0, 2, 0)
        column.addWidget(self.empty, 1)
        column.addWidget(split, 1)
        session.projectChanged.connect(self._on_project)
        for signal in (session.documentChanged, session.jobsChanged, session.jobEvent):
            signal.connect(self._turn)
        self._turn()
        self._coming = OneByOne(self, (self.curves.losses, self.curves.scores, self.heatmap.heat, self.masses))

    def sizeHint(self) -> QSize:
        return QSize(430, 600)

    def _on_project(self) -> None:
        self._was_busy = False
        self._turn()

    def _turn(self, *_: object) -> None:
        """Say what appears here as long as there is nothing: axes without a line would say nothing."""
        document, session = self._session.document, self._session
        runs = document.shown_runs if document is not None else []
        self._was_busy |= session.jobs.engine_busy  # what it wrote stays in the log, a failure as well
        is_empty = not self.curves.families and not self._was_busy and not any(run.curve for run in runs)
        self.empty.say(
            NOTHING if document is not None else "Open a project to train.", offer=TRAIN if document is not None else ""
        )
        self.empty.setVisible(is_empty)
        self._split.setVisible(not is_empty)
