"""The last part of the Segment menu: in and out marks, what is done with the range, painting while playing."""

from __future__ import annotations

from functools import partial

from core.annotation import commands

from .menu import Command, Menu

DELAYS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


class RangePart(Menu):
    """Marks frames and gives them an action; paints while a video plays."""

    def commands(self) -> list[Command | None]:
        chosen, is_open = self.session.chosen, self.is_open
        self.session.painting.delay = self.window.settings.paint_delay()
        return [
            Command(
                "range.in", "Mark in", lambda: self.at_playhead(chosen.set_in), ["I"], "The range begins here", is_open
            ),
            Command(
                "range.out",
                "Mark out",
                lambda: self.at_playhead(lambda frame: chosen.set_out(frame + 1)),
                ["O"],
                "The range ends with the frame on screen",
                is_open,
            ),
            Command(
                "segment.range",
                "Give the range an action…",
                self.give_range,
                ["Return", "Enter"],
                "Inserts a step: cuts at both marks and relabels between, as one edit",
                lambda: chosen.range is not None,
            ),
            Command("range.clear", "Clear the marks", chosen.clear_marks, usable=self._has_marks),
            None,
            Command(
                "segment.paint",
                "Paint while playing",
                self.paint,
                ["P"],
                "An action key begins a stretch at the frame on screen; the next key, pause or P ends it",
                is_open,
                repeats=False,
                checked=lambda: bool(self.session.painting.active),
            ),
            *[self._delay(seconds) for seconds in DELAYS],
        ]

    def _delay(self, seconds: float) -> Command:
        text = "No delay" if not seconds else f"{seconds:g} s"
        return Command(
            f"range.delay-{seconds:g}",
            text,
            partial(self._set_delay, seconds),
            tip="Each painted cut lies so much earlier, times the speed",
            checked=lambda: abs(self.session.painting.delay - seconds) < 0.01,
            under="Reaction delay of painting",
        )

    def _set_delay(self, seconds: float) -> None:
        self.session.painting.delay = seconds
        self.window.settings.set_paint_delay(seconds)
        self.session.painting.changed.emit()

    def _has_marks(self) -> bool:
        chosen = self.session.chosen
        return chosen.mark_in is not None or chosen.mark_out is not None

    def give_range(self) -> None:
        marked, run = self.session.chosen.range, self.session.current_run
        if marked is None:
            self.say("Mark a range first: I at its first frame, O at its last.")
            return
        start, stop = marked

        def done() -> None:
            self.session.chosen.clear_marks()
            track = self.session.base()
            if track is not None:
                self.session.select_segments([track.index_at(start)])

        self.give(
            f"Action of {start:,} to {stop - 1:,}",
            lambda v, a: commands.relabel_spans(self.document, v, [marked], a, run=run, blank=True, verb="set"),
            then=done,
        )

    def paint(self) -> None:
        painting = self.session.painting
        if not painting.active and not any(not action.archived for action in self.document.actions.values()):
            self.say("There are no actions to paint with. Make one in the Labels panel.")
            return
        painting.toggle()
