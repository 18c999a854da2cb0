"""Comments as a Qt table model: a row for each, in the order of the videos and of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication

from core.annotation.values import Comment, CommentKey
from core.data.dataset import VideoId

from ..session import Session
from .columns import ColumnsModel
from .comment_words import row_text, tip_of, when_text
from .widgets import NUMBER, WORDS, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
COLUMNS = ("Video", "Time", "By", "Comment")
VIDEO, TIME, BY, TEXT = range(len(COLUMNS))
HEAD_TIPS = ("", "Where the comment begins", "Who wrote it", "")


class CommentsModel(ColumnsModel):
    """The comments on one video, or on all of them; those that are settled too, or not.

    `icons` are those of a comment that is open (False) or settled (True).
    """

    columns = COLUMNS
    head_tips = HEAD_TIPS
    numbers = (TIME,)

    def __init__(self, session: Session, icons: Mapping[bool, QIcon], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[tuple[CommentKey, Comment]] = []
        self._icons = icons

    def show_comments(self, video: VideoId | None, *, resolved: bool) -> None:
        """Show those on a video, or on all; with those that are settled, or without."""
        self.beginResetModel()
        document, comments = self._session.document, self._session.comments
        videos = [] if document is None else [video] if video is not None else list(document.videos)
        self.rows = [
            (key, comment)
            for each in videos
            if document is not None and each in document.comments
            for thread in [comments.on(each)]
            for key, comment in zip(thread.keys, thread.comments, strict=True)
            if resolved or not comment.resolved
        ]
        self.endResetModel()

    def row_of(self, key: CommentKey | None) -> int:
        """The row of a comment, or -1."""
        return next((row for row, (each, _) in enumerate(self.rows) if each == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        document = self._session.document
        if not index.isValid() or document is None:
            return None
        key, comment = self.rows[index.row()]
        video, column = document.videos.get(key.video), index.column()
        if video is None:
            return None
        if role == Role.DisplayRole:
            return (video.name, when_text(video, comment), comment.author or "–", row_text(comment))[column]
        if role == Role.TextAlignmentRole:
            return NUMBER if column == TIME else WORDS
        if role == Role.ToolTipRole:
            return tip(tip_of(video, comment))
        if role == Role.DecorationRole and column == TEXT:
            return self._icons[comment.resolved]
        if role == Role.ForegroundRole and comment.resolved:
            return QApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        if role == Role.AccessibleTextRole and column == TEXT:
            return f"{'Resolved' if comment.resolved else 'Open'}: {row_text(comment)}"
        return None
