"""A child process that converts feature files: one path a line in, messages as JSON lines out.

Started with ``python -m``, not through `multiprocessing`: that would import the main module of whatever
program uses this package once more in every child.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..errors import InputError, JobError
from .conversion import convert_into

REPORT_EVERY = 4 << 20


class Message(msgspec.Struct, frozen=True):
    """`kind` is bytes (read since the last message), done, input or job (an error, with its words)."""

    kind: str
    n_bytes: int = 0
    words: tuple[str, str, str] = ("", "", "")


def line_of(path: Path, out: Path) -> bytes:
    """A request: convert `path` into `out`."""
    return b" ".join(os.fsencode(p).hex().encode() for p in (path, out)) + b"\n"


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the pipe closes."""

    def say(message: Message) -> None:
        answers.write(msgspec.json.encode(message) + b"\n")
        answers.flush()

    for line in requests:
        path, out = (Path(os.fsdecode(bytes.fromhex(word.decode()))) for word in line.split())
        unsaid = 0

        def count(n_bytes: int) -> None:
            nonlocal unsaid
            unsaid += n_bytes
            if unsaid >= REPORT_EVERY:
                say(Message("bytes", unsaid))
                unsaid = 0

        try:
            convert_into(path, out, count)
            say(Message("done", unsaid))
        except InputError as error:
            say(Message("input", unsaid, (error.what, error.where, error.hint)))
        except JobError as error:
            say(Message("job", unsaid, (str(error), "", error.hint)))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
