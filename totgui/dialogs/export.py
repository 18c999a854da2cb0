"""Asks what to export, from which track and videos, and where to; returns plain values."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.annotation.values import ReviewStatus

from ..models.widgets import plain
from ..session import Session

TRACKS = (("corrected", "Corrected"), ("prediction", "Prediction of the current run"), ("ground-truth", "Ground truth"))
SUFFIXES = {"csv": ".csv", "json": ".json"}


class ExportAnswer(NamedTuple):
    """What to write: name of the format, track, ``accepted`` or ``all`` videos, and the file or folder."""

    format: str
    track: str
    videos: str
    out: Path


class ExportDialog(QDialog):
    """Format, track, videos and place, with the first lines of what would be written."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export labels")
        self._session = session
        self._losses: dict[str, str] = {}
        self.format, self.track, self.videos = QComboBox(self), QComboBox(self), QComboBox(self)
        for name, label, losses in session.work.export_formats():
            self.format.addItem(label, name)
            self._losses[name] = losses
        for name, label in TRACKS:
            self.track.addItem(label, name)
        document = session.document
        total = len(document.videos) if document else 0
        accepted = sum(r.status == ReviewStatus.ACCEPTED for r in document.reviews.values()) if document else 0
        self.videos.addItem(f"Accepted only ({accepted} of {total})", "accepted")
        self.videos.addItem(f"All ({total})", "all")
        self.videos.setCurrentIndex(0 if accepted else 1)
        self.folder = QLineEdit(str(Path.home() / "labels"), self)
        browse = QPushButton("Choose…", self)
        browse.clicked.connect(self._browse)
        self._note = plain("", self, dim=True)
        self._where = plain("", self, dim=True)
        self.preview = QPlainTextEdit(self)
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName("First lines of the export")
        place = QHBoxLayout()
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for label, field in (("Format", self.format), ("", self._note), ("Track", self.track), ("Videos", self.videos)):
            form.addRow(label, field)
        form.addRow("Folder", place)
        form.addRow("", self._where)
        buttons = QDialogButtonBox(self)
        self._export = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(plain("First lines", self, bold=True))
        column.addWidget(self.preview, 1)
        column.addWidget(buttons)
        for combo in (self.format, self.track, self.videos):
            combo.currentIndexChanged.connect(self._show)
        self.folder.textChanged.connect(self._show_place)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(640, 560)

    def answer(self) -> ExportAnswer:
        """What the fields say."""
        name = str(self.format.currentData())
        out = Path(self.folder.text().strip()).expanduser()
        if name in SUFFIXES and out.suffix != SUFFIXES[name]:
            out = out / f"labels{SUFFIXES[name]}"
        return ExportAnswer(name, str(self.track.currentData()), str(self.videos.currentData()), out)

    def _show(self) -> None:
        name = str(self.format.currentData())
        losses = self._losses.get(name, "")
        self._note.setText(f"Not carried: {losses}" if losses else "Carries everything.")
        self.preview.setPlainText(self._session.work.export_preview(name, str(self.track.currentData())))
        self._show_place()

    def _show_place(self) -> None:
        self._export.setEnabled(bool(self.folder.text().strip()))
        self._where.setText(f"Writes {self.answer().out}" if self.folder.text().strip() else "Choose a folder.")

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to", self.folder.text())
        if folder:
            self.folder.setText(folder)


def ask_export(session: Session, parent: QWidget | None = None) -> ExportAnswer | None:
    """What to export, or None when the person cancels."""
    dialog = ExportDialog(session, parent)
    return dialog.answer() if dialog.exec() else None
