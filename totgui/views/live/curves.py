"""Curves of a training as it goes: losses and scores of every seed, earlier runs faint behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from core.annotation.changes import What
from core.data.dataset import RunId
from core.events import ENDINGS, Progress, SeedMetrics, Started, StopKind, TrainingMetrics
from core.tot.config import METHODS

from ...models.chooser import Chooser
from ...models.run_names import LETTERS
from ...models.widgets import duration, for_text, in_menu, plain, short
from ...session import Session
from ...session.jobs import device_name
from .figure import Line
from .plot import Plot

Row = Sequence[float | None]
SERIES = (
    ("total", 1, "#d55e00"),
    ("cross-entropy", 2, "#2f7de1"),
    ("temporal coherence", 3, "#009e73"),
    ("MoF", 4, "#2f7de1"),
    ("F1", 5, "#d98c00"),
)
LOSSES, SCORES = SERIES[:3], SERIES[3:]
MAIN = (1, 4, 5)
"""The series that stand for a run where several are drawn: loss, MoF, F1."""
EACH, MEAN = "each", "mean"
USUAL_BEHIND, SIDE_BY_SIDE = 3, 620
PAST = 110
THIN = 1.0
"""Pixels: Qt draws a smooth line of this width four times as fast as one that is hardly wider."""
TRAINING = "Training"
"""What a job that trains is called, and its first event."""
IDLE = "No training is under way. Earlier runs are drawn faint."
UNSCORED = "Scores need ground truth. These videos have none."
STOPPING = {
    StopKind.KEEP: "Stopping. What was learned is kept…",
    StopKind.DISCARD: "Cancelling…",
}


@dataclass
class Family:
    """The seeds of one method as they are trained: rows of iteration, losses, MoF and F1 for each.

    `number` tells apart several trainings of one method, with other settings, that follow one another.
    """

    method: str
    number: int = 1
    seeds: dict[int, list[Row]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the legend calls it."""
        return METHODS.get(self.method, self.method).split(" (")[0] + (f" ({self.number})" if self.number > 1 else "")

    @property
    def last(self) -> int:
        """The last iteration that came."""
        return max((int(rows[-1][0] or 0) for rows in self.seeds.values() if rows), default=0)

    def add(self, iteration: int, run: SeedMetrics) -> None:
        """One more row of a seed."""
        row = (iteration, run.loss, run.cross_entropy, run.temporal_coherence, run.mof, run.f1)
        self.seeds.setdefault(run.seed, []).append(row)


