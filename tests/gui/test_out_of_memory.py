"""A training that found no memory: the window says so and offers what helps, as buttons that do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets import layout
from PySide6.QtWidgets import QApplication
from windows import shut

from core import api
from core.events import Failed, Finished, Started
from core.tot.config import TrainConfig
from totgui.jobs.protocol import TrainRequest
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

CONFIG = TrainConfig(method="tot", n_clusters=3, batch=64, seed=7)
WHAT = "cuda:0 ran out of memory at iteration 38 of 60."


class Engine:
    """Takes requests and does nothing; the test says what comes of them."""

    def __init__(self) -> None:
        self.requests: list[TrainRequest] = []
        self.busy = False

    def start(self, request: TrainRequest) -> None:
        self.requests.append(request)
        self.busy = True

    def close(self, wait_s: float = 0.0) -> None:
        """Nothing."""

    warm_up = close


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    session = Session()
    session.jobs._runner.close()
    session.jobs._runner = Engine()
    made = MainWindow(session, Settings())
    made.show()
    session.create_project(tmp_path / "p.tot", api.open_dataset(layout(tmp_path / "data", "D")))
    yield made
    session.jobs._runner.busy = False  # else closing asks what to do about the training
    shut(made)


def train(window: MainWindow, device: str) -> str:
    job = window.session.train(CONFIG, "auto")
    assert job is not None
    tell(window, Started(job=job, text="Training", device=device, device_reason="it is there"))
    return job


def tell(window: MainWindow, event: object) -> None:
    if isinstance(event, Failed | Finished):
        window.session.jobs._runner.busy = False
    window.session.jobs._arrived.emit(event)
    while window.session.jobs._waiting:
        QApplication.processEvents()


def asked(window: MainWindow) -> list[tuple[str, int, int]]:
    return [(r.device, r.config.batch, r.config.seed) for r in window.session.jobs._runner.requests]


def test_a_training_that_learned_nothing_is_tried_again_with_half_the_batch_or_on_the_cpu(window):
    for button, device, batch in (
        ("Train again with half the batch (32)", "auto", 32),
        ("Train on the CPU", "cpu", 64),
    ):
        job = train(window, "cuda:0")
        message, hint = "cuda:0 ran out of memory with a batch of 64.", "Halve the batch, or train on the CPU."
        tell(window, Failed(job=job, kind="out-of-memory", message=message, hint=hint, traceback="a line"))
        assert message in window.bar.text() and hint in window.bar.text()
        assert window.bar.choices() == ["Train again with half the batch (32)", "Train on the CPU", "Details…"]
        window.bar.grab()
        window.bar.choose(button)
        assert asked(window)[-1] == (device, batch, 7)
        tell(window, Failed(job=window.session.jobs._runner.requests[-1].job, kind="failed", message="no"))
        assert "Train on the CPU" not in window.bar.choices(), "another reason, other help"


def test_the_cpu_is_not_offered_where_it_was_the_cpu(window):
    job = train(window, "cpu")
    tell(window, Failed(job=job, kind="out-of-memory", message="cpu ran out of memory."))
    assert window.bar.choices() == ["Train again with half the batch (32)"]


def test_a_kept_training_waits_for_the_job_that_runs(window, monkeypatch):
    """What was kept is being segmented when a button is pressed; the training starts after it."""
    monkeypatch.setattr(window.session.runs, "take", lambda result, parent=None: None)
    job = train(window, "cuda:0")
    shortage = {"what": WHAT, "device": "cuda:0", "half_batch": 32, "can_go_on": True}
    tell(window, Finished(job=job, result={"out_of_memory": shortage}, stopped_early=True))
    assert window.bar.text() == WHAT
    assert window.bar.choices() == ["Train again with half the batch (32)", "Go on on the CPU"]
    window.session.jobs._runner.busy = True
    window.bar.choose("Train again with half the batch (32)")
    assert len(asked(window)) == 1 and "when the job that runs has ended" in window.bar.text()
    window.session.jobs._runner.busy = False
    window.session.jobs.changed.emit()
    assert asked(window)[1:] == [("auto", 32, 7)]


def test_going_on_on_the_cpu_resumes_the_run_that_was_kept(window, monkeypatch):
    monkeypatch.setattr(window.session.runs, "take", lambda result, parent=None: None)
    resumed: list[tuple[str, str]] = []
    monkeypatch.setattr(window.session, "resume", lambda run, device: resumed.append((run, device)))
    job = train(window, "cuda:0")
    shortage = {"what": WHAT, "device": "cuda:0", "half_batch": 0, "can_go_on": True}
    tell(window, Finished(job=job, result={"out_of_memory": shortage}, stopped_early=True))
    window.session.runs.trained.disconnect(window.session.select_run)
    window.session.runs.trained.disconnect(window.session.comparing.arrived)
    window.session.runs.trained.emit("r9")
    window.bar.choose("Go on on the CPU")
    assert resumed == [("r9", "cpu")]
