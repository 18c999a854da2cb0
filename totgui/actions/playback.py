"""The Playback menu: play, shuttle, step, go to a place."""

from __future__ import annotations

from typing import Any

from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId

from ..dialogs.go_to import GoTo
from ..session.chosen import CORRECTED, RUN, SECOND
from .menu import Command, Menu
from .pictures import PicturesPart
from .sheet import SheetPart
from .sound import SoundPart

END = 1 << 40


class PlaybackMenu(Menu):
    title = "&Playback"

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.sheet = SheetPart(window)

    def commands(self) -> list[Command | None]:
        playback = self.session.playback
        step, seek, seconds = playback.step, playback.seek, playback.seek_seconds
        playback.loop_margin = self.window.settings.loop_margin()
        twice = "Again is twice as fast; one frame while K is held"
        return [
            Command("playback.toggle", "Play or pause", self.toggle, ["Space"], repeats=False),
            Command("playback.segment", "Play segment once", self.play_segment, ["Shift+Space"]),
            Command(
                "playback.loop",
                "Loop range or segment",
                self.loop,
                ["Ctrl+Space"],
                "Plays the marked range, else the selection or the segment, again and again; once more ends it",
                checked=lambda: playback.loop is not None,
            ),
            Command(
                "playback.loop-margin",
                "Loop with 0.5 s before and after",
                self.toggle_margin,
                checked=lambda: playback.loop_margin > 0,
            ),
            None,
            Command("playback.reverse", "Reverse", lambda: playback.shuttle(-1), ["J"], twice, repeats=False),
            Command("playback.pause", "Pause", playback.pause, ["K"]),
            Command("playback.forward", "Forward", lambda: playback.shuttle(1), ["L"], twice, repeats=False),
            None,
            Command("playback.next-frame", "Next frame", lambda: step(1), ["Right"]),
            Command("playback.previous-frame", "Previous frame", lambda: step(-1), ["Left"]),
            Command("playback.on-10", "10 frames on", lambda: step(10), ["Shift+Right"]),
            Command("playback.back-10", "10 frames back", lambda: step(-10), ["Shift+Left"]),
            Command("playback.on-1s", "1 s on", lambda: seconds(1), ["PgDown"]),
            Command("playback.back-1s", "1 s back", lambda: seconds(-1), ["PgUp"]),
            Command("playback.on-5s", "5 s on", lambda: seconds(5), ["Ctrl+PgDown"]),
            Command("playback.back-5s", "5 s back", lambda: seconds(-5), ["Ctrl+PgUp"]),
            Command("playback.next-boundary", "Next boundary", lambda: self.go_boundary(1), ["Ctrl+Right"]),
            Command("playback.previous-boundary", "Previous boundary", lambda: self.go_boundary(-1), ["Ctrl+Left"]),
            Command("playback.start", "Start of video", lambda: seek(0), ["Home"]),
            Command("playback.end", "End of video", lambda: seek(END), ["End"]),
            Command("playback.segment-start", "Start of segment", lambda: self.go_edge("start"), ["Shift+Home"]),
            Command("playback.segment-end", "End of segment", lambda: self.go_edge("end"), ["Shift+End"]),
            Command("playback.go-to", "Go to frame or time…", self.go_to, ["Ctrl+G"], "1423 or 0:47.43"),
            None,
            *SoundPart(self.window).commands(),
            None,
            *PicturesPart(self.window).commands(),
        ]

    def toggle_margin(self) -> None:
        """Loops from now on begin and end half a second outside, or exactly."""
        playback = self.session.playback
        playback.loop_margin = 0.0 if playback.loop_margin else 0.5
        self.window.settings.set_loop_margin(playback.loop_margin)
        self.window.actions_.refresh()

    def _track(self) -> Segmentation | None:
        """The active track of the current video; where it has none, what Corrected shows, else the ground truth."""
        if self.video is None:
            return None
        active, tracks = self.session.chosen.active, self.session.tracks(self.video)
        if active == SECOND:
            track = self.session.reviewing.second_track(self.video)
        elif active.startswith(RUN):
            track = self.session.mapped_prediction(RunId(active.removeprefix(RUN)), self.video)
        else:
            track = None if active == CORRECTED else tracks.get(active)
        return track or self.session.base() or tracks["ground-truth"]

    def go_boundary(self, direction: int) -> None:
        """To the next boundary of the active track; in Corrected it is selected, so that it can be nudged."""
        track, playback, chosen = self._track(), self.session.playback, self.session.chosen
        if track is None:
            return
        place = track.boundary_beyond(playback.wanted, direction)
        if place is None:
            playback.seek(END if direction > 0 else 0)
            return
        playback.seek(track[place + 1].start)
        if track is self.session.base() and chosen.active == CORRECTED:
            chosen.select_boundary(place)

    def go_edge(self, edge: str) -> None:
        """To the first or the last frame of the segment under the playhead."""
        track, playback = self._track(), self.session.playback
        if track is not None:
            segment = track.at(playback.frame)
            playback.seek(segment.start if edge == "start" else segment.stop - 1)

    def go_to(self) -> None:
        """Ask for a frame or a time near the playhead; what plays goes on until there is an answer."""
        playback = self.session.playback
        if playback.timebase is None:
            return
        video = self.video

        def go(frame: int) -> None:
            if self.video == video:
                playback.seek(frame)

        GoTo(playback.timebase, max(0, playback.wanted), go, self.window).show_at(self._beside_playhead())

    def toggle(self) -> None:
        """Play or pause; while the Segments panel has the focus, the segment at its cursor is played once."""
        if self.sheet.is_meant and self.session.segments.count:
            self.sheet.toggle()
        else:
            self.session.playback.toggle()

    def loop(self) -> None:
        """Play the range or the segment again and again; once more, end the loop and pause."""
        playback = self.session.playback
        before = playback.loop
        self.window.video_view.toggle_loop()
        if playback.loop == before:  # there is nothing to loop: no tick either
            self.window.actions_.refresh()
        elif playback.loop is None:
            playback.pause()
        else:
            playback.play()

    def play_segment(self) -> None:
        """Play what is selected, else the segment under the playhead, once."""
        if self.sheet.is_meant and self.session.segments.count:
            self.sheet.play()
            return
        track, playback = self._track(), self.session.playback
        chosen, marked = self.session.chosen, self.session.chosen.selected_range
        if marked is None and chosen.segments:
            spans = chosen.spans(playback.frame)
            marked = spans[0][0], spans[-1][1]
        if marked is None and track is not None:
            marked = track.at(playback.frame)[:2]
        if marked is not None:
            playback.pause()
            playback.seek(marked[0])
            playback.play(until=marked[1] - 1)
