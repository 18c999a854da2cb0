"""Asks below which folder missing files lie now, shows what was found there, and gives back what is to be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.events import StopKind
from core.relink import KINDS, Lost, Match

from ..models.progress import ProgressBar
from ..models.widgets import WORDS, LeaveWithProject, accepted, for_text, plain, table, tip
from ..palette import tone
from ..session import Session

COLUMNS = ("Video", "What", "Was at", "Found")


class LocateDialog(QDialog):
    """One row for each missing file; a search below a chosen folder fills the last column."""

    def __init__(self, session: Session, names: Callable[[Lost], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Locate missing files")
        self._session = session
        self.lost: Sequence[Lost] = session.files.lost
        self.matches: Sequence[Match] = ()
        self._job: str | None = None
        self._is_over = False
        self._head = plain(_said(self.lost), self)
        self.table = table(COLUMNS, self, stretch=3, words=range(len(COLUMNS)))
        self.table.setAccessibleName("Missing files")
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setRowCount(len(self.lost))
        for row, each in enumerate(self.lost):
            for column, text in enumerate((names(each), KINDS[each.kind], str(each.path), "")):
                item = QTableWidgetItem(text)
                item.setTextAlignment(WORDS)
                item.setToolTip(tip(text))
                self.table.setItem(row, column, item)
        self.choose = QPushButton("Look below a folder…", self)
        self.choose.clicked.connect(self._choose)
        self._progress = ProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setAccessibleName("Looking for files")
        self._progress.setTextVisible(False)
        self._note = plain("Videos count as found when their content is the same, under any name.", self, dim=True)
        buttons = QDialogButtonBox(self)
        self.use = buttons.addButton("Use what was found", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        search = QHBoxLayout()
        search.addWidget(self.choose)
        search.addWidget(self._progress)
        search.addWidget(self._note, 1)
        lines = QVBoxLayout(self)
        lines.addWidget(self._head)
        lines.addWidget(self.table, 1)
        lines.addLayout(search)
        lines.addWidget(buttons)
        session.jobsChanged.connect(self._refresh)
        LeaveWithProject(self, session)
        self._refresh()
        self.choose.setDefault(True)
        self.choose.setFocus()

    def sizeHint(self) -> QSize:
        return for_text(self, 900, 460)

    def _choose(self) -> None:
        project = self._session.project
        start = Path.home() if project is None else project.path.parent
        if folder := QFileDialog.getExistingDirectory(self, "Look below", str(start)):
            self.search(Path(folder))

    def search(self, folder: Path) -> None:
        """Look below a folder, in the background."""
        self._job = self._session.files.locate(folder, self.lost, self._on_found)
        self._refresh()

    def _on_found(self, matches: Sequence[Match]) -> None:
        if self._is_over:  # the job had ended already when the dialog was closed
            return
        self._job = None
        self.matches = matches
        for row, match in enumerate(matches):
            item = self.table.item(row, 3)
            assert item is not None  # every row was filled when the table was made
            text = str(match.path) if match.path is not None else f"Not found: {match.reason}"
            item.setText(text)
            item.setToolTip(tip(text))
            item.setData(Qt.ItemDataRole.ForegroundRole, None if match.path is not None else tone("warning"))
        found = sum(match.path is not None for match in matches)
        self._note.setText(f"{found} of {len(matches)} files were found.")
        self._refresh()
        if found:
            self.use.setDefault(True)
            self.use.setFocus()

    def _refresh(self) -> None:
        is_looking = self._job is not None and self._job in self._session.jobs.running
        found = sum(match.path is not None for match in self.matches)
        self._progress.setVisible(is_looking)
        self.choose.setEnabled(not is_looking)
        self.use.setEnabled(found > 0 and not is_looking)
        self.use.setText("Use what was found" if not found else f"Use {found} file" + "s" * (found > 1))

    def done(self, result: int) -> None:
        """Closing ends a search that runs; what it found at the same moment is of no interest."""
        if self._job is not None and self._job in self._session.jobs.running:
            self._session.jobs.stop_job(self._job, StopKind.DISCARD)
        self._is_over = True
        super().done(result)


def _said(lost: Sequence[Lost]) -> str:
    videos = sum(each.kind == "media" for each in lost)
    rest = len(lost) - videos
    words = [f"{videos} video file{'s' * (videos != 1)}"] if videos else []
    words += [f"{rest} other file{'s' * (rest != 1)}"] if rest else []
    return f"{' and '.join(words)} of this project cannot be found. Labels and edits are not affected."


def ask_locate(session: Session, names: Callable[[Lost], str], parent: QWidget) -> Sequence[Match]:
    """What was found and is to be used; empty when the person gave up."""
    dialog = LocateDialog(session, names, parent)
    return dialog.matches if accepted(dialog) else ()
