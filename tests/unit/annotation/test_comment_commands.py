"""Comments: what is kept of a text, what is refused and why, and what the history says."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from core.annotation import commands
from core.annotation.changes import What
from core.annotation.comment_commands import MAX_COMMENT, MAX_COMMENTS, comment_problem
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.values import Comment, CommentId, CommentKey
from core.data.dataset import Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError

V, W = VideoId("v"), VideoId("w")


@pytest.fixture
def document() -> Document:
    """A video of 2,000 frames at 25 a second, and one of 50 without a clock."""
    videos = (Video(V, "P03", Timebase(2000, Fraction(25))), Video(W, "P04", Timebase(50)))
    return Document(Dataset(Path("/d"), "tea", videos, ()))


def do(document: Document, edit: Edit) -> str:
    """Apply an edit; its text."""
    changes = document.apply(edit)
    assert changes.what is What.COMMENTS
    return edit.text


def key(video: VideoId, number: int) -> CommentKey:
    return CommentKey(video, CommentId(number))


def test_the_history_says_what_happened_and_where(document: Document) -> None:
    assert do(document, commands.add_comment(document, V, 1186, 1187, "wrong")) == "comment in P03 at 0:47.44"
    assert do(document, commands.add_comment(document, W, 4, 9, "odd")) == "comment in P04 at frame 4"
    assert do(document, commands.edit_comment(document, key(V, 1), "right")) == "edit the comment in P03 at 0:47.44"
    assert do(document, commands.move_comment(document, key(V, 1), 1500, 1510)) == "move the comment to P03 at 1:00.00"
    both = [key(V, 1), key(W, 1)]
    assert do(document, commands.resolve_comments(document, both)) == "resolve 2 comments in 2 videos"
    reopened = commands.resolve_comments(document, both[:1], resolved=False)
    assert do(document, reopened) == "reopen the comment in P03 at 1:00.00"
    again = commands.resolve_comments(document, both, resolved=False)
    assert do(document, again) == "reopen the comment in P04 at frame 4"  # the other one is open already
    assert do(document, commands.delete_comments(document, both)) == "delete 2 comments in 2 videos"
    assert document.comments == {}


def test_a_text_is_kept_as_it_was_written_but_for_blanks_around_it_and_line_ends(document: Document) -> None:
    text = " \r\n<script>\u202e\U0001f600\r\tb\u2029c \n"
    do(document, commands.add_comment(document, V, 0, 1, text, author=" Ada \n L ", written=12))
    assert document.comments_on(V)[CommentId(1)] == Comment(0, 1, "<script>\u202e\U0001f600\n b\nc", "Ada L", 12)


@pytest.mark.parametrize(
    ("start", "stop", "text", "said"),
    [
        (0, 1, " \n\t", "needs a text"),
        (0, 1, "x" * (MAX_COMMENT + 1), "up to 5,000 characters; this one has 5,001"),
        (0, 1, "a\0b", "cannot be stored"),
        (0, 1, "\ud800", "cannot be stored"),
        (-1, 1, "a", "outside P03, which has 2,000"),
        (1999, 2001, "a", "outside P03"),
        (5, 5, "a", "outside P03"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(
    document: Document, start: int, stop: int, text: str, said: str
) -> None:
    with pytest.raises(EditError, match=said):
        commands.add_comment(document, V, start, stop, text)
    assert document.comments == {}


def test_a_text_of_the_greatest_length_is_kept_and_the_editor_can_ask_before(document: Document) -> None:
    do(document, commands.add_comment(document, V, 0, 2000, "\U0001f600" * MAX_COMMENT))
    assert comment_problem("a") == "" and "5,001" in comment_problem("x" * 5001)


def test_a_video_has_room_for_so_many_comments_and_no_more(document: Document) -> None:
    many = [Comment(i % 2000, i % 2000 + 1, f"{i}") for i in range(MAX_COMMENTS)]
    do(document, commands.import_comments(document, {V: many}))
    with pytest.raises(EditError, match="10,001 comments"):
        commands.add_comment(document, V, 0, 1, "one more")


def test_an_import_takes_each_comment_once_and_leaves_what_is_settled_here(document: Document) -> None:
    do(document, commands.add_comment(document, V, 3, 4, "a", author="Ada"))
    do(document, commands.resolve_comments(document, [key(V, 1)]))
    found = [Comment(3, 4, "a", "Ada"), Comment(3, 4, "a", "Bea"), Comment(3, 4, "a", "Bea"), Comment(1, 2, "b")]
    text = do(document, commands.import_comments(document, {V: found, W: [Comment(0, 50, "c")]}))
    assert text == "import 3 comments in 2 videos"
    assert document.comments_on(V)[CommentId(1)].resolved and len(document.comments_on(V)) == 3
    with pytest.raises(EditError, match="in the project already"):
        commands.import_comments(document, {V: found})


def test_a_comment_that_is_gone_cannot_be_changed(document: Document) -> None:
    for make in (
        lambda: commands.edit_comment(document, key(V, 1), "a"),
        lambda: commands.move_comment(document, key(V, 1), 0, 1),
        lambda: commands.resolve_comments(document, [key(V, 1)]),
        lambda: commands.delete_comments(document, [key(V, 1)]),
    ):
        with pytest.raises(EditError, match="not there any more"):
            make()
    with pytest.raises(EditError, match="No comment is selected"):
        commands.delete_comments(document, [])
    with pytest.raises(EditError, match="no video"):
        commands.add_comment(document, VideoId("x"), 0, 1, "a")


def test_nothing_new_is_no_edit(document: Document) -> None:
    do(document, commands.add_comment(document, V, 3, 4, "a"))
    for make in (
        lambda: commands.edit_comment(document, key(V, 1), " a "),
        lambda: commands.move_comment(document, key(V, 1), 3, 4),
        lambda: commands.resolve_comments(document, [key(V, 1)], resolved=False),
    ):
        with pytest.raises(EditError, match="Nothing would change"):
            make()


def test_a_snapshot_for_another_thread_keeps_the_comments_it_had(document: Document) -> None:
    do(document, commands.add_comment(document, V, 3, 4, "a"))
    taken = document.snapshot()
    do(document, commands.add_comment(document, V, 5, 6, "b"))
    do(document, commands.delete_comments(document, [key(V, 1)]))
    assert list(taken.comments_on(V)) == [1] and list(document.comments_on(V)) == [2]


def test_the_comments_of_a_video_are_copied_once_for_an_edit_of_many(document: Document) -> None:
    """Each swap copied all of them: to delete 10,000 held the window up for half a second and more."""
    do(document, commands.import_comments(document, {V: [Comment(i, i + 1, f"{i}") for i in range(5)]}))
    taken, put = document.snapshot(), []

    class Watched(dict[VideoId, Mapping[CommentId, Comment]]):
        def __setitem__(self, video: VideoId, comments: Mapping[CommentId, Comment]) -> None:
            put.append(video)
            super().__setitem__(video, comments)

    document.comments = Watched(document.comments)
    edit = commands.delete_comments(document, [key(V, i) for i in range(1, 5)])
    do(document, edit)
    assert put == [V] and list(document.comments_on(V)) == [5]
    do(document, edit.inverse())
    assert put == [V, V] and document.comments_on(V) == taken.comments_on(V) and len(taken.comments_on(V)) == 5
