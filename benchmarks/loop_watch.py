"""Gaps between the ticks of a window's event loop, and what its thread did during each: a stack from beside it."""

from __future__ import annotations

import faulthandler
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 4
"""What the loop sleeps before it is busy counts as part of a gap: at most this."""
LONG_MS = 20.0
"""Gaps of more are counted together: less is left to chance than with the longest alone."""
LOOK_S = 0.008
_PLACE = re.compile(r'File "([^"]*)", line (\d+) in (\S+)')


@dataclass
class Gap:
    """`ms` between two ticks, of which the thread worked `own_ms` and stood `queued_ms` ready to work with no processor
    free (Linux counts it); the rest it waited for a lock, a file or the screen.

    `doing` is the last thing that the person did, `stacks` the places where the thread was seen, with counts.
    """

    at_s: float
    ms: float
    own_ms: float
    queued_ms: float
    doing: str
    stacks: Counter[str] = field(default_factory=Counter)


def queued_ms() -> float:
    """How long this thread has stood in the queue for a processor so far; 0 where the system does not say."""
    try:
        with open("/proc/thread-self/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e6
    except OSError:
        return 0.0


class LoopWatch(QObject):
    """Counts from `start` to `stop`. `doing` is asked what the person did last; a gap over `limit_ms` is kept whole.

    Without `looks` no thread looks where the window's stands, which makes it wait a little each time.
    """

    def __init__(self, doing: Callable[[], str], limit_ms: float = 50.0, *, looks: bool = True) -> None:
        super().__init__()
        self.gaps: list[Gap] = []
        self.long = np.zeros(3)
        self.times: list[float] = []
        self._doing, self._limit_ms, self._looks = doing, limit_ms, looks
        self._seen: Counter[str] = Counter()
        self._main = threading.get_ident()
        self._ends = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._began = self._last = time.perf_counter()
        self._last_own, self._last_queued = time.thread_time(), queued_ms()
        self._timer.start(TICK_MS)
        if self._looks:
            self._thread.start()

    def stop(self) -> None:
        """End; the figures stay."""
        self._timer.stop()
        self._ends.set()
        if self._looks:
            self._thread.join()

    def _tick(self) -> None:
        now, own, queued = time.perf_counter(), time.thread_time(), queued_ms()
        ms = 1000 * (now - self._last)
        self.times.append(ms)
        if ms > self._limit_ms:
            times = ms, 1000 * (own - self._last_own), queued - self._last_queued
            self.gaps.append(Gap(now - self._began, *times, self._doing(), self._seen))
        if ms > LONG_MS:
            self.long += (ms, 1000 * (own - self._last_own), queued - self._last_queued)
        self._seen, self._last, self._last_own, self._last_queued = Counter(), now, own, queued

    def _watch(self) -> None:
        with tempfile.TemporaryFile() as file:
            while not self._ends.wait(LOOK_S):
                if time.perf_counter() - self._last > 0.02:
                    self._seen[self._look(file)] += 1

    def _look(self, file: BinaryIO) -> str:
        """Where the window's thread is, by faulthandler: who holds a frame holds the painter in it, and Qt crashes."""
        file.seek(0)
        file.truncate()
        faulthandler.dump_traceback(file, all_threads=True)  # type: ignore[arg-type]
        file.seek(0)
        text = file.read().decode("utf-8", "replace")
        threads = text.split("\n\n")
        own = next((t for t in threads if f"0x{self._main:016x}" in t.partition("\n")[0]), "")
        places = _PLACE.findall(own)
        return " < ".join(f"{'/'.join(file.split('/')[-2:])}:{line} {name}" for file, line, name in places[:6])

    def report(self, show: int = 20) -> str:
        """The figures, then the longest gaps."""
        times = np.array(self.times or [0.0])
        lines = [
            f"ticks {len(times):,}; longest gap {times.max():.1f} ms, p99 {np.percentile(times, 99):.1f} ms, "
            f"over {self._limit_ms:.0f} ms: {len(self.gaps)}, of which the window's own work: "
            f"{sum(gap.own_ms > self._limit_ms for gap in self.gaps)}, "
            f"without the wait for a processor: {sum(gap.ms - gap.queued_ms > self._limit_ms for gap in self.gaps)}"
        ]
        whole, own, queued = self.long
        lines.append(
            f"all gaps over {LONG_MS:.0f} ms: {whole:,.0f} ms, {own:,.0f} own, {queued:,.0f} queued; "
            f"over 30 ms: {(times > 30).sum()}, over 40 ms: {(times > 40).sum()}"
        )
        for gap in sorted(self.gaps, key=lambda gap: -gap.ms)[:show]:
            parts = f"{gap.own_ms:5.1f} own, {gap.queued_ms:5.1f} queued"
            lines.append(f"  {gap.ms:6.1f} ms ({parts}) at {gap.at_s:5.1f} s after: {gap.doing}")
            lines += [f"      {count} x {stack}" for stack, count in gap.stacks.most_common(3)]
        return "\n".join(lines)
