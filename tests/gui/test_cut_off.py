"""The engine died in a training: the window offers to go on from where it stood, at once and at the next opening."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from changed_children import save_soon
from datasets import layout
from windows import shut

from core import api, cut_off
from core.events import Failed
from core.tot.config import TrainConfig
from totgui.jobs import engine
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

CONFIG = TrainConfig(method="tot", n_clusters=3, batch=32, iterations=6_000, seed=7)
LONGEST_MS = 16_000


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(engine, "NICENESS", 0)
    save_soon(monkeypatch, tmp_path / "site")
    made = MainWindow(Session(), Settings())
    made.show()
    made.session.create_project(tmp_path / "p.tot", api.open_dataset(layout(tmp_path / "data", "D")))
    yield made
    shut(made)


def kill_in_the_middle(window: MainWindow, qtbot) -> cut_off.CutOff:
    """What the training left whose engine is killed once it has saved where it stands."""
    session, ended = window.session, []
    session.jobEvent.connect(lambda event: ended.append(event) if isinstance(event, Failed) else None)
    job = session.train(CONFIG, "cpu")
    assert job is not None
    folder = session.runs._folder[1]
    qtbot.waitUntil(lambda: cut_off.read(folder) is not None, timeout=LONGEST_MS)
    assert session.runs.left_cut_off() == [], "it is at work"
    os.kill(session.jobs._runner.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(ended) and not session.jobs.engine_busy, timeout=LONGEST_MS)
    (left,) = session.runs.left_cut_off()
    return left


def test_a_training_goes_on_from_the_message_that_says_that_the_engine_died(window, qtbot):
    left = kill_in_the_middle(window, qtbot)
    resume = f"Resume from iteration {left.note.iteration:,}"
    assert window.bar.choices() == [resume, "Details…"]
    assert "ended from outside" in window.bar.text()
    assert f"{left.note.iteration:,} of 6,000 iterations" in window.bar.text()
    window.bar.grab()
    session = window.session
    window.bar.choose(resume)
    training = session.runs.last_training
    assert training is not None and training.job in session.jobs.running
    assert window.training._keep.isEnabled() and window.training._discard.isEnabled(), "it can be stopped there"
    assert TrainConfig(**training.config) == CONFIG and training.device == "cpu"
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONGEST_MS)
    (run,) = session.document.runs.values()
    assert run.iterations == 6_000 and not run.stopped_early
    assert run.curve[0][0] <= left.note.iteration < run.curve[-1][0], "its curve is whole"
    assert session.project.flush() and not left.folder.exists()


def test_one_that_nobody_went_on_with_is_offered_at_the_next_opening(window, qtbot, tmp_path):
    left = kill_in_the_middle(window, qtbot)
    window.bar.dismiss()
    window.session.close_project()
    window.session.open_project(tmp_path / "p.tot")
    resume = f"Resume from iteration {left.note.iteration:,}"
    assert "was cut off" in window.bar.text() and window.bar.choices() == [resume, "Discard it"]
    window.bar.grab()
    window.bar.choose("Discard it")
    assert not left.folder.exists()
    window.session.close_project()
    window.session.open_project(tmp_path / "p.tot")
    assert "cut off" not in window.bar.text()


def test_without_a_saved_state_the_message_is_as_ever(window, qtbot, monkeypatch):
    left = kill_in_the_middle(window, qtbot)
    (left.folder / cut_off.STATE).write_bytes(b"torn")
    failed = Failed(job=window.session.runs.last_training.job, kind="engine-died", message="Gone.", hint="Start again.")
    window.session.jobs._arrived.emit(failed)
    qtbot.waitUntil(lambda: "Gone." in window.bar.text(), timeout=LONGEST_MS)
    assert window.bar.text().endswith("Gone. Start again.") and not window.bar.choices()
