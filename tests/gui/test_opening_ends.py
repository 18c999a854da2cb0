"""Openings and requests that are given up, overtaken or refused leave no lock, no lost sentence, no false alarm."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from opened import Late, a_seen_window, open_in, settle, two_projects
from projects import R, V

from core.cache import cache_path
from core.errors import StoreError
from core.events import Cancelled, Failed
from core.project import Project
from core.run_work import segment_request
from totgui.main_window import MainWindow
from totgui.session.opening import Wish, read

WAIT = 10_000


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    with a_seen_window() as made:
        yield made


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return two_projects(tmp_path)


class Request(Late):
    """A request of the open project that is made only once its drive `answers`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        whole = Project.weights

        def late(project: Project, run: object) -> bytes:
            self.wait()
            return whole(project, run)

        monkeypatch.setattr(Project, "weights", late)
        monkeypatch.setattr("core.run_work.usable_videos", lambda values: ())


@pytest.fixture
def request_(monkeypatch: pytest.MonkeyPatch) -> Iterator[Request]:
    made = Request(monkeypatch)
    yield made
    made.end()


def said_by(window: MainWindow) -> list[tuple[str, str]]:
    said: list[tuple[str, str]] = []
    window.session.message.connect(lambda text, level: said.append((text, level)))
    return said


def test_a_project_that_waits_for_an_answer_is_closed_when_another_one_comes(qtbot, window, paths) -> None:
    opening = window.session.opening
    opening.is_asking = lambda: True
    first, second = Project.open(paths[0]), Project.open(paths[1])
    opening.hand_over(first, window.session._enter)
    opening.hand_over(second, window.session._enter)
    qtbot.waitUntil(lambda: first._closed, timeout=WAIT)
    opening.is_asking = lambda: False
    settle(window)
    assert window.session.project is second


def test_one_that_came_unseen_and_was_given_up_is_opened_once_when_wanted_again(window, paths, monkeypatch) -> None:
    """Its thread had ended, so it was forgotten: the second try found its lock, and blamed another program."""
    opened: list[Path] = []
    whole = Project.open
    monkeypatch.setattr(Project, "open", lambda path: (opened.append(path), whole(path))[1])
    opening = window.session.opening
    window.actions_.file.open_path(paths[0])
    ((_, _, errand),) = opening._errands
    assert errand.piece.wait(30)
    opening.give_up()
    open_in(window, paths[0])
    assert window.session.project is not None, window.bar.text()
    assert opened == [paths[0]]


