"""The mouse on the timeline: which gesture a press begins, what is under the pointer, scrolling at the edge."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QToolTip

from core.annotation.segmentation import Segmentation
from core.annotation.values import CommentKey

from ...models.key_hints import read_only
from ...models.widgets import tip
from ...session.chosen import Kept
from .canvas import Canvas
from .comments import comment_under
from .geometry import boundary_at
from .gestures import extended
from .held import Held, MarkDrag, Modifiers, Overview, Pan, RangeDrag, Roll, Scrub, Slide
from .shown import Shown
from .tracks import MARK_BAND

EDGE_MS, FASTEST, QUICKENS = 30, 60, 0.08
"""Milliseconds between two steps at the edge; pixels of the longest; how much longer each step is than the one before:
a pointer stopped by the edge of the screen, just beyond the lane, gets there too."""
CONTROL, SHIFT = Modifiers.ControlModifier, Modifiers.ShiftModifier
OTHER_ROWS = ("sound", "difference", "confidence", "heatmap")

Before = tuple[Kept, int | None, tuple[str, int, int] | None]
"""What was selected before a press, and where Shift would have extended it from."""


class Hand:
    """Begins, moves and ends gestures; at most one at a time."""

    def __init__(self, view: Canvas) -> None:
        self.view = view
        self.held: Held | None = None
        self.boundary: int | None = None  # under the pointer
        self._button = Qt.MouseButton.NoButton
        self._x = 0.0
        self._steps = 0  # taken at the edge without a pause
        self._anchor: int | None = None  # segment that Shift+click extends from
        self._span_anchor: tuple[str, int, int] | None = None  # row and frames, the same on a read-only row
        self._before: Before = (view.session.chosen.kept, None, None)
        self._scroll = QTimer(view)
        self._scroll.setInterval(EDGE_MS)
        self._scroll.timeout.connect(self._scroll_at_edge)

    # --- what is where -----------------------------------------------------------------------------

    def boundary_under(self, point: QPointF) -> int | None:
        """The boundary of Corrected within 4 pixels."""
        shown, axis = self.view.shown, self.view.axis
        track = shown.base if shown else None
        if track is None or self.view.row_at(point.y()) != "corrected" or point.x() < axis.left - 4:
            return None
        return boundary_at(track.boundaries(), point.x(), axis)

    def _on_ruler(self, point: QPointF) -> str:
        """What of the ruler is under the pointer: in, out, head, or empty for the scale."""
        chosen, axis, row = self.view.session.chosen, self.view.axis, self.view.row("ruler")
        if point.y() < row.top + MARK_BAND:
            for which, frame in (("in", chosen.mark_in), ("out", chosen.mark_out)):
                side = -1 if which == "out" else 1
                if frame is not None and -4 <= (point.x() - axis.x(frame)) * side <= 9:
                    return which
            return ""
        head = axis.head(self.view.session.playback.frame)
        return "head" if abs(point.x() - head) <= 6 else ""

    # --- press, move, release ------------------------------------------------------------------------

    def press(self, event: QMouseEvent) -> None:
        """Begin the gesture that belongs to the place."""
        shown = self.view.shown
        if shown is None or self.held is not None:
            return
        self._button, self._x = event.button(), event.position().x()
        self._before = (self.view.session.chosen.kept, self._anchor, self._span_anchor)
        held = self._begin(shown, event.button(), event.position(), event.modifiers())
        self.held = held
        if held is not None and held.cursor is not None:
            self.view.setCursor(held.cursor)
        if held is not None and held.scrolls:
            self._scroll.start()
        self.view.update()

    def _begin(self, shown: Shown, button: Qt.MouseButton, point: QPointF, modifiers: Modifiers) -> Held | None:
        view, key = self.view, self.view.row_at(point.y())
        if button == Qt.MouseButton.MiddleButton:
            return Pan(view, point)
        if button != Qt.MouseButton.LeftButton:
            return None
        if key == "heatmap":
            self._select_cluster(shown, point)
        if point.x() < view.axis.left - 4:
            if key in shown.tracks:
                view.session.chosen.activate(key)
            return None
        boundary = self.boundary_under(point)
        if boundary is not None:
            view.session.chosen.activate("corrected")
            return Roll(view, point, boundary, swallows=bool(modifiers & Modifiers.ShiftModifier))
        if key == "minimap":
            return Overview(view, point)
        if key == "ruler":
            part = self._on_ruler(point)
            if part in ("in", "out"):
                return MarkDrag(view, point, part)
            return Scrub(view, point) if part == "head" else RangeDrag(view, point)
        if key == "comments":
            return self._click_comment(point)
        if key in shown.tracks or key in OTHER_ROWS:
            return self._click_row(shown, point, key, modifiers)
        return None

    def comment_under(self, point: QPointF) -> CommentKey | None:
        """The comment whose sign or frames lie under the pointer."""
        shown, axis = self.view.shown, self.view.axis
        thread = shown.comments if shown is not None else None
        if thread is None or self.view.row_at(point.y()) != "comments" or point.x() < axis.left - 4:
            return None
        number = comment_under(thread, point.x(), axis)
        return None if number is None else thread.keys[number]

    def _click_comment(self, point: QPointF) -> Held:
        """A click on a comment looks at it; beside them the playhead goes there."""
        key, playback = self.comment_under(point), self.view.session.playback
        if key is not None:
            self.view.session.comments.go(key)
            return Held(self.view, point)
        before = playback.wanted
        playback.seek(self.view.axis.frame(point.x()))
        return Scrub(self.view, point, before=before)

    def _select_cluster(self, shown: Shown, point: QPointF) -> None:
        """A row of the heatmap points at its cluster, wherever clusters are listed."""
        view, pyramid = self.view, shown.pyramid
        if pyramid is not None:
            row = next(row for row in view.rows if row.key == "heatmap")
            cluster = int((point.y() - row.top) / row.height * pyramid.n_clusters)
            view.session.select_cluster(min(max(0, cluster), pyramid.n_clusters - 1))

    def _click_row(self, shown: Shown, point: QPointF, key: str, modifiers: Modifiers) -> Held:
        view, session, frame = self.view, self.view.session, self.view.axis.frame(point.x())
        hint, before = "", session.playback.wanted
        if key in shown.tracks:
            session.chosen.activate(key)
            track = shown.track(key)
            if key == "corrected" and track is not None and modifiers & (CONTROL | SHIFT) == CONTROL:
                return Slide(view, point, track.index_at(frame), lambda: self._toggle(track, frame))
            if key == "corrected" and track is not None:
                self._select(track.index_at(frame), len(track), modifiers)
            elif track is not None:
                segment = track.at(frame)
                self._select_span(key, segment.start, segment.stop, modifiers)
                hint = read_only(shown.titles[key], view.keys)
        session.playback.seek(frame)
        return Scrub(view, point, hint, before=before)

    def _toggle(self, track: Segmentation, frame: int) -> None:
        """A click with Ctrl: the segment is selected too, or no longer."""
        self._select(track.index_at(frame), len(track), CONTROL)
        self.view.session.playback.seek(frame)

    def _select(self, index: int, count: int, modifiers: Modifiers) -> None:
        shift, control = bool(modifiers & Modifiers.ShiftModifier), bool(modifiers & Modifiers.ControlModifier)
        session = self.view.session
        if self._anchor is not None and self._anchor >= count:
            self._anchor = None
        session.select_segments(extended(session.selection, self._anchor, index, shift=shift, control=control))
        if not shift or self._anchor is None:
            self._anchor = index

    def _select_span(self, key: str, start: int, stop: int, modifiers: Modifiers) -> None:
        """A click on a read-only row takes the selection away; Shift+click makes a range up to that segment."""
        chosen, anchor = self.view.session.chosen, self._span_anchor
        if modifiers & Modifiers.ShiftModifier and anchor is not None and anchor[0] == key:
            chosen.select_range(min(start, anchor[1]), max(stop, anchor[2]))
            return
        self._span_anchor = (key, start, stop)
        if not chosen.is_empty:
            chosen.select(())

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what is under the pointer."""
        self._x = event.position().x()
        if self.held is not None and not event.buttons() & self._button:  # something else took the release
            self.cancel()
        if self.held is not None:
            self.held.pull(self._x, event.modifiers())
            self.view.update()
        else:
            self._hover(event.position(), event.modifiers())

    def again(self, modifiers: Modifiers) -> None:
        """The pointer rests but a modifier key has changed."""
        if self.held is not None and self.held.is_drag:
            self.held.move(self._x, modifiers)
            self.view.update()

    def release(self, event: QMouseEvent) -> None:
        """The gesture happens."""
        if self.held is None or event.button() != self._button:
            return
        held = self._let_go()
        held.drop()
        self.view.update()

    def cancel(self, *, back: bool = False) -> None:
        """The gesture does not happen; `back` puts view, playhead and selection back as they were before it, too."""
        if self.held is not None:
            held = self._let_go()
            held.cancel()
            if back:
                held.put_back()
                kept, self._anchor, self._span_anchor = self._before
                self.view.session.chosen.restore(kept)
            self.view.update()

    def _let_go(self) -> Held:
        held, self.held = self.held, None
        assert held is not None
        self._scroll.stop()
        self.view.setCursor(Qt.CursorShape.ArrowCursor)
        return held

    def forget(self) -> None:
        """Another video: nothing of the last one holds."""
        self.cancel()
        self.boundary = self._anchor = self._span_anchor = None

    def double(self, event: QMouseEvent) -> None:
        """Select the segment under the pointer and fit it into the view; on the ruler, the range."""
        point, view = event.position(), self.view
        key = view.row_at(point.y())
        comment = self.comment_under(point)
        track = view.shown.track(key) if view.shown else None
        if track is not None and event.button() == Qt.MouseButton.LeftButton and point.x() >= view.axis.left:
            view.session.chosen.activate(key)
            index = track.index_at(view.axis.frame(point.x()))
            if key == "corrected":
                view.session.select_segments([index])
                self._anchor = index
            view.show_range(track[index].start, track[index].stop)
        elif comment is not None and event.button() == Qt.MouseButton.LeftButton:
            view.session.comments.editAsked.emit(comment)
        elif key == "ruler" and view.session.chosen.range is not None:
            view.show_range(*view.session.chosen.range)
        else:
            self.press(event)

    def select_for_menu(self, point: QPointF) -> None:
        """A menu is asked for: its row is active, and the segment under the pointer selected, so that one sees which.

        What is selected already stays whole, and the playhead where it is.
        """
        view, session, key = self.view, self.view.session, self.view.row_at(point.y())
        if view.shown is None or key not in view.shown.tracks or self.held is not None:
            return
        session.chosen.activate(key)
        track = view.shown.track(key)
        if key == "corrected" and track is not None and point.x() >= view.axis.left - 4:
            index, boundary = track.index_at(view.axis.frame(point.x())), self.boundary_under(point)
            if boundary is not None:
                session.chosen.select_boundary(boundary)
            elif index not in session.selection and session.chosen.selected_range is None:
                session.select_segments([index])
                self._anchor = index

    # --- edge and hover ------------------------------------------------------------------------------

    def _scroll_at_edge(self) -> None:
        axis = self.view.axis
        beyond = self._x - axis.right if self._x > axis.right else min(0.0, self._x - axis.left)
        if self.held is None or not self.held.is_drag or axis.is_whole or not beyond:
            self._steps = 0
            return
        self._steps += 1
        self.view.set_axis(axis.panned(max(-FASTEST, min(FASTEST, beyond / 2 * (1 + QUICKENS * self._steps)))))
        self.held.move(min(max(self._x, axis.left), axis.right), Modifiers.AltModifier)
        self.view.update()

    def _hover(self, point: QPointF, modifiers: Modifiers) -> None:
        view = self.view
        boundary = self.boundary_under(point)
        if boundary != self.boundary:
            self.boundary = boundary
            view.update()
        is_ruler = view.shown is not None and view.row_at(point.y()) == "ruler" and self._on_ruler(point)
        moves = bool(modifiers & CONTROL) and view.row_at(point.y()) == "corrected"
        shape = Qt.CursorShape.SizeHorCursor if is_ruler or moves else Qt.CursorShape.ArrowCursor
        if self.comment_under(point) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        if view.row_at(point.y()) == "minimap" and not view.axis.is_whole and point.x() >= view.axis.left:
            shape = Qt.CursorShape.OpenHandCursor
        view.setCursor(Qt.CursorShape.SplitHCursor if boundary is not None else shape)
        text = view.tip(point)
        if text:
            QToolTip.showText(view.mapToGlobal(point.toPoint()) + QPoint(8, 12), tip(text).replace("\n", "<br>"), view)
        else:
            QToolTip.hideText()

    def leave(self) -> None:
        """The pointer is elsewhere."""
        self.boundary = None
        self.view.update()
