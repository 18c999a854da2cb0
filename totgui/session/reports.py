"""Scores of runs and corrected labels, computed beside the window and kept until something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, VideoId
from core.errors import TotError
from core.metrics.edit_distance import Distances
from core.metrics.learned import evaluate_learned

from ..jobs.beside import END_S, Beside

if TYPE_CHECKING:
    from core.metrics.report import Report

Asked = tuple[RunId | None, str]
"""A run and `prediction`, or no run and `corrected`."""
Pairs = dict[VideoId, tuple[Segmentation, Segmentation]]

REST_MS = 120
"""A score is computed when nothing has asked for one for so long."""
TELL_MS = 30
"""The scores of many runs come one after another: panels read those of so long at once."""


class Reports(QObject):
    """The `Report` of a run, or of the corrected track, once it has been asked for."""

    ready = Signal()
    message = Signal(str, str)
    _arrived = Signal(object, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[Asked, Report | None] = {}
        self._distances: dict[object, Distances] = {}
        self._pool = Beside(1, "scores")
        self._arrived.connect(self._on_report)
        self._asked: dict[Asked, tuple[Any, ...]] = {}
        self._turn = 0  # of the newest question
        self._newest: dict[Asked, int] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REST_MS)
        self._soon.timeout.connect(self._begin)
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(TELL_MS)
        self._tell.timeout.connect(self.ready)

    def forget(self, changes: Changes) -> None:
        """Forget the reports that a change touches: an edit of Corrected says nothing of the runs."""
        for key in list(self._known):
            run, track = key
            if changes.what & What.ACTIONS or What.SEGMENTATION | What.DATASET in changes.what:  # names, or the truth
                touched = True
            elif track == "corrected":
                touched = bool(changes.what & What.SEGMENTATION)
            else:
                touched = bool(changes.what & (What.LABEL_MAP | What.PREDICTION)) and run in changes.runs
            if touched:
                del self._known[key]
                self._asked.pop(key, None)

    def clear(self) -> None:
        """Forget every report; one under way is thrown away when it comes."""
        self._known.clear()
        self._asked.clear()

    def close(self, wait_s: float = END_S) -> None:
        self._soon.stop()
        self._tell.stop()
        self._pool.close(wait_s)

    def get(self, document: Document, run: RunId | None, track: str) -> Report | None:
        """The report of a run's prediction or of the corrected track; None while it is computed or impossible."""
        if not document.ground_truth or (track == "prediction" and run is None):
            return None
        key: Asked = (run if track == "prediction" else None, track)
        if key in self._known:
            return self._known[key]
        self._known[key] = None
        self._turn += 1
        self._newest[key] = self._turn  # also where there is nothing to count: what is under way is of before
        if track == "prediction":
            assert run is not None
            segmentations = {v: p.segmentation for (r, v), p in document.predictions.items() if r == run}
            label_map: dict[int, int] | None = document.label_maps[run].table()
            clusters: int | None = document.runs[run].n_clusters
        else:
            segmentations, label_map, clusters = dict(document.corrected), None, None
        pairs = {v: (document.ground_truth[v], s) for v, s in segmentations.items() if v in document.ground_truth}
        if pairs:
            names = {int(a.id): a.name for a in document.actions.values()}
            told = frozenset(document.runs[run].learned.videos if run is not None and track == "prediction" else ())
            self._asked[key] = (self._turn, pairs, names, clusters, label_map, told)
            self._soon.start()
        return None

    def _begin(self) -> None:
        """Compute what was asked for: after an edit the screen comes first, and of many edits only the last counts."""
        asked, self._asked = self._asked, {}
        for key, what in asked.items():
            self._pool.do(self._compute, key, *what)

    def _compute(
        self,
        key: object,
        turn: int,
        pairs: Pairs,
        names: dict[int, str],
        clusters: int | None,
        label_map: dict[int, int] | None,
        told: frozenset[VideoId],
    ) -> None:
        distances = self._distances.setdefault(key, Distances())  # one thread counts, so nobody else reads them
        distances.next()
        try:
            report: object = evaluate_learned(
                {v: truth for v, (truth, _) in pairs.items()},
                {v: track for v, (_, track) in pairs.items()},
                learned=told,
                actions=names,
                n_clusters=clusters,
                label_map=label_map,
                distances=distances,
            )
        except TotError as error:
            report = error
        self._arrived.emit(key, turn, report)

    def _on_report(self, key: Asked, turn: int, report: Report | TotError) -> None:
        if isinstance(report, TotError):
            self.message.emit(str(report), "warning")
        elif key in self._known and turn == self._newest.get(key):  # else of values that are no more
            self._known[key] = report
            if not self._tell.isActive():
                self._tell.start()
