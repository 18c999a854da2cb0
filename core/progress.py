"""Progress on standard error: a line that renews itself on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from .events import Event, LogLine, Progress, Started, TrainingMetrics

EVERY_S = 5.0
TERMINAL_EVERY_S = 0.1


class ProgressPrinter:
    """A `report` for the command line. Leaving the `with` block ends the line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._last = 0.0
        self._is_open = False
        self._losses = ""

    def __enter__(self) -> ProgressPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_open:
            print(file=self._stream, flush=True)
            self._is_open = False

    def __call__(self, event: Event) -> None:
        """Show one event, if it is time for one."""
        if isinstance(event, TrainingMetrics):
            self._losses = f", loss {event.loss:.4f}" + (f", MoF {100 * event.mof:.1f} %" if event.mof else "")
        elif isinstance(event, Started) and event.device:
            self._line(f"{event.text} on {event.device} ({event.device_reason})")
        elif isinstance(event, LogLine) and event.level != "info":
            self._line(event.text)
        elif isinstance(event, Progress):
            self._progress(event)

    def _progress(self, event: Progress) -> None:
        now = time.monotonic()
        if now - self._last < (TERMINAL_EVERY_S if self._is_terminal else EVERY_S) and event.done != event.total:
            return
        self._last = now
        text = f"{event.text or 'Working'}: {event.done:,}" + (f" of {event.total:,}" if event.total else "")
        if event.seconds_left is not None:
            text += f"{self._losses}, {event.seconds_left:.0f} s left"
        if self._is_terminal:
            print(f"\r\x1b[K{text}", end="", file=self._stream, flush=True)
            self._is_open = True
        elif event.done != event.total or event.seconds_left is not None:
            print(text, file=self._stream, flush=True)

    def _line(self, text: str) -> None:
        if self._is_open:
            print(file=self._stream)
            self._is_open = False
        print(text, file=self._stream, flush=True)
