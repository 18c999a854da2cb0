"""What the label map is drawn from: the current run's clusters against a reference, and their typical frames."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.annotation.changes import What
from core.annotation.overlap import Counter, Overlap, inputs_of, solve
from core.annotation.values import TrackKind
from core.data.dataset import RunId

from ...models.medoids import Medoid, medoids, seen_of
from ...session import Session

RECOUNT = What.PREDICTION | What.RUNS | What.ACTIONS | What.DATASET | What.REVIEW


class Counted(QObject):
    """Counts beside the window; until that is done the last counts stay, unless they are of another run.

    `best` is the MoF of the best match; `medoids` depend on the predictions alone and are found once a run.
    """

    changed = Signal()
    """Counts, typical frames or the map are others: draw them."""
    outdated = Signal()
    """A match that waits for an answer was made for another map or from other counts."""
    counted = Signal()
    """New counts are there."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._counter = Counter()
        self._chosen: TrackKind | None = None
        self._has_medoids = False
        self.run: RunId | None = None
        self.overlap: Overlap | None = None
        self.best: float | None = None
        self.medoids: dict[int, list[Medoid]] = {}
        self.one_video = False
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(self.count)
        session.currentVideoChanged.connect(self._on_video)
        session.documentChanged.connect(self._on_document)

    @property
    def reference(self) -> TrackKind:
        """What clusters are held against: what was chosen, else ground truth where there is any."""
        document = self._session.document
        if document is None or self._chosen is not None:
            return self._chosen or TrackKind.GROUND_TRUTH
        return TrackKind.GROUND_TRUTH if document.ground_truth else TrackKind.CORRECTED

    def choose_reference(self, kind: TrackKind) -> None:
        """Hold the clusters against these tracks."""
        self._chosen = kind
        self.count()

    def choose_scope(self, one_video: bool) -> None:
        """Count the current video alone, or the whole activity."""
        self.one_video = one_video
        self.count()

    def _on_project(self) -> None:
        self._chosen, self.one_video = None, False
        self._forget()
        self.count()

    def _on_video(self) -> None:
        if self.one_video:
            self.count()

    def _on_document(self, changes: object, _initiator: object) -> None:
        what = getattr(changes, "what", What.ALL)
        if what & (What.PREDICTION | What.DATASET):
            self._has_medoids = False
        if what & RECOUNT or (what & What.SEGMENTATION and self.reference is TrackKind.CORRECTED):
            self.count()
        elif what & What.LABEL_MAP:
            if self._lacks_a_column():
                self.count()
            self.outdated.emit()
            self.changed.emit()

    def _lacks_a_column(self) -> bool:
        """Whether the map names a retired action now that was not counted as nothing had it."""
        document = self._session.document
        if document is None or self.run is None or self.overlap is None:
            return False
        return not set(document.label_maps[self.run].table().values()) <= set(self.overlap.columns)

    def _forget(self, run: RunId | None = None) -> None:
        self.run, self.overlap, self.best = run, None, None
        self.medoids, self._has_medoids = {}, False

    def count(self) -> None:
        """Count anew."""
        document, run = self._session.document, self._session.current_run
        self.outdated.emit()
        if document is None or run is None or run not in document.runs:
            self._forget()
            self.changed.emit()
            return
        if run != self.run:
            self._forget(run)
            self.changed.emit()
        video = self._session.current_video if self.one_video else None
        inputs, counter = inputs_of(document, run, reference=self.reference, video=video), self._counter
        label_map = document.label_maps[run]

        def work() -> tuple[Overlap, float | None]:
            found = counter.count(inputs)
            return found, found.mof(solve(found, label_map).proposed) if found.has_truth else None

        self._session.computing.ask("label-map", work, self._on_counted)
        if not self._has_medoids:
            self._has_medoids = True
            seen = seen_of(document, run)
            self._session.computing.ask("label-map-medoids", lambda: medoids(seen), self._on_medoids)

    def _on_counted(self, found: tuple[Overlap, float | None]) -> None:
        document = self._session.document
        if document is None or found[0].inputs.run != self.run or self.run not in document.runs:
            return
        self.overlap, self.best = found
        self.counted.emit()
        self.changed.emit()

    def _on_medoids(self, found: dict[int, list[Medoid]]) -> None:
        self.medoids = found
        self.changed.emit()
