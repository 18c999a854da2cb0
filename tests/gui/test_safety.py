"""What the window says and offers when a project is locked, damaged, read-only, restored or not saved."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from opened import choose, open_in
from projects import V, a_project, with_edits, with_run
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from windows import shut

import totgui.safety as safety_module
from core import api
from core.annotation import commands
from core.cache import cache_path
from core.events import Finished, StopKind
from core.project import Project
from core.run_folder import write_manifest
from core.store import log
from core.store.waiting import SavedState
from totgui.hooks import Hooks, describe
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.views.message_bar import MessageBar
from totgui.views.saved import SavedLine, saved_text

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
        with_edits(project)
        project.checkpoint("good")
    return tmp_path / "a.tot"


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    made = MainWindow(Session(), Settings())
    made.show()
    yield made
    shut(made)


def test_the_state_is_said_in_words() -> None:
    at = datetime(2026, 3, 1, 12, 4, 31)
    assert saved_text(SavedState("saved", at=at)) == "Saved 12:04:31"
    assert saved_text(SavedState("saving", 2)) == "Saving…"
    assert saved_text(SavedState("not-saved", 1, None, "disk full")) == "NOT SAVED (disk full): 1 edit held in memory"
    said = saved_text(SavedState("not-saved", 3, None, "disk full", held=3))
    assert said == "NOT SAVED (disk full): 3 edits held in memory and in the emergency file"


def test_a_copy_is_offered_only_where_the_project_takes_no_edits(qtbot) -> None:
    line = SavedLine()
    qtbot.addWidget(line)
    (button,) = line.findChildren(QPushButton)
    for kind, offered in (("saved", False), ("not-saved", True), ("saving", False), ("read-only", True)):
        line.show_state(SavedState(kind, 1, None, "x"))
        assert button.isVisibleTo(line) == offered


def test_a_question_comes_back_after_a_message(qtbot) -> None:
    bar, chosen = MessageBar(), []
    qtbot.addWidget(bar)
    bar.say("which?", "info", [("This", lambda: chosen.append("this")), ("That", lambda: chosen.append("that"))])
    bar.say("<b>something</b> happened", "warning")
    assert bar.text() == "<b>something</b> happened" and bar.choices() == []
    bar.dismiss()
    assert bar.text() == "which?" and bar.choices() == ["This", "That"]
    bar.choose("That")
    assert chosen == ["that"] and not bar.isVisibleTo(bar.parentWidget())


def test_a_locked_project_is_offered_as_a_copy(window: MainWindow, path: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from core.project import Project\n"
        "p = Project.open(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read(); p.close()"
    )
    command = [sys.executable, "-c", holder, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdin is not None
        child.stdout.readline()
        open_in(window, path)
        assert window.session.project is None and f"process {child.pid}" in window.bar.text()
        choose(window, "Open a read-only copy")
        project = window.session.project
        assert project is not None and project.read_only and V in project.document.corrected
        window.session.close_project()
        child.stdin.close()


def test_folders_that_nobody_chose_here_are_asked_about_once(
    window: MainWindow, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(path) as project:
        (tmp_path / "far" / "data").mkdir(parents=True)
        project.set_dataset_root(tmp_path / "far" / "data")
    (tmp_path / "mail").mkdir()
    path = path.rename(tmp_path / "mail" / "a.tot")
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "of another person"))
    open_in(window, path)
    assert window.session.project is None
    assert f"names files in {tmp_path / 'far' / 'data'}" in window.bar.text() and "None was read" in window.bar.text()
    choose(window, "Trust it and open")
    assert window.session.project is not None
    window.session.close_project()
    open_in(window, path)
    assert window.session.project is not None


def test_a_read_only_project_shows_no_edit_that_works(
    window: MainWindow, path: Path, tmp_path: Path, qtbot, monkeypatch
) -> None:
    actions, session = window.actions_.by_name, window.session
    open_in(window, path)
    assert actions["segment.split"].isEnabled() and actions["segment.merge-next"].isEnabled()
    session.close_project()
    monkeypatch.setattr("core.store.log.start_launch", _full)
    open_in(window, path)
    assert "can only be read" in window.bar.text() and window.status.saved.text() == "Read only"
    for text in (
        "segment.split",
        "segment.merge-next",
        "labels.new",
        "model.train",
        "edit.undo",
        "review.accept",
        "file.checkpoint",
    ):
        assert not actions[text].isEnabled(), text
    for text in ("review.next-video", "review.segments", "file.copy", "file.export", "playback.toggle"):
        assert actions[text].isEnabled(), text
    assert window.timeline.is_usable("review.segments") and not window.timeline.is_usable("segment.span")
    monkeypatch.undo()
    monkeypatch.setattr(window.safety, "_ask_name", lambda title, proposed: tmp_path / "b.tot")
    window.safety.save_copy()
    qtbot.waitUntil(lambda: session.project is not None and session.project.path.name == "b.tot", timeout=10_000)
    assert (
        not session.project.read_only and actions["segment.merge-next"].isEnabled() and actions["edit.undo"].isEnabled()
    )


def _full(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_a_damaged_project_comes_with_its_backup_and_a_way_to_save_the_rest(
    window: MainWindow, path: Path, tmp_path: Path, qtbot, monkeypatch
) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE review SET value='x'")
    connection.close()
    reading = threading.Event()
    found = api.whole_backup
    monkeypatch.setattr(api, "whole_backup", lambda path: (reading.wait(60), found(path))[1])
    open_in(window, path)
    assert window.session.project is None and "damaged" in window.bar.text()
    assert window.bar.choices() == ["Save what is left…"], "the backups were read while the window waited"
    reading.set()
    qtbot.waitUntil(lambda: len(window.bar.choices()) == 2, timeout=10_000)
    backup, save = window.bar.choices()
    assert backup.startswith("Open the backup of") and save == "Save what is left…"
    monkeypatch.setattr(window.safety, "_ask_name", lambda title, proposed: tmp_path / "b.tot")
    window.bar.choose(save)
    qtbot.waitUntil(lambda: window.session.project is not None, timeout=10_000)
    assert window.session.project.path.name == "b.tot" and V in window.session.document.corrected
    qtbot.waitUntil(lambda: bool(window.session.files.lost))
    window.bar.dismiss()  # that the video is not there either
    assert "Not everything could be saved" in window.bar.text()
    open_in(window, path)
    qtbot.waitUntil(lambda: backup in window.bar.choices(), timeout=10_000)
    choose(window, backup)
    assert window.session.project.path.parent.name == "a.backups"


def test_edits_that_are_not_on_disk_are_asked_about(
    window: MainWindow, path: Path, tmp_path: Path, qtbot, monkeypatch
) -> None:
    open_in(window, path)
    session = window.session
    monkeypatch.setattr(log, "append", _full)
    asked: list[str] = []
    monkeypatch.setattr(window.safety, "_ask", lambda question, yes: asked.append(question) or False)
    assert session.do(lambda: commands.move_boundary(session.document, V, 0, 33))
    qtbot.waitUntil(
        lambda: window.status.saved.text().endswith("held in memory and in the emergency file"), timeout=5000
    )
    assert window.status.saved.text().startswith("NOT SAVED (database or disk is full): 1 edit")
    assert not window.close() and not asked and window.isVisible(), "the window stood still for the disk"
    qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    assert "1 edit could not be saved" in asked[0] and "back when" in asked[0]
    assert window.isVisible() and session.project is not None
    monkeypatch.undo()
    qtbot.waitUntil(lambda: session.project.saved_state().pending == 0, timeout=10_000)
    assert window.safety.may_close()


def test_a_training_that_nobody_took_is_offered(window: MainWindow, path: Path, qtbot, monkeypatch) -> None:
    with a_project(path.with_name("b.tot")) as project:
        uid = project.uid
    folder = cache_path("runs", uid, "train-1", "x").parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.safetensors").write_bytes(b"learned")
    write_manifest({
        "weights": str(folder / "weights.safetensors"), "config": {"n_clusters": 3}, "device": "cpu", "seconds": 1.0,
        "iterations": 1500, "stopped_early": True, "losses": {}, "curve": [], "label_map": {0: 1}, "metrics": None,
    })  # fmt: skip
    session = window.session
    monkeypatch.setattr(session.runs, "segment", lambda run: None)
    open_in(window, path.with_name("b.tot"))
    assert "1,500 iterations, stopped early" in window.bar.text()
    window.bar.choose("Add the run")
    (run,) = session.document.runs.values()
    assert session.project.flush() and session.project.weights(run.id) == b"learned" and run.stopped_early
    qtbot.waitUntil(lambda: not folder.exists(), timeout=5000)
    session.close_project()
    open_in(window, path.with_name("b.tot"))
    assert "training" not in window.bar.text()


def test_how_a_closed_project_stands_is_said_of_no_other(window: MainWindow, path: Path) -> None:
    window.session.open_project(path)
    project = window.session.project
    tell, state = project.on_saved, project.saved_state()
    assert window.status.saved.text().startswith("Saved")
    window.session.close_project()
    tell(state)  # it was still under way
    assert window.status.saved.text() == ""


def test_what_was_restored_is_said(window: MainWindow, path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from core.project import Project; from core.annotation import commands\n"
        "p = Project.open(Path(sys.argv[1])); v = next(iter(p.document.videos))\n"
        "for f in (21, 22, 23): p.edit(commands.move_boundary(p.document, v, 0, f))\n"
        "p.flush(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    open_in(window, path)
    assert window.bar.text().startswith("Restored 3 edits up to ") and "Nothing was lost." in window.bar.text()


def test_an_error_in_a_slot_reaches_the_person_without_its_values_reaching_the_log() -> None:
    told: list[str] = []
    saved = [True, False]
    hooks = Hooks(told.append, lambda: saved.pop(0))

    def slot(label: str) -> None:
        {}[label]

    for label in ("secret label", "secret label", "another"):
        try:
            slot(label)
        except KeyError as error:
            assert "secret" not in describe(error, error.__traceback__)
            assert "test_safety.py" in describe(error, error.__traceback__)
            hooks.uncaught(type(error), error, error.__traceback__)
    assert len(told) == 1 and "Your edits are saved" in told[0]  # told once in five seconds


def test_an_error_in_painting_leaves_no_painter_behind(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python keeps the last error, its frames and what they hold; a painter that outlives its event crashes Qt."""
    painters: list[weakref.ref[QPainter]] = []
    told: list[str] = []

    class Broken(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            painter = QPainter(self)
            painters.append(weakref.ref(painter))
            raise ZeroDivisionError("while painting")

    hooks = Hooks(told.append, lambda: True)
    widget = Broken()
    qtbot.addWidget(widget)
    monkeypatch.setattr(sys, "__stderr__", None)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "excepthook", hooks.uncaught)
        widget.show()
        qtbot.waitUntil(lambda: bool(told))
    assert told and painters and all(painter() is None for painter in painters)


