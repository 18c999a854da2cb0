"""After a write error edits are held and said to be held; they reach the disk when it works again."""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from projects import a_project

from core.annotation import commands
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import StoreError
from core.project import Project
from core.store import log
from core.store.waiting import SavedState
from core.store.writer import Writer


def wait_for(done: Callable[[], bool]) -> None:
    """Until it is so; pytest's time limit is the end of patience."""
    while not done():
        time.sleep(0.01)


def test_a_write_error_holds_the_edits_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = VideoId("v")
    dataset = Dataset(tmp_path, "a", (Video(video, "v", Timebase(9)),), (Action(ActionId(0), "x", "#000000"),))
    said: list[SavedState] = []
    project = Project.create(tmp_path / "a.tot", dataset, ground_truth={})
    project.on_saved = said.append
    whole = log.append

    def full(connection: sqlite3.Connection, *rest: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(log, "append", full)
    project.edit(commands.start_unlabelled(project.document, video))
    project.edit(commands.relabel(project.document, video, 0, 3, 0))
    assert not project.flush(0.3)
    wait_for(lambda: project.saved_state().reason != "")  # the thread that writes may come to its turn later
    state = project.saved_state()
    assert (state.kind, state.pending, state.reason) == ("not-saved", 2, "database or disk is full")
    monkeypatch.setattr(log, "append", whole)
    assert project.flush(60)
    wait_for(lambda: bool(said) and said[-1].kind == "saved")
    assert any(s.kind == "not-saved" for s in said)
    project.close()
    with Project.open(tmp_path / "a.tot") as project:
        assert len(project.document.corrected[video]) == 2


def test_the_watch_wakes_at_the_moment_when_the_oldest_edit_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked every 250 ms from whenever it had looked last: "Saving…" stood there up to 250 ms too late."""
    with Project.create(tmp_path / "a.tot", Dataset(tmp_path, "a", (), ()), ground_truth={}) as project:
        writer, go = project._writer, threading.Event()
        writer.put(lambda connection: go.wait(30))
        waiting = writer._waiting
        with waiting.wake:
            oldest = waiting.queue[0]
            wakes, now = [], time.monotonic()
            with monkeypatch.context() as stopped:  # the clock: between two looks at it this thread may have to wait
                stopped.setattr("core.store.waiting.time", SimpleNamespace(monotonic=lambda: now))
                for age in (0.0, 0.2, 0.6, 5.0):
                    waiting.queue[0] = dataclasses.replace(oldest, since=now - age)
                    wakes.append(waiting.until_late())
            waiting.queue[0] = oldest
        go.set()
        assert project.flush(30)
    after_nothing, after_200, after_600, after_5000 = wakes
    assert (after_nothing, after_200) == pytest.approx((0.251, 0.051)), "the words change at 250 ms"
    assert after_600 <= 0.2511 and after_5000 == 0.25, "then it is looked at every 250 ms, and held ones are put away"


def test_what_was_asked_of_a_disk_that_hung_at_the_end_is_refused_and_not_done_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk answered after all, the thread died of the answer that had been given, and kept the file's lock."""
    died: list[object] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    with a_project(tmp_path / "p.tot"):
        pass
    writer = Writer(tmp_path / "p.tot")
    hangs, answers, done = threading.Event(), threading.Event(), []
    writer.put(lambda connection: (hangs.set(), answers.wait(60)))
    assert hangs.wait(30)
    asked: Future[None] = Future()
    writer._waiting.ask(lambda connection: done.append("late"), asked)
    assert not writer.close(timeout=0.01)
    with pytest.raises(StoreError, match="was closed"):
        asked.result(30)
    answers.set()
    writer._thread.join(30)
    assert not writer._thread.is_alive() and not died and not done
    Project.open(tmp_path / "p.tot").close()
