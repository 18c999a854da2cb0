"""Threads beside the window whose errors are not lost: what a function did not foresee is told like any other error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Beside:
    """A pool of `threads`. A future keeps its error to itself, and nobody asks ours: here it goes to the hook."""

    def __init__(self, threads: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._closed = False

    def do(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call a function on one of the threads; nothing happens once the pool is closed."""
        if not self._closed:
            self._pool.submit(function, *arguments).add_done_callback(self._tell)

    def close(self, *, wait: bool = True) -> None:
        """End the threads after what they do now; what waits is left out."""
        self._closed = True
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _tell(self, future: Future[object]) -> None:
        if self._closed or future.cancelled():
            return  # of what ends after the window nobody waits for an answer
        if (error := future.exception()) is not None:
            thread = threading.current_thread()
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, thread)))
