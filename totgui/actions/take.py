"""The first part of the Segment menu: where the corrected track comes from."""

from __future__ import annotations

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId

from ..session.chosen import CORRECTED, RUN, SECOND
from .menu import Command, Menu

TRUTH, PREDICTION = "ground-truth", "prediction"


class TakePart(Menu):
    """Takes spans or the whole of the active read-only track."""

    def commands(self) -> list[Command | None]:
        is_open = self.is_open
        return [
            Command(
                "segment.take",
                "Take the active track here",
                self.take,
                ["T"],
                "Into Corrected: the selection, or its segment under the playhead. Up and Down choose the track",
                is_open,
            ),
            Command(
                "segment.take-video",
                "Take the active track for this video",
                self.take_video,
                ["Shift+T"],
                "Replaces the corrected track",
                is_open,
            ),
            Command(
                "segment.take-all",
                "Take the prediction for all videos",
                self.take_all,
                ["Ctrl+Shift+T"],
                "Replaces the corrected tracks of all videos that are not accepted",
                is_open,
            ),
            Command(
                "segment.from-truth",
                "Start from ground truth",
                lambda: self.edit(lambda video: commands.start_from_ground_truth(self.document, video)),
                tip="Copy ground truth into Corrected",
                usable=lambda: self.video is not None and self.video in self.document.ground_truth,
            ),
            Command(
                "segment.unlabelled",
                "Start unlabelled",
                lambda: self.edit(lambda video: commands.start_unlabelled(self.document, video)),
                tip="Corrected becomes one segment that nobody has looked at",
                usable=is_open,
            ),
        ]

    def _source(self) -> tuple[str, Segmentation] | None:
        """The key and the track of the active row; for Corrected the prediction, else the ground truth."""
        if self.video is None:
            return None
        tracks, active = self.session.tracks(self.video), self.session.chosen.active
        keys = (PREDICTION, TRUTH) if active == CORRECTED else (active,)
        for key in keys:
            track = tracks.get(key)
            if key == SECOND:
                track = self.session.reviewing.second_track(self.video)
            elif key.startswith(RUN):
                track = self.session.mapped_prediction(RunId(key.removeprefix(RUN)), self.video)
            if track is not None:
                return key, track
        self.say(
            self.named("There is nothing to take in this track. Train first ({model.train}), or choose another one.")
        )
        return None

    def _run(self, key: str) -> RunId | None:
        """The run of a row; None for the ground truth."""
        if key == TRUTH:
            return None
        return self.session.current_run if key == PREDICTION else RunId(key.removeprefix(RUN))

    def take(self) -> None:
        """Take the selection, or the segment under the playhead; as the first edit all of the prediction."""
        found = self._source()
        if found is None:
            return
        chosen = self.session.chosen
        if found[0] == PREDICTION and self.video not in self.document.corrected and chosen.is_empty:
            self.take_video()
        elif chosen.selected_range is not None or chosen.segments:
            self._take(found[0], chosen.spans(self.session.playback.frame))
        else:
            self.at_playhead(lambda frame: self._take(found[0], [found[1].at(frame)[:2]]))

    def _take(self, key: str, spans: list[tuple[int, int]]) -> None:
        if key == SECOND:
            self._take_of_another(spans)
            return
        source, run = self._run(key), self.session.current_run
        self.edit(lambda video: commands.take_spans(self.document, video, source, spans, run=run))

    def _take_of_another(self, spans: list[tuple[int, int]]) -> None:
        reviewing, run = self.session.reviewing, self.session.current_run
        track, name = reviewing.second_track(self.video), reviewing.second_name
        if track is not None:
            self.edit(lambda video: commands.take_of_another(self.document, video, name, track, spans, run=run))

    def take_video(self) -> None:
        found = self._source()
        if found is None:
            return
        if found[0] == SECOND:
            self._take_of_another([(0, found[1].n_frames)])
            return
        run = self._run(found[0])
        if run is None:
            self.edit(lambda video: commands.start_from_ground_truth(self.document, video))
        else:
            self.edit(lambda video: commands.take_prediction(self.document, run, video))

    def take_all(self) -> None:
        run, before = self.session.current_run, dict(self.document.corrected)
        if run is None:
            self.say(self.named("There is no prediction yet. Train first ({model.train})."))
        elif self.session.do(lambda: commands.take_all(self.document, run)):
            after = self.document.corrected
            changed = [video for video in after if before.get(video) is not after[video]]
            segments = sum(len(after[video]) for video in changed)
            self.session.done.emit(f"Took {segments:,} segments in {len(changed)} videos from the prediction.")
