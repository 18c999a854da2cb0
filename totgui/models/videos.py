"""The videos of the open project as a Qt table model: one row a video, repainted only where something changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from core.annotation.changes import Changes, What
from core.annotation.values import ReviewStatus
from core.data.dataset import Video, VideoId
from core.data.names import by_name
from core.data.words import one_spelling

from ..palette import tone
from ..session import Session
from .columns import ColumnsModel
from .marks import mark_tip, marked
from .widgets import NUMBER, percent, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
VIDEO_ROLE = Role.UserRole
"""The id of the row's video."""
SORT_ROLE = Role.UserRole + 1
"""What the cell sorts by; what is not known comes before every number."""
FILTER_ROLE = Role.UserRole + 2
"""What a name is filtered by, whichever way its letters are composed: file systems have their own."""
STATUS = {
    ReviewStatus.NONE: "–",
    ReviewStatus.IN_REVIEW: "in review",
    ReviewStatus.ACCEPTED: "accepted",
    ReviewStatus.REJECTED: "rejected",
}
DECIDED = (ReviewStatus.ACCEPTED, ReviewStatus.REJECTED)
NEXT = {1: "correct next", 2: "correct 2nd", 3: "correct 3rd"}
"""How the videos are marked that should be corrected next, by their place."""
NEXT_TIP = (
    "Correcting this video would teach the next training most: it stands for many others, of which the run is unsure."
)
COLUMNS = ("Video", "Frames", "MoF", "Edit", "Status", "Comments")
HEAD_TIPS = (
    "",
    "Frames on the grid of the labels",
    "Mean over frames: the share of right frames of the shown run, in percent",
    "Edit score of the shown run, in percent",
    "What the reviewer decided",
    "Comments on the video that are not resolved",
)
NAME, FRAMES, MOF, EDIT, REVIEW, OPEN = range(len(COLUMNS))
UNKNOWN = -1.0


class VideosModel(ColumnsModel):
    """A row for each video: name and what it lacks, frames, scores of the shown run, review status."""

    columns = COLUMNS
    head_tips = HEAD_TIPS
    numbers = (FRAMES, MOF, EDIT, OPEN)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._videos: list[Video] = []
        self._rows: dict[VideoId, int] = {}
        self._places: dict[VideoId, int] = {}
        self._scores: dict[str, tuple[float | None, float]] = {}
        session.projectChanged.connect(self._reset)
        session.documentChanged.connect(self._on_changes)
        session.currentRunChanged.connect(self._refresh_scores)
        session.reportReady.connect(self._refresh_scores)
        session.proposals.changed.connect(lambda: self._repaint(self._rows))
        self._reset()

    def row_of(self, video: VideoId | None) -> int:
        """The row of a video, or -1."""
        return -1 if video is None else self._rows.get(video, -1)

    def _reset(self) -> None:
        self.beginResetModel()
        document = self._session.document
        self._videos = list(document.videos.values()) if document else []
        self._rows = {video.id: row for row, video in enumerate(self._videos)}
        named = sorted(self._videos, key=lambda video: by_name(video.name))
        self._places = {video.id: place for place, video in enumerate(named)}
        self._scores = self._read_scores()
        self.endResetModel()

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        if changes.what & What.DATASET:
            self._reset()
            return
        if changes.what & (What.SEGMENTATION | What.LABEL_MAP | What.PREDICTION | What.ACTIONS | What.RUNS):
            self._refresh_scores()
        self._repaint(self._rows if changes.what & What.LABEL_MAP else changes.videos)

    def _refresh_scores(self) -> None:
        scores = self._read_scores()
        if scores != self._scores:
            self._scores = scores
            self._repaint(self._rows)

    def _read_scores(self) -> dict[str, tuple[float | None, float]]:
        report = self._session.report(self._session.current_run, "prediction")
        return {row.video: (row.mof, row.edit) for row in report.per_video} if report is not None else {}

    def _repaint(self, videos: Iterable[VideoId]) -> None:
        """Names and lengths never change: without them nothing that is sorted by name is sorted anew."""
        rows = [self._rows[video] for video in videos if video in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows), MOF), self.index(max(rows), len(COLUMNS) - 1))

    # --- what Qt asks ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._videos)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        video, column = self._videos[index.row()], index.column()
        if role == Role.DisplayRole:
            return self._text(video, column)
        if role == SORT_ROLE:
            return self._sort_value(video, column)
        if role == VIDEO_ROLE:
            return video.id
        if role == FILTER_ROLE:
            return one_spelling(video.name)
        if role == Role.TextAlignmentRole and column in (FRAMES, MOF, EDIT, OPEN):
            return NUMBER
        if role == Role.ToolTipRole:
            return self._tip(video, column)
        if role == Role.ForegroundRole and column == NAME and video.id in self._session.features.notes:
            return tone("warning")
        return None

    def _text(self, video: Video, column: int) -> str:
        if column == NAME:
            return video.name
        if column == FRAMES:
            return f"{video.timebase.n_frames:,}"
        if column == OPEN:
            return self._open(video)
        if column == REVIEW:
            status = self._status(video)
            if status in DECIDED:
                return STATUS[status]
            rank = self._session.proposals.rank(video.id)
            if status is ReviewStatus.NONE:
                return self._lack(video) or NEXT.get(rank, STATUS[status])
            return NEXT[rank] if rank == 1 else STATUS[status]
        score = self._scores.get(video.id)
        shown = percent(None if score is None else score[column - MOF])
        return marked(shown, self._session.document, self._session.current_run, video.id)

    def _sort_value(self, video: Video, column: int) -> Any:
        if column == NAME:
            return self._places[video.id]
        if column == FRAMES:
            return video.timebase.n_frames
        if column == OPEN:
            return self._session.comments.n_open(video.id)
        if column == REVIEW:
            rank = self._session.proposals.rank(video.id)
            return rank - len(NEXT) - 1 if rank else list(ReviewStatus).index(self._status(video))
        score = self._scores.get(video.id, (None, None))[column - MOF]
        return UNKNOWN if score is None else score

    def _open(self, video: Video) -> str:
        """How many comments are not resolved; nothing where there is none."""
        n_open = self._session.comments.n_open(video.id)
        return f"{n_open:,}" if n_open else ""

    def _lack(self, video: Video) -> str:
        """What keeps a video that nobody has reviewed from being worked on, in two words."""
        if self._session.files.missing(video.id, "media") is not None:
            return "no file"
        if video.features is not None:
            return ""
        return "no features" if video.media is None else "to extract"

    def _status(self, video: Video) -> ReviewStatus:
        document = self._session.document
        return document.review(video.id).status if document else ReviewStatus.NONE

    def _tip(self, video: Video, column: int) -> str | None:
        if column == REVIEW and self._session.document is not None:
            note = self._session.document.review(video.id).note
            rank = self._session.proposals.rank(video.id)
            text = " ".join(part for part in (note, NEXT_TIP if rank else "") if part)
            return tip(text) if text else None
        if column in (MOF, EDIT):
            note = mark_tip(self._session.document, self._session.current_run, video.id)
            return tip(note) if note else None
        if column != NAME:
            return None
        missing, note = _missing(video), self._session.features.notes.get(video.id, "")
        parts = [video.name, f"no {', no '.join(missing)}" if missing else "", note]
        return tip(" · ".join(part for part in parts if part))


def _missing(video: Video) -> list[str]:
    """What a video lacks, in words."""
    there = {"video file": video.media, "features": video.features, "ground truth": video.ground_truth}
    return [what for what, path in there.items() if path is None]
