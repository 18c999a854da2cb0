"""Work that the tests give to the worker processes of a cluster, which import it from here."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from core.cluster import place
from core.errors import InputError
from core.events import JobCancelled, LogLine, Progress, Report, ShouldStop

WHEREVER = threading.Event()


def twice(number: int, *, report: Report, should_stop: ShouldStop) -> tuple[int, int]:
    """Twice the number, and the process that reckoned."""
    report(Progress(done=number, total=100, text="Doubling"))
    report(LogLine(text=f"{number} is doubled"))
    return 2 * number, os.getpid()


def refuse(number: int, *, report: Report, should_stop: ShouldStop) -> int:
    if number == 3:
        raise InputError("a/file.npy", f"it holds {number}.", "row 7", "Take another.")
    return number


def die(_number: int, *, report: Report, should_stop: ShouldStop) -> int:
    """End the worker's process, as a lack of memory does."""
    os._exit(9)


def die_once(folder: str, *, report: Report, should_stop: ShouldStop) -> str:
    """End the first worker's process; the next one answers."""
    try:
        Path(folder, "died").mkdir()
    except FileExistsError:
        return "done"
    os._exit(9)


def work_until_stopped(folder: str, *, report: Report, should_stop: ShouldStop) -> None:
    """Go on until a stop is heard, as a training does; what happened is told by files."""
    Path(folder, "began").touch()
    while should_stop() is None:
        WHEREVER.wait(0.01)
    Path(folder, "stopped").touch()
    raise JobCancelled


def where(_number: int, *, report: Report, should_stop: ShouldStop) -> tuple[int, int]:
    """The place among the workers of this computer, and the process; long enough for every worker to take a piece."""
    WHEREVER.wait(0.3)
    return place(), os.getpid()
