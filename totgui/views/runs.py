"""The table of runs: settings, scores and how each ended; which are compared, hidden, or go on where they stopped."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.annotation.changes import What
from core.annotation.values import Run
from core.data.dataset import RunId

from ..models.copying import Copying
from ..models.empty import TRAIN, EmptyState
from ..models.run_names import RunNameDelegate
from ..models.run_rows import AFTER, BEFORE, USUAL, Cell, RunRows, run_rows
from ..models.run_settings import can_resume, label_of, words_of
from ..models.widgets import (
    LEAST_TABLE_HEIGHT,
    NUMBER,
    WORDS,
    NumberItem,
    short,
    table,
    tip,
)
from ..session import Session

COMPARED, NAME = 0, 1
RENAME = "F2"
SHOWN = What.RUNS | What.LABEL_MAP | What.PREDICTION


class RunsView(QWidget):
    """Runs, newest first; a click shows that run everywhere, a tick compares it, a double click renames it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown = RunRows()
        self.empty = EmptyState(self)
        self._table = table((*BEFORE, *map(label_of, USUAL), *AFTER), self, stretch=-1)
        self._table.setMinimumHeight(LEAST_TABLE_HEIGHT)
        self._table.setAccessibleName("Runs")
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.horizontalHeader().setSortIndicator(NAME, Qt.SortOrder.DescendingOrder)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._on_menu)
        self._copying = Copying(self._table, has_menu=True)
        self._table.itemSelectionChanged.connect(self._on_selected)
        self._table.itemChanged.connect(self._on_ticked)
        names = RunNameDelegate(session, self._table)
        self._table.setItemDelegateForColumn(NAME, names)
        names.closeEditor.connect(self._mark)  # after the table's own: a run may have come meanwhile
        self._table.cellDoubleClicked.connect(lambda _row, column: self.rename() if column == NAME else None)
        QShortcut(QKeySequence(RENAME), self._table, self.rename, context=Qt.ShortcutContext.WidgetShortcut)
        self.resume = QPushButton("Resume", self)
        self.resume.setToolTip("Go on with the selected training where it was stopped; it becomes a new run")
        self.resume.clicked.connect(self._on_resume)
        self.hide_button = QPushButton("Hide", self)
        self.hide_button.setToolTip("Leave the selected run out of every list. Nothing of it is lost")
        self.hide_button.clicked.connect(self._on_hide)
        self._with_hidden = QCheckBox("Hidden runs", self)
        self._with_hidden.setToolTip("List the runs that are hidden as well")
        self._with_hidden.toggled.connect(self._fill)
        self._foot = QWidget(self)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.resume)
        foot.addWidget(self.hide_button)
        foot.addStretch(1)
        foot.addWidget(self._with_hidden)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.empty, 1)
        column.addWidget(self._table, 1)
        column.addWidget(self._foot)
        session.projectChanged.connect(self._fill)
        session.documentChanged.connect(self._on_document)
        session.reportReady.connect(self._fill)
        session.comparing.changed.connect(self._fill)
        session.currentRunChanged.connect(self._mark)
        session.jobsChanged.connect(self._enable)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & SHOWN:
            self._fill()

    # --- the table ---------------------------------------------------------------------------------

    def _fill(self, *_: object) -> None:
        document = self._session.document
        everything = list(document.runs.values()) if document else []
        hidden = [run for run in everything if run.hidden]
        runs = everything if self._with_hidden.isChecked() else [run for run in everything if not run.hidden]
        is_first = not everything
        self.empty.say(
            "No runs yet. Train one." if is_first else "Every run is hidden.", offer=TRAIN if is_first else ""
        )
        self.empty.setVisible(not runs)
        self._table.setVisible(bool(runs))
        self._foot.setVisible(bool(everything))
        self._with_hidden.setVisible(bool(hidden) or self._with_hidden.isChecked())
        self._with_hidden.setText(f"Hidden runs ({len(hidden)})")
        before, self._shown = self._shown, run_rows(self._session, runs)
        if self._shown != before:
            self._table.blockSignals(True)
            self._table.setSortingEnabled(False)
            if before.rows is None or self._shown.columns != before.columns:
                before = RunRows()
                self._table.setRowCount(0)
            self._fill_heads(before)
            self._fill_cells(before.rows or {}, self._shown.rows or {})
            self._table.setSortingEnabled(True)
            self._table.blockSignals(False)
        self._mark()

    def _fill_heads(self, before: RunRows) -> None:
        shown = self._shown
        if (shown.settings, shown.different, shown.numeric) == (before.settings, before.different, before.numeric):
            return
        columns = shown.columns
        self._table.setColumnCount(len(columns))
        self._table.setHorizontalHeaderLabels(columns)
        right = {"MoF", "F1", *map(label_of, shown.numeric), *AFTER[:2]}
        for place, column in enumerate(columns):
            head = self._table.horizontalHeaderItem(place)
            if head is not None:
                head.setTextAlignment(NUMBER if column in right else WORDS)
        for place, name in enumerate(shown.settings, start=len(BEFORE)):
            head = self._table.horizontalHeaderItem(place)
            if head is not None:
                is_one = name in shown.different
                head.setToolTip(tip(words_of(name) + (". The runs differ in it." if is_one else "")))
                head.setFont(_bold(head.font(), is_one))
        first = self._table.horizontalHeaderItem(COMPARED)
        if first is not None:
            first.setToolTip("Ticked runs stand in the Compare panel")

    def _fill_cells(self, before: Mapping[RunId, tuple[Cell, ...]], now: Mapping[RunId, tuple[Cell, ...]]) -> None:
        """Rows of runs that went are taken away, those that came are added, of the others only what has changed."""
        for row in reversed(range(self._table.rowCount())):
            if self._run_at(row) not in now:
                self._table.removeRow(row)
        rows = {self._run_at(row): row for row in range(self._table.rowCount())}
        for run, cells in now.items():
            if run not in rows:
                rows[run] = self._table.rowCount()
                self._table.insertRow(rows[run])
            old = before.get(run, (None,) * len(cells))
            for column, cell in enumerate(cells):
                if cell != old[column]:
                    self._table.setItem(rows[run], column, _item(run, column, cell))

    def _run_at(self, row: int) -> RunId | None:
        item = self._table.item(row, NAME)
        return None if item is None else RunId(item.data(Qt.ItemDataRole.UserRole))

    # --- choosing ----------------------------------------------------------------------------------

    def selected(self) -> Run | None:
        """The run of the selected row."""
        rows, document = self._table.selectionModel().selectedRows(), self._session.document
        run = RunId(rows[0].data(Qt.ItemDataRole.UserRole)) if rows else None
        return document.runs.get(run) if document is not None and run is not None else None

    def _mark(self, *_: object) -> None:
        if self._is_renaming():  # to select a row would end it
            self._enable()
            return
        self._table.blockSignals(True)
        self._table.clearSelection()
        for row in range(self._table.rowCount()):
            if self._session.current_run is not None and self._run_at(row) == self._session.current_run:
                self._table.selectRow(row)
        self._table.blockSignals(False)
        self._enable()

    def _enable(self) -> None:
        run = self.selected()
        self.resume.setEnabled(run is not None and can_resume(run) and not self._session.jobs.engine_busy)
        self.hide_button.setEnabled(run is not None)
        self.hide_button.setText("Show" if run is not None and run.hidden else "Hide")

    def _on_selected(self) -> None:
        run = self.selected()
        if run is not None and not run.hidden:
            self._session.select_run(run.id)
        self._enable()

    def _on_ticked(self, item: QTableWidgetItem) -> None:
        if item.column() == COMPARED:
            run = RunId(item.data(Qt.ItemDataRole.UserRole))
            self._session.comparing.show_run(run, item.checkState() == Qt.CheckState.Checked)

    def _on_resume(self) -> None:
        run = self.selected()
        if run is not None:
            self._session.resume(run.id)

    def _is_renaming(self) -> bool:
        return self._table.state() is QAbstractItemView.State.EditingState

    def rename(self) -> None:
        """Edit the name of the selected run in its row."""
        rows = self._table.selectionModel().selectedRows(NAME)
        if rows and not self._is_renaming():
            self._table.setFocus()
            self._table.setCurrentIndex(rows[0])
            self._table.edit(rows[0])

    def _on_hide(self) -> None:
        run = self.selected()
        if run is None:
            return
        self._session.runs.hide(run.id, not run.hidden)
        if not run.hidden:
            self._session.message.emit(
                f"{short(run.name)} is hidden. Tick Hidden runs below the table to bring it back.", "info"
            )

    def _on_menu(self, place: QPoint) -> None:
        run = self.selected()
        if run is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        compared = run.id in self._session.comparing.runs
        compare = menu.addAction("Leave out of the comparison" if compared else "Compare")
        compare.setEnabled(not run.hidden)
        compare.triggered.connect(lambda: self._session.comparing.show_run(run.id, not compared))
        again = menu.addAction("Segment all videos with it")
        again.setEnabled(not self._session.jobs.engine_busy and not run.hidden)
        again.triggered.connect(lambda: self._session.runs.segment(run.id))
        resume = menu.addAction("Resume")
        resume.setEnabled(self.resume.isEnabled())
        resume.triggered.connect(self._on_resume)
        menu.addSeparator()
        menu.addAction(f"Rename…\t{RENAME}").triggered.connect(self.rename)
        menu.addAction(self.hide_button.text()).triggered.connect(self._on_hide)
        menu.addSeparator()
        self._copying.fill(menu, self._table.currentIndex())
        menu.popup(self._table.viewport().mapToGlobal(place))


def _bold(font: QFont, bold: bool) -> QFont:
    found = QFont(font)
    found.setBold(bold)
    return found


def _item(run: RunId, column: int, cell: Cell) -> QTableWidgetItem:
    item = NumberItem(cell.text, cell.value) if cell.is_number else QTableWidgetItem(cell.text)
    item.setData(Qt.ItemDataRole.UserRole, run)
    if cell.ticked is not None:
        item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(Qt.CheckState.Checked if cell.ticked else Qt.CheckState.Unchecked)
    if column == NAME:
        item.setTextAlignment(WORDS)
    else:
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
    if cell.bold:
        item.setFont(_bold(item.font(), True))
    if cell.about:
        item.setToolTip(tip(cell.about))
    return item
