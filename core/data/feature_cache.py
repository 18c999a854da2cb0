"""The cache of converted features: each file is parsed once, in parallel, and mapped from then on.

An entry is named after the source's path, size, time of change and the version of the parser, so a
changed file is another entry. What was not used for longest goes when the cache outgrows its budget.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import msgspec

from ..cache import cache_path, fingerprint, reclaim
from ..errors import InputError, JobError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .conversion import convert_into, temporary_of
from .convert_worker import Message, line_of

PARSER_VERSION = 2
BUDGET_BYTES = 20 << 30
ALONE_BYTES = 8 << 20
"""Below this a child process takes longer to start than the text takes to read."""
MAX_WORKERS = 8
_POLL_S = 0.1


def matrix_path(path: Path) -> Path:
    """The `.npy` file of a feature file: the file itself, or its entry, made now where it is missing.

    Raises InputError, JobError.
    """
    if path.suffix.lower() == ".npy":
        return path
    entry = entry_of(path)
    if not entry.exists():
        convert_into(path, entry, lambda _: None)
    return entry


def entry_of(path: Path) -> Path:
    """Where the converted file lies, or would. Raises InputError where the source cannot be looked at."""
    try:
        key = sha256(f"{fingerprint(path)}:{PARSER_VERSION}".encode()).hexdigest()[:32]
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    return cache_path("features", f"{key}.npy")


def convert_all(
    paths: Sequence[Path], *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[Path, InputError]:
    """Fill the cache for many files at once; the files that cannot be used, each with the reason.

    Raises:
        JobCancelled: `should_stop` answered; whole entries stay, half ones do not.
        JobError: the cache cannot be written.
    """
    failed: dict[Path, InputError] = {}
    entries: dict[Path, Path] = {}
    for path in paths:
        if path.suffix.lower() == ".npy":
            continue
        try:
            entries[path] = entry_of(path)
        except InputError as error:
            failed[path] = error
    wanted = {path: entry for path, entry in entries.items() if not _is_there(entry)}
    if wanted:
        sizes = {path: path.stat().st_size for path in wanted}
        work = _Work(wanted, sizes, failed)
        n_workers = min(MAX_WORKERS, len(wanted), _n_cores())
        if sum(sizes.values()) < ALONE_BYTES or n_workers < 2:
            work.run_alone(report, should_stop)
        else:
            work.run_parallel(n_workers, report, should_stop)
        reclaim("features", budget_bytes=BUDGET_BYTES, keep=entries.values())
    return failed


def _is_there(entry: Path) -> bool:
    """Whether an entry exists; it counts as used now."""
    try:
        os.utime(entry)
    except FileNotFoundError:
        return False
    except OSError:  # a read-only cache serves as well
        return entry.exists()
    return True


def _n_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Work:
    """Files to convert, and how far that is; the workers' threads add, the caller's thread reports."""

    wanted: Mapping[Path, Path]
    sizes: Mapping[Path, int]
    failed: dict[Path, InputError]
    n_bytes: int = 0
    broken: JobError | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run_alone(self, report: Report, should_stop: ShouldStop) -> None:
        """Convert in this process."""

        def count(n_bytes: int) -> None:
            self.n_bytes += n_bytes
            if should_stop() is not None:
                raise JobCancelled
            self._report(report)

        for path, entry in self.wanted.items():
            try:
                convert_into(path, entry, count)
            except InputError as error:
                self.failed[path] = error

    def run_parallel(self, n_workers: int, report: Report, should_stop: ShouldStop) -> None:
        """Convert in child processes, the largest files first."""
        queue: SimpleQueue[Path] = SimpleQueue()
        for path in sorted(self.wanted, key=lambda p: -self.sizes[p]):
            queue.put(path)
        children = _start_children(n_workers)
        if not children:
            return self.run_alone(report, should_stop)
        threads = [threading.Thread(target=self._feed, args=(child, queue), daemon=True) for child in children]
        try:
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                if should_stop() is not None:
                    raise JobCancelled
                if self.broken is not None:
                    raise self.broken
                self._report(report)
                next(t for t in threads if t.is_alive() or t is threads[-1]).join(_POLL_S)
        finally:
            for child in children:
                child.kill()
            for thread in threads:
                thread.join()
            self._clean(children)
        if self.broken is not None:
            raise self.broken
        self._report(report)

    def _feed(self, child: subprocess.Popen[bytes], queue: SimpleQueue[Path]) -> None:
        """One thread: give a child one file after another, and take what it says."""
        assert child.stdin is not None and child.stdout is not None
        with suppress(Empty):
            while self.broken is None:
                path = queue.get_nowait()
                with suppress(OSError):  # it ended; reading says so
                    child.stdin.write(line_of(path, self.wanted[path]))
                    child.stdin.flush()
                while (message := _message(child.stdout.readline())).kind == "bytes":
                    self._add(message)
                self._take(path, message)

    def _take(self, path: Path, message: Message) -> None:
        """The end of one file."""
        self._add(message)
        what, where, hint = message.words
        with self.lock:
            if message.kind == "input":
                self.failed[path] = InputError(path, what, where, hint)
            elif message.kind == "job":
                self.broken = JobError(what, kind="disk", hint=hint)

    def _add(self, message: Message) -> None:
        with self.lock:
            self.n_bytes += message.n_bytes

    def _report(self, report: Report) -> None:
        total = sum(self.sizes.values())
        done, unit = min(self.n_bytes, total), 1 << 20
        report(Progress(done=-(-done // unit), total=max(1, -(-total // unit)), text="Reading text features (MB)"))

    def _clean(self, children: Sequence[subprocess.Popen[bytes]]) -> None:
        for child in children:
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            for entry in self.wanted.values():
                temporary_of(entry, child.pid).unlink(missing_ok=True)


def _message(line: bytes) -> Message:
    try:
        return msgspec.json.decode(line, type=Message)
    except msgspec.DecodeError:  # it ended, or something else spoke in its place
        words = ("A process that reads text features ended.", "", "It may have run out of memory. Open again.")
        return Message("job", 0, words)


def _start_children(n: int) -> list[subprocess.Popen[bytes]]:
    """Up to `n` children; fewer, or none, where the system gives no more."""
    children: list[subprocess.Popen[bytes]] = []
    with suppress(OSError):
        while len(children) < n:
            children.append(_start_child())
    return children


def _start_child() -> subprocess.Popen[bytes]:
    """A converting child that imports this very package, wherever it is started."""
    package = Path(__file__).resolve().parents[2]
    places = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
    options: dict[str, Any] = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
    command = [sys.executable, "-P", "-m", "core.data.convert_worker"]
    environment = os.environ | {"PYTHONPATH": places, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    # The arrays of a block are given back and taken again at once: without this glibc returns them to the system each
    # time, and the new pages cost as much as the work. Other systems ignore it.
    environment |= {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, **options
    )
