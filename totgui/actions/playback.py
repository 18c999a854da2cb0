"""The Playback menu: play, shuttle, step, go to a place."""

from __future__ import annotations

from PySide6.QtWidgets import QInputDialog

from core.annotation.segmentation import Segmentation

from .menu import Command, Menu

END = 1 << 40


class PlaybackMenu(Menu):
    title = "&Playback"

    def commands(self) -> list[Command | None]:
        playback = self.session.playback
        step, seek, seconds = playback.step, playback.seek, playback.seek_seconds
        twice = "Again is twice as fast; one frame while K is held"
        return [
            Command("playback.toggle", "Play or pause", playback.toggle, ["Space"], repeats=False),
            Command("playback.segment", "Play segment once", self.play_segment, ["Shift+Space"]),
            Command("playback.loop", "Loop segment", self.window.video_view.toggle_loop, ["Ctrl+Space"]),
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
                "playback.smooth",
                "Make this video smooth",
                self.make_smooth,
                tip="A small copy in the cache that seeks at once; frames and times stay exact",
                usable=lambda: self._has_file() and not playback.has_proxy,
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

    def _has_file(self) -> bool:
        video = self.session.playback.video
        return video is not None and video.media is not None and video.timebase.media is not None

    def make_smooth(self) -> None:
        if self._has_file():
            self.session.proxies.make(self.session.playback.video)

    def forget_proxy(self) -> None:
        if self._has_file():
            self.session.proxies.delete(self.session.playback.video)

    def _track(self) -> Segmentation | None:
        """The track that stands for the current video."""
        if self.video is None:
            return None
        tracks = self.session.tracks(self.video)
        return tracks["corrected"] or tracks["prediction"] or tracks["ground-truth"]

    def go_boundary(self, direction: int) -> None:
        track, playback = self._track(), self.session.playback
        if track is None:
            return
        ahead = [b for b in track.boundaries().tolist() if (b - playback.wanted) * direction > 0]
        if ahead:
            playback.seek(min(ahead) if direction > 0 else max(ahead))

    def go_edge(self, edge: str) -> None:
        """To the first or the last frame of the segment under the playhead."""
        track, playback = self._track(), self.session.playback
        if track is not None:
            segment = track.at(playback.frame)
            playback.seek(segment.start if edge == "start" else segment.stop - 1)

    def go_to(self) -> None:
        playback = self.session.playback
        if playback.timebase is None:
            return
        text, accepted = QInputDialog.getText(self.window, "Go to", "Frame or time (1423 or 0:47.43):")
        if not accepted:
            return
        try:
            if ":" in text:
                seconds = 0.0
                for part in text.split(":"):
                    seconds = 60 * seconds + float(part)
                playback.seek(playback.timebase.frame_at(seconds))
            else:
                playback.seek(int(text.replace(",", "")))
        except ValueError:
            self.say(f'"{text}" is neither a frame (1423) nor a time (0:47.43).', "warning")

    def play_segment(self) -> None:
        track, playback = self._track(), self.session.playback
        if track is not None:
            segment = track.at(playback.frame)
            playback.seek(segment.start)
            playback.play(until=segment.stop - 1)
