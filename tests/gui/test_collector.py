"""Widgets that are garbage are destroyed on the window's thread, whichever thread makes the garbage."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject


class Witness(QObject):
    """Says on which thread it was collected; a cycle keeps it until then."""

    def __init__(self, said: list[threading.Thread]) -> None:
        super().__init__()
        self._said, self._cycle = said, self

    def __del__(self) -> None:
        self._said.append(threading.current_thread())


def make_garbage() -> None:
    for _ in range(200_000):
        cycle: list[object] = []
        cycle.append(cycle)


def test_garbage_is_collected_on_the_main_thread_only(qtbot) -> None:
    said: list[threading.Thread] = []
    Witness(said)
    busy = threading.Thread(target=make_garbage)
    busy.start()
    busy.join()
    assert not gc.isenabled() and not said
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    assert said == [threading.main_thread()]
