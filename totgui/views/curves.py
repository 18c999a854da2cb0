"""Curves of a training as it goes: losses on the left, MoF and F1 on the right, earlier runs faint behind them."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.annotation.changes import What
from core.events import Started, TrainingMetrics

from ..models.widgets import plain
from ..session import Session

Row = Sequence[float | None]
SERIES = (
    ("total", 1, "#d55e00"),
    ("cross-entropy", 2, "#2f7de1"),
    ("temporal coherence", 3, "#009e73"),
    ("MoF", 4, "#2f7de1"),
    ("F1", 5, "#d98c00"),
)
N_LOSSES = 3
FAINT = 70


class CurvesView(QWidget):
    """Two plots that share the iterations."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[Row] = []
        self._state = plain("", self, dim=True)
        self._plots = [pg.PlotWidget(self), pg.PlotWidget(self)]
        self._curves: list[pg.PlotDataItem] = []
        self._earlier: list[pg.PlotDataItem] = []
        for plot, name in zip(self._plots, ("Loss", "Score (%)"), strict=True):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.getPlotItem().setContentsMargins(2, 2, 8, 2)
            plot.setMinimumHeight(120)
            plot.setAccessibleName(f"{name} by iteration")
            plot.addLegend(offset=(-6, 2), labelTextSize="8pt", verSpacing=-6)
        self._plots[1].setYRange(0, 100, padding=0.02)
        for number, (name, _, colour) in enumerate(SERIES):
            plot = self._plots[0 if number < N_LOSSES else 1]
            style = Qt.PenStyle.DashLine if number in (2, 4) else Qt.PenStyle.SolidLine
            self._curves.append(plot.plot([], [], pen=pg.mkPen(colour, width=2, style=style), name=name))
        row = QHBoxLayout()
        row.setSpacing(6)
        for plot in self._plots:
            row.addWidget(plot, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.addWidget(self._state)
        column.addLayout(row, 1)
        self._apply_palette()
        session.jobEvent.connect(self._on_event)
        session.documentChanged.connect(self._on_document)
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(self._show_earlier)
        self._on_project()

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    @property
    def rows(self) -> list[Row]:
        """The live curve so far: iteration, loss, cross-entropy, temporal coherence, MoF, F1."""
        return self._rows

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._apply_palette()
        super().changeEvent(event)

    def _apply_palette(self) -> None:
        palette = self.palette()
        base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.WindowText)
        dim = palette.color(QPalette.ColorRole.PlaceholderText)
        for plot, name in zip(self._plots, ("Loss", "Score (%)"), strict=True):
            plot.setBackground(base)
            plot.showGrid(x=False, y=True, alpha=0.12)
            plot.getPlotItem().setTitle(name, color=text, size="9pt")
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(palette.color(QPalette.ColorRole.Mid))
                axis.setTextPen(dim)
                axis.setStyle(tickLength=-3)
            legend = plot.getPlotItem().legend
            if legend is not None:
                legend.setLabelTextColor(dim)
                for sample, label in legend.items:
                    label.setText(label.text, color=dim)
                    sample.update()

    def _on_project(self) -> None:
        self._rows = []
        self._draw()
        self._show_earlier()

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & What.RUNS:
            self._show_earlier()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Started) and event.device:
            self._rows = []
            self._state.setText(f"Training on {event.device}")
            self._draw()
        elif isinstance(event, TrainingMetrics):
            self._rows.append(
                (event.iteration, event.loss, event.cross_entropy, event.temporal_coherence, event.mof, event.f1)
            )
            scores = "" if event.mof is None else f" · MoF {100 * event.mof:.1f}"
            scores += "" if event.f1 is None else f" · F1 {100 * event.f1:.1f}"
            self._state.setText(
                f"Iteration {event.iteration:,} of {event.iterations:,} · loss {event.loss:.3f}{scores}"
            )
            self._draw()

    def _draw(self) -> None:
        for (_, place, _colour), curve in zip(SERIES, self._curves, strict=True):
            curve.setData(*_points(self._rows, place))
        if not self._rows:
            self._state.setText("No training runs. Earlier runs are drawn faint.")

    def _show_earlier(self) -> None:
        for curve in self._earlier:
            for plot in self._plots:
                plot.removeItem(curve)
        self._earlier = []
        document = self._session.document
        live = {row[0] for row in self._rows}
        for run in document.runs.values() if document else ():
            if run.hidden or not run.curve or (len(run.curve) == len(self._rows) and run.curve[-1][0] in live):
                continue
            strong = run.id == self._session.current_run
            for number, (_, place, colour) in enumerate(SERIES):
                xs, ys = _points(run.curve, place)
                if not xs or number in (1, 2):
                    continue
                pen = QColor(colour)
                pen.setAlpha(FAINT * 2 if strong else FAINT)
                curve = pg.PlotDataItem(xs, ys, pen=pg.mkPen(pen, width=1))
                curve.setZValue(-1)
                self._plots[0 if number < N_LOSSES else 1].addItem(curve)
                self._earlier.append(curve)


def _points(rows: Sequence[Row], place: int) -> tuple[list[float], list[float]]:
    """Iterations and values of one series, scores in percent; what is not known is left out."""
    factor = 100.0 if place > N_LOSSES else 1.0
    pairs = [(row[0], row[place]) for row in rows if len(row) > place and row[place] is not None]
    if place == N_LOSSES and not any(value for _, value in pairs):
        return [], []
    return [float(x or 0) for x, _ in pairs], [factor * float(y or 0) for _, y in pairs]
