"""The QApplication and the hooks that bring every error to the person."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from core.cache import cache_path

from .main_window import MainWindow
from .palette import apply_theme
from .paths import resource
from .session import Session
from .settings import Settings

log = logging.getLogger("totgui")


def make_application() -> QApplication:
    """The application object, made once."""
    application = QApplication.instance() or QApplication(["totgui"])
    assert isinstance(application, QApplication)
    application.setApplicationName("totgui")
    application.setOrganizationName("totgui")
    application.setWindowIcon(QIcon(str(resource("totgui.svg"))))
    pyqtgraph.setConfigOptions(imageAxisOrder="row-major", antialias=True)
    return application


def install_hooks(window: MainWindow) -> None:
    """Errors that nobody caught go to the log and to the bar of the window, also from threads."""

    def tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("%s", text)
        sys.__stderr__.write(text) if sys.__stderr__ else None
        message = (
            f"Something went wrong inside: {error or kind.__name__}. Your edits are saved; details are in the log."
        )
        window.session.message.emit(message, "error")

    sys.excepthook = tell
    threading.excepthook = lambda args: tell(args.exc_type, args.exc_value, args.exc_traceback)


def run(path: Path | None, *, demo: bool = False, theme: str | None = None) -> int:
    """Open the window, and in it a project, a dataset or the demo; returns the exit code."""
    logging.basicConfig(
        filename=cache_path("totgui.log"), level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    application = make_application()
    settings = Settings()
    apply_theme(application, theme or settings.theme())
    session = Session()
    window = MainWindow(session, settings)
    install_hooks(window)
    window.show()
    if os.environ.get("TOTGUI_REPORT_START"):
        QTimer.singleShot(0, lambda: print("window shown", flush=True))
    QTimer.singleShot(300, session.warm_up)
    if demo:
        QTimer.singleShot(0, window.actions_.file.open_demo)
    elif path is not None:
        QTimer.singleShot(0, lambda: window.actions_.file.open_path(path))
    return application.exec()
