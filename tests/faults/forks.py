"""Work in a forked child that may be killed at any moment; what it acknowledges comes over a pipe."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """How a child ended: its acknowledged lines, and whether it was killed (or else its exit code)."""

    lines: list[str]
    killed: bool
    code: int


def killed_at_random(
    work: Callable[[Callable[[str], None]], None],
    dice: random.Random,
    *,
    after_lines: int,
    within_s: float,
    limit_s: float = 300.0,
    after: str = "",
    then: Callable[[], None] | None = None,
) -> Ended:
    """Fork, run ``work(say)`` in the child, and kill it with -9 up to `within_s` after `after_lines` lines.

    Where a line `after` is named, it must have come as well. `then` is done between stopping and killing the child.

    A fork carries the imports along, so that a thousand kills take minutes. The parent must have no threads and no
    project open.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(work, read, write)
    os.close(write)
    try:
        data, killed = _follow(
            child, read, dice, after_lines, within_s, limit_s, f"{after}\n".encode() if after else b"", then
        )
    finally:
        os.close(read)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise AssertionError(f"the child failed by itself ({code}); its error is above")
    whole = data[: data.rfind(b"\n") + 1]
    return Ended(whole.decode().splitlines(), killed, code)


def _be_the_child(work: Callable[[Callable[[str], None]], None], read: int, write: int) -> None:
    code = 1
    try:
        os.close(read)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        work(lambda line: os.write(write, f"{line}\n".encode()) and None)
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
    finally:
        os._exit(code)


def _follow(
    child: int,
    read: int,
    dice: random.Random,
    after_lines: int,
    within_s: float,
    limit_s: float,
    after: bytes,
    then: Callable[[], None] | None,
) -> tuple[bytes, bool]:
    data, deadline, armed = b"", time.monotonic() + limit_s, False
    while True:
        if not armed and data.count(b"\n") >= after_lines and after in data:
            armed, deadline = True, time.monotonic() + dice.uniform(0, within_s)
        left = deadline - time.monotonic()
        if left <= 0:
            if then is not None:
                os.kill(child, signal.SIGSTOP)
                then()
            os.kill(child, signal.SIGKILL)
            while more := os.read(read, 1 << 16):  # what it had said before
                data += more
            return data, True
        if select.select([read], [], [], left)[0]:
            more = os.read(read, 1 << 16)
            if not more:
                return data, False
            data += more
