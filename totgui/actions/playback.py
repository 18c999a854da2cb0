"""The Playback menu: play, shuttle, step, go to a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, Video

from ..dialogs.go_to import GoTo
from ..session.chosen import CORRECTED, RUN
from .menu import Command, Menu

END = 1 << 40


class PlaybackMenu(Menu):
    title = "&Playback"

    def commands(self) -> list[Command | None]:
        playback = self.session.playback
        step, seek, seconds = playback.step, playback.seek, playback.seek_seconds
        playback.loop_margin = self.window.settings.loop_margin()
        self._remember_sound()
        self.session.proxies.smooths = self.window.settings.smooths()
        sound = self.session.sound
        twice = "Again is twice as fast; one frame while K is held"
        return [
            Command("playback.toggle", "Play or pause", playback.toggle, ["Space"], repeats=False),
            Command("playback.segment", "Play segment once", self.play_segment, ["Shift+Space"]),
            Command(
                "playback.loop",
                "Loop range or segment",
                self.window.video_view.toggle_loop,
                ["Ctrl+Space"],
                "The range between the marks, else the segment under the playhead; again ends it",
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
            Command(
                "playback.sound",
                "Sound",
                sound.toggle,
                ["V"],
                "Heard while the video plays forward at normal speed",
                usable=lambda: not sound.reason,
                repeats=False,
                checked=lambda: bool(sound.is_on and not sound.reason),
            ),
            Command(
                "playback.louder",
                "Louder",
                lambda: self.louder(1),
                tip="Turns the sound on where it is off",
                usable=lambda: not sound.reason,
            ),
            Command("playback.quieter", "Quieter", lambda: self.louder(-1), usable=lambda: not sound.reason),
            None,
            Command(
                "playback.stream",
                "Choose video stream…",
                self.choose_stream,
                tip="Where a file holds several videos: which of them is shown",
                usable=self._has_file,
            ),
            Command(
                "playback.smooth",
                "Make this video smooth",
                self.make_smooth,
                tip="A small copy in the cache that seeks at once; frames and times stay exact",
                usable=lambda: self._has_file() and not playback.has_proxy,
            ),
            Command(
                "playback.smooth-slow",
                "Make slow videos smooth by themselves",
                self.toggle_smooths,
                tip="In the background, as soon as somebody jumps in a video in which that takes long",
                checked=lambda: bool(self.session.proxies.smooths),
            ),
            Command(
                "playback.original",
                "Frame as the file has it",
                playback.toggle_original,
                tip="While pictures come from the proxy",
                usable=lambda: bool(playback.has_proxy),
            ),
            Command(
                "playback.forget-proxy",
                "Delete the proxy",
                self.forget_proxy,
                tip="Pictures come from the file again",
                usable=lambda: bool(playback.has_proxy),
            ),
        ]

    def _remember_sound(self) -> None:
        """Sound is on, and as loud, as it was last time; every change is remembered."""
        sound, settings = self.session.sound, self.window.settings
        is_on, volume = settings.sound()
        sound.set_volume(volume)
        sound.set_on(is_on)
        sound.changed.connect(lambda: settings.set_sound(sound.is_on, sound.volume))

    def louder(self, direction: int) -> None:
        """A tenth of the way louder or quieter."""
        sound = self.session.sound
        sound.set_volume(sound.volume + 10 * direction)
        if direction > 0:
            sound.set_on(True)

    def _of_file(self) -> Video | None:
        """The current video where it has a file that was looked at."""
        video = self.session.playback.video
        return video if video is not None and video.media is not None and video.timebase.media is not None else None

    def _has_file(self) -> bool:
        return self._of_file() is not None

    def choose_stream(self) -> None:
        """Offer the streams of the current video's file, once it has been looked at."""
        video = self._of_file()
        if video is not None:
            self.session.files.streams(video, lambda found: self._offer_streams(video, found))

    def _offer_streams(self, video: Video, streams: Sequence[Any]) -> None:
        """List the streams over the video as a menu, the shown one marked; what goes on goes on meanwhile."""
        if self.video != video.id:
            return  # the person went on while the file was looked at
        if len(streams) < 2:
            self.say(f"{video.name} holds one video stream; it is shown.")
            return
        menu = QMenu(self.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Video stream")
        menu.addSection("Video stream")
        group = QActionGroup(menu)
        media = video.timebase.media
        for stream in streams:
            action = menu.addAction(str(stream).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(media is not None and stream.number == media.stream)
            group.addAction(action)
            if not action.isChecked():
                action.triggered.connect(lambda _on=False, n=stream.number: self.session.files.use_stream(video, n))
        picture = self.window.video_view.picture
        menu.popup(picture.mapToGlobal(picture.rect().center()) - QPoint(menu.sizeHint().width() // 2, 0))
        menu.setActiveAction(group.checkedAction() or group.actions()[0])

    def make_smooth(self) -> None:
        if (video := self._of_file()) is not None:
            self.session.proxies.make(video)

    def toggle_smooths(self) -> None:
        """From now on slow videos get their proxies by themselves, or are only offered them."""
        proxies = self.session.proxies
        proxies.smooths = not proxies.smooths
        self.window.settings.set_smooths(proxies.smooths)
        self.window.actions_.refresh()

    def forget_proxy(self) -> None:
        if (video := self._of_file()) is not None:
            self.session.proxies.delete(video)

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
        if active.startswith(RUN):
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

    def play_segment(self) -> None:
        """Play the selected range, else the segment under the playhead, once."""
        track, playback = self._track(), self.session.playback
        marked = self.session.chosen.selected_range
        if marked is None and track is not None:
            marked = track.at(playback.frame)[:2]
        if marked is not None:
            playback.pause()
            playback.seek(marked[0])
            playback.play(until=marked[1] - 1)
