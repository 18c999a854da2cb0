"""A project is opened beside the window: on a drive that does not answer, the window goes on and can give it up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from opened import MOST_MS, Late, a_seen_window, open_in, settle, two_projects
from projects import R, V
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from core.annotation import commands
from core.project import Project
from totgui.main_window import MainWindow

SHOWN = 5_000


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    with a_seen_window() as made:
        yield made


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return two_projects(tmp_path)


class Drive(Late):
    """Files whose name begins with "a" are opened only once the drive `answers`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.given: list[Project] = []
        whole = Project.open

        def open_late(path: Path) -> Project:
            if path.name.startswith("a"):
                self.wait()
            project = whole(path)
            self.given.append(project)
            return project

        monkeypatch.setattr(Project, "open", open_late)


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    made = Drive(monkeypatch)
    yield made
    made.end()


def is_free(path: Path) -> bool:
    """Whether nobody holds the project, as another program sees it."""
    Project(path, read_only=False).close()
    return True


def test_the_window_goes_on_says_what_it_waits_for_and_can_give_it_up(qtbot, window, paths, drive):
    window.actions_.file.open_path(paths[0])
    beats: list[int] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start(1)
    qtbot.waitUntil(lambda: list(window.session.jobs.running.values()) == ["Opening a.tot"], timeout=SHOWN)
    qtbot.waitUntil(lambda: bool(drive.asked), timeout=SHOWN)  # its thread may begin after it was named
    assert beats and window.status.cancel.isVisible() and window.status.cancel.text() == "Cancel"
    assert drive.asked[0] is not threading.main_thread()
    window.status.cancel.click()
    assert not window.session.jobs.running and not window.status.cancel.isVisible()
    assert window.bar.text() == "a.tot was not opened."
    drive.answers.set()
    drive.asked[0].join(30)
    assert window.session.project is None and is_free(paths[0])


def test_one_that_opens_at_once_is_named_nowhere(qtbot, window, paths):
    named: list[str] = []
    window.session.jobsChanged.connect(lambda: named.extend(window.session.jobs.running.values()))
    window.session.opening._shown.setInterval(10 * MOST_MS)  # this machine may be slow
    open_in(window, paths[0])
    assert window.session.project is not None and not named
    assert window.settings.recent()[0] == paths[0]


def test_what_is_open_can_be_edited_until_the_other_one_is_there(qtbot, window, paths, drive):
    open_in(window, paths[1])
    window.actions_.file.open_path(paths[0])
    session = window.session
    assert session.do(lambda: commands.move_boundary(session.document, V, 0, 23))
    drive.answers.set()
    settle(window)
    assert session.project.path == paths[0]
    with Project(paths[1], read_only=False) as again:
        assert again.document.corrected[V].starts[1] == 23


def test_the_newest_wish_counts_and_the_earlier_one_is_given_back(qtbot, window, paths, drive):
    window.actions_.file.open_path(paths[0])
    qtbot.waitUntil(lambda: bool(drive.asked), timeout=SHOWN)  # its thread may begin after the other one has ended
    open_in(window, paths[1])
    assert window.session.project.path == paths[1]
    drive.answers.set()
    drive.asked[0].join(30)
    qtbot.waitUntil(lambda: drive.given[-1]._closed, timeout=SHOWN)
    assert window.session.project.path == paths[1] and is_free(paths[0])


def test_asked_twice_it_is_opened_once(qtbot, window, paths, drive):
    for _ in range(3):
        window.actions_.file.open_path(paths[0])
    drive.answers.set()
    settle(window)
    assert window.session.project.path == paths[0] and len(drive.asked) == 1
    assert "another program" not in window.bar.text()


def test_given_up_and_wanted_again_it_is_opened_once(qtbot, window, paths, drive):
    """Else the second try would find the first one's lock, and say that another program has the project."""
    window.actions_.file.open_path(paths[0])
    window.session.opening.give_up()
    window.actions_.file.open_path(paths[0])
    drive.answers.set()
    settle(window)
    assert window.session.project.path == paths[0] and len(drive.asked) == 1
    assert window.settings.recent()[0] == paths[0]


def test_wanted_again_while_it_is_given_back_it_waits_for_that(qtbot, window, paths, monkeypatch):
    closing, may_close, whole = threading.Event(), threading.Event(), Project.close

    def close_late(project: Project, timeout: float = 10.0) -> None:
        closing.set()
        may_close.wait(60)
        whole(project, timeout)

    opening = window.session.opening
    monkeypatch.setattr(Project, "close", close_late)
    opening.is_asking = lambda: True
    window.actions_.file.open_path(paths[0])
    qtbot.waitUntil(lambda: opening._came is not None, timeout=SHOWN)
    opening.give_up()
    assert closing.wait(30)
    opening.is_asking = lambda: False
    window.actions_.file.open_path(paths[0])
    QTimer.singleShot(50, may_close.set)
    settle(window)
    monkeypatch.undo()
    assert window.session.project is not None, window.bar.text()


