"""A project is closed beside the window: a slow disk holds nothing up, a dead one loses nothing that could be saved."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from opened import Late, open_in, settle, two_projects
from projects import V
from PySide6.QtCore import QTimer
from windows import a_window

from core.annotation import commands
from core.project import Project
from core.store import log
from core.store.emergency import EmergencyFile
from totgui.main_window import MainWindow
from totgui.session import opening, parting, session

SHOWN = 10_000


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(opening, "CLOSE_S", 0.5)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return two_projects(tmp_path)


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    with a_window() as made:
        made.show()
        yield made


class Disk(Late):
    """A disk that takes no edit until it `answers`; `fails` is what it says instead of hanging."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.is_slow = False
        self.fails = ""
        whole = log.append

        def append(*arguments: object) -> None:
            if self.fails:
                raise sqlite3.OperationalError(self.fails)
            if self.is_slow:
                self.wait()
            whole(*arguments)

        monkeypatch.setattr(log, "append", append)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    made = Disk(monkeypatch)
    yield made
    made.fails = ""
    made.end()


def edit(window: MainWindow, frame: int = 23) -> None:
    document = window.session.document
    assert window.session.do(lambda: commands.move_boundary(document, V, 0, frame))


def boundary(path: Path) -> int:
    with Project(path, read_only=False) as project:
        return int(project.document.corrected[V].starts[1])


def beats(window: MainWindow) -> list[int]:
    """Grows as long as the window's thread is free."""
    found: list[int] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: found.append(1))
    timer.start(1)
    return found


