"""Whether the window's thread answers: a beat every few milliseconds, and where the thread stood when one came late."""

from __future__ import annotations

import faulthandler
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

BEAT_MS = 5
LATE_S = 0.4
"""After this long without a beat the place is looked up; the limit of a beat is one second."""


class Heartbeat(QObject):
    """Gaps between two turns of the event loop while a window can be seen, without what the monkey does for itself."""

    def __init__(self, say: Callable[[float, str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self.works: list[float] = []
        self._say = say
        self._own = 0.0
        self._depth = 0
        self._last = time.perf_counter()
        self._worked = time.thread_time()
        self._places: Counter[str] = Counter()
        self._ended = threading.Event()
        self._main = threading.get_ident()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)
        self._timer.start()
        self._watch = threading.Thread(target=self._look, name="heartbeat", daemon=True)
        self._watch.start()

    @Slot()
    def beat(self) -> None:
        """The loop turns."""
        now, worked = time.perf_counter(), time.thread_time()
        gap, self._last, self._own = now - self._last - self._own, now, 0.0
        work, self._worked = worked - self._worked, worked
        places, self._places = self._places, Counter()
        if self._depth or not any(w.isVisible() for w in QApplication.topLevelWidgets()):
            return
        self.gaps.append(gap)
        self.works.append(work)
        if gap > LATE_S:
            seen = "; ".join(f"{n} x {place}" for place, n in places.most_common(2))
            self._say(gap, f"worked {work:.2f} s of it; {seen}")

    @contextmanager
    def own(self) -> Iterator[None]:
        """Work that no person sees: examining files, starting the program."""
        self._depth += 1
        began = time.perf_counter()
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._own += time.perf_counter() - began

    def end(self) -> None:
        """No more beats."""
        self._timer.stop()
        self._ended.set()
        self._watch.join()

    def figures(self) -> dict[str, float]:
        """Percentiles in milliseconds."""
        gaps = np.array(self.gaps or [0.0]) * 1000
        return {
            "heartbeat: beats": len(self.gaps),
            "heartbeat: p99, ms": round(float(np.percentile(gaps, 99)), 1),
            "heartbeat: slowest, ms": round(float(gaps.max()), 1),
            "most work of the window's thread between two beats, ms": round(max(self.works, default=0.0) * 1000, 1),
        }

    def _look(self) -> None:
        with tempfile.TemporaryFile("w+") as said:
            while not self._ended.wait(0.05):
                late = time.perf_counter() - self._last - self._own
                if late > LATE_S * 0.5 and not self._depth:
                    self._places[self._stack(said)] += 1

    def _stack(self, said: TextIO) -> str:
        """Where the window's thread is. A frame held on to would keep a painter alive after its paint event."""
        said.seek(0)
        said.truncate()
        faulthandler.dump_traceback(said, all_threads=True)
        said.seek(0)
        _, _, mine = said.read().partition(f"Thread 0x{self._main:016x}")
        places = re.findall(r'File "(.+?)", line (\d+) in (\S+)', mine.partition("\n\n")[0])
        ours = [f"{Path(file).name}:{line} {name}" for file, line, name in places if "tests/faults" not in file]
        return " < ".join(ours[:7])
