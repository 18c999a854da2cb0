"""Threads beside the window whose errors are not lost: what a function did not foresee is told like any other error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Beside:
    """At most so many `threads`, made as they are needed. What they cannot foresee goes to the hook for threads.

    An executor of the standard library would not let the program end while one of its threads waits for a drive that
    does not answer, nor would it tell of errors that nobody asks for.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._most, self._name = threads, name
        self._tasks: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False

    def do(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call a function on one of the threads; nothing happens once they are to end."""
        if self._closed:
            return
        self._tasks.put((function, arguments))
        if len(self._threads) < self._most:
            name = f"{self._name}_{len(self._threads)}"
            self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
            self._threads[-1].start()

    def close(self, *, wait: bool = True) -> None:
        """End the threads after what they do now; what waits is left out."""
        self._closed = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            function, arguments = task
            if self._closed:
                continue
            try:
                function(*arguments)
            except Exception as error:
                if not self._closed:  # of what ends after the window nobody waits for an answer
                    told = threading.ExceptHookArgs(
                        (type(error), error, error.__traceback__, threading.current_thread())
                    )
                    threading.excepthook(told)
            del task, function, arguments  # what they hold is not kept until the next one comes
