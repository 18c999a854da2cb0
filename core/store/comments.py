"""The comments of a project as rows, each with its check sum; files of format 2 and earlier have none."""

from __future__ import annotations

import json
import sqlite3

import msgspec

from ..annotation.document import Document
from ..annotation.values import Comment, CommentId, CommentKey, Value
from ..errors import DamagedProjectError
from . import pack

FIRST_VERSION = 3


def put(connection: sqlite3.Connection, key: CommentKey, place: int, value: Value | None) -> None:
    """The comment after a swap; one that is gone loses its row."""
    number = int(key.id)
    if value is None:
        connection.execute("DELETE FROM comment WHERE video=? AND id=?", (place, number))
        return
    text = pack.to_json(pack.plain(value))
    connection.execute(
        "INSERT OR REPLACE INTO comment VALUES (?, ?, ?, ?)", (place, number, text, pack.crc(place, number, text))
    )


def load(connection: sqlite3.Connection, document: Document) -> None:
    """Fill a document with the comments. Raises DamagedProjectError for the first that fails its check."""
    if connection.execute("PRAGMA user_version").fetchone()[0] < FIRST_VERSION:
        return
    videos = list(document.videos)
    for place, number, text, stored in connection.execute("SELECT video, id, value, crc FROM comment ORDER BY 1, 2"):
        pack.check(stored, place, number, text, place=f"comment {number} on video {place + 1}")
        if not add(document, CommentKey(videos[place], CommentId(number)), unpack(text)):
            raise DamagedProjectError(
                f'Comment {number} on "{videos[place]}" does not fit its video. The file was left as it is.'
            )


def unpack(text: str) -> Comment:
    """The comment of a row. Raises DamagedProjectError."""
    try:
        return pack.comment(json.loads(text))
    except (msgspec.ValidationError, ValueError) as error:
        raise DamagedProjectError("A comment of the project is damaged. The file was left as it is.") from error


def add(document: Document, key: CommentKey, comment: Comment) -> bool:
    """File a comment under its video; False where it does not fit there."""
    video = document.videos.get(key.video)
    if video is None or not 0 <= comment.start < comment.stop <= video.timebase.n_frames:
        return False
    on_video = document.comments.setdefault(key.video, {})
    assert isinstance(on_video, dict)
    on_video[key.id] = comment
    return True
