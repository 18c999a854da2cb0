"""Opening a project in a window as a person does, and waiting until it is there or has been refused."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from totgui.main_window import MainWindow

MOST_MS = 60_000


def open_in(window: MainWindow, path: Path) -> None:
    """Ask for a project, and go on when it is open or the bar says why not."""
    window.actions_.file.open_path(path)
    settle(window)


def choose(window: MainWindow, button: str) -> None:
    """Press a button of the bar that opens a project, and wait as well."""
    window.bar.choose(button)
    settle(window)


def settle(window: MainWindow) -> None:
    """Let the event loop run until nothing is being opened."""
    loop, tick, most = QEventLoop(), QTimer(), QTimer()
    tick.timeout.connect(lambda: window.session.opening.is_idle and loop.quit())
    most.timeout.connect(loop.quit)
    tick.start(20)  # it may have been given up
    window.session.opening.ended.connect(loop.quit)  # at once: what comes next into the bar would hide what was said
    most.start(MOST_MS)
    if not window.session.opening.is_idle:
        loop.exec()
    assert window.session.opening.is_idle, "it is being opened for ever"
