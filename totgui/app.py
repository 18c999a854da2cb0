"""The QApplication and the hooks that bring every error to the person."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from .collector import collect_on_this_thread
from .hooks import Hooks, start_log, watch_crashes
from .main_window import MainWindow
from .models.text_size import apply_text_size
from .palette import apply_theme
from .paths import resource
from .session import Session
from .settings import Settings

SWITCH_S = 0.0001
"""How long the window waits for a thread that computes, each time that Qt calls into Python; usual is 5 ms. With two
such threads 1,500 strokes and words took 124 ms with 5 ms, 44 with 1 ms and 23 with this, of 11 ms of work."""

FRAME = QSize(16, 48)
"""Room for what a window manager puts around a window: its title and borders, which Qt knows only once it is shown."""


def make_application() -> QApplication:
    """The application object, made once."""
    application = QApplication.instance() or QApplication(["totgui"])
    assert isinstance(application, QApplication)
    application.setApplicationName("totgui")
    application.setOrganizationName("totgui")
    application.setWindowIcon(QIcon(str(resource("totgui.svg"))))
    collect_on_this_thread(application)
    sys.setswitchinterval(SWITCH_S)
    return application


def install_hooks(window: MainWindow) -> None:
    """Errors that nobody caught go to the log and to the bar of the window, also from threads."""
    session = window.session
    hooks = Hooks(
        lambda text: session.message.emit(text, "error"),
        lambda: session.project is None or session.project.saved_state().kind in ("saved", "read-only"),
    )
    hooks.install()
    session.jobEvent.connect(hooks.on_event)


def fit(window: QWidget, screen: QSize) -> None:
    """Make a window no larger than `screen` with its frame, so that its lowest line is in sight on a small display."""
    if not window.isMaximized() and not window.isFullScreen():
        window.resize(window.size().boundedTo(screen - FRAME))


def end_without_what_hangs(code: int = 0) -> None:
    """End the process now where a thread hangs at a drive: Python would wait for some of them for ever."""
    left = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if left:
        logging.getLogger("totgui").warning("left behind: %s", ", ".join(left))
        logging.shutdown()
        os._exit(code)


def run(path: Path | None, *, demo: bool = False, theme: str | None = None) -> int:
    """Open the window, and in it a project, a dataset or the demo; returns the exit code."""
    start_log()
    crash = watch_crashes()
    application = make_application()
    settings = Settings()
    apply_theme(application, theme or settings.theme())
    apply_text_size(application, settings.text_size())
    session = Session()
    window = MainWindow(session, settings)
    install_hooks(window)
    fit(window, window.screen().availableSize())
    window.show()
    if crash is not None:
        window.show_message(f"The program ended abnormally last time. What is known of it: {crash}", "warning")
    if os.environ.get("TOTGUI_REPORT_START"):
        QTimer.singleShot(0, lambda: print("window shown", flush=True))
    QTimer.singleShot(300, window.warm_up)
    if demo:
        QTimer.singleShot(0, window.actions_.file.open_demo)
    elif path is not None:
        QTimer.singleShot(0, lambda: window.actions_.file.open_path(path))
    code = application.exec()
    settings.sync()
    end_without_what_hangs(code)
    return code
