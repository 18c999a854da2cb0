"""The side file that keeps a second program out of a project; free at once when its holder dies."""

from __future__ import annotations

import os
import socket
import sys
from datetime import datetime
from pathlib import Path

from ..errors import ProjectLockedError


class ProjectLock:
    """Holds `NAME.tot.lock` until `release`. Raises ProjectLockedError that names the holder.

    Without a writable folder there is nothing to protect; the lock is then not taken.
    """

    def __init__(self, project: Path, *, read_only: bool = False) -> None:
        self.path = project.with_name(project.name + ".lock")
        self._file: int | None = None
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            if read_only:
                return
            raise
        try:
            _take(self._file)
        except OSError as error:
            holder = os.pread(self._file, 400, 1).decode("utf-8", "replace").strip() if hasattr(os, "pread") else ""
            self.release()
            raise ProjectLockedError(
                f"{project} is open in another program ({holder or 'holder unknown'}). Close it there, or open a copy."
            ) from error
        text = f" {socket.gethostname()}, process {os.getpid()}, since {datetime.now():%Y-%m-%d %H:%M:%S}\n"
        os.ftruncate(self._file, 0)
        os.write(self._file, text.encode())
        os.fsync(self._file)

    def release(self) -> None:
        """Give the lock back; the side file stays (removing it would race with the next holder)."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
