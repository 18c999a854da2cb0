"""The Review menu: what a person says of a video, where to look next, and another reviewer beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog

from core.annotation import commands
from core.annotation.review_commands import unlabelled_frames
from core.annotation.statistics import differences
from core.annotation.values import ReviewStatus
from core.data.dataset import UNLABELLED, VideoId

from ..models.key_hints import nothing_to_accept
from ..session.readings import UNCERTAIN, stretches
from .menu import Command, Menu

Spans = list[tuple[int, int]]


class ReviewMenu(Menu):
    title = "&Review"

    def commands(self) -> list[Command | None]:
        is_open = self.is_open
        has_labels = self._has_labels
        return [
            Command("review.accept", "Accept video", self.accept, ["A"], usable=is_open),
            Command("review.reject", "Reject video", self.reject, ["R"], usable=is_open),
            Command("review.clear", "Clear review", lambda: self.review(ReviewStatus.NONE), usable=is_open),
            None,
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
            None,
            Command("review.next-video", "Next video", lambda: self.go_video(1), ["Ctrl+Down"], usable=is_open),
            Command("review.previous-video", "Previous video", lambda: self.go_video(-1), ["Ctrl+Up"], usable=is_open),
            Command(
                "review.next-open",
                "Next video to review",
                self.go_open,
                ["Ctrl+Shift+Down"],
                "The next one that is neither accepted nor rejected",
                is_open,
            ),
            Command(
                "review.next-to-correct",
                "Next video to correct",
                self.go_next_to_correct,
                ["Ctrl+Shift+PgDown"],
                "The video whose correction would teach the next training most",
                usable=is_open,
                repeats=False,
            ),
            None,
            Command(
                "review.second",
                "Compare with another reviewer…",
                self.choose_second,
                tip="Cohen's kappa and boundaries, from another project or label files",
                usable=is_open,
            ),
        ]

    def _has_labels(self) -> bool:
        document = self.session.document
        return document is not None and bool(document.corrected or document.predictions)

    # --- accepting -------------------------------------------------------------------------------------

    @property
    def _reviewer(self) -> str | None:
        return self.session.reviewing.reviewer or None

    def review(self, status: ReviewStatus) -> bool:
        """Give the video a status; its note stays."""
        return self.edit(lambda video: commands.set_review(self.document, video, status, reviewer=self._reviewer))

    def accept(self) -> None:
        """Accept the video and go on to the next; with unlabelled frames, say so and offer what can be done."""
        video = self.video
        if video is None:
            return
        track = self.document.corrected.get(video)
        if track is None:
            self.say(nothing_to_accept(self.window.timeline.keys))
        elif count := unlabelled_frames(track):
            first = next(segment.start for segment in track.segments if segment.label == UNLABELLED)
            self.window.bar.say(
                f"{count:,} frames of {self.document.videos[video].name} are unlabelled.",
                "warning",
                [
                    ("Go there", lambda: self._go(video, first)),
                    ("Make them background and accept", lambda: self._accept_rest(video)),
                ],
            )
        elif self.review(ReviewStatus.ACCEPTED):
            self._after(video, "Accepted")

    def _accept_rest(self, video: VideoId) -> None:
        make = commands.accept_rest_as_background
        if self.session.do(lambda: make(self.document, video, reviewer=self._reviewer)):
            self._after(video, "Accepted")

    def reject(self) -> None:
        """Reject the video and go on to the next."""
        video = self.video
        if video is not None and self.review(ReviewStatus.REJECTED):
            self._after(video, "Rejected")

    def _after(self, video: VideoId, word: str) -> None:
        """Say what was done and how far the activity is, and open the next video that nobody has reviewed."""
        document = self.document
        done = sum(document.review(v).status is ReviewStatus.ACCEPTED for v in document.videos)
        text = f"{word} {document.videos[video].name}. {done} of {len(document.videos)} videos are accepted."
        self.say(text + self._teaches(video))
        self.go_open(quiet=True)

    def _teaches(self, video: VideoId) -> str:
        """That the next training learns from a video that was accepted, where the run that is shown has not."""
        run = self.shown_run
        new = run is not None and video not in run.learned.videos
        if not new or self.document.review(video).status is not ReviewStatus.ACCEPTED:
            return ""
        if self.window.training.learn_from.source == "none":
            return ""
        return self.named(" Train again ({model.train}) and the other videos learn from it.")

    # --- where to look ---------------------------------------------------------------------------------

    def go_place(self, direction: int) -> None:
        """Go to the next place of the queue; the first wish starts it."""
        reviewing = self.session.reviewing
        reviewing.watch()
        if reviewing.step(direction) is None:
            waiting = self.named("Looking for places to review. Press {review.next-place} again in a moment.")
            self.say("Nothing is left to look at." if reviewing.is_ready else waiting)

    def show_place(self) -> None:
        """Open the video of the queue's current place at its first frame."""
        place = self.session.reviewing.current
        if place is not None:
            self._go(place.video, place.start)

    def looks_right(self) -> None:
        """What is looked at is right as it is: the current place, or else the segment under the playhead."""
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
        mine, reference = corrected or prediction, truth or prediction
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
            self.session.playback.seek(starts[0] if direction > 0 else starts[-1])
        else:
            self.say(f"There is no {'further' if direction > 0 else 'earlier'} {what} in this video.")

    # --- videos ----------------------------------------------------------------------------------------

    def go_next_to_correct(self) -> None:
        video = self.session.proposals.after(self.video)
        if video is None:
            self.say("Every other video is corrected or decided on.")
        else:
            self.session.select_video(video)

    def go_video(self, direction: int) -> None:
        if self.session.document is None or self.video is None:
            return
        videos = list(self.document.videos)
        index = videos.index(self.video) + direction
        if 0 <= index < len(videos):
            self.session.select_video(videos[index])

    def go_open(self, *, quiet: bool = False) -> None:
        """The next video, from the one that is shown on, that is neither accepted nor rejected."""
        if self.session.document is None or self.video is None:
            return
        videos = list(self.document.videos)
        here = videos.index(self.video)
        settled = (ReviewStatus.ACCEPTED, ReviewStatus.REJECTED)
        for video in (*videos[here + 1 :], *videos[:here]):
            if self.document.review(video).status not in settled:
                self.session.select_video(video)
                return
        if not quiet:
            self.say("Every other video is accepted or rejected.")

    def _go(self, video: VideoId, frame: int) -> None:
        self.session.select_video(video)
        self.session.playback.seek(frame)

    # --- another reviewer ------------------------------------------------------------------------------

    def choose_second(self) -> None:
        """Ask for another person's project or labels, and compare."""
        path = ask_second(self.window)
        if path is not None:
            self.session.exchange.read_second_reviewer(path, self._on_second)

    def _on_second(self, found: Any) -> None:
        self.session.reviewing.set_second(found.name, found.tracks)
        left = f" {len(found.notes)} remarks: {found.notes[0]}" if found.notes else ""
        self.say(f"Comparing with {found.name} on {len(found.tracks)} videos.{left}")
        self.window.docks["Review"].show()
        self.window.docks["Review"].raise_()


def ask_second(parent: Any) -> Path | None:
    """The file that holds another person's labels, or None."""
    path, _ = QFileDialog.getOpenFileName(parent, "Another reviewer's project or labels", "", "All files (*)")
    return Path(path) if path else None
