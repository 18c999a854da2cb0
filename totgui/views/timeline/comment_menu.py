"""The context menu of the row of comments: what can be done with the one under the pointer, or a new one there."""

from __future__ import annotations

from core.annotation import commands
from core.annotation.values import Comment, CommentKey

from .frame_menu import FrameMenu


class CommentMenu(FrameMenu):
    """Edits, settles, moves and deletes a comment; leads to the others."""

    def fill(self, key: str, height: float) -> None:
        """Everything for a place of the row, or for its name at the left."""
        found = self._view.comment_menu
        comment = self._session.comments.comment(found) if found is not None else None
        if found is not None and comment is not None:
            self._fill_comment(found, comment)
            self.addSeparator()
        if self._frame >= 0:
            self.write(self.tr("Comment here…"), self._frame, self._frame + 1)
            self.addSeparator()
        self._ask(self.tr("Next open comment"), "review.next-comment")
        self._ask(self.tr("Previous open comment"), "review.previous-comment")
        self._ask(self.tr("List of comments"), "review.list-comments")

    def _fill_comment(self, key: CommentKey, comment: Comment) -> None:
        document, comments, writable = self._document, self._session.comments, self.is_writable
        self._call(self.tr("Edit…"), lambda: comments.editAsked.emit(key), usable=writable)
        settle = not comment.resolved
        self._do(
            self.tr("Resolve") if settle else self.tr("Reopen"),
            lambda: commands.resolve_comments(document, [key], resolved=settle),
            usable=writable,
        )
        self._do(self.tr("Delete"), lambda: commands.delete_comments(document, [key]), usable=writable)
        self.addSeparator()
        self._fill_places(key, comment)

    def _fill_places(self, key: CommentKey, comment: Comment) -> None:
        """Where it could stand instead, and what its frames are good for."""
        document, at, marked = self._document, self._session.playback.frame, self._session.chosen.range
        here = (comment.start, comment.stop)
        self._do(
            self.tr("Move to the frame on screen"),
            lambda: commands.move_comment(document, key, at, at + 1),
            usable=self.is_writable and here != (at, at + 1),
        )
        start, stop = marked or here
        self._do(
            self.tr("Move to the marked range"),
            lambda: commands.move_comment(document, key, start, stop),
            usable=self.is_writable and here != (start, stop),
        )
        self._call(self.tr("Mark its frames as range"), lambda: self._session.chosen.select_range(*here))