def cannot_be_kept(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_project_is_given_back_where_its_folders_cannot_be_looked_at(paths, monkeypatch) -> None:
    monkeypatch.setattr(Project, "check_folders", cannot_be_kept)
    with pytest.raises(StoreError, match=r"a\.tot cannot be opened: No space left"):
        read(Wish(paths[0], False, False))
    Project(paths[0], read_only=False).close()


def test_what_the_person_trusts_opens_also_where_that_cannot_be_kept(window, paths, monkeypatch) -> None:
    """A home that was full, or could not be written, ended in an error that nobody caught."""
    monkeypatch.setattr(Project, "trust_folders", cannot_be_kept)
    window.session.open_project(paths[0], trusted=True)
    assert window.session.project is not None
    assert "could not be kept that you trust its folders (No space left on device)" in window.bar.text()


def test_a_video_on_a_drive_that_went_away_counts_as_not_there(qtbot, window, paths, monkeypatch) -> None:
    open_in(window, paths[0])
    files, found = window.session.files, Path.is_file
    media = window.session.document.videos[V].media
    asked, looked = [], []

    def broken(path: Path, **how: bool) -> bool:
        if path == media:
            asked.append(path)
            raise OSError(errno.EIO, "Input/output error")
        return found(path, **how)

    qtbot.waitUntil(lambda: bool(files.lost), timeout=WAIT)
    monkeypatch.setattr(files, "missing", lambda *which: None)  # it went away after all were looked for
    monkeypatch.setattr(files, "look", lambda: looked.append(len(asked)))
    monkeypatch.setattr(Path, "is_file", broken)
    window.session.playback.failed.emit("a.mp4: it cannot be decoded.")
    qtbot.waitUntil(lambda: bool(looked) and looked[-1] > 0, timeout=WAIT)


def test_that_a_copy_was_saved_is_said_also_when_its_opening_is_given_up(qtbot, window, paths, monkeypatch) -> None:
    """It was said once the copy was open, and so never."""
    drive, whole = Late(), Project.open
    monkeypatch.setattr(Project, "open", lambda path: (drive.wait(), whole(path))[1])
    window.safety._copied(paths[0], [], go_on=True)
    qtbot.waitUntil(lambda: "Opening a.tot" in window.session.jobs.running.values(), timeout=WAIT)
    window.status.cancel.click()
    assert window.session.project is None and window.bar.text() == "Saved a copy as a.tot."
    drive.end()


def test_that_a_copy_was_saved_is_said_also_when_another_project_is_wanted(window, paths, monkeypatch) -> None:
    drive, whole = Late(), Project.open
    said = []
    monkeypatch.setattr(Project, "open", lambda path: (path == paths[0] and drive.wait(), whole(path))[1])
    say = window.bar.say
    monkeypatch.setattr(window.bar, "say", lambda text, *how: (said.append(text), say(text, *how)))
    window.safety._copied(paths[0], [], go_on=True)
    open_in(window, paths[1])
    drive.end()
    assert said.count("Saved a copy as a.tot.") == 1 and window.session.project.path == paths[1]


def test_what_a_copy_lost_is_said_also_when_its_opening_is_given_up(window, paths, monkeypatch) -> None:
    monkeypatch.setattr(window.session, "open_soon", lambda *args, **how: None)  # nobody hears of it again
    window.safety._copied(paths[0], ["Undo history and weights are not in."], go_on=True)
    assert window.bar.text() == "Saved a copy as a.tot. Undo history and weights are not in."


def test_what_could_not_be_saved_is_said_also_when_opening_the_rest_is_given_up(window, paths, monkeypatch) -> None:
    monkeypatch.setattr(window.session, "open_soon", lambda *args, **how: None)
    window.safety._salvaged(paths[0], {"lost": ["Reviews."]})
    assert "a.tot: Not everything could be saved: Reviews." in window.bar.text()


def test_that_something_was_lost_outlives_what_opening_says(window, paths) -> None:
    window.safety._copied(paths[0], ["Weights are not in."], go_on=True)
    settle(window)
    window.bar.say("1 video file is missing.", "warning", [("Locate", lambda: None)])
    while window.bar.text() and "Weights" not in window.bar.text():
        window.bar.dismiss()
    assert window.bar.text() == "Saved a copy as a.tot. Weights are not in."


def test_one_request_at_a_time_also_while_it_is_being_made(qtbot, window, paths, request_, monkeypatch) -> None:
    open_in(window, paths[0])
    jobs, began = window.session.jobs, []
    monkeypatch.setattr(jobs._runner, "start", began.append)
    window.session.runs.segment(R)
    said = said_by(window)
    assert jobs.in_engine(SimpleNamespace(job="train-1"), "Training", lambda finished: None) is None
    assert said == [("Training was not started. Segmenting is under way. Stop it first.", "warning")]
    assert not began and list(jobs.running.values()) == ["Segmenting"]


def kept_weights() -> list[Path]:
    return sorted(cache_path("runs", "x").parent.rglob("*.safetensors"))


def test_a_request_that_is_given_up_leaves_no_weights_in_the_cache(qtbot, window, paths, request_) -> None:
    """Each one left up to 64 MB there, which nothing ever looked at again."""
    open_in(window, paths[0])
    window.session.runs.segment(R)
    qtbot.waitUntil(lambda: bool(request_.asked), timeout=WAIT)
    window.status.cancel.click()
    request_.answers.set()
    qtbot.waitUntil(lambda: not window.session.jobs._aside._under_way, timeout=WAIT)
    assert kept_weights() == []


def test_the_weights_of_a_request_go_with_its_job_however_that_ends(
    qtbot, window, paths, request_, monkeypatch
) -> None:
    open_in(window, paths[0])
    jobs, sent = window.session.jobs, []
    monkeypatch.setattr(jobs._runner, "start", sent.append)
    request_.answers.set()
    for ending in (Cancelled(job=""), Failed(job="", kind="engine-died", message="It died.")):
        window.session.runs.segment(R)
        qtbot.waitUntil(lambda: bool(sent), timeout=WAIT)
        request = sent.pop()
        assert kept_weights() == [Path(request.weights)]
        jobs._arrived.emit(msgspec.structs.replace(ending, job=request.job))
        qtbot.waitUntil(lambda: kept_weights() == [], timeout=WAIT)


def test_weights_that_a_killed_program_left_go_after_a_day(paths) -> None:
    with Project.open(paths[0]) as project:
        old = cache_path("runs", project.uid, R, "segment-1.safetensors")
        new = old.with_name("segment-2.safetensors")
        for path in (old, new):
            path.write_bytes(b"weights")
        os.utime(old, (0, 0))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("core.run_work.usable_videos", lambda values: ())
            segment_request(project, R, None, "cpu")
    assert not old.exists() and new.exists()


def test_what_is_under_way_in_the_engine_is_named_and_nothing_else(qtbot, window, paths, request_) -> None:
    open_in(window, paths[0])
    jobs = window.session.jobs
    jobs.show("open-1", "Opening p.tot", lambda: None)
    window.session.runs.segment(R)
    said = said_by(window)
    assert not jobs.may_begin()
    assert said == [("Segmenting is under way. Stop it first.", "warning")]
    jobs.hide("open-1")


def test_a_request_of_a_project_that_is_exchanged_is_ended_and_is_no_failure(qtbot, window, paths, request_) -> None:
    open_in(window, paths[0])
    window.session.runs.segment(R)
    qtbot.waitUntil(lambda: bool(request_.asked), timeout=WAIT)
    said = said_by(window)
    open_in(window, paths[1])
    request_.answers.set()
    request_.asked[0].join(30)
    qtbot.waitUntil(lambda: not window.session.jobs._aside._under_way, timeout=WAIT)
    assert window.session.project.path == paths[1] and not window.session.jobs.running
    ended = [(text, level) for text, level in said if text.startswith("Segmenting")]
    assert ended == [("Segmenting was ended. Nothing was changed; what was finished before is kept.", "info")]


def test_a_copy_that_is_read_stays_open_until_the_file_itself_answers(window, paths, monkeypatch) -> None:
    """It was closed at once, though it has no lock, and nothing was open while the drive did not answer."""
    with monkeypatch.context() as held:
        held.setattr(Project, "open", Project.open_copy)
        open_in(window, paths[0])
    copy = window.session.project
    assert copy.read_only
    asked: list[object] = []
    with monkeypatch.context() as slow:
        slow.setattr(window.session.opening, "ask", lambda *args: asked.append(args))
        window.actions_.file.open_path(paths[0])
    assert asked and window.session.project is copy and not copy._closed
    with monkeypatch.context() as gone:
        gone.setattr(Project, "open", _is_away)
        open_in(window, paths[0])
    assert window.session.project is copy
    open_in(window, paths[0])
    assert copy._closed and not window.session.project.read_only


def _is_away(path: Path) -> Project:
    raise StoreError(f"{path.name} is not there.")


def test_a_file_that_is_read_under_its_own_lock_can_be_opened_again_for_editing(window, paths) -> None:
    reader = Project.open(paths[0], read_only=True)
    window.session._enter(reader)
    open_in(window, paths[0])
    assert reader._closed and not window.session.project.read_only
