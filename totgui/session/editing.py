"""Edits of the open project: each goes through its door, or is refused with a message and changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.annotation.edit import Edit
from core.annotation.values import Review, ReviewKey, ReviewStatus, TrackKey
from core.data.dataset import RunId
from core.errors import TotError
from core.project import Project


class Editing(QObject):
    """Makes edits and applies them; `changed` tells what became of the document, and who asked for it."""

    changed = Signal(object, object)  # Changes, initiator
    message = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None

    def do(self, make: Callable[[], Edit], initiator: object, *, run: RunId | None) -> bool:
        """Make an edit with a command and apply it, while `run` is shown; True when it was accepted."""
        if self.project is None:
            return False
        try:
            edit = make()
            if edit.is_bulk:
                self.project.back_up(f"before {edit.text}")
            started_from = _taken_on_the_way(self.project, edit, run)
            changes = self.project.edit(edit)
        except TotError as error:
            self.message.emit(str(error), "warning")
            return False
        self.changed.emit(changes, initiator)
        if started_from:
            text = f"Nothing was corrected yet: all of {started_from} was taken first. Undo takes both back."
            self.message.emit(text, "info")
        elif again := _reopened(self.project, edit):
            self.message.emit(again, "info")
        return True


def _reopened(project: Project, edit: Edit) -> str:
    """What is to be said of accepted videos that an edit of their labels puts back into review; empty for none."""
    videos = [
        swap.key.video
        for swap in edit.swaps
        if isinstance(swap.key, ReviewKey) and _status(swap.before) is ReviewStatus.ACCEPTED
        if _status(swap.after) is ReviewStatus.IN_REVIEW and any(s.key == TrackKey(swap.key.video) for s in edit.swaps)
    ]
    if not videos:
        return ""
    if len(videos) > 1:
        return f"{len(videos)} videos were accepted and are in review again."
    return f"{project.document.videos[videos[0]].name} was accepted and is in review again."


def _status(review: object) -> ReviewStatus | None:
    return review.status if isinstance(review, Review) else None


def _taken_on_the_way(project: Project, edit: Edit, run: RunId | None) -> str:
    """The name of the run whose prediction an edit takes first; empty where it does not."""
    if run is None:
        return ""
    name, swap = project.document.runs[run].name, edit.swaps[0]
    is_first = isinstance(swap.key, TrackKey) and swap.before is None
    return name if is_first and edit.text.startswith(f"take {name}, then ") else ""