class CurvesView(QWidget):
    """Two plots that share the iterations."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.families: list[Family] = []
        self._end = 0
        self._behind: frozenset[RunId] | None = None  # None: the newest ones
        self._memory = self._training = ""
        self._state, self._machine = plain("", self), plain("", self, dim=True)
        self._seeds = Chooser(self)
        self._seeds.setAccessibleName("Seeds")
        self._seeds.addItem("Every seed", EACH)
        self._seeds.addItem("Mean and spread", MEAN)
        self._seeds.setToolTip("How the runs of several seeds are drawn")
        self._earlier = QToolButton(self)
        self._earlier.setText("Earlier runs")
        self._earlier.setToolTip("Choose the runs that are drawn faint behind the present one")
        self._earlier.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._earlier)
        menu.aboutToShow.connect(lambda: self.fill_earlier(menu))
        self._earlier.setMenu(menu)
        self.losses = Plot(session, "Loss", None, self)
        self._scored, self._unscored = QWidget(self), plain(UNSCORED, self, dim=True)
        self.scores = Plot(session, "Score (%)", (0.0, 100.0), self._scored)
        self._build()
        self._seeds.currentIndexChanged.connect(self._draw)
        session.jobEvent.connect(self._on_event)
        session.stopAsked.connect(self._on_stop)
        session.documentChanged.connect(self._on_document)
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(self._draw)
        session.jobsChanged.connect(self._on_jobs)
        self._on_project()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._state, 1)
        head.addWidget(self._seeds)
        head.addWidget(self._earlier)
        self._plots = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(6)
        scored = QVBoxLayout(self._scored)  # the plot in it is hidden and keeps its room while the panel comes
        scored.setContentsMargins(0, 0, 0, 0)
        scored.addWidget(self.scores)
        for widget in (self.losses, self._scored):
            row.addWidget(widget, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(6, 4, 6, 0)
        whole.setSpacing(3)
        whole.addLayout(head)
        whole.addWidget(self._machine)
        whole.addWidget(self._unscored)
        whole.addLayout(row, 1)

    def sizeHint(self) -> QSize:
        return QSize(420, 250)

    def minimumSizeHint(self) -> QSize:
        """As high as its lines of text are at the present width, too: they cut the numbers of the lower axis off."""
        least, inside = super().minimumSizeHint(), self.layout()
        high = inside.totalMinimumHeightForWidth(max(self.width(), least.width())) if inside is not None else 0
        return QSize(least.width(), max(least.height(), high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where both legends have room, else one above the other."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        across = QBoxLayout.Direction
        is_wide = self.width() >= for_text(self, SIDE_BY_SIDE, 0).width()
        self._plots.setDirection(across.LeftToRight if is_wide else across.TopToBottom)

    @property
    def rows(self) -> list[Row]:
        """The curve so far of the first seed: iteration, loss, cross-entropy, temporal coherence, MoF, F1."""
        return next(iter(self.families[-1].seeds.values()), []) if self.families else []

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    # --- what arrives ------------------------------------------------------------------------------

    def _on_project(self) -> None:
        self.families, self._end, self._behind = [], 0, None
        self._job = ""
        self._state.setText(IDLE)
        self._machine.setText("")
        self._draw()

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & What.RUNS:
            self._draw()

    def _on_stop(self, kind: StopKind) -> None:
        if self._job:  # another job may be meant
            self._state.setText(STOPPING[kind])

    def _on_jobs(self) -> None:
        """A training was asked for, and its engine may take a while to come; or it is gone, perhaps without a curve."""
        training = next((job for job, name in self._session.jobs.running.items() if name == TRAINING), "")
        if training and training != self._job:
            self._begin()
        elif not training and self._job and not self.families:
            self._state.setText(IDLE)
            self._machine.setText("")
        self._job = training

    def _begin(self) -> None:
        self.families, self._end = [], 0
        self._state.setText("Starting…")
        self._machine.setText("")
        for plot in (self.losses, self.scores):
            plot.follow()
        self._draw()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Started) and event.device and event.text == TRAINING:
            if self.families:  # of a training before, which nobody saw begin
                self._begin()
            self._training = event.job
            self._machine.setText(f"on {device_name(event.device)}")
        elif isinstance(event, TrainingMetrics):
            self._on_metrics(event)
        elif not isinstance(event, (Progress, *ENDINGS)) or event.job != self._training or not self.families:
            return
        elif isinstance(event, ENDINGS):
            self._state.setText(self._state.text().replace("…", ""))
            self._say_machine()
        elif event.seconds_left is not None:
            more = event.done < event.total
            self._say_machine(f"{duration(event.seconds_left)} left in all" if more else "finishing")

    def _say_machine(self, *left: str) -> None:
        """Where it trains and how much memory that takes, and how long it will go on."""
        where = self._machine.text().split(" · ")[0]
        self._machine.setText(" · ".join((where, self._memory, *left)))

    def _on_metrics(self, event: TrainingMetrics) -> None:
        before = self.families[-1] if self.families else None
        if before is None or before.method != event.method or event.iteration <= before.last:
            alike = sum(family.method == event.method for family in self.families)
            self.families.append(Family(event.method, alike + 1))
        runs = event.runs or (
            SeedMetrics(
                seed=0,
                loss=event.loss,
                cross_entropy=event.cross_entropy,
                temporal_coherence=event.temporal_coherence,
                mof=event.mof,
                f1=event.f1,
            ),
        )
        for run in runs:
            self.families[-1].add(event.iteration, run)
        self._end = event.iterations
        method = METHODS.get(event.method, event.method).split(" (")[0]
        scores = "" if event.mof is None else f" · MoF {100 * event.mof:.1f}"
        scores += "" if event.f1 is None else f" · F1 {100 * event.f1:.1f}"
        self._state.setText(
            f"{method} iteration {event.iteration:,} of {event.iterations:,} · loss {event.loss:.3f}{scores}".strip()
        )
        self._memory = f"{event.memory / 2**20:,.0f} MB" if event.memory else "memory not known"
        self._draw()

    # --- drawing -----------------------------------------------------------------------------------

    def _draw(self, *_: object) -> None:
        several = any(len(family.seeds) > 1 for family in self.families)
        self._seeds.setVisible(several)
        behind = [line for run in self.behind() for line in self._faint(run)]
        mean, several_methods = self._seeds.currentData() == MEAN, len(self.families) > 1
        now = self.families[-1] if self.families else None
        ends = [self._end, *(line.xs[-1] for _, line in behind if len(line.xs))]
        for plot, series in ((self.losses, LOSSES), (self.scores, SCORES)):
            lines = [line for kind, line in behind if kind is series]
            for family in self.families:
                lines += _of_family(family, series, mean=mean, named=several_methods, past=family is not now)
            plot.show_lines(lines, float(max(ends)))
        document = self._session.document
        is_scored = bool(self.scores.lines) or document is None or bool(document.ground_truth)
        self._scored.setVisible(is_scored)
        self._unscored.setVisible(not is_scored)

    def behind(self) -> list[RunId]:
        """The runs that are drawn faint, oldest first."""
        document = self._session.document
        runs = [run for run in document.shown_runs if run.curve] if document else []
        if self._behind is None:  # losses of another method have another scale
            method = self.families[-1].method if self.families else ""
            alike = [run for run in runs if not method or run.config.get("method") == method]
            return [run.id for run in alike[-USUAL_BEHIND:]]
        return [run.id for run in runs if run.id in self._behind]

    def _faint(self, run: RunId) -> list[tuple[object, Line]]:
        document = self._session.document
        assert document is not None
        found: list[tuple[object, Line]] = []
        strong = run == self._session.current_run
        for kind in (LOSSES, SCORES):
            for name, place, colour in kind:
                if place in MAIN:
                    xs, ys = _points(document.runs[run].curve, place)
                    faint = QColor(colour)
                    faint.setAlpha(150 if strong else 75)
                    label = f"{short(document.runs[run].name, LETTERS)} {name}" if not self.families else ""
                    found.append((kind, Line(label, xs, ys, faint, 1.6 if strong else THIN)))
        return found

    def fill_earlier(self, menu: QMenu) -> None:
        """List the runs that have a curve, with those that are drawn ticked."""
        menu.clear()
        document = self._session.document
        shown = set(self.behind())
        for run in reversed([run for run in document.shown_runs if run.curve] if document else []):
            action = menu.addAction(in_menu(run.name))
            action.setCheckable(True)
            action.setChecked(run.id in shown)
            action.toggled.connect(lambda on, chosen=run.id: self.show_behind(chosen, on))
        if menu.isEmpty():
            menu.addAction("No earlier run").setEnabled(False)

    def show_behind(self, run: RunId, shown: bool) -> None:
        """Draw a run faint behind the present one, or leave it out."""
        now = frozenset(self.behind())
        self._behind = now | {run} if shown else now - {run}
        self._draw()


def _of_family(
    family: Family, series: Sequence[tuple[str, int, str]], *, mean: bool, named: bool, past: bool
) -> list[Line]:
    """The lines of one method: all series of a single seed; of several seeds the main ones, each or their mean.

    Those of a method whose turn is over are paler than those of the one that is trained now.
    """
    head = f"{family.name} " if named else ""
    lines: list[Line] = []
    alone = len(family.seeds) == 1
    for name, place, colour in series:
        if not alone and place not in MAIN:
            continue
        curves = [_points(rows, place) for rows in family.seeds.values()]
        curves = [(xs, ys) for xs, ys in curves if xs]
        if not curves:
            continue
        dashed, paint = place in (2, 5), QColor(colour)
        paint.setAlpha(PAST if past else 255)
        if alone or not mean:
            for number, (xs, ys) in enumerate(curves):
                label = f"{head}{name}" if number == 0 else ""
                lines.append(Line(label, xs, ys, paint, 2.0 if alone else 1.4, dashed and alone))
        else:
            values = np.array([ys for _, ys in curves])
            lines.append(Line(f"{head}{name}", curves[0][0], values.mean(0), paint, 2.0, spread=values.std(0).tolist()))
    return lines


def _points(rows: Sequence[Row], place: int) -> tuple[list[float], list[float]]:
    """Iterations and values of one series, scores in percent; what is not known is left out."""
    factor = 100.0 if place > 3 else 1.0
    pairs = [(row[0], row[place]) for row in rows if len(row) > place and row[place] is not None]
    if place == 3 and not any(value for _, value in pairs):
        return [], []
    return [float(x or 0) for x, _ in pairs], [factor * float(y or 0) for _, y in pairs]
