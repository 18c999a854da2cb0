"""The table of runs: settings, how each ended, and its scores; a click shows that run everywhere."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTableWidgetItem, QVBoxLayout, QWidget

from core.annotation.changes import What
from core.annotation.values import Run
from core.data.dataset import RunId
from core.tot.config import METHODS

from ..models.marks import mark_tip, marked
from ..models.widgets import NumberItem, percent, plain, table, tip
from ..session import Session

COLUMNS = ("Run", "Method", "K", "MoF", "F1", "ρ", "σ", "Iterations", "Loss", "Device", "Finished")
MOF, F1 = 3, 4


class RunsView(QWidget):
    """Runs, newest first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._empty = plain("No runs yet. Train one in the Training panel.", self, dim=True)
        self._table = table(COLUMNS, self, stretch=-1)
        self._table.setAccessibleName("Runs")
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.itemSelectionChanged.connect(self._on_selected)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._empty)
        column.addWidget(self._table, 1)
        session.projectChanged.connect(self._fill)
        session.documentChanged.connect(self._on_document)
        session.reportReady.connect(self._fill)
        session.currentRunChanged.connect(self._mark)
        self._fill()

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & (What.RUNS | What.LABEL_MAP | What.PREDICTION):
            self._fill()

    def _fill(self) -> None:
        document = self._session.document
        runs = sorted((r for r in document.runs.values() if not r.hidden), key=lambda r: -r.number) if document else []
        self._empty.setVisible(not runs)
        self._table.setVisible(bool(runs))
        self._table.blockSignals(True)
        self._table.setRowCount(len(runs))
        for row, run in enumerate(runs):
            self._fill_row(row, run)
        self._table.blockSignals(False)
        self._mark()

    def _fill_row(self, row: int, run: Run) -> None:
        config, document = run.config, self._session.document
        report = self._session.report(run.id, "prediction")
        mof, f1 = (report.mof, report.f1) if report is not None else (None, None)
        name = QTableWidgetItem(run.name)
        name.setData(Qt.ItemDataRole.UserRole, run.id)
        method = str(config.get("method", ""))
        loss = run.losses.get("total", run.losses.get("loss"))
        stopped = " (stopped early)" if run.stopped_early else ""
        cells = [
            name,
            QTableWidgetItem(METHODS.get(method, method).split(" (")[0]),
            NumberItem(str(run.n_clusters), run.n_clusters),
            NumberItem(marked(percent(mof), document, run.id), mof),
            NumberItem(marked(percent(f1), document, run.id), f1),
            NumberItem(_number(config.get("rho")), None),
            NumberItem(_number(config.get("sigma")), None),
            NumberItem(f"{run.iterations:,}{stopped}", run.iterations),
            NumberItem(_number(loss), loss),
            QTableWidgetItem(run.device),
            QTableWidgetItem(run.finished.replace("T", " ")[:16]),
        ]
        settings = ", ".join(f"{key} {value}" for key, value in config.items())
        for column, cell in enumerate(cells):
            note = mark_tip(document, run.id) if column in (MOF, F1) else ""
            cell.setToolTip(tip(note or f"{run.name}: {settings}. Took {run.seconds:,.0f} s."))
            self._table.setItem(row, column, cell)

    def _mark(self) -> None:
        self._table.blockSignals(True)
        self._table.clearSelection()
        for row in range(self._table.rowCount()):
            item = self._table.item(row, 0)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == self._session.current_run:
                self._table.selectRow(row)
        self._table.blockSignals(False)

    def _on_selected(self) -> None:
        rows = self._table.selectionModel().selectedRows()
        if rows:
            self._session.select_run(RunId(rows[0].data(Qt.ItemDataRole.UserRole)))


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "–"