def test_nothing_is_exchanged_while_a_person_is_asked_about_what_is_open(qtbot, window, paths, drive):
    open_in(window, paths[1])
    window.actions_.file.open_path(paths[0])
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.open()
    drive.answers.set()
    qtbot.waitUntil(lambda: bool(drive.given) and window.session.opening._came is not None, timeout=SHOWN)
    assert window.session.project.path == paths[1]
    dialog.reject()
    settle(window)
    assert window.session.project.path == paths[0]
    dialog.deleteLater()


def test_the_window_closes_while_one_is_being_opened_and_the_project_is_free(qtbot, window, paths, drive):
    window.actions_.file.open_path(paths[0])
    qtbot.waitUntil(lambda: bool(drive.asked), timeout=SHOWN)
    QTimer.singleShot(0, drive.answers.set)
    threading.Timer(0.1, drive.answers.set).start()
    assert window.close()
    drive.asked[0].join(30)
    assert window.session.project is None and is_free(paths[0])


def test_one_that_came_while_the_window_was_closing_is_given_back(qtbot, window, paths):
    window.session.opening.is_asking = lambda: True
    window.actions_.file.open_path(paths[0])
    qtbot.waitUntil(lambda: window.session.opening._came is not None, timeout=SHOWN)
    assert window.close()
    assert is_free(paths[0])


def test_a_drive_that_is_away_is_said_and_what_is_open_stays(qtbot, window, paths, tmp_path):
    open_in(window, paths[0])
    qtbot.waitUntil(lambda: bool(window.session.files.lost), timeout=SHOWN)  # that its video is missing is said by then
    open_in(window, tmp_path / "away" / "p.tot")
    assert "p.tot is not there" in window.bar.text() and window.session.project.path == paths[0]


def test_what_nobody_foresaw_reaches_the_hook_and_the_next_one_opens(qtbot, window, paths, monkeypatch):
    def broken(path: Path) -> Project:
        raise ZeroDivisionError("no one thought of it")

    monkeypatch.setattr(Project, "open", broken)
    with qtbot.captureExceptions() as caught:
        open_in(window, paths[0])
    assert [error.args for _, error, _ in caught] == [("no one thought of it",)]
    monkeypatch.undo()
    open_in(window, paths[0])
    assert window.session.project is not None


def test_whether_the_file_of_a_video_is_gone_is_asked_beside_the_window(qtbot, window, paths, monkeypatch):
    """A drive that went away while a video of it played held the window."""
    open_in(window, paths[0])
    qtbot.waitUntil(lambda: bool(window.session.files.lost), timeout=SHOWN)
    answers, asked, found = threading.Event(), [], Path.is_file
    media = window.session.document.videos[V].media

    def late(path: Path) -> bool:
        if path == media:
            asked.append(threading.current_thread())
            answers.wait(60)
        return found(path) or path == media

    monkeypatch.setattr(Path, "is_file", late)
    window.session.playback.failed.emit("a.mp4: it cannot be decoded.")
    qtbot.waitUntil(lambda: bool(asked), timeout=SHOWN)
    assert asked[0] is not threading.main_thread()
    answers.set()
    qtbot.waitUntil(lambda: window.bar.text() == "a.mp4: it cannot be decoded.", timeout=SHOWN)


def test_segmenting_reads_the_weights_beside_the_window_and_can_be_ended(qtbot, window, paths, monkeypatch):
    """They lie in the project: a drive that did not answer held the window."""
    answers, asked, began = threading.Event(), [], []

    def weights_late(self: Project, run: object) -> bytes:
        asked.append(threading.current_thread())
        answers.wait(60)
        return b"weights"

    monkeypatch.setattr(Project, "weights", weights_late)
    open_in(window, paths[0])
    session = window.session
    monkeypatch.setattr("core.run_work.usable_videos", lambda values: ())
    monkeypatch.setattr(session.jobs._runner, "start", began.append)
    session.runs.segment(R)
    qtbot.waitUntil(lambda: bool(asked), timeout=SHOWN)
    assert list(session.jobs.running.values()) == ["Segmenting"] and session.jobs.engine_busy
    assert asked[0] is not threading.main_thread()
    session.runs.segment(R)
    assert "Segmenting was not started" in window.bar.text() and len(asked) == 1
    window.status.cancel.click()
    assert not session.jobs.running and not session.jobs.engine_busy and not began
    answers.set()
    asked[0].join(30)
    session.runs.segment(R)
    qtbot.waitUntil(lambda: bool(began), timeout=SHOWN)
    assert len(began) == 1 and began[0].run == R
    session.jobs.close()