def answers(window: MainWindow, monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[tuple[str, str]]:
    """What the person is asked, and always answers."""
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(window.safety, "_ask", lambda text, yes: (asked.append((text, yes)), answer)[1])
    return asked


def close(window: MainWindow) -> None:
    window.actions_.by_name["file.close"].trigger()


def test_the_window_goes_on_while_a_slow_disk_takes_the_last_edit_and_then_the_project_is_closed(
    qtbot, window, paths, disk
):
    """The window stood still for up to five seconds."""
    open_in(window, paths[0])
    disk.is_slow = True
    edit(window)
    qtbot.waitUntil(lambda: bool(disk.asked), timeout=SHOWN)
    beating = beats(window)
    close(window)
    assert window.session.project is not None and window.status.saved.text() == "Saving…"
    qtbot.waitUntil(lambda: len(beating) > 5, timeout=SHOWN)
    disk.answers.set()
    qtbot.waitUntil(lambda: window.session.project is None, timeout=SHOWN)
    qtbot.waitUntil(lambda: not window.session.opening.is_with(paths[0]), timeout=SHOWN)
    assert boundary(paths[0]) == 23


def late_close(monkeypatch: pytest.MonkeyPatch) -> Late:
    """The drive hangs when a project is given back, as one does that went away with everything on it."""
    drive, whole = Late(), Project.close

    def close(project: Project, timeout: float = 10.0) -> None:
        if threading.current_thread() is threading.main_thread():
            raise AssertionError("the window waits for the drive")
        drive.wait()
        whole(project, timeout)

    monkeypatch.setattr(Project, "close", close)
    return drive


def test_a_project_whose_drive_hangs_is_left_at_once_and_said_to_be_saved(qtbot, window, paths, monkeypatch):
    open_in(window, paths[0])
    assert window.session.project.flush()
    drive = late_close(monkeypatch)
    close(window)
    assert window.session.project is None
    qtbot.waitUntil(lambda: window.status.saved.text() == "Saving a.tot…", timeout=SHOWN)
    open_in(window, paths[1])
    assert window.session.project.path == paths[1] and window.status.saved.text().startswith("Saved")
    drive.end()
    qtbot.waitUntil(lambda: not window.session.opening.is_with(paths[0]), timeout=SHOWN)
    assert window.status.saved.text().startswith("Saved")


def test_one_that_is_opened_again_while_it_is_being_closed_waits_for_that(qtbot, window, paths, monkeypatch):
    open_in(window, paths[0])
    drive = late_close(monkeypatch)
    close(window)
    window.actions_.file.open_path(paths[0])
    qtbot.waitUntil(lambda: "Opening a.tot" in window.session.jobs.running.values(), timeout=SHOWN)
    drive.end()
    monkeypatch.undo()
    settle(window)
    assert window.session.project.path == paths[0] and not window.session.project.read_only


def test_edits_that_lie_in_the_emergency_file_close_without_a_question_and_come_back(
    qtbot, window, paths, disk, monkeypatch
):
    monkeypatch.setattr(parting, "ASK_S", 1.2)  # by then they lie there
    open_in(window, paths[0])
    asked = answers(window, monkeypatch, False)
    disk.fails = "database or disk is full"
    edit(window)
    close(window)
    qtbot.waitUntil(lambda: window.session.project is None, timeout=SHOWN)
    qtbot.waitUntil(lambda: "closed with 1 edits not saved" in window.bar.text(), timeout=SHOWN)
    assert not asked and "1 of them comes back" in window.bar.text()
    disk.fails = ""
    open_in(window, paths[0])
    assert "1 edits came back from the emergency file" in window.bar.text()
    assert window.session.document.corrected[V].starts[1] == 23


@pytest.fixture
def homeless(disk, monkeypatch) -> Disk:
    """Neither the disk nor the emergency file takes anything: what is closed now is lost."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(EmergencyFile, "hold", full)
    monkeypatch.setattr(parting, "ASK_S", 0.05)
    return disk


@pytest.mark.parametrize("leave", ["close", "open", "quit"])
def test_what_would_be_lost_is_asked_about_and_stays_when_the_person_stays(
    qtbot, window, paths, homeless, monkeypatch, leave
):
    """Closing a project, or opening another one, lost it without a question; only quitting asked."""
    open_in(window, paths[0])
    asked = answers(window, monkeypatch, False)
    homeless.fails = "database or disk is full"
    edit(window)
    ways = {"close": lambda: close(window), "quit": window.close}
    ways.get(leave, lambda: window.actions_.file.open_path(paths[1]))()
    qtbot.waitUntil(lambda: bool(asked), timeout=SHOWN)
    question, yes = asked[0]
    assert "1 edit could not be saved" in question and "It is lost when you" in question
    assert yes == ("Quit all the same" if leave == "quit" else "Close all the same")
    qtbot.wait(3 * parting.LOOK_MS)
    assert len(asked) == 1 and window.isVisible() and window.session.project.path == paths[0]
    assert window.session.opening.is_idle
    homeless.fails = ""
    qtbot.waitUntil(lambda: not window.session.project.saved_state().pending, timeout=SHOWN)
    assert window.session.project.path == paths[0], "it was closed later, though the person stayed"
    window.session.close_project()
    assert boundary(paths[0]) == 23


def test_what_the_person_agrees_to_lose_is_left(qtbot, window, paths, homeless, monkeypatch):
    open_in(window, paths[0])
    answers(window, monkeypatch, True)
    homeless.fails = "database or disk is full"
    edit(window)
    window.actions_.file.open_path(paths[1])
    qtbot.waitUntil(
        lambda: window.session.project is not None and window.session.project.path == paths[1], timeout=SHOWN
    )
    qtbot.waitUntil(lambda: "not saved" in window.bar.text(), timeout=SHOWN)


def test_quitting_while_the_disk_is_slow_goes_on_by_itself_and_saves(qtbot, window, paths, disk, monkeypatch):
    open_in(window, paths[0])
    asked = answers(window, monkeypatch, False)
    disk.is_slow = True
    edit(window)
    assert not window.close() and window.isVisible() and window.status.saved.text() == "Saving…"
    edit(window, 24)  # the window is not frozen
    disk.answers.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SHOWN)
    assert not asked and boundary(paths[0]) == 24


def test_quitting_while_a_drive_hangs_ends_and_what_could_be_saved_is(qtbot, window, paths, disk, monkeypatch):
    """It waited for the disk thrice, and for each thread that hung at the drive in turn."""
    monkeypatch.setattr(session, "CLOSE_S", 0.5)
    open_in(window, paths[0])
    asked = answers(window, monkeypatch, True)
    drive = Late()
    parts = window.session
    parts.files._pool.do(drive.wait)
    parts.exchange.previews.ask("import", drive.wait)
    parts.computing.ask("x", drive.wait, lambda _none: None)
    parts.turns._pool.do(drive.wait)
    parts._reports._pool.do(drive.wait)
    parts.jobs.in_background("scan", "Reading the dataset", lambda report, stop: drive.wait() or {}, lambda f: None)
    qtbot.waitUntil(lambda: len(drive.asked) == 6, timeout=SHOWN)
    disk.is_slow = True
    edit(window)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=SHOWN)
    assert [yes for _, yes in asked] == ["Quit all the same"] and "back when" in asked[0][0]
    assert all(thread.is_alive() for thread in drive.asked), "it waited until they answered"
    drive.end()
    disk.end()
