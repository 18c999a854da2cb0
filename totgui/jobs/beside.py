"""Threads beside the window: what hangs at a drive that does not answer is left behind, and the rest goes on without.

The one way in which this program waits for drives. A thread cannot be ended from outside; it can be left: nobody waits
for it, a fresh one takes its place, and what it says later is heard by nobody. All are daemons, so that the program
ends while one of them hangs; an executor of the standard library would wait for it, and would not tell of errors that
nobody asks for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

END_S = 2.0
"""How long whoever closes waits for what is under way."""

LATE_S = 3.0
"""For pieces that read from drives: how long one of them may hold up another."""


class Piece:
    """One call of a function. `is_left` once nobody waits for it any more."""

    def __init__(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self.function, self.arguments = function, arguments
        self.is_left = False
        self.thread: threading.Thread | None = None
        """The one that works on it; None before it has begun."""
        self.since = 0.0
        """When that began (`time.monotonic`)."""
        self._over = threading.Event()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the call is over, and the program was told of its error; False where it is not within so long."""
        return self._over.wait(timeout_s)

    @property
    def seconds(self) -> float:
        """How long it has been under way; 0 before it has begun."""
        return time.monotonic() - self.since if self.thread is not None else 0.0


class Beside:
    """At most so many threads at work, made as they are needed; None is one for each piece.

    What a piece does not foresee goes to the hook for threads, like any other error.

    Args:
        late_s: a piece that has been under way for longer does not hold up those that wait: another thread takes them.
    """

    def __init__(self, threads: int | None, name: str, *, late_s: float | None = None) -> None:
        self._most, self._name, self._made = threads, name, 0
        self._late_s = late_s
        self._relief: threading.Timer | None = None
        self._wake = threading.Condition()
        self._waiting: deque[Piece] = deque()
        self._under_way: list[Piece] = []
        self._threads: list[threading.Thread] = []
        """Those that take pieces; one that was left behind is none of them any more."""
        self._idle = 0
        self._is_closed = False

    def do(self, function: Callable[..., object], *arguments: Any) -> Piece:
        """Call a function on one of the threads; nothing happens once they are to end."""
        piece = Piece(function, arguments)
        with self._wake:
            if self._is_closed:
                piece.is_left = True
                return piece
            self._waiting.append(piece)
            if not self._staff():
                self._look_later()
        return piece

    def leave(self, piece: Piece) -> None:
        """Nobody waits for it any more: it does not begin, or another thread takes the place of the one it holds."""
        with self._wake:
            piece.is_left = True
            if piece in self._waiting:
                self._waiting.remove(piece)
            if piece in self._under_way:
                self._replace(piece)

    def close(self, wait_s: float | None = None) -> bool:
        """End the threads after what they do now; what waits for one is left out. Whether all have ended.

        Waits for so long altogether, without `wait_s` as long as they take. Safe to call again, to wait longer.
        """
        with self._wake:
            self._is_closed = True
            if self._most is not None:  # else each has a thread, which is about to begin
                self._waiting.clear()
            self._wake.notify_all()
            if self._relief is not None:
                self._relief.cancel()
            threads = list(self._threads)
        until = None if wait_s is None else time.monotonic() + wait_s
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(None if until is None else max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _replace(self, piece: Piece) -> None:
        """Another thread may do what the one that this piece holds would have done; under the lock."""
        assert piece.thread is not None
        self._under_way.remove(piece)
        self._threads.remove(piece.thread)
        self._staff()

    def _look_later(self) -> None:
        """Where something waits that may not wait for ever, see in a while what holds it up; under the lock."""
        if self._late_s is not None and self._relief is None and self._waiting and not self._is_closed:
            self._relief = threading.Timer(self._late_s, self._relieve)
            self._relief.daemon = True
            self._relief.start()

    def _relieve(self) -> None:
        with self._wake:
            self._relief = None
            for piece in list(self._under_way):
                if self._late_s is not None and piece.seconds >= self._late_s and len(self._waiting) > self._idle:
                    self._replace(piece)
            self._look_later()

    def _staff(self) -> bool:
        """Whether a thread is free for what waits, or may be made for it; under the lock."""
        if self._is_closed or len(self._waiting) <= self._idle:
            self._wake.notify()
            return True
        if self._most is not None and len(self._threads) >= self._most:
            return False
        thread = threading.Thread(target=self._work, name=f"{self._name}_{self._made}", daemon=True)
        self._made += 1
        self._threads.append(thread)
        thread.start()
        return True

    def _take(self) -> Piece | None:
        """The next piece for this thread; None when it is to end."""
        with self._wake:
            self._idle += 1
            if self._most is not None:
                self._wake.wait_for(lambda: bool(self._waiting) or self._is_closed)
            self._idle -= 1
            if not self._waiting:
                return None
            piece = self._waiting.popleft()
            piece.thread, piece.since = threading.current_thread(), time.monotonic()
            self._under_way.append(piece)
            return piece

    def _work(self) -> None:
        while (piece := self._take()) is not None:
            try:
                piece.function(*piece.arguments)
            except Exception as error:
                if not (self._is_closed or piece.is_left):  # nobody waits for an answer
                    told = threading.ExceptHookArgs(
                        (type(error), error, error.__traceback__, threading.current_thread())
                    )
                    threading.excepthook(told)
            finally:
                piece._over.set()
            with self._wake:
                if piece not in self._under_way:  # it was left, and another thread is at work here
                    return
                self._under_way.remove(piece)
            del piece  # what it holds is not kept until the next one comes
        with self._wake:
            if not self._is_closed:  # `close` waits for those that are named
                self._threads.remove(threading.current_thread())
