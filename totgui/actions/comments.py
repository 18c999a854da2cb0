"""The part of the Review menu that writes comments at places of a video, goes from one to the next, settles them."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor

from core.annotation import commands
from core.annotation.values import CommentKey
from core.data.dataset import VideoId

from ..dialogs.comment_popup import CommentPopup, Span
from ..models.comment_words import place_of
from ..models.widgets import short
from .menu import Command, Menu

ON = "On what is selected, the marked range, or the frame on screen"
NONE_CHOSEN = "No comment is chosen in the list. Click one there, or in the timeline."
NONE_HERE = "No comment lies at this frame. Click one in the timeline or in the Review panel."


class CommentsPart(Menu):
    """`write` asks for a text beside the playhead; nothing holds the window up."""

    def commands(self) -> list[Command | None]:
        has_some = self._has_some
        return [
            Command("review.comment", "Comment…", self.write, ["C"], ON, self.is_open),
            Command("review.next-comment", "Next open comment", lambda: self.step(1), ["D"], "", has_some),
            Command(
                "review.previous-comment", "Previous open comment", lambda: self.step(-1), ["Shift+D"], "", has_some
            ),
            Command(
                "review.resolve-comment",
                "Resolve or reopen the comment",
                self.resolve,
                ["X"],
                "The comment at the frame on screen is settled, or open again",
                has_some,
            ),
            Command("review.edit-comment", "Edit the comment…", self.edit_here, usable=has_some),
            Command("review.delete-comment", "Delete the comment", self.delete, usable=has_some),
            Command("review.list-comments", "List of comments", self.show_list, tip="In the Review panel"),
        ]

    def _has_some(self) -> bool:
        return self.session.comments.any

    # --- writing -----------------------------------------------------------------------------------

    def write(self) -> None:
        """Ask for a comment on what is selected, the marked range, or the frame on screen."""
        self.at_playhead(lambda frame: self._write_on(self.places(frame)))

    def write_at(self, start: int, stop: int) -> None:
        """Ask for a comment on frames ``[start, stop)`` of the current video."""
        if self.video is not None:
            name = place_of(self.document.videos[self.video], start, stop)
            self._write_on([(name[:1].upper() + name[1:], (start, stop))])

    def places(self, frame: int) -> list[tuple[str, Span]]:
        """What a comment could be about now, the likeliest first: a range, selected segments, a segment, a frame."""
        if self.video is None:
            return []
        video, chosen, track = self.document.videos[self.video], self.session.chosen, self.session.base()
        found: list[tuple[str, Span]] = []
        marked = chosen.range
        if marked is not None and (chosen.takes_range or marked[0] <= frame < marked[1]):
            found.append((f"The marked range · {place_of(video, *marked)}", marked))
        numbers = sorted(chosen.segments)
        one = (f"This frame · {place_of(video, frame, frame + 1)}", (frame, frame + 1))
        if track is None:
            return [*found, one]
        if len(numbers) > 1:
            span = (track[numbers[0]].start, track[numbers[-1]].stop)
            return [*found, (f"{len(numbers)} segments · {place_of(video, *span)}", span), one]
        segment = track[numbers[0]] if numbers else track.at(min(frame, track.n_frames - 1))
        span = (segment.start, segment.stop)
        name = (f"{short(self.session.action_name(segment.label), 24)} · {place_of(video, *span)}", span)
        return [*found, name, one] if numbers else [*found, one, name]

    def _write_on(self, places: list[tuple[str, Span]]) -> None:
        video = self.video
        if video is None or not places or self._refused():
            return
        name = short(self.document.videos[video].name, 40)
        self._ask(f"Comment in {name}", places, video, lambda text, span: self._add(video, text, span))

    def _add(self, video: VideoId, text: str, span: Span) -> bool:
        author, now = self.session.reviewing.reviewer, int(time.time())
        before = set(self.document.comments_on(video))
        done = self.session.do(
            lambda: commands.add_comment(self.document, video, *span, text, author=author, written=now)
        )
        fresh = set(self.document.comments_on(video)) - before
        if done and fresh:
            self.session.comments.select(CommentKey(video, max(fresh)))
        return done

    def edit_at(self, key: CommentKey) -> None:
        """Another text for a comment, asked for where the pointer is."""
        self._edit(key, QCursor.pos() + QPoint(0, 12))

    def edit_here(self) -> None:
        """Another text for the comment that is meant."""
        keys = self._meant()
        if keys:
            self._edit(keys[0], self._beside_playhead())

    def _edit(self, key: CommentKey, place: QPoint) -> None:
        comment = self.session.comments.comment(key)
        if comment is None or self._refused():
            return
        video = self.document.videos[key.video]
        span = (comment.start, comment.stop)

        def save(text: str, _span: Span) -> bool:
            now = self.session.comments.comment(key)
            if now is None or text.strip() == now.text:
                return True
            return self.session.do(lambda: commands.edit_comment(self.document, key, text))

        title = f"{short(video.name, 40)}, {place_of(video, *span)}"
        self._ask(title, [("", span)], key, save, text=comment.text, place=place)

    def _ask(
        self,
        title: str,
        places: list[tuple[str, Span]],
        draft: CommentKey | VideoId,
        save: Callable[[str, Span], bool],
        *,
        text: str = "",
        place: QPoint | None = None,
    ) -> None:
        project, drafts = self.session.project, self.session.comments.drafts

        def keep(typed: str) -> None:
            if self.session.project is not project:
                return
            drafts.pop(draft, None)
            if typed.strip():
                drafts[draft] = typed

        popup = CommentPopup(
            title,
            places,
            lambda text, span: self.session.project is project and save(text, span),
            self.window,
            text=text,
            draft=drafts.get(draft, ""),
            keep=keep,
        )
        self.session.leaving.connect(popup.close)
        popup.show_at(place or self._beside_playhead())

    def _refused(self) -> bool:
        """Whether the project cannot be edited; says why."""
        project = self.session.project
        if project is None or not project.read_only:
            return False
        self.say("The project is open for reading: comments can be read, not written. Save a copy to edit them.")
        return True

    # --- going, settling ---------------------------------------------------------------------------

    def step(self, direction: int) -> None:
        """Go to the next open comment, of this video or of one after it."""
        comments = self.session.comments
        if comments.step(direction, self.video, self._frame) is None:
            self.say("Every comment is resolved." if comments.any else "There are no comments.")

    def show(self, key: CommentKey) -> None:
        """Open the video of a comment at its first frame."""
        comment = self.session.comments.comment(key)
        if comment is not None:
            self.go(key.video, comment.start)

    def show_list(self) -> None:
        """Show the list of comments."""
        self.window.bring("Review")
        self.window.review.show_comments()

    @property
    def _frame(self) -> int:
        """The frame that was gone to: its picture may still be on its way."""
        playback = self.session.playback
        return playback.wanted if playback.wanted >= 0 else playback.frame

    def _here(self) -> CommentKey | None:
        """The comment at the frame on screen; says so where there is none."""
        video = self.video
        key = self.session.comments.at(video, self._frame) if video is not None else None
        if key is None:
            self.say(NONE_HERE)
        return key

    def _meant(self) -> list[CommentKey]:
        """What a command works on: what is chosen in the list while that has the focus, and nothing else then."""
        view = self.window.review.comments
        if view.has_keys:
            chosen: list[CommentKey] = view.chosen()
            if not chosen:
                self.say(NONE_CHOSEN)
            return chosen
        key = self._here()
        return [] if key is None else [key]

    def resolve(self) -> None:
        """Settle the comments that are meant, or open them again where all of them are settled."""
        keys = self._meant()
        found = [comment for key in keys if (comment := self.session.comments.comment(key)) is not None]
        settle = not all(comment.resolved for comment in found)
        done = found and self.session.do(lambda: commands.resolve_comments(self.document, keys, resolved=settle))
        if done and not self.window.review.comments.has_keys:  # the list has gone on to the next
            self.session.comments.select(keys[0])

    def delete(self) -> None:
        """Delete the comments that are meant."""
        keys = self._meant()
        if keys:
            self.session.do(lambda: commands.delete_comments(self.document, keys))
