"""The tables of an import: tracks with ticks, names with what they mean, problems with their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidgetItem, QVBoxLayout, QWidget

from core.annotation.document import Document
from core.data.dataset import BACKGROUND, UNLABELLED, Problem
from core.label_import import Effect, ImportPlan, Meanings

from ..icons import icon
from ..models.chooser import Chooser
from ..models.widgets import RED, NumberItem, table, tip
from ..palette import tone

TICKABLE = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
NEW = "new"


class _Table(QWidget):
    """A table that fills a widget; `left` are the columns whose heads stand at the left."""

    def __init__(
        self, name: str, heads: Sequence[str], parent: QWidget | None, *, stretch: int, left: Iterable[int]
    ) -> None:
        super().__init__(parent)
        self.table = table(heads, self, stretch=stretch, words=left)
        self.table.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)


class TracksTable(_Table):
    """One row a track of the files: a tick, its video, where it is from, what it would change."""

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        heads = ("Video", "From", "Segments", "Frames that change", "What is wrong")
        super().__init__("Tracks of the files", heads, parent, stretch=4, left=(0, 1, 4))
        self._is_filling = False
        self.table.itemChanged.connect(self._on_changed)

    def show_plan(self, plan: ImportPlan, document: Document) -> None:
        """One row a track; those that cannot be imported have no tick."""
        self._is_filling = True
        self.table.setRowCount(len(plan.rows))
        for number, row in enumerate(plan.rows):
            name = document.videos[row.video].name if row.video is not None else row.track.video
            first = QTableWidgetItem(name)
            if row.is_usable:
                first.setFlags(TICKABLE)
                first.setCheckState(Qt.CheckState.Checked if row.is_proposed else Qt.CheckState.Unchecked)
            else:
                first.setFlags(Qt.ItemFlag.ItemIsSelectable)
            origin = f"{row.track.path.name}: {row.track.tier}" if row.track.tier else row.track.path.name
            wrong = [p for p in row.problems if p.severity == "error"] or list(row.problems)
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            text = f"{wrong[0].what}{more}" if wrong else ""
            cells = [first, QTableWidgetItem(origin), NumberItem(str(len(row.track.intervals)), None)]
            cells += [NumberItem("" if row.is_usable else "–", None), QTableWidgetItem(text)]
            for column, cell in enumerate(cells):
                cell.setToolTip(tip(str(row.track.path) if column == 1 else cell.text()))
                self.table.setItem(number, column, cell)
        self._is_filling = False

    def show_effect(self, number: int, effect: Effect | None) -> None:
        """How much one row would change."""
        cell = self.table.item(number, 3)
        if cell is not None and effect is not None:
            what = f"{effect.changed:,} of {effect.n_frames:,}" if effect.changed else "nothing"
            self._is_filling = True
            cell.setText(what)
            cell.setToolTip(tip(f"{effect.segments_before} segments become {effect.segments_after}."))
            self._is_filling = False

    def chosen(self) -> tuple[int, ...]:
        """The numbers of the ticked rows."""
        found = []
        for number in range(self.table.rowCount()):
            item = self.table.item(number, 0)
            if item is not None and item.checkState() is Qt.CheckState.Checked:
                found.append(number)
        return tuple(found)

    def tick(self, number: int, on: bool = True) -> None:
        """Tick a row, or take its tick away."""
        item = self.table.item(number, 0)
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if not self._is_filling and item.column() == 0:
            self.ticked.emit()


class NamesTable(_Table):
    """Each name of the files, and the action that it means; new ones come first."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Names and what they mean", ("Name in the files", "Means"), parent, stretch=1, left=(0, 1))
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(0, 300)
        self.table.verticalHeader().setDefaultSectionSize(30)
        self._names: list[str] = []
        self._boxes: list[QComboBox] = []

    def show_names(self, names: Meanings, document: Document) -> None:
        """One row a name with its likeliest meaning."""
        known = [(a.name, int(a.id)) for a in document.actions.values() if not a.archived]
        ids = {number for _, number in known}
        self._names = sorted(names, key=lambda name: (names[name] is not None, list(names).index(name)))
        self._boxes = []
        self.table.setRowCount(len(self._names))
        for row, name in enumerate(self._names):
            item = QTableWidgetItem(name)
            item.setToolTip(tip(name))
            box = Chooser(self.table)
            box.setAccessibleName(f"What {name} means")
            box.addItem(f"New action “{name}”", NEW)
            box.addItem("background", int(BACKGROUND))
            box.addItem("unlabelled", int(UNLABELLED))
            box.insertSeparator(3)
            for label, number in known:
                box.addItem(label, number)
            meaning = names[name]
            if meaning is not None and meaning >= 0 and meaning not in ids:
                box.addItem(document.actions[next(a for a in document.actions if int(a) == meaning)].name, meaning)
            box.setCurrentIndex(max(0, box.findData(NEW if meaning is None else meaning)))
            box.currentIndexChanged.connect(partial(self._on_choice, row))
            self._boxes.append(box)
            self.table.setItem(row, 0, item)
            self.table.setCellWidget(row, 1, box)

    def meanings(self) -> dict[str, int | None]:
        """What each name means; None is a new action."""
        found: dict[str, int | None] = {}
        for name, box in zip(self._names, self._boxes, strict=True):
            data = box.currentData()
            found[name] = None if data == NEW else int(data)
        return found

    def choose(self, name: str, meaning: int | None) -> None:
        """Say what a name means."""
        box = self._boxes[self._names.index(name)]
        box.setCurrentIndex(box.findData(NEW if meaning is None else meaning))

    def _on_choice(self, _row: int, _index: int) -> None:
        self.changed.emit()


class ProblemsTable(_Table):
    """Every problem of an import: what it is, where it stands, what to do. Ctrl+C copies all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        heads = ("", "File", "Place", "What was found")
        super().__init__("Problems", heads, parent, stretch=3, left=(0, 1, 2, 3))
        self.table.set_rows_fit()
        self._problems: Sequence[Problem] = ()
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.table)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self.copy)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """One row a problem, errors first."""
        self._problems = sorted(problems, key=lambda p: p.severity != "error")
        icons = {"error": icon("alert-circle-outline", RED), "note": icon("information-outline")}
        self.table.setRowCount(len(self._problems))
        for number, problem in enumerate(self._problems):
            head = QTableWidgetItem("Error" if problem.severity == "error" else "Note")
            head.setIcon(icons.get(problem.severity, icons["note"]))
            if problem.severity == "error":
                head.setForeground(tone("error"))
            name = problem.path.replace("\\", "/").rsplit("/", 1)[-1]
            text = f"{problem.what} {problem.hint}".strip()
            for column, cell in enumerate((head, QTableWidgetItem(name), QTableWidgetItem(problem.where))):
                self.table.setItem(number, column, cell)
            self.table.setItem(number, 3, QTableWidgetItem(text))
            for column, words in ((1, problem.path), (2, problem.where), (3, text)):
                item = self.table.item(number, column)
                if item is not None:
                    item.setToolTip(tip(words))

    def copy(self) -> None:
        """Put all problems on the clipboard, a line each."""
        QGuiApplication.clipboard().setText("\n".join(str(problem) for problem in self._problems))


def labels_of(formats: Iterable[Mapping[str, object]], likely: Sequence[str]) -> list[tuple[str, str]]:
    """(name, label) of the formats that can be read, those that fit the file first."""
    known = {str(f["name"]): str(f["label"]) for f in formats if f["read"]}
    first = [name for name in likely if name in known]
    return [(name, known[name]) for name in [*first, *(n for n in known if n not in first)]]
