"""Work beside the window: what it brings is taken once, given back when nobody wants it, and over only then."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from totgui.jobs.beside import Piece
from totgui.session import aside
from totgui.session.aside import Aside


def settled(errand: aside.Errand) -> None:
    """Its thread has ended; what it brings stands in the queue of the window."""
    assert errand.piece.wait(30)


def test_what_waits_to_be_taken_is_not_over_though_its_thread_has_ended(qtbot) -> None:
    work, taken = Aside("test"), []
    errand = work.do(lambda: 1, taken.append)
    settled(errand)
    assert not errand.is_over
    QCoreApplication.processEvents()
    assert errand.is_over and taken == [1]
    work.close()


def test_the_next_waits_until_what_was_left_is_given_back(qtbot) -> None:
    """It waited for the thread alone: what stood in the window's queue still held the lock of its file."""
    work, order = Aside("test"), []
    first = work.do(lambda: "first", order.append, unwanted=lambda _result: order.append("given back"))
    settled(first)
    work.leave(first)
    second = work.do(lambda: order.append("second"), lambda _none: order.append("came"), after=[first])
    assert not second.piece.wait(0.05) and order == []
    qtbot.waitUntil(lambda: "came" in order, timeout=10_000)
    assert order == ["given back", "second", "came"]
    work.close()


def test_what_comes_after_the_end_is_given_back_and_not_taken(qtbot) -> None:
    """Closing stopped waiting for a thread that had sent its result and was just about to end."""
    work = Aside("test")
    taken: list[Any] = []
    given: list[Any] = []
    errand = work.do(lambda: 1, taken.append, unwanted=given.append)
    settled(errand)
    errand.piece = Piece(lambda: None, ())  # not over yet
    work.close(0.0)
    qtbot.waitUntil(lambda: bool(taken or given), timeout=10_000)
    assert (taken, given) == ([], [1])
