"""Edits of comments: what people write at a place of a video, for one another. No label changes with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ..data.dataset import Video, VideoId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .on_track import video_of
from .values import Comment, CommentId, CommentKey

MAX_COMMENT = 5000
"""Characters of one comment."""
MAX_COMMENTS = 10_000
"""Comments on one video: far more than anybody reads."""
MAX_AUTHOR = 120
LAST_WRITTEN = 253_370_764_800
"""Seconds from 1970 to the year 9999: no calendar goes on."""


def add_comment(
    document: Document, video: VideoId, start: int, stop: int, text: str, *, author: str = "", written: int = 0
) -> Edit:
    """A comment at frames ``[start, stop)`` of a video; `written` is the time in seconds since 1970.

    Raises EditError: the frames lie outside the video, or the text is empty, too long or cannot be stored.
    """
    found = video_of(document, video)
    comment = _fitting(found, Comment(start, stop, text, author, written))
    ids = _free_ids(document, video, 1)
    return Edit(f"comment in {_place(found, start)}", (Swap(CommentKey(video, ids[0]), None, comment),))


def edit_comment(document: Document, key: CommentKey, text: str) -> Edit:
    """Another text for a comment; its place, its author and its time stay. Raises EditError as `add_comment` does."""
    found, before = video_of(document, key.video), comment_of(document, key)
    return _changed("edit the comment in", document, key, _fitting(found, replace(before, text=text)))


def move_comment(document: Document, key: CommentKey, start: int, stop: int) -> Edit:
    """A comment at other frames ``[start, stop)``. Raises EditError: they lie outside the video, or nothing changes."""
    found, before = video_of(document, key.video), comment_of(document, key)
    after = _fitting(found, replace(before, start=start, stop=stop))
    if after == before:
        raise EditError("Nothing would change.")
    return Edit(f"move the comment to {_place(found, start)}", (Swap(key, before, after),))


def resolve_comments(document: Document, keys: Iterable[CommentKey], *, resolved: bool = True) -> Edit:
    """Comments are settled, or open again; those that are so already stay. Raises EditError where nothing changes."""
    word = "resolve" if resolved else "reopen"
    return _bulk(document, keys, word, lambda comment: replace(comment, resolved=resolved))


def delete_comments(document: Document, keys: Iterable[CommentKey]) -> Edit:
    """Comments are gone. Raises EditError: nothing is selected, or one is not there."""
    return _bulk(document, keys, "delete", lambda _: None)


def import_comments(document: Document, found: Mapping[VideoId, Sequence[Comment]]) -> Edit:
    """Comments of files or of another project, as one edit; one that is here already is not taken twice.

    A comment is here already where one with its frames, text and author is; whether it is settled stays as it is here.
    Raises EditError: all of them are here already, or one does not fit its video.
    """
    swaps: list[Swap] = []
    for video, comments in found.items():
        known = video_of(document, video)
        here = {same_comment(comment) for comment in document.comments_on(video).values()}
        fresh: list[Comment] = []
        for comment in (_fitting(known, each) for each in comments):
            if same_comment(comment) not in here:
                here.add(same_comment(comment))
                fresh.append(comment)
        ids = _free_ids(document, video, len(fresh))
        swaps += [Swap(CommentKey(video, new), None, each) for new, each in zip(ids, fresh, strict=True)]
    if not swaps:
        raise EditError("Nothing would change: these comments are in the project already.")
    return Edit(f"import {counted([swap.key for swap in swaps if isinstance(swap.key, CommentKey)])}", tuple(swaps))


def comment_of(document: Document, key: CommentKey) -> Comment:
    """The comment of a key. Raises EditError."""
    found = document.comments_on(key.video).get(key.id)
    if found is None:
        raise EditError(f"This comment on {video_of(document, key.video).name} is not there any more.")
    return found


def checked_comment(document: Document, video: VideoId, comment: Comment) -> Comment:
    """A comment as it would be kept on a video. Raises EditError as `add_comment` does."""
    return _fitting(video_of(document, video), comment)


def is_sound(comment: Comment) -> bool:
    """Whether a comment is one that could have been written here: what a stranger's file holds need not be."""
    author_ok = len(comment.author) <= MAX_AUTHOR and not any(map(_is_control, comment.author))
    return not comment_problem(comment.text) and author_ok and 0 <= comment.written < LAST_WRITTEN


