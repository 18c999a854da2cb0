"""Numbers computed beside the window: the newest wish of a kind wins, and two of a kind never meet."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from totgui.session.computing import Computing


@pytest.fixture
def computing(qapp) -> Iterator[Computing]:
    made = Computing()
    yield made
    made.close()


def test_functions_of_one_key_never_run_at_the_same_time_and_the_newest_is_answered(computing, qtbot: QtBot):
    """They share a counter that is for one thread: a run that changed while it counted was an error in a thread."""
    inside, most, goes_on, answers = [0], [0], threading.Event(), []

    def work(number: int) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        goes_on.wait(10)
        inside[0] -= 1
        return number

    computing.ask("a", lambda: work(0), answers.append)
    qtbot.waitUntil(lambda: inside[0] == 1)
    for number in (1, 2, 3):
        computing.ask("a", lambda n=number: work(n), answers.append)
    computing.ask("b", lambda: "b", answers.append)
    qtbot.waitUntil(lambda: answers == ["b"])  # another key does not wait
    goes_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == ["b", 3] and most == [1]


def test_an_error_is_told_and_the_next_wish_of_its_key_is_answered(computing, qtbot: QtBot):
    answers: list[int] = []

    def fails() -> int:
        raise ValueError("no numbers")

    with qtbot.waitSignal(computing.message) as told:
        computing.ask("a", fails, answers.append)
    assert told.args == ["no numbers", "warning"]
    computing.ask("a", lambda: 1, answers.append)
    qtbot.waitUntil(lambda: answers == [1])


def test_what_is_cleared_is_not_answered_and_can_be_asked_again(computing, qtbot: QtBot):
    goes_on, answers = threading.Event(), []
    computing.ask("a", lambda: goes_on.wait(10), answers.append)
    computing.clear()
    computing.ask("a", lambda: 2, answers.append)
    goes_on.set()
    qtbot.waitUntil(lambda: answers == [2])
