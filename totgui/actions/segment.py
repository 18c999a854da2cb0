"""The Segment menu: everything that changes the corrected track of the current video."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, ActionId, VideoId

from ..dialogs.span import SpanPopup
from ..models.key_hints import nothing_to_relabel
from ..models.widgets import short
from .menu import Command, Menu
from .range import RangePart
from .sheet import SheetPart
from .take import TakePart

JOINS = "Joins two segments: the neighbour takes the action of this one"
NUDGES = "Moves the selected boundary, or the selected segments between their neighbours (also: Ctrl and drag)"


class SegmentMenu(Menu):
    title = "&Segment"

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self.sheet = SheetPart(window)

    def commands(self) -> list[Command | None]:
        return [
            *TakePart(self.window).commands(),
            None,
            *self._changes(),
            None,
            *self._edges(),
            None,
            *RangePart(self.window).commands(),
        ]

    def _changes(self) -> list[Command | None]:
        right, is_open = "Cuts the segment; then choose the action of the right part", self.is_open
        return [
            Command("segment.relabel", "Relabel…", self.relabel_by_name, ["/", "Ctrl+F"], "By name", is_open),
            Command(
                "segment.relabel-like",
                "Relabel every segment like this one…",
                self.relabel_like,
                ["Ctrl+/"],
                "All segments of this video with the same action",
                is_open,
            ),
            Command(
                "segment.background",
                "Set to background",
                lambda: self.relabel(BACKGROUND),
                ["Del", "Backspace"],
                usable=is_open,
            ),
            Command("segment.split", "Split at playhead…", self.split, ["S"], right, is_open),
            Command("segment.merge-next", "Merge with next", lambda: self.merge(1), ["M"], JOINS, is_open),
            Command(
                "segment.merge-previous", "Merge with previous", lambda: self.merge(-1), ["Shift+M"], JOINS, is_open
            ),
        ]

    def _edges(self) -> list[Command | None]:
        nudge, is_open = self.window.timeline.nudge, self.is_open
        return [
            Command(
                "segment.start", "Start of segment to playhead", lambda: self.move_edge("start"), ["["], usable=is_open
            ),
            Command("segment.end", "End of segment to playhead", lambda: self.move_edge("end"), ["]"], usable=is_open),
            Command(
                "segment.span",
                "First and last frame…",
                self.span,
                ["E"],
                "Types where the segment starts and ends, as frames or as times",
                is_open,
            ),
            *[
                Command(
                    f"segment.nudge-{way}{'' if by == 1 else '-10'}",
                    f"Nudge {'' if by == 1 else '10 frames '}{way}",
                    partial(nudge, by if way == "right" else -by),
                    [key],
                    NUDGES,
                    is_open,
                )
                for by, ways in ((1, {"left": ",", "right": "."}), (10, {"left": "Shift+,", "right": "Shift+."}))
                for way, key in ways.items()
            ],
        ]

    # --- relabel -------------------------------------------------------------------------------------

    def relabel_number(self, number: int) -> None:
        """Relabel with the action that has this place in the list of actions in use."""
        actions = [a for a in self.document.actions.values() if not a.archived] if self.session.document else []
        if number < len(actions):
            self.relabel(actions[number].id)
        elif self.session.document is not None:
            self.say(f"There are {len(actions)} actions; key {number + 1} has none.")

    def relabel(self, action: ActionId) -> None:
        """Paint, or relabel what is selected, or the segment under the playhead, as one edit.

        While the Segments panel has the focus, what is chosen there is relabelled.
        """
        if self.session.painting.active:
            self.session.painting.press(action)
        elif self.sheet.is_meant:
            self.sheet.relabel(action)
        elif self.session.chosen.is_empty:
            self.at_playhead(lambda frame: self._relabel_spans(self.session.chosen.spans(frame), action))
        else:
            self._relabel_spans(self.session.chosen.spans(self.session.playback.frame), action)

    def _relabel_spans(self, spans: list[tuple[int, int]], action: ActionId) -> None:
        if not spans:
            self.say(nothing_to_relabel(self.window.timeline.keys))
            return
        run = self.session.current_run
        self.edit(lambda v: commands.relabel_spans(self.document, v, spans, action, run=run, blank=True))

    def relabel_by_name(self) -> None:
        session = self.session
        if self.video is None:
            return
        if session.painting.active:
            frame = session.playback.frame
            self.ask_action("Paint from here", lambda action, _group: self._paint_from(frame, action))
            return
        if self.sheet.is_meant:
            self.sheet.relabel_by_name()
            return
        spans, run = session.chosen.spans(session.playback.frame), session.current_run
        if not spans:
            self._relabel_spans(spans, BACKGROUND)  # says why
            return
        title = f"Relabel {len(spans)} segments" if len(spans) > 1 else "Relabel"
        self.give(title, lambda v, action: commands.relabel_spans(self.document, v, spans, action, run=run, blank=True))

    def _paint_from(self, frame: int, action: ActionId) -> None:
        """Paint from the frame at which the action was asked for, if the video plays yet."""
        if self.session.painting.active:
            self.session.painting.press(action, frame)
        else:
            self.say("The video ended before the action was chosen. Nothing was painted.")

    def relabel_like(self) -> None:
        """Every segment of the video with the action of this one gets another, as one edit."""
        track, run = self.session.base(), self.session.current_run
        if track is None:
            self._relabel_spans([], BACKGROUND)
            return
        label = track[self._index(track)].label
        count = int((track.labels == label).sum())
        name = self.session.action_name(label)
        title = f"Relabel every {name} ({count})"
        self.give(title, lambda v, a: commands.relabel_like(self.document, v, label, a, run=run), but=label)

    # --- split, merge, edges ---------------------------------------------------------------------------

    def split(self) -> None:
        self.at_playhead(self._split_at)

    def _split_at(self, frame: int) -> None:
        session, track = self.session, self.session.base()
        if track is None:
            self._relabel_spans([], BACKGROUND)
            return
        segment, run = track.at(frame), session.current_run
        if frame == segment.start:
            self.say(f"There is a boundary at frame {frame:,} already.")
            return

        def select_right() -> None:
            after = session.base()
            if after is not None:
                session.select_segments([after.index_at(frame)])

        self.give(
            f"Split at {frame:,}: action from here on",
            lambda v, action: commands.split(self.document, v, frame, action, run=run),
            but=segment.label,
            then=select_right,
        )

    def _index(self, track: Segmentation, *, last: bool = False) -> int:
        """The first or last selected segment, or the one under the playhead."""
        selection, frame = self.session.selection, self.session.playback.frame
        if selection:
            return max(selection) if last else min(selection)
        return track.index_at(min(max(0, frame), track.n_frames - 1))

    def merge(self, neighbour: int) -> None:
        """A neighbour takes the action of the segment; at a selected boundary the right one that of the left."""
        track, run = self.session.base(), self.session.current_run
        if track is None:
            self._relabel_spans([], BACKGROUND)
            return
        boundary = self.session.chosen.boundary
        index = self._index(track, last=neighbour > 0)
        if boundary is not None:
            index = boundary if neighbour > 0 else boundary + 1
        self.edit(lambda v: commands.merge(self.document, v, index, neighbour, run=run))

    def move_edge(self, edge: str) -> None:
        """The start of the segment goes to the playhead, or its end to the frame after it."""
        self.at_playhead(lambda frame: self._move_edge(edge, frame))

    def _move_edge(self, edge: str, frame: int) -> None:
        track, run = self.session.base(), self.session.current_run
        if track is None:
            self._relabel_spans([], BACKGROUND)
            return
        index = self._index(track, last=edge == "end")
        boundary, at = (index - 1, frame) if edge == "start" else (index, frame + 1)
        if not 0 <= boundary < len(track) - 1:
            self.say(
                "The first segment starts with the video." if edge == "start" else "The last segment ends with it."
            )
            return

        def make(video: VideoId):  # type: ignore[no-untyped-def]
            return commands.move_boundary(self.document, video, boundary, at, run=run)

        self.edit(make)

    def span(self) -> None:
        """Ask where the segment starts and ends near the playhead, then move both ends as one edit."""
        self.at_playhead(lambda _frame: self._ask_span())

    def _ask_span(self) -> None:
        session, track, run, video = self.session, self.session.base(), self.session.current_run, self.video
        if track is None or video is None:
            self._relabel_spans([], BACKGROUND)
            return
        index = self._index(track)

        def answered(start: int, stop: int) -> None:
            if session.do(lambda: commands.set_span(self.document, video, index, start, stop, run=run)):
                session.select_segments([index])
                session.playback.seek(start)

        name, timebase = session.action_name(track[index].label), self.document.videos[video].timebase
        SpanPopup(track, index, short(name), timebase, answered, self.window).show_at(self._beside_playhead())
