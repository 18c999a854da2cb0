"""Shows what a scan found, before anything is made of it, and asks where the project file goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.dataset import Dataset, Video

from ..models.widgets import Banner, NumberItem, plain, table, tip

COLUMNS = ("Video", "Feature rows", "Labels", "Pictures", "Labels / s", "Rows / s", "Problem")
PROBLEM = 6
TONES = {"note": "#5d6673", "proposed": "#b07a0c", "error": "#c8452f"}
Rescan = Callable[[str, str], None]


class NewProjectDialog(QDialog):
    """The preview table of a dataset, the choice of activity and granularity, and the path of the project."""

    def __init__(self, dataset: Dataset, parent: QWidget | None = None, *, rescan: Rescan | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.dataset = dataset
        self.activity, self.granularity = QComboBox(self), QComboBox(self)
        for combo, values, now in (
            (self.activity, dataset.activities, dataset.activity),
            (self.granularity, dataset.granularities, dataset.granularity),
        ):
            combo.addItems(list(values) or [now])
            combo.setCurrentText(now)
            combo.setEnabled(rescan is not None and len(values) > 1)
            combo.currentIndexChanged.connect(self._show_choice)
        self.path = QLineEdit(str(_suggest(dataset)), self)
        choose = QPushButton("Choose…", self)
        choose.clicked.connect(self._browse)
        self.table = table(COLUMNS, self, stretch=PROBLEM)
        self._fill()
        usable, total = len(dataset.trainable), len(dataset.videos)
        summary = plain(
            f"{total} videos · {usable} with usable features · {len(dataset.actions)} actions"
            + (f" · {dataset.layout}" if dataset.layout else ""),
            self,
            bold=True,
        )
        findings = plain("\n".join(dataset.findings), self, dim=True)
        general = Banner(self)
        general.say("\n".join(str(p) for p in dataset.problems if p.video is None and p.severity != "note"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        folder = plain(str(dataset.root), self)
        form.addRow("Dataset", folder)
        form.addRow("Activity", self.activity)
        if dataset.granularities:
            form.addRow("Granularity", self.granularity)
        place = QHBoxLayout()
        place.addWidget(self.path, 1)
        place.addWidget(choose)
        form.addRow("Project file", place)
        self._note = plain("", self, dim=True)
        buttons = QDialogButtonBox(self)
        self.make = buttons.addButton("Make project", QDialogButtonBox.ButtonRole.AcceptRole)
        self.again = buttons.addButton("Read again", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.again.clicked.connect(lambda: self._rescan(rescan))
        column = QVBoxLayout(self)
        column.addWidget(summary)
        column.addWidget(findings)
        findings.setVisible(bool(dataset.findings))
        column.addWidget(general)
        column.addWidget(self.table, 1)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addWidget(buttons)
        self.path.textChanged.connect(self._show_choice)
        self._show_choice()

    def sizeHint(self) -> QSize:
        return QSize(860, 600)

    def _fill(self) -> None:
        self.table.setRowCount(len(self.dataset.videos))
        for row, video in enumerate(self.dataset.videos):
            self._fill_row(row, video)

    def _fill_row(self, row: int, video: Video) -> None:
        timebase = video.timebase
        pictures = timebase.media.n_pictures if timebase.media is not None else None
        labels = timebase.n_frames if video.ground_truth is not None else None
        name = QTableWidgetItem(video.name)
        name.setToolTip(tip(video.name))
        self.table.setItem(row, 0, name)
        for column, count in ((1, timebase.n_rows or None), (2, labels), (3, pictures)):
            self.table.setItem(row, column, NumberItem("–" if count is None else f"{count:,}", count))
        for column, rate in ((4, timebase.rate), (5, timebase.feature_rate)):
            value = float(rate) if rate is not None else None
            self.table.setItem(row, column, NumberItem("–" if value is None else f"{value:.4g}", value))
        problems = [p for p in self.dataset.problems if p.video == video.id]
        cell = QTableWidgetItem("; ".join(f"{p.what} {p.hint}".strip() for p in problems))
        if problems:
            worst = max(problems, key=lambda p: ("note", "proposed", "error").index(p.severity))
            cell.setForeground(QColor(TONES[worst.severity]))
            cell.setToolTip(tip("\n".join(map(str, problems))))
        self.table.setItem(row, PROBLEM, cell)

    def _is_changed(self) -> bool:
        chosen = (self.activity.currentText(), self.granularity.currentText())
        return chosen != (self.dataset.activity, self.dataset.granularity)

    def _show_choice(self) -> None:
        changed, path = self._is_changed(), self.project_path()
        self.again.setVisible(changed)
        self.make.setEnabled(not changed and bool(self.dataset.videos) and path is not None)
        if changed:
            self._note.setText("Read the dataset again with this choice.")
        elif not self.dataset.videos:
            self._note.setText("Nothing was found to work on. Choose another folder.")
        elif path is None:
            self._note.setText("Choose where the project file goes.")
        elif path.exists():
            self._note.setText(f"{path.name} is there already. Choose another name.")
            self.make.setEnabled(False)
        else:
            self._note.setText("The dataset itself is never written.")

    def project_path(self) -> Path | None:
        """The path in the field, with the suffix ``.tot``; None when it is empty."""
        text = self.path.text().strip()
        if not text:
            return None
        path = Path(text).expanduser()
        return path if path.suffix == ".tot" else path.with_name(path.name + ".tot")

    def _rescan(self, rescan: Rescan | None) -> None:
        self.reject()
        if rescan is not None:
            rescan(self.activity.currentText(), self.granularity.currentText())

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Project file", self.path.text(), "Projects (*.tot)")
        if path:
            self.path.setText(path)


def _suggest(dataset: Dataset) -> Path:
    """A free path beside the dataset's folder, never inside it."""
    stem = "-".join(part for part in (dataset.root.name, dataset.activity, dataset.granularity) if part) or "project"
    stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in stem)
    folder, number = Path.home(), 1
    path = folder / f"{stem}.tot"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.tot"
    return path


def ask_new_project(dataset: Dataset, parent: QWidget | None = None, *, rescan: Rescan | None = None) -> Path | None:
    """Where the project file goes, or None when the person cancels.

    `rescan` is called with activity and granularity when the person wants the dataset read again; without it the
    two choices are shown and cannot be changed.
    """
    dialog = NewProjectDialog(dataset, parent, rescan=rescan)
    return dialog.project_path() if dialog.exec() else None
