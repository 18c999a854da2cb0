"""The Segment menu: everything that changes the corrected track of the current video."""

from __future__ import annotations

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, ActionId

from .menu import Command, Menu


class SegmentMenu(Menu):
    title = "&Segment"

    def commands(self) -> list[Command | None]:
        nudge, is_open = self.window.timeline.nudge, self.is_open
        return [
            Command(
                "segment.adopt",
                "Adopt prediction here",
                self.adopt_span,
                ["T"],
                "Take the prediction's segment into Corrected",
                is_open,
            ),
            Command(
                "segment.adopt-video",
                "Adopt prediction for this video",
                self.adopt_video,
                ["Shift+T"],
                "Replaces the corrected track",
                is_open,
            ),
            Command(
                "segment.adopt-all",
                "Adopt prediction for all videos",
                self.adopt_all,
                ["Ctrl+Shift+T"],
                "Replaces all corrected tracks",
                is_open,
            ),
            Command(
                "segment.from-truth",
                "Start from ground truth",
                self.from_ground_truth,
                tip="Copy ground truth into Corrected",
                usable=lambda: bool(self.session.document and self.session.document.ground_truth),
            ),
            None,
            Command(
                "segment.split",
                "Split at playhead…",
                self.split,
                ["S"],
                "Then choose the action of the right part",
                is_open,
            ),
            Command("segment.merge-next", "Merge with next", lambda: self.merge(1), ["M"]),
            Command("segment.merge-previous", "Merge with previous", lambda: self.merge(-1), ["Shift+M"]),
            Command("segment.relabel", "Relabel…", self.relabel_by_name, ["/"], "Choose an action by name", is_open),
            Command(
                "segment.background",
                "Set to background",
                lambda: self.relabel(BACKGROUND),
                ["Del", "Backspace"],
                usable=is_open,
            ),
            None,
            Command("segment.start", "Start of segment to playhead", lambda: self.move_edge("start"), ["["]),
            Command("segment.end", "End of segment to playhead", lambda: self.move_edge("end"), ["]"]),
            Command("segment.nudge-left", "Nudge boundary left", lambda: nudge(-1), [","]),
            Command("segment.nudge-right", "Nudge boundary right", lambda: nudge(1), ["."]),
        ]

    def _corrected(self) -> Segmentation | None:
        return self.document.corrected.get(self.video) if self.video else None

    def adopt_video(self) -> None:
        run = self.session.current_run
        if run is None:
            self.say("There is no prediction yet. Train first (Ctrl+T).")
            return
        self.edit(lambda video: commands.adopt_prediction(self.document, run, video))

    def adopt_span(self) -> None:
        """Adopt the whole prediction at first, later the segment under the playhead."""
        session, video = self.session, self.video
        run = session.current_run
        if video is None or run is None or video not in self.document.corrected:
            self.adopt_video()
            return
        track = session.mapped_prediction(run, video)
        if track is not None:
            start, stop, _ = track.at(min(session.playback.frame, track.n_frames - 1))
            self.edit(lambda v: commands.adopt_prediction(self.document, run, v, start=start, stop=stop))

    def adopt_all(self) -> None:
        run = self.session.current_run
        if run is not None and self.session.do(lambda: commands.adopt_all(self.document, run)):
            self.say(f"Adopted the prediction in {len(self.document.corrected)} videos. Ctrl+Z takes it back.")

    def from_ground_truth(self) -> None:
        self.edit(lambda video: commands.start_from_ground_truth(self.document, video))

    def relabel_number(self, number: int) -> None:
        """Relabel with the action that has this place in the list of actions in use."""
        actions = [a for a in self.document.actions.values() if not a.archived] if self.session.document else []
        if number < len(actions):
            self.relabel(actions[number].id)

    def relabel(self, action: ActionId) -> None:
        """Relabel the selected segments, or the one under the playhead, as one edit."""
        session, video = self.session, self.video
        if video is None:
            return
        track, frame = self._corrected(), session.playback.frame
        if track is None:
            shown = session.tracks(video)["prediction"]
            if shown is None:
                self.say("Nothing to relabel yet. Train, then press T to take the prediction.")
                return
            start, stop, _ = shown.at(min(frame, shown.n_frames - 1))
            run = session.current_run
            self.edit(lambda v: commands.relabel(self.document, v, start, stop, action, run=run))
            return
        chosen = sorted(session.selection) or [track.index_at(frame)]
        first, last = track[chosen[0]], track[chosen[-1]]
        self.edit(lambda v: commands.relabel(self.document, v, first.start, last.stop, action))

    def relabel_by_name(self) -> None:
        if self.video is not None and (action := self.choose_action("Relabel")) is not None:
            self.relabel(action)

    def split(self) -> None:
        frame = self.session.playback.frame
        if self.video is not None and (action := self.choose_action("Split: action of the right part")) is not None:
            self.edit(lambda video: commands.split(self.document, video, frame, action))

    def _index(self, track: Segmentation) -> int:
        """The first selected segment, or the one under the playhead."""
        selection = self.session.selection
        return min(selection) if selection else track.index_at(self.session.playback.frame)

    def merge(self, neighbour: int) -> None:
        track = self._corrected()
        if track is not None:
            index = self._index(track)
            self.edit(lambda v: commands.merge(self.document, v, index, neighbour))

    def move_edge(self, edge: str) -> None:
        """The start of the segment goes to the playhead, or its end to the frame after it."""
        track = self._corrected()
        if track is not None:
            frame, index = self.session.playback.frame, self._index(track)
            boundary, at = (index - 1, frame) if edge == "start" else (index, frame + 1)
            self.edit(lambda v: commands.move_boundary(self.document, v, boundary, at))
