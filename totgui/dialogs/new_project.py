"""Shows what a scan found, before anything is made of it, and asks where the project file goes."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.data.dataset import Dataset, Problem, Severity, Video, VideoId
from core.data.layouts import LAYOUT_NAMES

from ..models.widgets import Banner, NumberItem, accepted, for_text, name_tabs, plain, table, tip
from ..palette import tone
from .dataset_choices import DatasetChoices

COLUMNS = ("Video", "Feature rows", "Labels", "Pictures", "Labels / s", "Rows / s", "Problem")
PROBLEM = 6
PROBLEM_COLUMNS = ("Kind", "Place", "Found, and what to do")
TONES = {"proposed": "warning", "error": "error"}
KINDS = {"note": "Note", "proposed": "To decide", "error": "Error"}
ORDER = ("error", "proposed", "note")
Rescan = Callable[[dict[str, Any]], None]


class NewProjectDialog(QDialog):
    """Tables of the videos and of all problems, what a person may choose, and the path of the project."""

    def __init__(
        self,
        dataset: Dataset,
        parent: QWidget | None = None,
        *,
        rescan: Rescan | None = None,
        path: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.dataset, self._rescan = dataset, rescan
        self.path = QLineEdit(str(path or _suggest(dataset)), self)
        self.path.setModified(path is not None)
        self.choices = DatasetChoices(dataset.choices, self)
        self.choices.setEnabled(rescan is not None)
        self.choices.setVisible(bool(dataset.choices))
        self.table = table(COLUMNS, self, stretch=PROBLEM, words=(0,))
        self.table.setRowCount(len(dataset.videos))
        of_video: defaultdict[VideoId | None, list[Problem]] = defaultdict(list)
        for problem in dataset.problems:
            of_video[problem.video].append(problem)
        for row, video in enumerate(dataset.videos):
            self._fill_row(row, video, of_video[video.id])
        self._hide_empty()
        self.problems = _problem_table(dataset, self)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)  # a long name leaves room for what is wrong
        head.resizeSection(0, min(for_text(self, 240, 0).width(), self.table.sizeHintForColumn(0) + 12))
        self.tabs = QTabWidget(self)
        name_tabs(self.tabs, "Videos, or problems")
        self.table.setAccessibleName("Videos of the dataset")
        self.problems.setAccessibleName("Problems and notes")
        self.tabs.addTab(self.table, f"Videos ({len(dataset.videos)})")
        self.tabs.addTab(self.problems, f"Problems and notes ({len(dataset.problems)})")
        usable = len(dataset.trainable)
        count = len(dataset.videos)
        found = f"{count} video{'s' * (count != 1)} · {usable} with usable features · {len(dataset.actions)} actions"
        layout = LAYOUT_NAMES.get(dataset.layout, "")
        summary = plain(found + (f" · {layout}" if layout else ""), self, bold=True)
        findings = plain("\n".join(dataset.findings), self, dim=True)
        self.general = Banner(self)
        there = {video.id for video in dataset.videos}  # what belongs to none of them has no row in their table
        errors = [p for p in dataset.problems if p.severity == "error" and p.video not in there]
        self.general.say("\n".join(str(p) for p in errors))
        self._note = plain("", self, dim=True)
        buttons = QDialogButtonBox(self)
        self.make = buttons.addButton("Make project", QDialogButtonBox.ButtonRole.AcceptRole)
        self.again = buttons.addButton("Read again", QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.again.clicked.connect(self._read_again)
        column = QVBoxLayout(self)
        column.addWidget(summary)
        column.addWidget(findings)
        findings.setVisible(bool(dataset.findings))
        column.addWidget(self.general)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.choices)
        column.addLayout(self._places())
        column.addWidget(self._note)
        column.addWidget(buttons)
        self.choices.changed.connect(self._show_choice)
        self.path.textChanged.connect(self._show_choice)
        self._show_choice()

    def _places(self) -> QFormLayout:
        """Where the dataset lies and where the project goes."""
        self.path.setAccessibleName("Project file")
        choose = QPushButton("Choose…", self)
        choose.setAccessibleName("Choose the project file")
        choose.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.addWidget(self.path, 1)
        place.addWidget(choose)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        folder = QLineEdit(str(self.dataset.root), self)
        folder.setReadOnly(True)
        folder.setAccessibleName("Dataset")
        folder.setFrame(False)
        folder.setStyleSheet("QLineEdit { background: transparent; }")
        form.addRow("Dataset", folder)
        if not any(choice.name == "activity" for choice in self.dataset.choices):
            form.addRow("Activity", plain(self.dataset.activity, self))
        form.addRow("Project file", place)
        return form

    def sizeHint(self) -> QSize:
        return for_text(self, 900, 660)

    def _fill_row(self, row: int, video: Video, problems: list[Problem]) -> None:
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
        cell = QTableWidgetItem("; ".join(f"{p.what} {p.hint}".strip() for p in problems))
        if problems:
            _tint(cell, min((p.severity for p in problems), key=ORDER.index))
            cell.setToolTip(tip("\n".join(map(str, problems))))
        self.table.setItem(row, PROBLEM, cell)

    def _hide_empty(self) -> None:
        """A folder of plain videos has no columns of dashes, and its rate is that of the pictures."""
        videos = self.dataset.videos
        has_labels, has_features = (any(getattr(v, kind) for v in videos) for kind in ("ground_truth", "features"))
        for column, is_used in ((1, has_features), (2, has_labels), (5, has_features)):
            self.table.setColumnHidden(column, bool(videos) and not is_used)
        if not has_labels and (head := self.table.horizontalHeaderItem(4)) is not None:
            head.setText("Frames / s")

    def _show_choice(self) -> None:
        """Enable what can be done with the fields as they stand, and say why the rest cannot."""
        path, told, changed = self.project_path(), "", self.choices.is_changed()
        try:
            self.choices.values()
        except ValueError as error:
            told = str(error)
        self.again.setVisible(changed)
        self.again.setEnabled(not told)
        self.make.setEnabled(False)
        if told:
            pass
        elif changed:
            told = "Read the dataset again with this choice."
        elif not self.dataset.videos:
            told = "Nothing was found to work on. Choose another folder."
        elif path is None:
            told = "Choose where the project file goes."
        elif os.path.exists(path):  # where path.exists() raises on a name that is too long
            told = f"{path.name} is there already. Choose another name."
        else:
            self.make.setEnabled(True)
            told = self._what_follows()
        self._note.setText(told)

    def _what_follows(self) -> str:
        waiting = sum(v.features is not None and not v.is_trainable for v in self.dataset.videos)
        if not waiting:
            return "The dataset itself is never written."
        left = f"{waiting} of {len(self.dataset.videos)} videos are left out of training as it stands."
        return f"{left} They can be reviewed. The dataset itself is never written."

    def project_path(self) -> Path | None:
        """The path in the field, with the suffix ``.tot``; None when it is empty."""
        text = self.path.text().strip()
        if not text:
            return None
        path = Path(os.path.expanduser(text))
        if not path.name:  # the root of a disk
            return None
        return path if path.suffix == ".tot" else path.with_name(path.name + ".tot")

    def typed_path(self) -> Path | None:
        """The path of the project where the person chose it, to be kept when the dataset is read again."""
        return self.project_path() if self.path.isModified() else None

    def _read_again(self) -> None:
        self.reject()
        if self._rescan is not None:
            self._rescan(self.choices.values())

    def _browse(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Project file", self.path.text(), "Projects (*.tot)")
        if path:
            self.path.setText(path)
            self.path.setModified(True)


def _problem_table(dataset: Dataset, parent: QWidget) -> QTableWidget:
    """Every problem and note of a scan, the worst first."""
    widget = table(PROBLEM_COLUMNS, parent, stretch=2, words=range(len(PROBLEM_COLUMNS)))
    found = sorted(dataset.problems, key=lambda p: ORDER.index(p.severity))
    widget.set_rows_fit()
    widget.setRowCount(len(found))
    for row, problem in enumerate(found):
        for column, text in enumerate(_problem_cells(problem)):
            cell = QTableWidgetItem(text)
            cell.setToolTip(tip(text))
            if column == 0:
                _tint(cell, problem.severity)
            widget.setItem(row, column, cell)
    return widget


def _tint(cell: QTableWidgetItem, severity: Severity) -> None:
    if severity in TONES:
        cell.setForeground(tone(TONES[severity]))


def _problem_cells(problem: Problem) -> tuple[str, str, str]:
    place = f"{problem.path}, {problem.where}" if problem.where else problem.path
    return KINDS[problem.severity], place, f"{problem.what} {problem.hint}".strip()


def _suggest(dataset: Dataset) -> Path:
    """A free path beside the dataset's folder, never inside it."""
    parts = dict.fromkeys(part for part in (dataset.root.name, dataset.activity, dataset.granularity) if part)
    stem = "-".join(parts) or "project"
    stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in stem)
    folder, number = Path.home(), 1
    path = folder / f"{stem}.tot"
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.tot"
    return path


def ask_new_project(
    dataset: Dataset,
    parent: QWidget | None = None,
    *,
    rescan: Callable[[dict[str, Any], Path | None], None] | None = None,
    path: Path | None = None,
) -> Path | None:
    """Where the project file goes, or None when the person cancels or wants the dataset read again.

    `rescan` is called with the choices, and with the path where the person chose one, to be given back as `path`;
    without it the choices are shown and cannot be changed.
    """
    dialog = NewProjectDialog(
        dataset,
        parent,
        rescan=None if rescan is None else lambda choices: rescan(choices, dialog.typed_path()),
        path=path,
    )
    return dialog.project_path() if accepted(dialog) else None
