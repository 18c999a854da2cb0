"""Which segments the panel shows, in which order, and where its cursor stands; pictures and table share it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.data.dataset import VideoId
from core.review.listing import EMPTY, Listing, Order, Wanted
from core.review.odds import NOTHING_SAID

from ...session import Session

IntArray = NDArray[np.integer[Any]]


class ShownRows(QObject):
    """`order` (k,) are the rows of the session's listing that are shown, from the first to the last.

    Rows stay where they are while a person works: what is edited leaves or changes in its place, what is undone comes
    back where it was. They are sorted anew when something else is wanted, or when it is asked for.
    """

    changed = Signal()
    """Other rows, or the same with other words."""
    cursorChanged = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.segments = session.segments
        self.wanted = Wanted()
        self.order: IntArray = np.empty(0, np.int64)
        self.cursor = -1
        """The place in `order` from which arrows go; -1 for none."""
        self._anchor = -1
        self._listing = EMPTY  # the one whose rows `order` names
        self._places: IntArray = np.empty(0, np.int64)
        self._ranked: tuple[Listing, IntArray] = EMPTY, np.empty(0, np.int64)
        self._is_judged = False
        self.segments.listed.connect(self._on_listed)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def listing(self) -> Listing:
        """All rows of the session."""
        return self.segments.listing

    def row(self, place: int) -> int:
        """The row of the listing at a place of the order."""
        return int(self.order[place])

    def place_of(self, row: int) -> int:
        """The place of a row of the listing, or -1 where it is not shown."""
        return int(self._places[row]) if 0 <= row < len(self._places) else -1

    # --- what is shown -----------------------------------------------------------------------------

    def want(self, **changes: Any) -> None:
        """Show other rows, or others first: they are sorted anew."""
        self.wanted = replace(self.wanted, **changes)
        self.sort()

    def sort(self) -> None:
        """Sort anew by what is known now."""
        self._rank()
        self._show()

    def _rank(self) -> None:
        """Remember the rank of every segment there is, shown or not, by what is wanted."""
        wanted, table = self.wanted, self.segments.table
        order = table.rows(Wanted(order=wanted.order, descending=wanted.descending), {})
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        self._ranked = table.listing, ranks
        self._is_judged = table.odds is not NOTHING_SAID

    def _on_listed(self) -> None:
        table = self.segments.table
        first_said = not self._is_judged and table.odds is not NOTHING_SAID and self.wanted.order is Order.DOUBT
        if first_said or self._ranked[0].videos != table.listing.videos:
            self._rank()
        self._show()

    def _show(self) -> None:
        before, cursor = self._cursor_key(), self.cursor
        document, table = self._session.document, self.segments.table
        names = {v: video.name for v, video in document.videos.items()} if document is not None else {}
        rows = table.rows(replace(self.wanted, order=Order.PLACE, descending=False), names)
        if self.wanted.order is Order.PLACE:
            self.order = rows[::-1] if self.wanted.descending else rows
        else:
            self.order = rows[np.argsort(self._ranks()[rows], kind="stable")]
        self._listing = table.listing
        self._places = np.full(len(self._listing), -1, np.int64)
        self._places[self.order] = np.arange(len(self.order))
        same = -1 if before is None else self.place_of(self._listing.row_at(*before))
        self.cursor = same if same >= 0 else min(cursor, len(self.order) - 1)
        self._anchor = self.cursor
        self._tell()
        hidden = self.segments.chosen & (self._places < 0)
        if hidden.any():
            self.segments.choose(np.flatnonzero(self.segments.chosen & ~hidden))
        self.changed.emit()

    def _cursor_key(self) -> tuple[VideoId, int] | None:
        """Video and first frame of the segment that the cursor stands at."""
        if not 0 <= self.cursor < len(self.order):
            return None
        listing, row = self._listing, self.row(self.cursor)
        return listing.videos[int(listing.video[row])], int(listing.starts[row])

    def _ranks(self) -> IntArray:
        """(n,) the rank of each present row; a segment that is new since stands behind the one before it in its video.

        Between two ranks there is room: they count in twos.
        """
        (listing, ranks), now = self._ranked, self.segments.listing
        if not len(listing) or not len(now):
            return np.zeros(len(now), np.int64)
        at = np.clip(np.searchsorted(listing.keys, now.keys, side="right") - 1, 0, len(listing) - 1)
        return np.asarray(2 * ranks[at] + (listing.keys[at] != now.keys))

    # --- choosing ----------------------------------------------------------------------------------

    def choose(self, place: int, *, extend: bool = False, toggle: bool = False) -> None:
        """Choose the row at a place: alone, up to it from the last one chosen alone, or beside the others."""
        if not 0 <= place < len(self.order):
            return
        if extend and self._anchor >= 0:
            low, high = sorted((self._anchor, place))
            rows = self.order[low : high + 1]
            if toggle:
                rows = np.union1d(rows, np.flatnonzero(self.segments.chosen))
        elif toggle:
            chosen = self.segments.chosen.copy()
            chosen[self.row(place)] ^= True
            rows, self._anchor = np.flatnonzero(chosen), place
        else:
            rows, self._anchor = self.order[place : place + 1], place
        self._set_cursor(place)
        self.segments.choose(rows)

    def choose_places(self, places: IntArray) -> None:
        """Choose the rows at these places and no others; the cursor stays."""
        self.segments.choose(self.order[places])

    def chosen_places(self) -> IntArray:
        """The places of the chosen rows, rising."""
        return np.sort(self._places[np.flatnonzero(self.segments.chosen)])

    def stand_at(self, place: int) -> None:
        """Put the cursor somewhere and choose nothing else."""
        self._set_cursor(place)

    def choose_all(self) -> None:
        """Choose every row that is shown."""
        self.segments.choose(self.order)

    def clear(self) -> None:
        """Choose nothing."""
        self.segments.choose([])

    def move(self, by: int, *, extend: bool = False) -> None:
        """Go on by so many places and choose what is there; where nothing is chosen, what the cursor stands at."""
        if not len(self.order):
            return
        start = self.cursor
        if start < 0:
            start = max(0, self.current_place())
            by = 0
        elif not self.segments.count:
            by = 0
        self.choose(min(max(0, start + by), len(self.order) - 1), extend=extend)

    def current_place(self) -> int:
        """The place of the segment under the playhead, or -1 where it is not shown."""
        return self.place_of(self.listing.row_at(self._session.current_video, self._session.playback.frame))

    def _set_cursor(self, place: int) -> None:
        if place != self.cursor:
            self.cursor = place
            self._tell()
            self.cursorChanged.emit()

    def _tell(self) -> None:
        """The session knows the row that the cursor stands at: it is played, and the menu works on it."""
        self.segments.cursor = self.row(self.cursor) if 0 <= self.cursor < len(self.order) else -1
