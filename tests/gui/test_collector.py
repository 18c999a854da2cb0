"""Widgets that are garbage are destroyed on the window's thread, whichever thread makes the garbage."""

from __future__ import annotations

import gc
import threading
import time

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWindow
from windows import a_window

from totgui import collector
from totgui.collector import Collector, collect_on_this_thread


class Witness(QObject):
    """Says on which thread it was collected; a cycle keeps it until then."""

    def __init__(self, said: list[threading.Thread]) -> None:
        super().__init__()
        self._said, self._cycle = said, self

    def __del__(self) -> None:
        self._said.append(threading.current_thread())


@pytest.fixture
def found(qapp):
    """The collector of the tests, with nothing left to do."""
    made = collect_on_this_thread(qapp)
    made.collect_all()
    yield made
    made.collect_all()


def make_garbage(count: int) -> None:
    for _ in range(count):
        cycle: list[object] = []
        cycle.append(cycle)


def calm(found: Collector) -> None:
    """As if nobody had touched anything for a long time."""
    found._touched = found._whole = time.monotonic() - 1000


@pytest.mark.parametrize("count", [5_000, 200_000])
def test_garbage_is_collected_on_the_main_thread_only(found, count) -> None:
    said: list[threading.Thread] = []
    Witness(said)
    busy = threading.Thread(target=make_garbage, args=(count,))
    busy.start()
    busy.join()
    assert not gc.isenabled() and not said
    calm(found)
    found.check()
    assert said == [threading.main_thread()]


def test_what_came_all_at_once_is_looked_through_when_nobody_is_at_work(found) -> None:
    said: list[threading.Thread] = []
    looked: list[int] = []
    gc.callbacks.append(lambda phase, about: looked.append(about["generation"]))
    try:
        Witness(said)
        make_garbage(100_000)
        found.touch()
        found.check()
        assert looked == [] and not said, "a jerk while somebody is at work"
        calm(found)
        found.check()
    finally:
        gc.callbacks.pop()
    assert set(looked) == {2} and len(said) == 1


def test_an_old_generation_that_is_large_is_set_aside_and_a_small_one_is_not(found, monkeypatch) -> None:
    monkeypatch.setattr(collector, "AT_ONCE", 1_000)
    monkeypatch.setattr(gc, "get_count", lambda: (900, 20, 20))
    kept = [[number] for number in range(5_000)]
    gc.collect(1)  # they are old now
    before = gc.get_freeze_count()
    found.touch()
    found.check()
    assert gc.get_freeze_count() >= before + len(kept)
    before = gc.get_freeze_count()
    said: list[threading.Thread] = []
    Witness(said)
    found.check()
    assert gc.get_freeze_count() == before and len(said) == 1


def test_too_much_is_looked_through_at_work_too(found, monkeypatch) -> None:
    monkeypatch.setattr(collector, "TOO_MANY", 50_000)
    said: list[threading.Thread] = []
    Witness(said)
    make_garbage(60_000)
    found.touch()
    found.check()
    assert len(said) == 1


def test_touching_a_window_is_being_at_work(found, qtbot) -> None:
    window = QWindow()
    found._watch(window)
    calm(found)
    at, none = QPointF(3, 3), Qt.MouseButton.NoButton
    QGuiApplication.sendEvent(
        window, QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    )
    assert time.monotonic() - found._touched < 100
    window.destroy()


def test_when_the_person_turns_to_another_program_it_is_done_soon(found) -> None:
    said: list[threading.Thread] = []
    Witness(said)
    make_garbage(100_000)
    found._touched, found._whole = time.monotonic() - 5, time.monotonic() - 1000
    found._on_state(Qt.ApplicationState.ApplicationActive)
    found.check()
    assert not said
    found._on_state(Qt.ApplicationState.ApplicationInactive)
    found.check()
    assert len(said) == 1


def test_a_video_that_plays_is_being_at_work(qtbot, found) -> None:
    with a_window() as window:
        for signal in (window.session.playback.frameChanged, window.session.currentVideoChanged):
            calm(found)
            signal.emit(3) if signal is window.session.playback.frameChanged else signal.emit()
            assert time.monotonic() - found._touched < 100
