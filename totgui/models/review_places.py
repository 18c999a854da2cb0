"""The places of the review queue as a Qt table model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.review.place import DoubtedPlace

from ..session import Session
from .columns import ColumnsModel
from .review_words import reason_text, short_text, time_text
from .widgets import NUMBER, WORDS, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
COLUMNS = ("Video", "Time", "Frames", "Why")
VIDEO, TIME, FRAMES, WHY = range(len(COLUMNS))
HEAD_TIPS = ("", "Where the place begins", "Frames that are expected to be wrong there", "")
SHOWN = (Role.DisplayRole, Role.ToolTipRole, Role.TextAlignmentRole)


class PlacesModel(ColumnsModel):
    """A row for each place of the review queue, in its order."""

    columns = COLUMNS
    head_tips = HEAD_TIPS
    numbers = (TIME, FRAMES)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.places: list[DoubtedPlace] = []

    def show_places(self, places: list[DoubtedPlace]) -> None:
        """Show these from now on."""
        self.beginResetModel()
        document = self._session.document
        self.places = [p for p in places if document is not None and p.video in document.videos]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        document = self._session.document
        if not index.isValid() or document is None or role not in SHOWN:
            return None
        if role == Role.TextAlignmentRole:
            return NUMBER if index.column() in (TIME, FRAMES) else WORDS
        place = self.places[index.row()]
        video = document.videos.get(place.video)
        if video is None:
            return None
        if role == Role.ToolTipRole:
            return tip(f"{video.name}, frames {place.start:,} to {place.stop - 1:,}: {self.why(index.row())}")
        when, frames = time_text(video, place.start), f"{place.expected_frames:.0f}"
        return (video.name, when, frames, short_text(self._session, place.main))[index.column()]

    def why(self, row: int) -> str:
        """Every reason of a place, the main one first."""
        place, document = self.places[row], self._session.document
        video = document.videos.get(place.video) if document is not None else None
        if video is None:
            return ""
        text = ", ".join(reason_text(self._session, video, reason) for reason in place.reasons)
        return text[:1].upper() + text[1:]
