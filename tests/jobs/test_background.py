"""The background thread: jobs in turn, one taken back while it waits, nothing begun after closing."""

from __future__ import annotations

import errno
import threading

import pytest

from core.events import Cancelled, Event, Failed, Finished, JobCancelled, StopKind
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
    go.set()
    assert heard.endings(3) == [("a", Finished), ("b", Cancelled), ("c", Finished)]
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
    assert background._unwanted == set()


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
