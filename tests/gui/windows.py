"""The real window for a test, closed and destroyed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytestqt.qtbot import QtBot

from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


@contextmanager
def a_window() -> Iterator[MainWindow]:
    """A window with nothing open, not shown yet."""
    made = MainWindow(Session(), Settings())
    try:
        yield made
    finally:
        shut(made)


def shut(window: MainWindow) -> None:
    """Close a window at the end of a test at once, also while the disk still takes its last edit."""
    window.safety.may_close = lambda: True  # type: ignore[method-assign]
    window.close()
    window.deleteLater()


def wait_for_places(qtbot: QtBot, window: MainWindow) -> None:
    """Until the panels have their places and sizes, and the timeline the focus, in as many turns as that takes."""
    qtbot.waitUntil(lambda: window.updatesEnabled() and not window.placing._sizing.isActive())
