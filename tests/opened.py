"""Opening projects in a window as a person does, also from a drive that is late, and waiting for what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projects import a_project, with_edits, with_run
from PySide6.QtCore import QEventLoop, QTimer
from windows import a_window

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


@contextmanager
def a_seen_window() -> Iterator[MainWindow]:
    """A window on the screen that closes without a question."""
    with a_window() as made:
        made.show()
        yield made
        made.safety.may_close = lambda: True  # type: ignore[method-assign]


def two_projects(folder: Path) -> tuple[Path, Path]:
    """Two project files, a.tot and b.tot, each with a run and a corrected video."""
    paths = folder / "a.tot", folder / "b.tot"
    for path in paths:
        with a_project(path) as project:
            with_run(project)
            with_edits(project)
    return paths


class Late:
    """What waits in its thread until the drive `answers`; `asked` are those threads."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.asked: list[threading.Thread] = []

    def wait(self) -> None:
        self.asked.append(threading.current_thread())
        self.answers.wait(60)

    def end(self) -> None:
        """Nothing waits any more."""
        self.answers.set()
        for thread in self.asked:
            thread.join(30)
