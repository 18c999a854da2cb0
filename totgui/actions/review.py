"""The Review menu: what a person says of a video, and another reviewer beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog, QWidget

from core.annotation import commands
from core.annotation.review_commands import unlabelled_frames
from core.annotation.values import ReviewStatus
from core.data.dataset import UNLABELLED, RunId, VideoId

from ..models.key_hints import nothing_to_accept
from .comments import CommentsPart
from .menu import Command, Menu
from .places import PlacesPart
from .videos import VideosPart

if TYPE_CHECKING:
    from ..session.exchange import SecondReviewer


class ReviewMenu(Menu):
    title = "&Review"

    def __init__(self, window: Any) -> None:
        super().__init__(window)
        self.places, self.videos, self.comments = PlacesPart(window), VideosPart(window), CommentsPart(window)
        self._offered: tuple[VideoId, str] | None = None  # whose prediction can be accepted as it is, and what was said
        self.session.documentChanged.connect(lambda *_: self._withdraw())

    def commands(self) -> list[Command | None]:
        is_open = self.is_open
        return [
            Command("review.accept", "Accept video", self.accept, ["A"], usable=is_open),
            Command("review.reject", "Reject video", self.reject, ["R"], usable=is_open),
            Command("review.clear", "Clear review", lambda: self.review(ReviewStatus.NONE), usable=is_open),
            None,
            *self.places.commands(),
            None,
            *self.comments.commands(),
            None,
            *self.videos.commands(),
            None,
            Command(
                "review.second",
                "Compare with another reviewer…",
                self.choose_second,
                tip="Cohen's kappa and boundaries, from another project or a file of labels",
                usable=is_open,
            ),
            Command(
                "review.second-folder",
                "Compare with the labels in a folder…",
                lambda: self.choose_second(is_folder=True),
                tip="Cohen's kappa and boundaries, from a folder with a label file for each video",
                usable=is_open,
            ),
        ]

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
            self._offer_prediction(video)
        elif count := unlabelled_frames(track):
            first = next(segment.start for segment in track.segments if segment.label == UNLABELLED)
            self.window.bar.say(
                f"{count:,} frames of {self.document.videos[video].name} are unlabelled.",
                "warning",
                [
                    ("Go there", lambda: self.go(video, first)),
                    ("Make them background and accept", lambda: self._accept_rest(video)),
                ],
            )
        elif self.review(ReviewStatus.ACCEPTED):
            self._after(video, "Accepted")

    def _offer_prediction(self, video: VideoId) -> None:
        """Nothing is corrected: say so, and offer to accept what was predicted where every step of it has a name."""
        run = self.session.current_run
        track = None if run is None else self.session.mapped_prediction(run, video)
        text = nothing_to_accept(self.window.timeline.keys, has_prediction=track is not None)
        offers = (
            []
            if run is None or track is None or unlabelled_frames(track)
            else [("Take it and accept", lambda: self._accept_prediction(run, video))]
        )
        self._offered = (video, text)
        self.window.bar.say(text, "info", offers)

    def _withdraw(self) -> None:
        """A video that was corrected meanwhile is not what was offered any more."""
        if self._offered is not None and self.session.document is not None:
            video, text = self._offered
            if video in self.session.document.corrected:
                self._offered = None
                self.window.bar.withdraw(text)

    def _accept_prediction(self, run: RunId, video: VideoId) -> None:
        if video in self.document.corrected:
            self.say(f"{self.document.videos[video].name} was corrected since: the prediction did not replace that.")
            return
        make = commands.accept_prediction
        if self.session.do(lambda: make(self.document, run, video, reviewer=self._reviewer)):
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
        self.videos.go_open(quiet=True)

    def _teaches(self, video: VideoId) -> str:
        """That the next training learns from a video that was accepted, where the run that is shown has not."""
        run = self.shown_run
        new = run is not None and video not in run.learned.videos
        if not new or self.document.review(video).status is not ReviewStatus.ACCEPTED:
            return ""
        if self.window.training.learn_from.source == "none":
            return ""
        return self.named(" Train again ({model.train}) and the other videos learn from it.")

    # --- another reviewer ------------------------------------------------------------------------------

    def choose_second(self, is_folder: bool = False) -> None:
        """Ask for another person's project or labels, and compare."""
        settings = self.window.settings
        path = ask_second(self.window, is_folder, settings.last_folder())
        if path is not None:
            settings.set_last_folder(path.parent)
            self.session.exchange.read_second_reviewer(path, self._on_second)

    def _on_second(self, found: SecondReviewer) -> None:
        self.session.reviewing.set_second(found.name, found.tracks)
        many, remarks = len(found.tracks), len(found.notes)
        left = f" {remarks} remark{'s' * (remarks != 1)}: {found.notes[0]}" if found.notes else ""
        text = f"Comparing with {found.name}: labels of {many} video{'s' * (many != 1)}.{left}"
        n = sum(map(len, found.comments.values()))
        if n and not (self.session.project is None or self.session.project.read_only):
            text += f" They wrote {n:,} comment{'s' * (n != 1)} that you do not have."
            self.window.bar.say(
                text, "info", [(f"Take the comment{'s' * (n != 1)}", lambda: self._take_comments(found))]
            )
        else:
            self.say(text)
        self.window.bring("Review")
        self.window.review.tabs.setCurrentWidget(self.window.review.second)

    def _take_comments(self, found: SecondReviewer) -> None:
        """Their comments become ours too, as one edit."""
        if self.session.do(lambda: commands.import_comments(self.document, found.comments)):
            self.comments.show_list()


def ask_second(parent: QWidget, is_folder: bool, start: str) -> Path | None:
    """The file or folder that holds another person's labels, or None; looked for from `start` on."""
    if is_folder:
        path = QFileDialog.getExistingDirectory(parent, "Folder with another reviewer's labels", start)
    else:
        path, _ = QFileDialog.getOpenFileName(parent, "Another reviewer's project or labels", start, "All files (*)")
    return Path(path) if path else None
