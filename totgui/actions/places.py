"""The part of the Review menu that leads to a place: of the queue, a disagreement, an uncertain one."""

from __future__ import annotations

from typing import Any

from core.annotation import commands
from core.annotation.statistics import differences

from ..session.readings import UNCERTAIN, stretches
from .menu import Command, Menu
from .sheet import SheetPart

Spans = list[tuple[int, int]]
LOOKING, NOTHING_LEFT = "Looking for places to review…", "Nothing is left to look at."


class PlacesPart(Menu):
    """Goes where labels may be wrong, and says that they are right there."""

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.sheet = SheetPart(window)
        self._wish: tuple[int, object] | None = None  # a step that waits for the queue, and where it was asked for
        self.session.reviewing.changed.connect(self._go_as_wished)

    def commands(self) -> list[Command | None]:
        has_labels = self._has_labels
        return [
            Command(
                "review.next-place",
                "Next place to look at",
                lambda: self.go_place(1),
                ["Q"],
                "The place where most frames are expected to be wrong comes first",
                has_labels,
            ),
            Command(
                "review.previous-place",
                "Previous place to look at",
                lambda: self.go_place(-1),
                ["Shift+Q"],
                usable=has_labels,
            ),
            Command(
                "review.right",
                "This place looks right",
                self.looks_right,
                ["Y"],
                "Takes it off the list and goes on",
                has_labels,
            ),
            *self.sheet.commands(),
            Command(
                "review.next-difference",
                "Next disagreement",
                lambda: self.go_span(self.different(), 1, "disagreement"),
                ["N"],
                "Where Corrected, or the prediction, differs from what it is compared with",
                has_labels,
            ),
            Command(
                "review.previous-difference",
                "Previous disagreement",
                lambda: self.go_span(self.different(), -1, "disagreement"),
                ["Shift+N"],
                usable=has_labels,
            ),
            Command(
                "review.next-uncertain",
                "Next uncertain place",
                lambda: self.go_span(self.uncertain(), 1, "uncertain place"),
                ["U"],
                "Where the confidence lies below its threshold",
                has_labels,
            ),
            Command(
                "review.previous-uncertain",
                "Previous uncertain place",
                lambda: self.go_span(self.uncertain(), -1, "uncertain place"),
                ["Shift+U"],
                usable=has_labels,
            ),
        ]

    def _has_labels(self) -> bool:
        document = self.session.document
        return document is not None and bool(document.corrected or document.predictions)

    def go_place(self, direction: int) -> None:
        """Go to the next place of the queue; the first wish starts it, and is granted when the queue is there."""
        reviewing, self._wish = self.session.reviewing, None
        reviewing.watch()
        if reviewing.step(direction) is not None:
            return
        if reviewing.is_ready:
            self.say(NOTHING_LEFT)
        else:
            self._wish = direction, self._where()
            self.say(LOOKING)

    def _go_as_wished(self) -> None:
        """The queue is another one: go where somebody wanted to go, who is still where it was asked for."""
        wish, reviewing = self._wish, self.session.reviewing
        if wish is None or not reviewing.is_ready:
            return
        self._wish = None
        if self.window.bar.text() == LOOKING:
            self.window.bar.dismiss()
        if wish[1] == self._where():
            self.go_place(wish[0])

    def _where(self) -> object:
        """What a person looks at: another place, another edit or playing means that something else is wanted now."""
        playback, project = self.session.playback, self.session.project
        done = project.history.done if project is not None else ()
        return self.video, playback.wanted, playback.playing, done[-1].seq if done else 0

    def show_place(self) -> None:
        """Open the video of the queue's current place at its first frame."""
        place = self.session.reviewing.current
        if place is not None:
            self.session.chosen.select(())  # an action key means what is looked at, not what was selected elsewhere
            self.go(place.video, place.start)

    def looks_right(self) -> None:
        """What is looked at is right as it is: the current place, or else the segment under the playhead.

        While the Segments panel has the focus, it is what is chosen there.
        """
        if self.sheet.is_meant:
            self.sheet.check()
            return
        reviewing, video = self.session.reviewing, self.video
        place = reviewing.current
        if place is None or place.video != video:
            self._check_segment()
            return
        if self.edit(lambda v: commands.check_span(self.document, v, place.start, place.stop)):
            self.go_place(1)

    def _check_segment(self) -> None:
        track = self.session.base()
        if track is not None:
            start, stop, _ = track.at(min(self.session.playback.frame, track.n_frames - 1))
            self.edit(lambda v: commands.check_span(self.document, v, start, stop))

    def different(self) -> Spans:
        """Stretches on which Corrected, or else the prediction, differs from what it is compared with."""
        tracks = self.session.tracks(self.video) if self.video is not None else {}
        truth, prediction, corrected = (tracks.get(k) for k in ("ground-truth", "prediction", "corrected"))
        second = self.session.reviewing.second_track(self.video)
        mine, reference = corrected or prediction, second or truth or prediction
        return [] if mine is None or reference is None or mine is reference else differences(mine, reference)

    def uncertain(self) -> Spans:
        """Stretches on which the confidence of the run lies below its threshold."""
        run, video = self.session.current_run, self.video
        margin = self.session.confidence(run, video) if run is not None and video is not None else None
        return [] if margin is None else stretches(margin < UNCERTAIN)

    def go_span(self, spans: Spans, direction: int, what: str) -> None:
        """Go to the start of the next or previous stretch of this video."""
        frame = self.session.playback.wanted
        starts = [start for start, _ in spans if (start > frame if direction > 0 else start < frame)]
        if starts:
            self.session.chosen.select(())
            self.session.playback.seek(starts[0] if direction > 0 else starts[-1])
        else:
            self.say(f"There is no {'further' if direction > 0 else 'earlier'} {what} in this video.")
