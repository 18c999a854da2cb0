"""The real window for a test, closed and destroyed at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        made.close()
        made.deleteLater()
