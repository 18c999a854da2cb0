"""The Review menu: what a person says of a video, and the way to the next one."""

from __future__ import annotations

from core.annotation import commands
from core.annotation.values import ReviewStatus

from .menu import Command, Menu


class ReviewMenu(Menu):
    title = "&Review"

    def commands(self) -> list[Command | None]:
        is_open = self.is_open
        return [
            Command("review.accept", "Accept video", lambda: self.review(ReviewStatus.ACCEPTED), ["A"], usable=is_open),
            Command("review.reject", "Reject video", lambda: self.review(ReviewStatus.REJECTED), ["R"], usable=is_open),
            Command("review.clear", "Clear review", lambda: self.review(ReviewStatus.NONE), usable=is_open),
            None,
            Command("review.next-video", "Next video", lambda: self.go_video(1), ["Ctrl+Down"]),
            Command("review.previous-video", "Previous video", lambda: self.go_video(-1), ["Ctrl+Up"]),
        ]

    def review(self, status: ReviewStatus) -> None:
        note = self.document.review(self.video).note if self.video else ""
        self.edit(lambda video: commands.set_review(self.document, video, status, note))

    def go_video(self, direction: int) -> None:
        if self.session.document is None or self.video is None:
            return
        videos = list(self.document.videos)
        index = videos.index(self.video) + direction
        if 0 <= index < len(videos):
            self.session.select_video(videos[index])
