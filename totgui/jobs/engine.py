"""The engine: a child process that runs one job at a time and answers with events. No Qt in here.

Three rules. The main thread works; the listener thread reads the pipe all the while, so a stop is heard
in the middle of a job. Each job is answered with exactly one ending. A closed pipe ends the process; a training that
runs then saves first what it has learned.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from core import api
from core.errors import JobError, TotError, is_out_of_memory
from core.events import Cancelled, Event, Failed, Finished, JobCancelled, LogLine, StopKind

from .disk import told_by_disk
from .protocol import (
    DemoRequest,
    EvaluateRequest,
    ExtractRequest,
    PinRequest,
    SegmentRequest,
    StopRequest,
    TrainRequest,
    WarmUpRequest,
    Work,
    decode_request,
    encode,
)

NICENESS = 10
"""Where the processor is short, pictures and clicks come first; alone on it, a job is as fast as ever."""
ALONE_S = 120.0
"""How long a training may take to end by itself after its window died."""


class Control:
    """What was said about one job since it was asked for: its stop and its pinned video."""

    def __init__(self, request: Work | WarmUpRequest) -> None:
        self.request = request
        self.stopped: StopKind | None = None
        self.pinned: str = getattr(request, "pinned", "")

    def should_stop(self) -> StopKind | None:
        """The stop that was asked for, or None."""
        return self.stopped

    def pin(self) -> str:
        """The video whose matrices are wanted now."""
        return self.pinned


class Engine:
    """Runs the requests that come through a connection, in order."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._waiting: queue.SimpleQueue[Control] = queue.SimpleQueue()
        self._last: Control | None = None
        self._running: Control | None = None
        self._alone = False

    def listen(self) -> None:
        """Read requests until the pipe closes, then end the process."""
        try:
            while True:
                self._hear(decode_request(self._connection.recv_bytes()))
        except (EOFError, OSError):
            self._finish_alone()
        except msgspec.MsgspecError:
            traceback.print_exc()
            os._exit(3)

    def _finish_alone(self) -> None:
        """The window is gone: a training keeps what it has learned, for the next opening; other work ends."""
        self._alone = True
        running = self._running
        if running is None or not isinstance(running.request, TrainRequest) or running.stopped is StopKind.DISCARD:
            os._exit(0)
        running.stopped = StopKind.KEEP
        timer = threading.Timer(ALONE_S, os._exit, (3,))
        timer.daemon = True
        timer.start()

    def _hear(self, request: object) -> None:
        control = self._last
        if isinstance(request, StopRequest):
            if control is not None and request.job in ("", control.request.job):
                control.stopped = request.kind
        elif isinstance(request, PinRequest):
            if control is not None:
                control.pinned = request.video
        else:
            self._last = Control(request)  # type: ignore[arg-type]
            self._waiting.put(self._last)

    def work(self) -> None:
        """Run jobs for ever."""
        while True:
            control = self._waiting.get()
            if isinstance(control.request, WarmUpRequest):
                api.warm_up()
            else:
                self._running = control
                ending = run(control, self.send)
                self._running = None
                self.send(ending)
            if self._alone:
                os._exit(0)

    def send(self, event: Event) -> None:
        """Write one event into the pipe."""
        try:
            with self._sending:
                self._connection.send_bytes(encode(event))
        except OSError:
            pass  # the listener sees the closed pipe, and decides


def run(control: Control, send: Callable[[Event], None]) -> Event:
    """The one ending of a job; everything before it goes through `send`."""
    request: Any = control.request
    job: str = request.job
    folder = Path(request.out) if getattr(request, "out", "") else None
    was_there = folder is not None and folder.exists() and not getattr(request, "resume", "")

    def report(event: Event) -> None:
        send(event if event.job else msgspec.structs.replace(event, job=job))

    try:
        result = _dispatch(control, report)
        if control.stopped is StopKind.DISCARD:
            raise JobCancelled
        early = bool(result.get("stopped_early", control.stopped is StopKind.KEEP))
        return Finished(job=job, result=result, stopped_early=early)
    except JobCancelled:
        if folder is not None and not was_there:
            shutil.rmtree(folder, ignore_errors=True)
        return Cancelled(job=job)
    except JobError as error:
        return Failed(job=job, kind=error.kind, message=str(error), hint=error.hint, traceback=traceback.format_exc())
    except TotError as error:
        return Failed(job=job, kind="input", message=str(error), traceback=traceback.format_exc())
    except Exception as error:  # the outer edge of a job: whatever it was becomes its one ending
        if is_out_of_memory(error):
            return Failed(
                job=job,
                kind="out-of-memory",
                message=f"The {'computer' if isinstance(error, MemoryError) else 'device'} ran out of memory.",
                hint="Close other programs, take a smaller batch, or the processor as device.",
                traceback=traceback.format_exc(),
            )
        report(LogLine(text=traceback.format_exc(), level="error"))
        if isinstance(error, OSError) and error.errno is not None:
            return told_by_disk(job, error)
        return Failed(
            job=job, kind="failed", message=f"{type(error).__name__}: {error}", traceback=traceback.format_exc()
        )


def _dispatch(control: Control, report: Callable[[Event], None]) -> dict[str, Any]:
    request = control.request
    if isinstance(request, TrainRequest):
        return api.train(request, report=report, should_stop=control.should_stop, pinned=control.pin)
    if isinstance(request, SegmentRequest):
        return api.segment(request, report=report, should_stop=control.should_stop)
    if isinstance(request, EvaluateRequest):
        return api.evaluate_request(request)
    if isinstance(request, ExtractRequest):
        return api.extract(request, report=report, should_stop=control.should_stop)
    if isinstance(request, DemoRequest):
        found = api.render_demo(
            Path(request.out),
            n_videos=request.n_videos or None,
            seed=request.seed,
            report=report,
            should_stop=control.should_stop,
        )
        return {"folder": str(found)}
    raise TypeError(f"The engine has no work for {type(request).__name__}.")


def give_way(niceness: int) -> None:
    """Let the window go first, where `niceness` is more than nothing.

    On Linux each thread has a priority of its own, and libraries have made some already.
    """
    if not hasattr(os, "setpriority"):
        return
    threads = Path("/proc/self/task")
    for thread in [int(task.name) for task in threads.iterdir()] if threads.is_dir() else [0]:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + niceness)


def main(connection: Connection, last_words: str = "", niceness: int = NICENESS) -> None:
    """Entry of the spawned child. Ctrl+C belongs to the parent, which says by how much the child gives way.

    What libraries write to standard error, and where each thread was at a crash, goes to the file `last_words`: after
    a death the parent shows its end.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_way(niceness)
    if last_words:
        with open(last_words, "ab", buffering=0) as file:
            os.dup2(file.fileno(), 2)
    faulthandler.enable()
    engine = Engine(connection)
    threading.Thread(target=engine.listen, name="engine-listener", daemon=True).start()
    engine.send(LogLine(text=f"engine {os.getpid()}, Python {sys.version.split()[0]}"))
    engine.work()
