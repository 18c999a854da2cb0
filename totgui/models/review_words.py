"""Why a place is doubted, in words; and the places of the review queue as a Qt table model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.data.dataset import Video
from core.review.place import DoubtedPlace, Kind, Reason

from ..session import Session
from .columns import ColumnsModel
from .widgets import NUMBER, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
COLUMNS = ("Video", "Time", "Frames", "Why")
VIDEO, TIME, FRAMES, WHY = range(len(COLUMNS))
HEAD_TIPS = ("", "Where the place begins", "Frames that are expected to be wrong there", "")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


SHORT = {
    Kind.UNLABELLED: "unlabelled",
    Kind.SECOND_REVIEWER: "reviewers differ",
    Kind.RUNS: "runs differ",
    Kind.MARGIN: "low confidence",
    Kind.LENGTH: "odd length",
    Kind.ORDER: "odd order",
    Kind.FRAMES: "odd look",
    Kind.BOUNDARY: "near a boundary",
}
"""The kind of a reason where there is little room."""


def reason_text(session: Session, video: Video, reason: Reason) -> str:
    """One reason as a person would say it."""
    name = session.action_name(reason.label)
    kind = reason.kind
    if kind is Kind.UNLABELLED:
        return "unlabelled"
    if kind is Kind.RUNS:
        runs = "run" if reason.usual == 1 else "runs"
        return f"{reason.found:.0f} of {reason.usual:.0f} other {runs} disagree{'s' if reason.found == 1 else ''}"
    if kind is Kind.SECOND_REVIEWER:
        return f"{session.reviewing.second_name} says otherwise"
    if kind is Kind.LENGTH:
        return f"{name} lasts {length_text(video, reason.found)}, usually {length_text(video, reason.usual)}"
    if kind is Kind.ORDER:
        before = session.action_name(reason.before if reason.before is not None else reason.label)
        return f"{name} after {before}: {reason.found:.0f} of {reason.usual:.0f} times"
    if kind is Kind.FRAMES:
        return f"looks unlike other {name}"
    return "low confidence" if kind is Kind.MARGIN else "close to a boundary"


def length_text(video: Video, frames: float) -> str:
    """A number of frames as seconds, or as frames where no rate is known."""
    rate = video.timebase.rate
    return f"{frames:.0f} frames" if rate is None else f"{frames / float(rate):.1f} s"


def time_text(video: Video, frame: int) -> str:
    """A frame as minutes and seconds, or as its number where no rate is known."""
    seconds = video.timebase.seconds(frame)
    return f"{frame:,}" if seconds is None else f"{int(seconds) // 60}:{float(seconds) % 60:05.2f}"


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
        if (
            not index.isValid()
            or document is None
            or role
            not in (
                Role.DisplayRole,
                Role.ToolTipRole,
                Role.TextAlignmentRole,
            )
        ):
            return None
        if role == Role.TextAlignmentRole:
            return NUMBER if index.column() in (TIME, FRAMES) else LEFT
        place = self.places[index.row()]
        video = document.videos.get(place.video)
        if video is None:
            return None
        if role == Role.ToolTipRole:
            return tip(f"{video.name}, frames {place.start:,} to {place.stop - 1:,}: {self.why(index.row())}")
        return (
            video.name,
            time_text(video, place.start),
            f"{place.expected_frames:.0f}",
            SHORT[place.main.kind],
        )[index.column()]

    def why(self, row: int) -> str:
        """Every reason of a place, the main one first."""
        place, document = self.places[row], self._session.document
        video = document.videos.get(place.video) if document is not None else None
        if video is None:
            return ""
        text = ", ".join(reason_text(self._session, video, reason) for reason in place.reasons)
        return text[:1].upper() + text[1:]
