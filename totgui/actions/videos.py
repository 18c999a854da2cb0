"""The part of the Review menu that leads to another video: the next one, the next open one, the one to correct."""

from __future__ import annotations

from core.annotation.values import ReviewStatus

from .menu import Command, Menu


class VideosPart(Menu):
    """Goes from video to video."""

    def commands(self) -> list[Command | None]:
        is_open = self.is_open
        return [
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
        ]

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
