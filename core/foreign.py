"""Opening a file that a stranger may have put there: regular files only, so that a pipe or a device holds up nobody."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def open_regular(path: Path, *, buffering: int = -1) -> BufferedReader:
    """The file, opened for reading its bytes. Raises OSError, also for a pipe, a device, a socket.

    A pipe that nobody writes into would keep `open` waiting for ever, and a name can be given to one after any look
    at it: so it is opened without waiting, and what was opened is looked at.
    """
    stream = open(path, "rb", buffering=buffering, opener=_without_waiting)  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return stream  # type: ignore[return-value]


def read_regular(path: Path) -> bytes:
    """The content of a regular file. Raises OSError."""
    with open_regular(path) as stream:
        return stream.read()


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
