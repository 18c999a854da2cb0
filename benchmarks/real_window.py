"""The real window, as benchmarks drive it: light, at a size of its own, with no project open."""

from __future__ import annotations

from totgui.app import make_application
from totgui.main_window import MainWindow
from totgui.palette import apply_theme
from totgui.session import Session
from totgui.settings import Settings


def a_window() -> MainWindow:
    """Shown at 1600 x 1000. The application is made, once; its session is the window's."""
    apply_theme(make_application(), "light")
    window = MainWindow(Session(), Settings())
    window.resize(1600, 1000)
    window.show()
    return window
