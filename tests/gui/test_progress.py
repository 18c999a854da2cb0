"""A progress bar is painted with the rest of the window, and there is one kind of it."""

from pathlib import Path
from types import SimpleNamespace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.events import Cancelled, Progress, StopKind
from totgui.models.progress import ProgressBar
from totgui.session import Session
from totgui.window.status import StatusLine

TOTGUI = Path(__file__).resolve().parents[2] / "totgui"


class Counted(ProgressBar):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        super().paintEvent(event)


def test_a_number_that_arrives_is_painted_in_a_later_turn_and_not_at_once(qtbot):
    """`QProgressBar.setValue` repaints, which brings everything that waits in the window to the screen with it."""
    bar = Counted()
    bar.setRange(0, 100)
    qtbot.addWidget(bar)
    bar.resize(300, 20)
    bar.show()
    qtbot.waitUntil(lambda: bar.painted > 0)
    before = bar.painted
    for value in range(1, 101):
        bar.setValue(value)
    assert bar.painted == before and bar.value() == 100
    qtbot.waitUntil(lambda: bar.painted > before)


def test_a_range_that_changes_is_painted_in_a_later_turn_and_not_at_once(qtbot):
    """A job that begins or ends sets it: `QProgressBar.setRange` takes a value outside back, and repaints."""
    bar = Counted()
    bar.setRange(0, 100)
    bar.setValue(100)
    qtbot.addWidget(bar)
    bar.resize(300, 20)
    bar.show()
    qtbot.waitUntil(lambda: bar.painted > 0)
    before = bar.painted
    bar.setRange(0, 50)
    bar.setRange(0, 0)
    bar.reset()
    assert bar.painted == before and bar.maximum() == 0
    qtbot.waitUntil(lambda: bar.painted > before)


def test_a_bar_that_was_kept_from_painting_stays_so(qtbot):
    bar = Counted()
    bar.setRange(0, 100)
    qtbot.addWidget(bar)
    bar.setUpdatesEnabled(False)
    bar.setValue(50)
    assert not bar.updatesEnabled()


def test_a_bar_in_a_window_that_is_held_paints_again_with_it(qtbot):
    window = QWidget()
    bar = ProgressBar(window)
    bar.setRange(0, 100)
    qtbot.addWidget(window)
    window.setUpdatesEnabled(False)
    bar.setValue(50)
    window.setUpdatesEnabled(True)
    assert bar.updatesEnabled()


def test_every_progress_bar_is_of_this_kind():
    found = [file.name for file in TOTGUI.rglob("*.py") if "QProgressBar" in file.read_text("utf-8")]
    assert found == ["progress.py"]


def test_what_runs_stands_at_the_left_and_its_button_is_no_wider_than_its_word(qtbot):
    session = Session()
    line = StatusLine(session)
    qtbot.addWidget(line)
    line.resize(1400, 30)
    line.show()
    session.jobs.running["train-1"] = "Training"
    session.jobsChanged.emit()
    QApplication.processEvents()
    assert line.cancel.isVisible() and line.cancel.width() <= line.cancel.sizeHint().width()
    assert line.cancel.mapTo(line, QPoint()).x() < 500
    session.jobs.running.clear()
    session.close()


def test_the_button_ends_the_job_that_is_named_and_no_other(qtbot):
    """Reading a folder while a training ran: "Reading the dataset… Cancel" ended the training."""
    session = Session()
    line = StatusLine(session)
    qtbot.addWidget(line)
    ended = []
    jobs = session.jobs
    jobs._runner.stop = lambda kind: ended.append(("engine", kind))
    jobs._background.stop = lambda kind, job=None: ended.append((job, kind))
    jobs._background.start = lambda job, text, work, **_: None
    jobs._runner.start = lambda request: None
    jobs.in_engine(SimpleNamespace(job="train-1"), "Training", lambda finished: None)
    scan = jobs.in_background("scan", "Reading the dataset", lambda: None, lambda finished: None)
    session.jobEvent.emit(Progress(job="train-1", done=5, total=9, text="Training, iteration 5"))
    assert line._job_text.text() == "Reading the dataset…"
    line.cancel.click()
    assert line._job_text.text() == "Cancelling…"
    session.jobEvent.emit(Progress(job=scan, done=5, total=9, text="Reading labels"))
    assert line._job_text.text() == "Cancelling…"
    jobs._arrived.emit(Cancelled(job=scan))
    qtbot.waitUntil(lambda: line._job_text.text() == "Training…")
    session.jobEvent.emit(Progress(job="train-1", done=6, total=9, text="Training, iteration 6"))
    assert line._job_text.text() == "Training, iteration 6"
    line.cancel.click()
    assert ended == [(scan, StopKind.DISCARD), ("engine", StopKind.DISCARD)]
    session.close()
