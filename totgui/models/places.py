"""A list of places in videos: a click on one opens its video there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTableWidgetItem, QVBoxLayout, QWidget

from core.annotation.statistics import Place

from .widgets import WORDS, NumberItem, clock_text, plain, table

if TYPE_CHECKING:
    from ..session import Session

LENGTH, MOST = 3, 2000
"""The column of lengths; the places that are listed, for a person reads no more."""


class PlaceList(QWidget):
    """Video, first frame, time and length of each place, in the order in which they were found."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._places: list[Place] = []
        self._title = plain("", self, bold=True)
        self._note = plain("", self, dim=True)
        self.table = table(("Video", "Frame", "Time", "Length"), self)
        self.table.setAccessibleName("Places")
        self.table.cellClicked.connect(lambda row, _column: self.go(row))
        self.table.currentCellChanged.connect(lambda row, *_: self.go(row) if self.table.hasFocus() else None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._title, self._note):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.show_places("", "", ())

    def sizeHint(self) -> QSize:
        return QSize(300, 200)

    @property
    def title(self) -> str:
        return self._title.text()

    def show_places(self, title: str, note: str, places: Sequence[Place]) -> None:
        """List these places under a title; `note` says more of them, or what to do to get some."""
        document = self._session.document
        videos = document.videos if document is not None else {}
        known = [place for place in places if place.video in videos]
        self._places = known[:MOST]
        self._title.setText(title)
        self._title.setVisible(bool(title))
        more = f" The first {MOST:,} of {len(known):,} are listed." if len(known) > MOST else ""
        self._note.setText(note + more)
        self._note.setVisible(bool(note + more))
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._places))
        for row, place in enumerate(self._places):
            video = videos[place.video]
            begin, end = video.timebase.seconds(place.start), video.timebase.seconds(place.stop)
            length = place.stop - place.start
            when = "–" if begin is None else clock_text(begin)
            timed = f"{length:,} fr" if begin is None or end is None else f"{float(end - begin):.2f} s"
            long = timed if length else "–"
            name = QTableWidgetItem(video.name)
            name.setTextAlignment(WORDS)
            seconds = None if begin is None else float(begin)
            cells = (name, NumberItem(f"{place.start:,}", place.start), NumberItem(when, seconds))
            for column, cell in enumerate((*cells, NumberItem(long, length))):
                self.table.setItem(row, column, cell)
        has_lengths = any(place.stop > place.start for place in self._places)  # where one follows another has none
        self.table.setColumnHidden(LENGTH, not has_lengths)
        self.table.setVisible(bool(self._places))
        self.table.blockSignals(False)

    def go(self, row: int) -> None:
        """Open the video of a place at its first frame."""
        if 0 <= row < len(self._places):
            jump(self._session, self._places[row])


def jump(session: Session, place: Place) -> None:
    """Open the video of a place at its first frame."""
    document = session.document
    if document is None or place.video not in document.videos:
        return
    session.select_video(place.video)
    session.playback.seek(min(place.start, document.videos[place.video].timebase.n_frames - 1))
