"""The side file that keeps a second program out of a project; free at once when its holder dies."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ..errors import ProjectLockedError
from ..locking import take


def _program() -> str:
    """What people call the program that runs: of ``python -m totgui`` the name of the package, not of its file."""
    started = Path(sys.argv[0]) if sys.argv and len(sys.argv[0]) > 2 else Path("Python")
    return (started.parent.name if started.stem == "__main__" and started.parent.name else started.name)[:40]


_PROGRAM = _program()
_ours: list[Path] = []
"""Projects that this process holds: opening such a file a second time would drop SQLite's own lock (POSIX)."""


class ProjectLock:
    """Holds `NAME.tot.lock` until `release`: one writer, or any number of readers.

    Without a writable folder there is nothing to protect; the lock is then not taken.

    Raises:
        ProjectLockedError: names the holder's computer, process and time.   OSError: no side file can be made.
    """

    def __init__(self, project: Path, *, read_only: bool = False) -> None:
        self.project = Path(os.path.realpath(project))  # two names of one file share one lock
        self.path = self.project.with_name(self.project.name + ".lock")
        self._file: int | None = None
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError:
            if not read_only:
                raise
            return
        try:
            take(self._file, shared=read_only)
        except OSError as error:
            holder = _holder(self._file)
            os.close(self._file)
            self._file = None
            raise ProjectLockedError(
                f"{project} is open in another program ({holder}). Close it there, or open a copy."
            ) from error
        if not read_only:
            self._sign()
        _ours.append(self.project)

    def _sign(self) -> None:
        assert self._file is not None
        text = (
            f" {socket.gethostname()}, process {os.getpid()} ({_PROGRAM}), since {datetime.now():%Y-%m-%d %H:%M:%S}\n"
        )
        try:
            os.ftruncate(self._file, 0)
            os.write(self._file, text.encode())
            os.fsync(self._file)
        except OSError:  # a full disk: the lock holds all the same, only its holder stays unknown
            pass

    def release(self) -> None:
        """Give the lock back; the side file stays (removing it would race with the next holder)."""
        if self._file is not None:
            descriptor, self._file = self._file, None
            _ours.remove(self.project)
            with suppress(OSError):  # a drive that is gone says so at closing; the descriptor is free all the same
                os.close(descriptor)


def is_ours(project: Path) -> bool:
    """Whether this process has the project open."""
    return Path(os.path.realpath(project)) in _ours


def _holder(file: int) -> str:
    try:
        os.lseek(file, 1, os.SEEK_SET)
        text = os.read(file, 400).decode("utf-8", "replace")
    except OSError:
        text = ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "holder unknown"
