"""Every segment of all videos as rows: listed right after an edit, judged beside the window; those that are chosen.

The rows are read from the document and never a second truth: a row is a segment of the corrected track, where a video
has none of the shown run's prediction. What is said of them is the review queue's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from core.annotation.changes import What
from core.annotation.mapped import MappedTracks
from core.annotation.segmentation import Segmentation
from core.data.dataset import VideoId
from core.review.listing import EMPTY, Lister, Listing, Table

from .reader import Reader
from .reviewing import Reviewing

Spans = dict[VideoId, list[tuple[int, int]]]
MAPPED = What.PREDICTION | What.LABEL_MAP | What.RUNS | What.DATASET
"""What makes other segments of the predictions."""
LISTED = What.SEGMENTATION | What.REVIEW
KEPT = 20_000


class Segments(QObject):
    """`table` has the rows and what is said of them, `chosen` (n,) says which are chosen.

    `has_focus` says that keys work on the chosen rows: the panel that shows them has the focus. While somebody looks
    (from `watch` to `rest`) every change that matters lists anew; what changes meanwhile is caught up on then.
    """

    listed = Signal()
    """Other rows, or the same with other words."""
    chosenChanged = Signal()
    asked = Signal(object)
    """The segments of a label (int) are to be shown, or all of them (None)."""
    commandAsked = Signal(str)
    """A command is to work on the chosen rows, by its name."""
    relabelAsked = Signal(int)
    """The chosen rows are to become this label."""

    def __init__(self, session: Reader, reviewing: Reviewing) -> None:
        super().__init__(session)
        self._session, self._reviewing = session, reviewing
        self.table = Table()
        self.chosen: NDArray[np.bool_] = np.zeros(0, bool)
        self.cursor = -1
        """The row that is played, or -1."""
        self.has_focus = False
        self.is_ready = False
        self._watched, self._missed = False, MAPPED
        self._predictions: dict[VideoId, Segmentation] = {}
        self._lister = Lister()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._list)
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(lambda: self._follow(MAPPED))
        session.documentChanged.connect(lambda changes, _initiator: self._follow(changes.what))
        reviewing.changed.connect(self._on_judged)

    @property
    def listing(self) -> Listing:
        """The rows."""
        return self.table.listing

    def watch(self) -> None:
        """Somebody looks at the rows: keep them up to date from now on."""
        self._watched = True
        missed, self._missed = self._missed, What.NOTHING
        self._follow(missed)
        self._reviewing.watch(with_odds=True)

    def rest(self) -> None:
        """Nobody looks any more."""
        self._watched = False

    def ask(self, label: int | None) -> None:
        """Show the segments of a label, or all, wherever rows are shown."""
        self.asked.emit(label)

    # --- what is chosen ----------------------------------------------------------------------------

    def choose(self, rows: Iterable[int] | NDArray[Any]) -> None:
        """Choose these rows and no others."""
        chosen = np.zeros(len(self.listing), bool)
        chosen[np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), np.int64)] = True
        if not np.array_equal(chosen, self.chosen):
            self.chosen = chosen
            self.chosenChanged.emit()

    @property
    def count(self) -> int:
        """How many rows are chosen."""
        return int(self.chosen.sum())

    @property
    def predictions(self) -> Mapping[VideoId, Segmentation] | None:
        """The predictions of the shown run in actions; None while they are being mapped anew."""
        return self._predictions if self.is_ready else None

    def flush(self) -> None:
        """List now what is still to be listed after an edit."""
        if self._soon.isActive():
            self._list()

    def places(self) -> Spans:
        """The frames of the chosen rows, by video, as they are after the last edit."""
        self.flush()
        return self.listing.places(self.chosen)

    # --- following ---------------------------------------------------------------------------------

    def _on_project(self) -> None:
        self._predictions, self._lister, self.is_ready = {}, Lister(), False
        self._show(EMPTY)
        self._follow(MAPPED)

    def _follow(self, what: What) -> None:
        if not self._watched:
            self._missed |= what
        elif what & MAPPED:
            self._ask()
        elif what & LISTED:
            self._soon.start()  # in a turn of its own: an edit of a hundred videos has enough to do
        elif what & What.ACTIONS:
            self.listed.emit()

    def _ask(self) -> None:
        """Map the predictions of the shown run beside the window, then list."""
        document, run = self._session.document, self._session.current_run
        if document is None:
            return
        now, lister = document.snapshot(), Lister()

        def work() -> tuple[dict[VideoId, Segmentation], Lister]:
            mapped = MappedTracks(KEPT)
            found = {video: track for video in now.videos if (track := mapped.get(now, run, video)) is not None}
            lister.list(now, found)  # fills it: what is listed on the window's thread is what has changed since
            return found, lister

        self.is_ready = False
        self._session.computing.ask("segments", work, self._on_mapped)

    def _on_mapped(self, found: tuple[dict[VideoId, Segmentation], Lister]) -> None:
        self._predictions, self._lister = found
        self.is_ready = True
        self._list()

    def _list(self) -> None:
        self._soon.stop()
        document = self._session.document
        if document is not None and self.is_ready:
            self._show(self._lister.list(document, self._predictions))

    def _on_judged(self) -> None:
        if self._watched:
            self._show(self.listing)
        else:
            self._missed |= LISTED

    def _show(self, listing: Listing) -> None:
        before, count = self.listing, self.count
        self.table = Table(listing, self._reviewing.odds)
        if listing is not before:
            self.chosen = listing.carried(before, self.chosen)
        self.listed.emit()
        if self.count != count:
            self.chosenChanged.emit()
