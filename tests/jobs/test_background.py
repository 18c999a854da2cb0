"""The background thread: jobs in turn, one taken back while it waits, nothing begun after closing."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from core import cache
from core.events import Cancelled, Event, Failed, Finished, JobCancelled, Progress, StopKind
from totgui.jobs.background import Background


class Heard:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._more:
            self.events.append(event)
            self._more.notify_all()

    def endings(self, count: int) -> list[tuple[str, type]]:
        with self._more:
            assert self._more.wait_for(lambda: len(self._found()) >= count, timeout=30)
            return self._found()

    def _found(self) -> list[tuple[str, type]]:
        return [(e.job, type(e)) for e in self.events if isinstance(e, Finished | Cancelled | Failed)]


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def background(heard):
    made = Background(heard)
    yield made
    made.close()


def waiting(begun: threading.Event, go: threading.Event):
    """Work that says that it has begun, then waits until it may end or is asked to stop."""

    def work(report, should_stop):
        begun.set()
        while not go.wait(0.01):
            if should_stop() is not None:
                raise JobCancelled
        return {}

    return work


def test_a_job_that_waits_can_be_taken_back_and_the_running_one_goes_on(background, heard):
    begun, go, ran = threading.Event(), threading.Event(), []
    background.start("a", "A", waiting(begun, go))
    background.start("b", "B", lambda report, should_stop: ran.append("b") or {})
    background.start("c", "C", lambda report, should_stop: ran.append("c") or {})
    assert begun.wait(30)
    background.stop(StopKind.DISCARD, "b")
    assert heard.endings(1) == [("b", Cancelled)], "it does not wait for its turn to be taken back"
    go.set()
    assert heard.endings(3) == [("b", Cancelled), ("a", Finished), ("c", Finished)]
    assert ran == ["c"]


def test_a_job_that_is_taken_back_in_the_moment_in_which_it_begins_ends(background, heard):
    """It was still waiting when it was looked at and had begun when that was noted down: it ran to its end."""

    class Waiting(str):
        """The name of a job that seems to be none of those that have begun."""

        __slots__ = ()
        __hash__ = str.__hash__

        def __ne__(self, other: object) -> bool:
            return True

    begun = threading.Event()
    background.start("a", "A", waiting(begun, threading.Event()))
    assert begun.wait(30)
    background.stop(StopKind.DISCARD, Waiting("a"))
    assert heard.endings(1) == [("a", Cancelled)]
    assert background._jobs == {}


def test_the_running_job_ends_by_its_name(background, heard):
    begun = threading.Event()
    background.start("a", "A", waiting(begun, threading.Event()))
    assert begun.wait(30)
    background.stop(StopKind.DISCARD, "a")
    assert heard.endings(1) == [("a", Cancelled)]


def test_closing_begins_nothing_that_waits(heard):
    begun, ran, background = threading.Event(), [], Background(heard)
    background.start("a", "A", waiting(begun, threading.Event()))
    background.start("b", "B", lambda report, should_stop: ran.append("b") or {})
    assert begun.wait(30)
    background.close()
    assert heard.endings(2) == [("a", Cancelled), ("b", Cancelled)] and ran == []


def test_a_place_that_cannot_be_written_is_a_sentence_with_a_way_out(background, heard):
    def work(report, should_stop):
        raise OSError(errno.EROFS, "Read-only file system", "/medium/out")

    background.start("a", "Exporting", work)
    assert heard.endings(1) == [("a", Failed)]
    ending = heard.events[-1]
    assert (ending.kind, ending.message) == ("disk", "/medium/out: read-only file system.")
    assert ending.hint == "Choose another place."


class Drive:
    """A drive that does not answer until `answers` is set; then what was asked of it goes on."""

    def __init__(self) -> None:
        self.asked, self.answers, self.gone_on = threading.Event(), threading.Event(), threading.Event()

    def work(self, then=lambda: None):
        def run(report, should_stop):
            self.asked.set()
            assert self.answers.wait(60)
            report(Progress(done=1, total=1))
            try:
                then()
                return {"late": True}
            finally:
                self.gone_on.set()

        return run


@pytest.fixture
def drive():
    made = Drive()
    yield made
    made.answers.set()


@pytest.fixture
def short(heard):
    """A background whose jobs have no time to answer."""
    made = Background(heard, grace_s=0.01)
    yield made
    made.close()


def test_a_job_that_hangs_is_left_behind_and_the_next_one_runs(short, heard, drive):
    """There was one thread and one stop for all: Cancel did nothing, and every later job waited for ever."""
    short.start("a", "Reading the dataset", drive.work())
    assert drive.asked.wait(30)
    short.stop(StopKind.DISCARD, "a")
    assert heard.endings(1) == [("a", Cancelled)]
    short.start("b", "B", lambda report, should_stop: {"stop": should_stop()})
    assert heard.endings(2) == [("a", Cancelled), ("b", Finished)]
    assert heard.events[-1].result == {"stop": None}, "the stop of one job was that of the next"


def test_what_a_job_says_that_was_left_behind_is_heard_by_nobody_and_its_result_is_given_back(short, heard, drive):
    given, back = [], threading.Event()
    short.start("a", "Making the project", drive.work(), unwanted=lambda result: (given.append(result), back.set()))
    assert drive.asked.wait(30)
    short.stop(StopKind.DISCARD)
    heard.endings(1)
    drive.answers.set()
    assert back.wait(30) and given == [{"late": True}]
    assert heard.endings(1) == [("a", Cancelled)] and not [e for e in heard.events if isinstance(e, Progress)]


def test_a_job_that_was_left_behind_replaces_no_file(short, heard, drive, tmp_path: Path):
    """The drive answers an hour later: by then a person may have put something else there."""
    out = tmp_path / "labels.csv"
    short.start("a", "Exporting labels", drive.work(lambda: cache.atomic_write(out, b"of the job")))
    assert drive.asked.wait(30)
    short.stop(StopKind.DISCARD)
    heard.endings(1)
    out.write_bytes(b"of a person")
    drive.answers.set()
    assert drive.gone_on.wait(30)
    assert out.read_bytes() == b"of a person" and list(tmp_path.iterdir()) == [out]


def test_one_that_hangs_holds_up_closing_no_longer_than_it_may(heard, drive):
    background = Background(heard)
    background.start("a", "A", drive.work())
    assert drive.asked.wait(30)
    background.close(0.01)
    assert heard.endings(1) == [("a", Cancelled)]
    background.start("b", "B", lambda report, should_stop: {})
    assert heard.endings(2) == [("a", Cancelled), ("b", Cancelled)], "what is asked for after the end has an ending too"


def test_a_stop_that_comes_as_the_job_ends_makes_no_second_ending(heard):
    """The timer of the grace and the thread of the job both want to end it."""
    background = Background(heard, grace_s=0.0)
    for number in range(300):
        job = f"j{number}"
        background.start(job, job, lambda report, should_stop: {})
        background.stop(StopKind.DISCARD, job)
    ended = [job for job, _ in heard.endings(300)]
    background.close()
    assert sorted(ended) == sorted(f"j{n}" for n in range(300))
