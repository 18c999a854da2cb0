"""Collects Python's garbage on the window's thread only.

Python runs its collector on whichever thread happens to allocate. A closed dialog that is part of a cycle (a signal
connected to a lambda is enough) would then be destroyed on the store's or the engine reader's thread; its timers stay
behind, and the next tick of one ends the program: a segmentation fault, seen within seconds of opening a folder.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer

CHECK_MS = 500


def collect_on_this_thread(application: QCoreApplication) -> None:
    """Nothing; from now on garbage is collected on the thread of `application` alone."""
    if application.findChild(Collector) is None:
        Collector(application)


class Collector(QObject):
    """Takes over from Python for good: looks twice a second and collects what Python itself would have."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.collect()
        gc.freeze()  # what is there at the start stays; looking through it again and again would hold up the window
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.check)
        self._timer.start(CHECK_MS)

    def check(self) -> None:
        """Collect each generation that is due, the youngest first."""
        for generation, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count <= limit:
                break
            gc.collect(generation)
