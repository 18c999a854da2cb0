"""What a mouse button does while it is held down on the timeline: one small class for each gesture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, Qt

from core.errors import EditError

from ...session.chosen import Chosen
from .canvas import Canvas
from .edits import move_boundary, slide, swallow
from .geometry import Axis, Snap, snap
from .gestures import BlockDrag, BoundaryDrag, Target, block, snap_targets
from .minimap import viewport
from .sound import starts_in_reach

Modifiers = Qt.KeyboardModifier
NO_ROOM = "Its neighbours have one frame each: there is no room to move it."
STARTS_AT = 3
"""Pixels that the pointer moves before a press is a drag."""


class Held:
    """A gesture from press to release. `move` may come many times; then exactly one of `drop` and `cancel`."""

    scrolls = False
    seeks = False
    cursor: Qt.CursorShape | None = None

    def __init__(self, view: Canvas, press: QPointF) -> None:
        self.view, self.press = view, press
        self.session, self.chosen, self.playback = view.session, view.session.chosen, view.session.playback
        self.is_drag = False
        self.origin: Axis = view.axis
        self.frame_before = self.playback.wanted

    def pull(self, x: float, modifiers: Modifiers) -> None:
        """The pointer is at pixel `x`."""
        if not self.is_drag and abs(x - self.press.x()) < STARTS_AT:
            return
        self.is_drag = True
        self.move(x, modifiers)

    def move(self, x: float, modifiers: Modifiers) -> None: ...

    def drop(self) -> None: ...

    def cancel(self) -> None: ...

    def put_back(self) -> None:
        """Show the frames that were visible before, and the one that was on screen, unless the video plays."""
        self.view.set_axis(self.origin)
        if self.seeks and self.playback.wanted != self.frame_before and not self.playback.playing:
            self.playback.seek(self.frame_before)

    def targets(self, modifiers: Modifiers, *, own: str, playhead: bool = True, marks: bool = True) -> list[Target]:
        """What this gesture snaps to; nothing while Alt is held. Row `own` is left out."""
        shown = self.view.shown
        if modifiers & Modifiers.AltModifier or shown is None:
            return []
        run, chosen = self.session.current_run, self.chosen
        return snap_targets(
            ((shown.titles[key], track) for key, track in shown.tracks.items() if key != own),
            playhead=self.playback.frame if playhead else None,
            marks=(("In", chosen.mark_in), ("Out", chosen.mark_out)) if marks else (),
            turns=self.session.change_points(run, shown.video.id) if run is not None else None,
            sounds=None if shown.sound_starts is None else starts_in_reach(shown.sound_starts, self.view.axis),
        )


class Scrub(Held):
    """The playhead follows the pointer."""

    scrolls = seeks = True

    def __init__(self, view: Canvas, press: QPointF, hint: str = "", *, before: int | None = None) -> None:
        super().__init__(view, press)
        self._hint = hint
        self.frame_before = self.frame_before if before is None else before

    def move(self, x: float, modifiers: Modifiers) -> None:
        self.playback.seek(self.view.axis.frame(x))
        if self._hint and abs(x - self.press.x()) > 8:
            self.session.message.emit(self._hint, "info")
            self._hint = ""


class Roll(Held):
    """A boundary of Corrected follows the pointer; with Shift it passes over whole segments."""

    scrolls = True
    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, view: Canvas, press: QPointF, boundary: int, *, swallows: bool) -> None:
        super().__init__(view, press)
        assert view.shown is not None and view.shown.base is not None  # else no boundary lies under the pointer
        self.track = view.shown.base
        self.drag = BoundaryDrag.begin(self.track, boundary, swallows=swallows)
        self.chosen.select_boundary(boundary)

    def move(self, x: float, modifiers: Modifiers) -> None:
        targets = self.targets(modifiers, own="corrected", playhead=self.playback.frame != self.drag.origin)
        self.drag = self.drag.moved(x, self.view.axis, targets)
        frame = min(max(1, self.drag.frame), self.track.n_frames - 1)
        self.view.boundaryPreview.emit(frame, *self.drag.labels)
        self.view.update()

    def drop(self) -> None:
        self.view.boundaryPreviewEnded.emit()
        if not self.is_drag:
            self.playback.seek(self.drag.origin)
        elif self.drag.has_moved:
            do = swallow if self.drag.swallows else move_boundary
            do(self.session, self.drag.boundary, self.drag.frame, self.view)

    def cancel(self) -> None:
        self.view.boundaryPreviewEnded.emit()


class Slide(Held):
    """Segments of Corrected follow the pointer together, and their neighbours make room; without a move, a click."""

    scrolls = True
    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, view: Canvas, press: QPointF, index: int, click: Callable[[], object]) -> None:
        super().__init__(view, press)
        assert view.shown is not None and view.shown.base is not None  # else no segment lies under the pointer
        self.track, self._click = view.shown.base, click
        self.drag = BlockDrag.begin(self.track, *block(self.session.selection, index))
        self._from = view.axis.position(press.x())
        self._by_start = self._from < (self.drag.start + self.drag.stop) / 2
        self._is_told = False

    def move(self, x: float, modifiers: Modifiers) -> None:
        axis = self.view.axis
        if not self.drag.has_room:
            self._say_why()
            return
        elsewhere = self.playback.frame not in (self.drag.start, self.drag.stop)  # else it would stick to where it is
        targets = self.targets(modifiers, own="corrected", playhead=elsewhere)
        self.drag = self.drag.moved(axis.position(x) - self._from, axis, targets)
        first, last, by = self.drag.first, self.drag.last, self.drag.by
        right, frame = (first, self.drag.start + by) if self._by_start else (last + 1, self.drag.stop + by)
        labels = self.track.labels
        self.view.boundaryPreview.emit(frame, int(labels[right - 1]), int(labels[right]))
        self.view.update()

    def _say_why(self) -> None:
        """Say once why nothing moves."""
        if not self._is_told:
            self._is_told = True
            try:
                self.track.room(self.drag.first, self.drag.last)
                self.session.message.emit(NO_ROOM, "info")
            except EditError as problem:
                self.session.message.emit(str(problem), "info")

    def drop(self) -> None:
        self.view.boundaryPreviewEnded.emit()
        if not self.is_drag:
            self._click()
        elif self.drag.has_moved:
            slide(self.session, self.drag.first, self.drag.last, self.drag.by, self.view)

    def cancel(self) -> None:
        self.view.boundaryPreviewEnded.emit()


class MarksDrag(Held):
    """The in and out marks change; given up, they stand where they stood."""

    scrolls = True

    def __init__(self, view: Canvas, press: QPointF) -> None:
        super().__init__(view, press)
        self.before = (self.chosen.mark_in, self.chosen.mark_out, self.chosen.takes_range)

    def drop(self) -> None:
        self.view.snapped = None

    def cancel(self) -> None:
        self.view.snapped = None
        restore_marks(self.chosen, *self.before)


class RangeDrag(MarksDrag):
    """A stretch of frames becomes the range: the marks and the selection."""

    seeks = True

    def __init__(self, view: Canvas, press: QPointF) -> None:
        super().__init__(view, press)
        self.anchor = snap(press.x(), view.axis, self.targets(Modifiers.NoModifier, own="", marks=False)).frame
        self.playback.seek(view.axis.frame(press.x()))

    def targets(self, modifiers: Modifiers, **_: Any) -> list[Target]:
        return super().targets(modifiers, own="", playhead=False, marks=False)

    def move(self, x: float, modifiers: Modifiers) -> None:
        axis: Axis = self.view.axis
        landed = snap(x, axis, self.targets(modifiers))
        start, stop = sorted((self.anchor, landed.frame))
        if start == stop:
            start, stop = (start, start + 1) if stop < axis.n_frames else (start - 1, start)
        self.view.snapped = landed
        self.chosen.select_range(start, stop)
        self.playback.seek(min(landed.frame, axis.n_frames - 1))


class MarkDrag(MarksDrag):
    """The in or the out mark follows the pointer; the other one stays."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, view: Canvas, press: QPointF, which: str) -> None:
        super().__init__(view, press)
        self.is_in = which == "in"

    def move(self, x: float, modifiers: Modifiers) -> None:
        n_frames = self.view.axis.n_frames
        landed = snap(x, self.view.axis, self.targets(modifiers, own="", marks=False))
        start, stop = self.before[:2]
        if self.is_in:
            frame = min(max(0, landed.frame), (n_frames if stop is None else stop) - 1)
            self.chosen.set_in(frame)
        else:
            frame = min(max(landed.frame, (0 if start is None else start) + 1), n_frames)
            self.chosen.set_out(frame)
        self.view.snapped = landed if landed.frame == frame else Snap(frame, "")