def test_a_long_message_stays_longer_than_a_short_one(qtbot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.say("Saved.", "info")
    short = bar._timer.interval()
    bar.say("Run 2 learned from 2 corrected videos. " * 5, "info")
    assert bar._timer.isActive() and bar._timer.interval() > 2 * short


@pytest.fixture
def training(window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """The window on a project while a training runs; `stopped` is how it was asked to end, `asked` what was asked."""
    open_in(window, path)
    state: dict[str, object] = {"busy": True, "job": "train-1", "stopped": [], "asked": [], "default": ""}
    state["meanwhile"] = lambda: None
    jobs = type(window.session.jobs)
    monkeypatch.setattr(jobs, "engine_busy", property(lambda _self: bool(state["busy"])))
    monkeypatch.setattr(jobs, "engine_work", property(lambda _self: "Training"))
    monkeypatch.setattr(jobs, "engine_job", property(lambda _self: state["job"] if state["busy"] else ""))
    monkeypatch.setattr(jobs, "stop", lambda _self, kind: state["stopped"].append(kind))

    def answer(box: QMessageBox) -> bool:
        state["asked"].append(box.text())
        state["default"] = box.defaultButton().text()
        state["meanwhile"]()
        next(button for button in box.buttons() if button.text() == state["answer"]).click()
        return True

    monkeypatch.setattr(safety_module, "accepted", answer)
    yield state
    state["busy"] = False


def test_quitting_while_a_training_runs_names_it_and_return_loses_nothing(window: MainWindow, training) -> None:
    training["answer"] = "Stay"
    assert not window.close() and window.session.project is not None
    assert training["asked"] == ["Training is under way. What it has not finished is lost when you quit now."]
    assert training["default"] == "Stay" and training["stopped"] == []


def test_a_training_is_kept_and_the_window_goes_once_it_has_ended(window: MainWindow, training, qtbot) -> None:
    training["answer"] = "Stop, keep it and quit"
    assert not window.close() and window.isVisible()
    assert training["stopped"] == [StopKind.KEEP]
    window.session.jobsChanged.emit()  # it still segments with what it has learned
    QApplication.processEvents()
    assert window.isVisible() and window.session.project is not None
    training["busy"] = False
    window.session.jobsChanged.emit()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.session.project is None and len(training["asked"]) == 1


def test_a_training_is_given_up_where_that_is_asked_for(window: MainWindow, training) -> None:
    training["answer"] = "Quit and discard"
    assert window.close() and training["stopped"] == []


def test_what_has_ended_while_the_question_is_on_screen_is_kept_and_the_window_goes(
    window: MainWindow, training
) -> None:
    """The window stayed, and closed unasked when some other job ended much later."""
    training["answer"] = "Stop, keep it and quit"
    training["meanwhile"] = lambda: training.update(busy=False)
    assert window.close() and training["stopped"] == []


def test_what_follows_from_a_training_that_has_ended_meanwhile_is_not_stopped(window: MainWindow, training) -> None:
    training["answer"] = "Stop, keep it and quit"
    training["meanwhile"] = lambda: training.update(job="segment-1")
    assert not window.close() and window.isVisible() and training["stopped"] == []
    training["busy"] = False
    window.session.jobsChanged.emit()
    QApplication.processEvents()
    assert not window.isVisible()


@pytest.mark.parametrize("when", ["while it is asked", "later"])
def test_a_training_that_fails_instead_of_being_kept_is_seen(window: MainWindow, training, when: str) -> None:
    def fail() -> None:
        training["busy"] = False
        window.session.jobs.message.emit("Training failed. The disk is full.", "error")
        window.session.jobsChanged.emit()

    training["answer"] = "Stop, keep it and quit"
    if when == "while it is asked":
        training["meanwhile"] = fail
    assert not window.close()
    if when == "later":
        fail()
    for _ in range(2):
        QApplication.processEvents()
        assert window.isVisible() and "The disk is full" in window.bar.text()
        window.session.jobsChanged.emit()  # an export has ended
    QApplication.processEvents()
    assert window.isVisible()


def test_who_stays_after_all_is_not_left_by_the_window(window: MainWindow, training) -> None:
    """The last answer was Stay, and the window went when the job had ended."""
    training["answer"] = "Stop, keep it and quit"
    assert not window.close()
    training["answer"] = "Stay"
    assert not window.close()
    training["busy"] = False
    window.session.jobsChanged.emit()
    QApplication.processEvents()
    assert window.isVisible() and window.session.project is not None


def test_another_project_is_not_closed_because_the_last_one_was_to_be(window: MainWindow, training) -> None:
    training["answer"] = "Stop, keep it and quit"
    assert not window.close()
    window.session.close_project()
    training["busy"] = False
    window.session.jobsChanged.emit()
    QApplication.processEvents()
    assert window.isVisible()


def test_a_job_that_is_begun_while_the_edits_are_on_their_way_is_asked_about(
    window: MainWindow, training, monkeypatch
) -> None:
    monkeypatch.setattr(window.session.parting, "may_leave", lambda: False)
    training["answer"] = "Quit and discard"
    assert not window.close() and len(training["asked"]) == 1
    assert not window.close() and len(training["asked"]) == 1, "it was given up before"
    training["job"], training["answer"] = "train-2", "Stay"
    monkeypatch.setattr(window.session.parting, "may_leave", lambda: True)
    assert not window.close() and len(training["asked"]) == 2 and window.session.project is not None
    training["job"] = "train-1"
    assert not window.close() and len(training["asked"]) == 3, "the person has stayed: nothing is given up any more"


def test_a_training_whose_end_waits_for_its_turn_is_still_under_way(
    window: MainWindow, path: Path, monkeypatch
) -> None:
    """Closing in that moment asked nothing, and the result was lost."""
    open_in(window, path)
    jobs, taken, asked = window.session.jobs, [], []
    monkeypatch.setattr(jobs._runner, "start", lambda request: None)  # it has ended already

    def then(finished: Finished) -> None:
        taken.append(finished.result["weights"])
        assert jobs.in_engine(SimpleNamespace(job="segment-1"), "Segmenting", lambda finished: None) == "segment-1"

    monkeypatch.setattr(safety_module, "accepted", lambda box: asked.append(box.text()))
    jobs.in_engine(SimpleNamespace(job="train-1"), "Training", then)
    jobs._arrived.emit(Finished(job="train-1", result={"weights": "learned"}))
    assert not window.close() and asked == [
        "Training is under way. What it has not finished is lost when you quit now."
    ]
    jobs._on_turn()
    assert taken == ["learned"]
    jobs._arrived.emit(Finished(job="segment-1"))
    jobs._on_turn()
    assert not jobs.engine_busy
