"""Change points of the scores of a prediction, found beside the window and kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.annotation.change_points import change_points
from core.data.timebase import Timebase

from ..jobs.beside import END_S, Beside

IntArray = NDArray[np.integer[Any]]
NONE: IntArray = np.empty(0, np.int64)
KEPT = 64


class Turns(QObject):
    """Frames at which scores turn from one cluster to another; none until they have been found."""

    ready = Signal()
    _arrived = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[int, tuple[object, IntArray]] = {}
        self._pool = Beside(1, "turns")
        self._arrived.connect(self._on_arrived)

    def clear(self) -> None:
        """Forget everything; what is under way is thrown away when it comes."""
        self._known.clear()

    def close(self, wait_s: float = END_S) -> None:
        self._pool.close(wait_s)

    def get(self, scores: NDArray[np.floating[Any]] | None, timebase: Timebase) -> IntArray:
        """(n,) int64 rising frames; the same array of scores is looked at once."""
        if scores is None:
            return NONE
        known = self._known.get(id(scores))
        if known is not None and known[0] is scores:
            return known[1]
        while len(self._known) >= KEPT:
            del self._known[next(iter(self._known))]
        self._known[id(scores)] = (scores, NONE)

        def find() -> None:
            first = np.searchsorted(timebase.rows(), change_points(scores), side="left")
            self._arrived.emit(scores, first[(first > 0) & (first < timebase.n_frames)].astype(np.int64))

        self._pool.do(find)
        return NONE

    def _on_arrived(self, scores: object, frames: IntArray) -> None:
        known = self._known.get(id(scores))
        if known is not None and known[0] is scores:
            self._known[id(scores)] = (scores, frames)
            self.ready.emit()
