"""Shows what label files would change in the project, and asks what of it to take: nothing has changed yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.label_import import CORRECTED, GROUND_TRUTH, Effect, ImportPlan

from ..models.chooser import Chooser
from ..models.progress import ProgressBar
from ..models.widgets import LeaveWithProject, accepted, for_text, name_tabs, plain, tip
from ..session import Session
from .import_tables import NamesTable, ProblemsTable, TracksTable, labels_of

INTO = ((CORRECTED, "Corrected labels"), (GROUND_TRUTH, "Ground truth, where there is none"))
AT_ONCE = 40
"""Rows whose effect is counted in one go, so that the window stays alive."""


class ImportAnswer(NamedTuple):
    """What to import: rows of a plan, what the names of the files mean, and whether their comments come along."""

    plan: ImportPlan
    rows: tuple[int, ...]
    names: dict[str, int | None]
    comments: bool = True


class ImportDialog(QDialog):
    """Files, their format, and the plan: tracks with ticks, names, problems."""

    def __init__(self, session: Session, paths: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import labels")
        self._session, self._paths = session, tuple(paths)
        self.plan: ImportPlan | None = None
        self._effects: dict[int, Effect | None] = {}
        self._waiting: list[int] = []
        self._files = plain("", self, bold=True)
        self.format, self.target = Chooser(self), Chooser(self)
        for name, label in INTO:
            self.target.addItem(label, name)
        self.tracks, self.names, self.problems = TracksTable(self), NamesTable(self), ProblemsTable(self)
        self.tabs = QTabWidget(self)
        name_tabs(self.tabs, "Names, or problems")
        self.tabs.addTab(self.names, "Names")
        self.tabs.addTab(self.problems, "Problems")
        self.busy = ProgressBar(self)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(6)
        self.comments = QCheckBox("", self)
        self.comments.setChecked(True)
        self.comments.hide()
        self.comments.toggled.connect(self._show_summary)
        self.summary, self._note = plain("", self, bold=True), plain("", self, dim=True)
        buttons = QDialogButtonBox(self)
        self.accept_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._count_some)
        self._lay_out(buttons)
        self.format.activated.connect(lambda _index: self.read())
        self.target.activated.connect(lambda _index: self.read())
        self.tracks.ticked.connect(self._show_summary)
        self.names.changed.connect(self._on_names)
        session.exchange.previews.ready.connect(self._on_answer)
        LeaveWithProject(self, session)
        self._show_files()
        self.read()
        self.resize(self.sizeHint())

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        choose = QPushButton("Other files…", self)
        choose.clicked.connect(self._choose)
        top = QHBoxLayout()
        top.addWidget(self._files, 1)
        top.addWidget(choose)
        row = QHBoxLayout()
        for text, box in (("Format", self.format), ("Into", self.target)):
            label = QLabel(text, self)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box, 1)
            row.addSpacing(12)
        split = QSplitter(self)
        split.setOrientation(split.orientation().Vertical)
        split.addWidget(self.tracks)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(self.busy)
        column.addWidget(split, 1)
        column.addWidget(self.comments)
        column.addWidget(self.summary)
        column.addWidget(self._note)
        column.addWidget(buttons)

    def sizeHint(self) -> QSize:
        return for_text(self, 900, 680)

    # --- reading -----------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the files as the fields say; the plan comes when it is there."""
        name = self.format.currentData()
        self._set_busy(True)
        self._session.exchange.plan_import(self._paths, str(name) if name else None, str(self.target.currentData()))

    def _on_answer(self, kind: str, result: Any) -> None:
        if kind == "import":
            self._set_busy(False)
            self._show_plan({"error": result} if isinstance(result, str) else result)

    def _show_plan(self, result: Mapping[str, Any]) -> None:
        document = self._session.document
        if "error" in result or document is None:
            self.plan = None
            self.tracks.table.setRowCount(0)
            self.names.show_names({}, document) if document else None
            self.problems.show_problems(())
            self.comments.hide()
            self._fill_formats((), None)
            self.summary.setText(str(result.get("error", "")))
            self._note.setText("Choose the format, or other files.")
            self.accept_button.setEnabled(False)
            return
        plan: ImportPlan = result["plan"]
        self.plan = plan
        self._fill_formats(result["formats"], plan.format)
        self.tracks.show_plan(plan, document)
        self.names.show_names(plan.names, document)
        self.comments.setText(f"Take {_comments(plan.n_comments)} too")
        self.comments.setVisible(bool(plan.n_comments))
        self.problems.show_problems(plan.all_problems)
        fresh = sum(meaning is None for meaning in plan.names.values())
        errors = sum(p.severity == "error" for p in plan.all_problems)
        self.tabs.setTabText(0, f"Names ({len(plan.names)}, {fresh} new)" if fresh else f"Names ({len(plan.names)})")
        self.tabs.setTabText(1, f"Problems ({len(plan.all_problems)})" if plan.all_problems else "Problems")
        self.tabs.setCurrentIndex(1 if errors else 0)
        self._on_names()

    def _fill_formats(self, likely: Sequence[str], current: str | None) -> None:
        kept = current or self.format.currentData()
        self.format.clear()
        if not likely and kept is None:
            self.format.addItem("Choose a format", None)
        for number, (name, label) in enumerate(labels_of(self._session.exchange.formats(), likely)):
            if number and number == len(likely):
                self.format.insertSeparator(self.format.count())
            self.format.addItem(label, name)
        if kept is not None:
            self.format.setCurrentIndex(max(0, self.format.findData(kept)))

    def _set_busy(self, is_busy: bool) -> None:
        self.busy.setVisible(is_busy)
        for part in (self.tracks, self.tabs):
            part.setEnabled(not is_busy)
        if is_busy:
            self.summary.setText("Reading the files…")
            self._note.setText("")
            self.accept_button.setEnabled(False)

    def _choose(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, "Import labels", str(self._paths[0].parent))
        if paths:
            self._paths = tuple(map(Path, paths))
            self.format.clear()
            self._show_files()
            self.read()

    def _show_files(self) -> None:
        first, count = self._paths[0], len(self._paths)
        self._files.setText(first.name if count == 1 else f"{first.name} and {count - 1} more")
        self._files.setToolTip(tip("\n".join(map(str, self._paths[:30]))))

    # --- what would change -------------------------------------------------------------------------

    def _on_names(self) -> None:
        self._effects = {}
        self._waiting = [] if self.plan is None else list(range(len(self.plan.rows)))
        self._timer.start()
        self._show_summary()

    def _count_some(self) -> None:
        names, plan = self.names.meanings(), self.plan
        now, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if plan is not None:
            for number in now:
                effect = self._effects[number] = self._session.exchange.import_effect(plan, number, names)
                self.tracks.show_effect(number, effect)
        if not self._waiting:
            self._timer.stop()
        self._show_summary()

    def _show_summary(self) -> None:
        plan, document = self.plan, self._session.document
        if plan is None or document is None:
            return
        chosen, names = self.tracks.chosen(), self.names.meanings()
        effects = [effect for n in chosen if (effect := self._effects.get(n)) is not None]
        changing, frames = sum(e.changed > 0 for e in effects), sum(e.changed for e in effects)
        twice = len({plan.rows[n].video for n in chosen}) < len(chosen)
        used = dict.fromkeys(name for n in chosen for name in plan.rows[n].placed.names if name)
        fresh = [name for name in used if names.get(name) is None]
        talk = plan.n_comments if self.comments.isChecked() else 0
        text, can = f"{_videos(changing)} would change: {frames:,} frames get another label.", changing > 0
        if talk and changing:
            text = f"{text[:-1]}, {_comments(talk)} come{'s' if talk == 1 else ''} along."
        if self._waiting:
            text, can = "Counting what would change…", False
        elif twice:
            text, can = "Two of the ticked tracks are about the same video. Keep one of them.", False
        elif talk and not changing:
            text, can = f"{_comments(talk)} would come in; no label changes.", True
        elif not chosen:
            text, can = (
                "Nothing is ticked." if any(r.is_usable for r in plan.rows) else "Nothing can be imported.",
                False,
            )
        elif not changing:
            text, can = "Nothing would change: the project has these labels already.", False
        self.summary.setText(text)
        notes = []
        if fresh:
            notes.append(f"New actions: {', '.join(fresh[:5])}{'…' if fresh[5:] else ''}.")
        again = self._session.exchange.reopened(plan, [n for n in chosen if (e := self._effects.get(n)) and e.changed])
        if again:
            notes.append(
                f"They were accepted, and are in review again: {', '.join(again[:5])}{'…' if again[5:] else ''}."
            )
        notes += plan.notes if can else ()
        undo = (
            "One step of undo takes it back." if plan.target == CORRECTED else "Ground truth cannot be changed later."
        )
        notes += [undo] if can else []
        self._note.setText(" ".join(notes))
        self.accept_button.setEnabled(can)
        self.accept_button.setText(f"Import {_videos(changing) if changing else _comments(talk)}" if can else "Import")

    def done(self, result: int) -> None:
        """The dialog is closed; a plan that is still under way is of no interest."""
        self._session.exchange.previews.ready.disconnect(self._on_answer)
        self._timer.stop()
        super().done(result)

    def answer(self) -> ImportAnswer:
        """What was ticked, and what the names mean."""
        assert self.plan is not None
        return ImportAnswer(self.plan, self.tracks.chosen(), self.names.meanings(), self.comments.isChecked())


def _videos(count: int) -> str:
    return f"{count} video{'s' if count != 1 else ''}"


def _comments(count: int) -> str:
    return f"{count:,} comment{'s' if count != 1 else ''}"


def ask_import(session: Session, paths: Sequence[Path], parent: QWidget | None = None) -> ImportAnswer | None:
    """What to import of files, or None when the person cancels."""
    dialog = ImportDialog(session, paths, parent)
    return dialog.answer() if accepted(dialog) else None
