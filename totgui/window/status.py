"""The status bar: what is selected, what runs and how far it is, the device, and whether every edit is on disk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStatusBar, QWidget

from core import events

from ..models.extent import chosen_text
from ..models.progress import ProgressBar
from ..models.widgets import duration, tip
from ..session import Session
from ..views.saved import SavedLine

JOB_WIDTH = 620


class StatusLine(QStatusBar):
    """Follows the jobs and the saved state of a session; its one button ends the job that runs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen = QLabel(self)
        self._job, self._device = QWidget(self), QLabel(self)
        self._job_text, self._progress = QLabel(self._job), ProgressBar(self._job)
        self.cancel = QPushButton("Cancel", self._job)
        self.saved = SavedLine(self)
        self._place()
        for part in (self._chosen, self._job):
            part.hide()
        self.cancel.clicked.connect(self._end_job)
        for signal in (session.selectionChanged, session.documentChanged, session.currentVideoChanged):
            signal.connect(self._show_chosen)
        session.projectChanged.connect(self._show_chosen)
        session.currentRunChanged.connect(self._show_chosen)
        session.savedStateChanged.connect(self.saved.show_state)
        session.puttingAway.connect(self._on_putting_away)
        session.jobEvent.connect(self._on_event)
        session.jobsChanged.connect(self._on_jobs)

    def _place(self) -> None:
        for label in (self._chosen, self._job_text, self._device):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._progress.setMaximumWidth(160)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("How far the job is")
        self.setContentsMargins(8, 0, 4, 0)
        self._device.setContentsMargins(0, 0, 16, 0)
        self._chosen.setContentsMargins(0, 0, 16, 0)
        row = QHBoxLayout(self._job)  # one part of the bar, which lays itself out anew for each that comes or goes
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._job_text, self._progress, self.cancel):
            row.addWidget(widget)
        row.addStretch(1)
        self.addWidget(self._chosen)
        self.addWidget(self._job)
        self.addPermanentWidget(self._device)
        self.addPermanentWidget(self.saved)

    def _show_chosen(self) -> None:
        session, video = self._session, self._session.current_video
        found = session.document.videos.get(video) if session.document is not None and video is not None else None
        text = ""
        if found is not None:
            text = chosen_text(session.chosen, session.base(), found.timebase, session.action_name)
        self._chosen.setText(self._chosen.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, JOB_WIDTH))
        self._chosen.setVisible(bool(text))

    def _say(self, text: str) -> None:
        """Show what runs, at most in a part of the bar: a name in it may be long."""
        self._job_text.setText(self._job_text.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, JOB_WIDTH))
        self._job_text.setToolTip(tip(text))

    def _end_job(self) -> None:
        self._session.jobs.end_job()

    def _on_putting_away(self, name: str) -> None:
        if self._session.project is None:  # else the line is about the one that is open
            self.saved.show_putting_away(name)

    def _on_jobs(self) -> None:
        jobs = self._session.jobs
        self._job.setVisible(bool(jobs.newest))
        self.cancel.setText("Stop" if jobs.ends_keeping else "Cancel")
        if jobs.newest:
            self._say(jobs.says(jobs.newest))
            self._progress.setRange(0, 0)

    def _on_event(self, event: object) -> None:
        if isinstance(event, events.Started) and event.device:
            self._device.setText(self._session.jobs.device_text)
        elif isinstance(event, events.Progress) and event.job in ("", self._session.jobs.newest):
            if self._session.jobs.is_stopping(self._session.jobs.newest):
                return  # what it was about to do is of no interest any more
            self._progress.setRange(0, event.total)
            self._progress.setValue(event.done)
            left = f", {duration(event.seconds_left)} left" if event.seconds_left is not None else ""
            self._say(f"{event.text or self._session.jobs.running.get(event.job, '')}{left}")
