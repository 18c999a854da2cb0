"""What stands in the table of runs, as plain values: the table then changes only the cells that have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.annotation.document import Document
from core.annotation.values import Run
from core.data.dataset import RunId

from ..session import Session
from .marks import MARK, mark_tip
from .run_names import LETTERS
from .run_settings import can_resume, differing, label_of, number, setting
from .widgets import percent, short

BEFORE = ("", "Run", "MoF", "F1")
AFTER = ("Loss", "Time (s)", "Learned from", "Device", "Finished")
USUAL = ("method", "n_clusters", "rho", "sigma", "iterations", "seed")
"""Settings that have a column even where all runs agree."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `value` is what a column of numbers sorts by; `is_number` False is a cell of words."""

    text: str
    about: str = ""
    value: float | None = None
    is_number: bool = True
    bold: bool = False
    ticked: bool | None = None


@dataclass(frozen=True)
class RunRows:
    """Settings that have a column, those in which runs differ, those that are numbers, and the cells of each run."""

    settings: tuple[str, ...] = ()
    different: frozenset[str] = frozenset()
    numeric: frozenset[str] = frozenset()
    rows: Mapping[RunId, tuple[Cell, ...]] | None = None

    @property
    def columns(self) -> list[str]:
        return [*BEFORE, *map(label_of, self.settings), *AFTER]


def run_rows(session: Session, runs: Sequence[Run]) -> RunRows:
    """The rows of some runs of the open project."""
    found = differing(runs) if len(runs) > 1 else []
    settings = (*USUAL, *(name for name in found if name not in USUAL))
    different = frozenset(found)
    numeric = frozenset(name for name in settings if any(number(run, name) is not None for run in runs))
    rows = {run.id: _row(session, run, settings, different, numeric) for run in runs}
    return RunRows(settings, different, numeric, rows)


def _row(
    session: Session, run: Run, settings: Sequence[str], different: frozenset[str], numeric: frozenset[str]
) -> tuple[Cell, ...]:
    document, about = session.document, _about(session.document, run)
    report, note = session.report(run.id, "prediction"), mark_tip(document, run.id)
    compared = run.id in session.comparing.runs
    cells = [
        Cell("", value=float(compared), ticked=compared),
        Cell(short(run.name, LETTERS) + (" (hidden)" if run.hidden else ""), about, run.number),
    ]
    for value in (report.mof, report.f1) if report is not None else (None, None):
        text = percent(value)
        cells.append(Cell(f"{text}{MARK}" if note and value is not None else text, note or about, value))
    for key in settings:
        text, value = setting(run, key), number(run, key)
        if key == "iterations":
            text, value = _iterations(run), float(run.iterations)
        cells.append(Cell(text, about, value, key in numeric, key in different))
    loss = run.losses.get("total", run.losses.get("loss"))
    cells += [
        Cell("–" if loss is None else f"{loss:.4g}", about, loss),
        Cell(f"{run.seconds:,.0f}", about, run.seconds),
        Cell(run.learned.words or "–", about, float(run.learned.frames)),
        Cell(run.device, about, is_number=False),
        Cell(run.finished.replace("T", " ")[:16], about, is_number=False),
    ]
    return tuple(cells)


def _iterations(run: Run) -> str:
    planned = run.config.get("iterations")
    early = run.stopped_early and isinstance(planned, int) and planned > run.iterations
    return f"{run.iterations:,} of {planned:,}" if early else f"{run.iterations:,}"


def _about(document: Document | None, run: Run) -> str:
    parent = document.runs.get(run.parent) if document is not None and run.parent is not None else None
    goes_on = f" It goes on from {parent.name}." if parent is not None else ""
    stopped = " It was stopped and can go on." if can_resume(run) else ""
    names = [document.videos[v].name for v in run.learned.videos if v in document.videos] if document else []
    learned = f" Learned from {run.learned.words}: {_some(names)}." if names else ""
    return f"{run.full_name}.{goes_on}{stopped}{learned}"


def _some(names: list[str], most: int = 12) -> str:
    """Names with commas, not more than fit into a tooltip."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