class Pan(Held):
    """What is visible follows the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def move(self, x: float, modifiers: Modifiers) -> None:
        self.view.set_axis(self.origin.panned(self.press.x() - x))


class Overview(Held):
    """The viewport of the minimap follows the pointer; where the whole video is visible, the playhead does."""

    seeks = True

    def __init__(self, view: Canvas, press: QPointF) -> None:
        super().__init__(view, press)
        self.cursor = None if view.axis.is_whole else Qt.CursorShape.ClosedHandCursor
        self.is_drag = True
        self.move(press.x(), Modifiers.NoModifier)

    def move(self, x: float, modifiers: Modifiers) -> None:
        axis: Axis = self.view.axis
        row = self.view.row("minimap").rect(axis)
        frame = (x - row.left()) / max(1, row.width()) * axis.n_frames
        if axis.is_whole:
            self.playback.seek(int(frame))
        else:
            width = viewport(row, axis).width() / max(1, row.width()) * axis.n_frames
            self.view.set_axis(axis.starting_at(frame - width / 2))


def restore_marks(chosen: Chosen, start: int | None, stop: int | None, takes_range: bool) -> None:
    """Put the marks back as they were."""
    chosen.mark_in, chosen.mark_out, chosen.takes_range = start, stop, takes_range
    chosen.changed.emit()
