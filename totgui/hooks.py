"""Errors that nobody caught: from slots, from threads and from Qt they go to the log and to the person."""

from __future__ import annotations

import faulthandler
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from core.cache import cache_path
from core.events import Failed

log = logging.getLogger("totgui")
_QUIET_S = 5.0
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class _Private(logging.Formatter):
    """One line for a record, without line breaks of the data and without the name of the home folder."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record).replace(str(Path.home()), "~")
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def start_log() -> Path:
    """Log into the cache folder, at most three files of 1 MB; where it lies."""
    path = cache_path("totgui.log")
    handler = RotatingFileHandler(path, maxBytes=1 << 20, backupCount=2, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(_Private("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return path


def watch_crashes() -> Path | None:
    """Let a crash of native code leave its stack; the report of the last start when there was one."""
    path = cache_path("crash.txt")
    last: Path | None = None
    if path.is_file() and path.stat().st_size:
        last = path.with_name("crash-last.txt")
        path.replace(last)
    stream: TextIO = path.open("w", encoding="utf-8")  # stays open as long as the program runs
    faulthandler.enable(stream)
    return last


def describe(error: BaseException | None, trace: TracebackType | None) -> str:
    """Where an error came from, without the values it names: those may be labels, names and paths of a person."""
    places = [
        f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}{reason} at {' < '.join(reversed(places)) or 'unknown place'}"


_PLACE = re.compile(r'\s*File "([^"]*)", line (\d+)(?:,)? in (\S+)')
_CAUSE = re.compile(r"(?:Fatal Python error|[A-Za-z_.]+(?:Error|Exception|Interrupt|Exit))(?=:|$)")


def place_in(line: str) -> str:
    """The place, or the kind of error, that a line of a traceback names; empty for all that may hold values."""
    if found := _PLACE.match(line):
        return f"{'/'.join(Path(found[1]).parts[-3:])}:{found[2]} {found[3]}"
    found = _CAUSE.match(line)
    return found[0] if found else ""


class Hooks:
    """Catches what nobody caught. `tell` shows a sentence; `is_saved` answers whether every edit is on disk."""

    def __init__(self, tell: Callable[[str], None], is_saved: Callable[[], bool]) -> None:
        self._tell, self._is_saved = tell, is_saved
        self._seen: dict[str, float] = {}

    def install(self) -> None:
        """Take over from Python and Qt."""
        sys.excepthook = self.uncaught
        threading.excepthook = lambda args: self.uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: log.error("%s", describe(args.exc_value, args.exc_traceback))
        qInstallMessageHandler(self._from_qt)

    def uncaught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Log and tell one error; the same one is told once in five seconds."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        self._tell_once(kind, error, trace)
        # Python keeps the last error, and with it the locals of its frames. In a paintEvent one of them is the painter:
        # were it to live on after the event, Qt would crash at the next one.
        traceback.clear_frames(trace)

    def _tell_once(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        where = describe(error, trace)
        now = time.monotonic()
        if now - self._seen.get(where, -_QUIET_S) < _QUIET_S:
            return
        self._seen[where] = now
        log.error("%s", where)
        if sys.__stderr__ is not None:
            traceback.print_exception(kind, error, trace, file=sys.__stderr__)
        saved = "Your edits are saved" if self._is_saved() else "Edits are not saved yet; see the status line"
        self._tell(f"Something went wrong inside: {error or kind.__name__}. {saved}; details are in the log.")

    def on_event(self, event: object) -> None:
        """Keep where a job failed. What it said is for the person's eyes only: it may name labels."""
        if isinstance(event, Failed):
            lines = [*event.traceback.splitlines(), *event.log]
            places = [found for line in lines if (found := place_in(line))]
            log.error("job failed (%s): %s", event.kind, " | ".join(places[-16:]) or "no place is known")

    def _from_qt(self, kind: QtMsgType, context: object, text: str) -> None:
        log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg) and sys.__stderr__ is not None:
            print(f"Qt: {text}", file=sys.__stderr__)
