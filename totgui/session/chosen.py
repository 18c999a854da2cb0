"""What a person has chosen in the current video: segments, a boundary or a range; the active track; runs shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.annotation.segmentation import Segmentation
from core.annotation.values import TrackKind
from core.data.dataset import RunId

CORRECTED = TrackKind.CORRECTED.value
RUN = "run:"
"""Head of the key of a row that shows a run beside the current one."""
SECOND = "second"
"""Key of the row that shows the labels of another reviewer."""


class Kept(NamedTuple):
    """What is selected, marked and active at one moment."""

    segments: frozenset[int]
    boundary: int | None
    mark_in: int | None
    mark_out: int | None
    takes_range: bool
    active: str


class Chosen(QObject):
    """The selection, the in and out marks, the active track and the runs that are shown. Never undone, never stored.

    Exactly one of `segments`, `boundary` and the range is the selection; the marks stay when another one is.
    `segments` are numbers, and `boundary` the number, in the track that Corrected shows.
    """

    changed = Signal()  # segments, boundary, marks or which of them is the selection
    activeChanged = Signal()
    runsChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.segments: frozenset[int] = frozenset()
        self.boundary: int | None = None
        self.mark_in: int | None = None
        self.mark_out: int | None = None  # the frame after the last
        self.takes_range = False
        self.active = CORRECTED
        self.runs: tuple[RunId, ...] = ()
        self._track: Segmentation | None = None

    @property
    def range(self) -> tuple[int, int] | None:
        """Frames ``[in, out)`` where both marks are set."""
        if self.mark_in is None or self.mark_out is None:
            return None
        return self.mark_in, self.mark_out

    @property
    def selected_range(self) -> tuple[int, int] | None:
        """The range, if it is the selection."""
        return self.range if self.takes_range else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return not self.segments and self.boundary is None and self.selected_range is None

    def spans(self, frame: int) -> list[tuple[int, int]]:
        """Frames that an action key works on: the range, the selected segments, or the one at `frame`.

        Empty without a track.
        """
        if self.selected_range is not None:
            return [self.selected_range]
        if self._track is None:
            return []
        numbers = sorted(self.segments) or [self._track.index_at(min(max(0, frame), self._track.n_frames - 1))]
        return [self._track[index][:2] for index in numbers]

    # --- selecting ---------------------------------------------------------------------------------

    def select(self, segments: Iterable[int]) -> None:
        """Select segments of Corrected, or nothing."""
        self._set(segments=frozenset(segments))

    def select_boundary(self, boundary: int | None) -> None:
        """Select the boundary before segment `boundary` + 1, or nothing."""
        self._set(boundary=boundary)

    def select_range(self, start: int, stop: int) -> None:
        """Mark frames ``[start, stop)`` and make them the selection."""
        self.mark_in, self.mark_out = start, stop
        self._set(takes_range=True)

    def _set(
        self, *, segments: frozenset[int] = frozenset(), boundary: int | None = None, takes_range: bool = False
    ) -> None:
        self.segments, self.boundary, self.takes_range = segments, boundary, takes_range
        self.changed.emit()

    @property
    def kept(self) -> Kept:
        """The selection, the marks and the active row as they are now, for `restore`."""
        return Kept(self.segments, self.boundary, self.mark_in, self.mark_out, self.takes_range, self.active)

    def restore(self, kept: Kept) -> None:
        """Put back what was kept, as long as Corrected shows the same track."""
        self.mark_in, self.mark_out = kept.mark_in, kept.mark_out
        self._set(segments=kept.segments, boundary=kept.boundary, takes_range=kept.takes_range)
        self.activate(kept.active)

    def set_in(self, frame: int) -> None:
        """The range begins at a frame; an out mark before it goes."""
        self.mark_in = frame
        if self.mark_out is not None and self.mark_out <= frame:
            self.mark_out = None
        self.takes_range = self.takes_range and self.mark_out is not None
        self.changed.emit()

    def set_out(self, stop: int) -> None:
        """The range ends before frame `stop`; an in mark that is not before it goes."""
        self.mark_out = stop
        if self.mark_in is not None and self.mark_in >= stop:
            self.mark_in = None
        self.takes_range = self.takes_range and self.mark_in is not None
        self.changed.emit()

    def clear_marks(self) -> None:
        """No range any more."""
        self.mark_in = self.mark_out = None
        self.takes_range = False
        self.changed.emit()

    def clear(self) -> bool:
        """Take one thing back: the selection, else the marks; False where there was neither."""
        if not self.is_empty:
            self._set()
        elif self.mark_in is not None or self.mark_out is not None:
            self.clear_marks()
        else:
            return False
        return True

    # --- rows --------------------------------------------------------------------------------------

    def activate(self, key: str) -> None:
        """Make a row the one that labels are taken from and whose boundaries are stepped along."""
        if key != self.active:
            self.active = key
            self.activeChanged.emit()

    def show_runs(self, runs: Iterable[RunId]) -> None:
        """Show rows of these runs beside the current one."""
        runs = tuple(runs)
        if runs != self.runs:
            self.runs = runs
            if self.active.startswith(RUN) and RunId(self.active.removeprefix(RUN)) not in runs:
                self.activate(CORRECTED)
            self.runsChanged.emit()

    # --- following ---------------------------------------------------------------------------------

    def start(self, track: Segmentation | None) -> None:
        """Another video: nothing is chosen in it."""
        self._track = track
        self.mark_in = self.mark_out = None
        self._set()

    def follow(self, track: Segmentation | None) -> None:
        """The track that Corrected shows is another value now: what was selected stays selected where it can."""
        before, self._track = self._track, track
        if before is track or (not self.segments and self.boundary is None):
            return
        if track is None or before is None:
            self._set()
            return
        segments, boundary = self.segments, self.boundary
        if len(track) != len(before):
            starts = before.starts[[i for i in segments if i < len(before)]]
            segments = frozenset((np.searchsorted(track.starts, starts, side="right") - 1).tolist())
            boundary = _same_boundary(boundary, before, track)
        if (segments, boundary) != (self.segments, self.boundary):
            self._set(segments=segments, boundary=boundary)


def _same_boundary(boundary: int | None, before: Segmentation, after: Segmentation) -> int | None:
    """The number that a boundary has after an edit; None where it is gone."""
    if boundary is None:
        return None
    frame = int(before.starts[boundary + 1])
    place = int(np.searchsorted(after.starts, frame))
    return place - 1 if place < len(after) and after.starts[place] == frame else None
