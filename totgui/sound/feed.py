"""Samples on their way to the loudspeaker, kept in step with the picture: refilled where they are too far from it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.media.audio import CHANNELS, RATE

from .clock import PictureClock

DRIFT_S = 0.08
"""Beyond this the ear notices that lips and sound are apart: what was decoded is dropped, and decoded anew."""
AHEAD_S = 0.6
BLOCK_S = 0.1
LEAD_S = 0.05
"""Decoding begins so far ahead of the picture: by the time that it is done the picture has gone on."""
RAMP = RATE // 200
"""Samples over which sound sets in, 5 ms: a hard edge is a click."""

Samples = NDArray[np.int16]


class Feed:
    """Between a thread that decodes (`need`, `put`) and a device that asks for samples (`pull`).

    The picture's clock is told from a third thread. What is heard is the sound of the picture on screen, or silence.

    Args:
        latency_s: so long after `pull` its samples are heard.   clock: the computer's clock in seconds.
    """

    def __init__(self, *, latency_s: float = 0.0, clock: Callable[[], float] = time.perf_counter) -> None:
        self.latency_s = latency_s
        self.gain = 1.0
        self.refills = 0
        """How often sound was dropped because it was too far from the picture."""
        self._now = clock
        self._lock = threading.Lock()
        self._picture = PictureClock()
        self._blocks: deque[Samples] = deque()
        self._head: int | None = None  # number of the first sample in `_blocks`; None: nothing is there yet
        self._held = 0
        self._turn = 0
        self._is_running = False  # samples were given out since the last silence

    # --- the picture -------------------------------------------------------------------------------

    def show(self, seconds: float, duration: float) -> None:
        """A picture of this time came on screen."""
        with self._lock:
            self._picture.show(seconds, duration, self._now())

    def leave(self, *, runs: bool, settles: bool = False) -> None:
        """A person goes elsewhere (`settles`), or play begins or ends; `runs`: forward at normal speed."""
        with self._lock:
            self._picture.leave(self._now(), settles=settles)
            self._picture.runs = runs
            self._drop()

    # --- the decoder -------------------------------------------------------------------------------

    def need(self) -> tuple[int, int, int] | None:
        """(turn, first sample, how many) to decode next; None where there is enough, or nothing is to be heard."""
        with self._lock:
            seconds = self._picture.time(self._now())
            if seconds is None or self._held >= AHEAD_S * RATE:
                return None
            first = round((seconds + self.latency_s + LEAD_S) * RATE) if self._head is None else self._head + self._held
            return self._turn, first, round(BLOCK_S * RATE)

    def put(self, turn: int, first: int, samples: Samples) -> None:
        """What was decoded; of no use where sound was dropped since it was asked for."""
        with self._lock:
            if turn == self._turn:
                self._head = first if self._head is None else self._head
                self._blocks.append(samples)
                self._held += len(samples)

    # --- the device --------------------------------------------------------------------------------

    def pull(self, n: int) -> Samples:
        """(n, 2) int16: what the device plays next."""
        out = np.zeros((n, CHANNELS), np.int16)
        with self._lock:
            seconds = self._picture.time(self._now())
            if seconds is None:
                self._drop()
                return out
            if self._head is None:
                return out
            wanted = round((seconds + self.latency_s) * RATE)
            if not self._is_running:
                self._align(wanted)
            if abs(self._head - wanted) > DRIFT_S * RATE:
                self._drop()
                self.refills += 1
                return out
            wait = 0 if self._is_running else min(n, max(0, self._head - wanted))
            taken = self._take(n - wait)
            out[wait : wait + len(taken)] = taken * self.gain if self.gain != 1.0 else taken
            if not self._is_running and len(taken):
                ramp = np.linspace(0.0, 1.0, min(RAMP, len(taken)))[:, None]
                out[wait : wait + len(ramp)] = out[wait : wait + len(ramp)] * ramp
                self._is_running = True
            return out

    def _align(self, wanted: int) -> None:
        """Leave out what the picture has passed while it was decoded."""
        assert self._head is not None
        if self._head < wanted <= self._head + self._held:
            self._take(wanted - self._head)

    def _take(self, n: int) -> Samples:
        taken: list[Samples] = []
        while n > 0 and self._blocks:
            block = self._blocks.popleft()
            if len(block) > n:
                self._blocks.appendleft(block[n:])
            taken.append(block[:n])
            n -= len(taken[-1])
        made = np.concatenate(taken) if taken else np.zeros((0, CHANNELS), np.int16)
        assert self._head is not None
        self._head += len(made)
        self._held -= len(made)
        return made

    def _drop(self) -> None:
        self._blocks.clear()
        self._head, self._held, self._is_running = None, 0, False
        self._turn += 1
