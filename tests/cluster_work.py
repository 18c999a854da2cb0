"""Work that the tests give to the worker processes of a cluster, which import it from here."""

from __future__ import annotations

import os
import threading


def twice(number: int) -> tuple[int, int]:
    """Twice the number, and the process that reckoned."""
    return 2 * number, os.getpid()


def refuse(number: int) -> int:
    raise ValueError(f"not {number}")


def die(_number: int) -> int:
    """End the worker's process, as a lack of memory does."""
    os._exit(9)


def hang(_number: int) -> int:
    """Nothing for longer than it takes to hear of a stop."""
    threading.Event().wait(3)
    return 0
