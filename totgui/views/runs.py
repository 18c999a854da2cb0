"""The table of runs: settings, scores and how each ended; which are compared, hidden, or go on where they stopped."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QTableWidgetItem, QVBoxLayout, QWidget

from core.annotation.changes import What
from core.annotation.values import Run
from core.data.dataset import RunId

from ..models.marks import mark_tip, marked
from ..models.run_settings import can_resume, differing, label_of, number, setting, words_of
from ..models.widgets import (
    LEAST_TABLE_HEIGHT,
    NUMBER,
    NumberItem,
    percent,
    plain,
    table,
    tip,
    widths_at_the_end,
)
from ..session import Session

BEFORE = ("", "Run", "MoF", "F1")
AFTER = ("Loss", "Time (s)", "Learned from", "Device", "Finished")
USUAL = ("method", "n_clusters", "rho", "sigma", "iterations", "seed")
"""Settings that have a column even where all runs agree."""
COMPARED, NAME = 0, 1
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SHOWN = What.RUNS | What.LABEL_MAP | What.PREDICTION


class RunsView(QWidget):
    """Runs, newest first; a click shows that run everywhere, a tick compares it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings: list[str] = []
        self._empty = plain("No runs yet. Train one in the Training panel.", self, dim=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._table = table((*BEFORE, *map(label_of, USUAL), *AFTER), self, stretch=-1)
        self._table.setMinimumHeight(LEAST_TABLE_HEIGHT)
        self._table.setAccessibleName("Runs")
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.horizontalHeader().setSortIndicator(NAME, Qt.SortOrder.DescendingOrder)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._on_menu)
        self._table.itemSelectionChanged.connect(self._on_selected)
        self._table.itemChanged.connect(self._on_ticked)
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
        column.addWidget(self._empty, 1)
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
        different = differing(runs) if len(runs) > 1 else []
        self._settings = [*USUAL, *(name for name in different if name not in USUAL)]
        numeric = {name for name in self._settings if any(number(run, name) is not None for run in runs)}
        self._empty.setText(
            "Every run is hidden." if everything and not runs else "No runs yet. Train one in the Training panel."
        )
        self._empty.setVisible(not runs)
        self._table.setVisible(bool(runs))
        self._foot.setVisible(bool(everything))
        self._with_hidden.setVisible(bool(hidden) or self._with_hidden.isChecked())
        self._with_hidden.setText(f"Hidden runs ({len(hidden)})")
        self._table.blockSignals(True)
        self._table.setSortingEnabled(False)
        columns = [*BEFORE, *map(label_of, self._settings), *AFTER]
        self._table.setColumnCount(len(columns))
        self._table.setHorizontalHeaderLabels(columns)
        right = {"MoF", "F1", *map(label_of, numeric), *AFTER[:2]}
        for place, column in enumerate(columns):
            head = self._table.horizontalHeaderItem(place)
            if head is not None:
                head.setTextAlignment(NUMBER if column in right else LEFT)
        for place, name in enumerate(self._settings, start=len(BEFORE)):
            head = self._table.horizontalHeaderItem(place)
            if head is not None:
                head.setToolTip(tip(words_of(name) + (". The runs differ in it." if name in different else "")))
                head.setFont(_bold(head.font(), name in different))
        first = self._table.horizontalHeaderItem(COMPARED)
        if first is not None:
            first.setToolTip("Ticked runs stand in the Compare panel")
        with widths_at_the_end(self._table):
            self._table.setRowCount(len(runs))
            for row, run in enumerate(runs):
                self._fill_row(row, run, different, numeric)
        self._table.setSortingEnabled(True)
        self._table.blockSignals(False)
        self._mark()

    def _fill_row(self, row: int, run: Run, different: list[str], numeric: set[str]) -> None:
        report = self._session.report(run.id, "prediction")
        mof, f1 = (report.mof, report.f1) if report is not None else (None, None)
        tick = NumberItem("", float(run.id in self._session.comparing.runs))
        tick.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        tick.setCheckState(Qt.CheckState.Checked if run.id in self._session.comparing.runs else Qt.CheckState.Unchecked)
        name = NumberItem(run.name + (" (hidden)" if run.hidden else ""), run.number)
        name.setTextAlignment(LEFT)
        document = self._session.document
        scores = [NumberItem(marked(percent(value), document, run.id), value) for value in (mof, f1)]
        cells: list[QTableWidgetItem] = [tick, name, *scores]
        for key in self._settings:
            text, value = setting(run, key), number(run, key)
            if key == "iterations":
                text, value = self._iterations(run), float(run.iterations)
            cell = NumberItem(text, value) if key in numeric else QTableWidgetItem(text)
            cell.setFont(_bold(cell.font(), key in different))
            cells.append(cell)
        loss = run.losses.get("total", run.losses.get("loss"))
        cells += [
            NumberItem("–" if loss is None else f"{loss:.4g}", loss),
            NumberItem(f"{run.seconds:,.0f}", run.seconds),
            NumberItem(run.learned.words or "–", float(run.learned.frames)),
            QTableWidgetItem(run.device),
            QTableWidgetItem(run.finished.replace("T", " ")[:16]),
        ]
        for column, cell in enumerate(cells):
            cell.setData(Qt.ItemDataRole.UserRole, run.id)
            if column != COMPARED:
                note = mark_tip(document, run.id) if cell in scores else ""
                cell.setToolTip(tip(note or self._about(run)))
            self._table.setItem(row, column, cell)

    def _iterations(self, run: Run) -> str:
        planned = run.config.get("iterations")
        early = run.stopped_early and isinstance(planned, int) and planned > run.iterations
        return f"{run.iterations:,} of {planned:,}" if early else f"{run.iterations:,}"

    def _about(self, run: Run) -> str:
        document = self._session.document
        parent = document.runs.get(run.parent) if document is not None and run.parent is not None else None
        goes_on = f" It goes on from {parent.name}." if parent is not None else ""
        stopped = " It was stopped and can go on." if can_resume(run) else ""
        names = [document.videos[v].name for v in run.learned.videos if v in document.videos] if document else []
        learned = f" Learned from {run.learned.words}: {_some(names)}." if names else ""
        return f"{run.name}.{goes_on}{stopped}{learned}"

    # --- choosing ----------------------------------------------------------------------------------

    def selected(self) -> Run | None:
        """The run of the selected row."""
        rows, document = self._table.selectionModel().selectedRows(), self._session.document
        run = RunId(rows[0].data(Qt.ItemDataRole.UserRole)) if rows else None
        return document.runs.get(run) if document is not None and run is not None else None

    def _mark(self) -> None:
        self._table.blockSignals(True)
        self._table.clearSelection()
        for row in range(self._table.rowCount()):
            item = self._table.item(row, NAME)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == self._session.current_run:
                self._table.selectRow(row)
        self._table.blockSignals(False)
        self._enable()

    def _enable(self) -> None:
        run = self.selected()
        self.resume.setEnabled(run is not None and can_resume(run) and not self._session.training)
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

    def _on_hide(self) -> None:
        run = self.selected()
        if run is None:
            return
        self._session.hide_run(run.id, not run.hidden)
        if not run.hidden:
            self._session.message.emit(
                f"{run.name} is hidden. Tick Hidden runs below the table to bring it back.", "info"
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
        again.setEnabled(not self._session.training and not run.hidden)
        again.triggered.connect(lambda: self._session.segment(run.id))
        resume = menu.addAction("Resume")
        resume.setEnabled(self.resume.isEnabled())
        resume.triggered.connect(self._on_resume)
        menu.addSeparator()
        menu.addAction(self.hide_button.text()).triggered.connect(self._on_hide)
        menu.popup(self._table.viewport().mapToGlobal(place))


def _bold(font: QFont, bold: bool) -> QFont:
    found = QFont(font)
    found.setBold(bold)
    return found


def _some(names: list[str], most: int = 12) -> str:
    """Names with commas, not more than fit into a tooltip."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