def comment_problem(text: str) -> str:
    """Why a text cannot be a comment; empty where it can."""
    try:
        _text(text)
    except EditError as error:
        return str(error)
    return ""


def counted(keys: Sequence[CommentKey]) -> str:
    """How many comments in how many videos, in words."""
    n, videos = len(keys), len({key.video for key in keys})
    comments = f"{n:,} comment{'' if n == 1 else 's'}"
    return f"{comments} in {videos:,} video{'' if videos == 1 else 's'}"


def place_text(video: Video, frame: int) -> str:
    """A frame as minutes and seconds, or by its number where no rate is known."""
    seconds = video.timebase.seconds(frame)
    if seconds is None:
        return f"frame {frame:,}"
    minutes, hundredths = divmod(round(seconds * 100), 6000)
    return f"{minutes}:{hundredths // 100:02}.{hundredths % 100:02}"


def _place(video: Video, frame: int) -> str:
    return f"{video.name} at {place_text(video, frame)}"


def same_comment(comment: Comment) -> tuple[int, int, str, str]:
    """What two comments have in common that are the same one: frames, text, author."""
    return comment.start, comment.stop, comment.text, comment.author


def _free_ids(document: Document, video: VideoId, n: int) -> list[CommentId]:
    """Numbers that no comment on a video has. Raises EditError where the video would have too many."""
    here = document.comments_on(video)
    if len(here) + n > MAX_COMMENTS:
        name = video_of(document, video).name
        raise EditError(f"{name} would have {len(here) + n:,} comments; a video has up to {MAX_COMMENTS:,}.")
    first = 1 + max(here, default=0)
    return [CommentId(first + i) for i in range(n)]


def _changed(what: str, document: Document, key: CommentKey, after: Comment) -> Edit:
    before = comment_of(document, key)
    if after == before:
        raise EditError("Nothing would change.")
    return Edit(f"{what} {_place(video_of(document, key.video), after.start)}", (Swap(key, before, after),))


def _bulk(document: Document, keys: Iterable[CommentKey], word: str, make: Callable[[Comment], Comment | None]) -> Edit:
    chosen = list(dict.fromkeys(keys))
    if not chosen:
        raise EditError("No comment is selected.")
    pairs = [(key, before, make(before)) for key in chosen for before in [comment_of(document, key)]]
    pairs = [pair for pair in pairs if pair[1] != pair[2]]
    if not pairs:
        raise EditError("Nothing would change.")
    (key, before, _), *more = pairs
    one = f"the comment in {_place(video_of(document, key.video), before.start)}"
    text = counted([key for key, _, _ in pairs]) if more else one
    return Edit(f"{word} {text}", tuple(Swap(*pair) for pair in pairs))


def _fitting(video: Video, comment: Comment) -> Comment:
    """The comment as it is kept. Raises EditError for what does not fit."""
    n_frames = video.timebase.n_frames
    if not 0 <= comment.start < comment.stop <= n_frames:
        raise EditError(
            f"Frames {comment.start:,} to {comment.stop - 1:,} are outside {video.name}, which has {n_frames:,}."
        )
    author = " ".join(_plain(comment.author).split())[:MAX_AUTHOR]
    written = comment.written if 0 <= comment.written < LAST_WRITTEN else 0
    return replace(comment, text=_text(comment.text), author=author, written=written)


def _text(text: str) -> str:
    text = _plain(text)
    if not text:
        raise EditError("A comment needs a text.")
    if len(text) > MAX_COMMENT:
        raise EditError(
            f"A comment has up to {MAX_COMMENT:,} characters; this one has {len(text):,}. "
            "Shorten it, or write two comments."
        )
    return text


def _plain(text: str) -> str:
    """The text without blanks around it and with plain line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").replace("\t", " ").strip()
    if any(_is_control(c) and c != "\n" for c in text):
        raise EditError("The text holds characters that cannot be stored. Type it again.")
    return text


def _is_control(letter: str) -> bool:
    return ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or "\ud800" <= letter <= "\udfff"
