"""Which action each cluster stands for: the matrix with ground truth, names and pictures without."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.annotation import commands
from core.annotation.changes import What
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.values import UNMAPPED
from core.data.dataset import ClusterId, RunId

from ..models.overlap import Overlap, after, overlap, solve
from ..models.widgets import Banner, plain
from ..session import Session
from .label_map_matrix import Matrix
from .label_map_names import Names

HELP = "Click a cell to assign. Arrows and Enter, B background, Del unmapped, L lock."


class LabelMapView(QWidget):
    """The label map of the current run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.overlap: Overlap | None = None
        self._run: RunId | None = None
        self._scope = plain("", self, dim=True)
        self._banner = Banner(self)
        self._many = QCheckBox("Many to one", self)
        self._many.setToolTip("Let several clusters share an action. Not comparable with one-to-one")
        self._solve = QPushButton("Re-solve", self)
        self._solve.setToolTip("Match the clusters that are not locked again")
        self.matrix = Matrix(session, self)
        area = QScrollArea(self)
        area.setWidget(self.matrix)
        self.names = Names(session, self)
        self._empty = plain("", self, dim=True)
        self._pages = QStackedWidget(self)
        for page in (self._empty, area, self.names):
            self._pages.addWidget(page)
        self.effect = plain(HELP, self)
        self.effect.setMinimumHeight(self.effect.fontMetrics().lineSpacing() * 2)
        self._left = plain("", self, dim=True)
        tools = QHBoxLayout()
        tools.addWidget(self._scope, 1)
        tools.addWidget(self._many)
        tools.addWidget(self._solve)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.addLayout(tools)
        column.addWidget(self._banner)
        column.addWidget(self._pages, 1)
        column.addWidget(self.effect)
        column.addWidget(self._left)
        self.matrix.assignAsked.connect(self.assign)
        self.matrix.lockAsked.connect(self.lock)
        self.matrix.cellChanged.connect(self._show_effect)
        self.names.nameGiven.connect(self.name_cluster)
        self._many.clicked.connect(self._set_many)
        self._solve.clicked.connect(self.solve)
        session.projectChanged.connect(self._count)
        session.currentRunChanged.connect(self._count)
        session.documentChanged.connect(self._on_document)
        if hasattr(session, "thumbnailReady"):
            session.thumbnailReady.connect(self.names.refresh_pictures)
        self._count()

    def sizeHint(self) -> QSize:
        return QSize(460, 480)

    def _on_document(self, changes: object, _initiator: object) -> None:
        what = getattr(changes, "what", What.ALL)
        if what & (What.PREDICTION | What.RUNS | What.ACTIONS | What.DATASET):
            QTimer.singleShot(0, self._count)
        elif what & What.LABEL_MAP:
            self._show()

    def _count(self) -> None:
        document, run = self._session.document, self._session.current_run
        self._run = run if document is not None and run in document.runs else None
        self.overlap = overlap(document, self._run) if document is not None and self._run is not None else None
        self._show()

    def _show(self) -> None:
        document, run, found = self._session.document, self._run, self.overlap
        usable = found is not None and bool(found.frames.any())
        matched = usable and found is not None and found.has_truth
        for widget in (self._many, self._solve):
            widget.setVisible(usable)
        self._solve.setEnabled(matched)
        self.effect.setVisible(matched)
        self._left.setVisible(matched)
        if document is None or run is None or found is None or not usable:
            self._scope.setText("")
            self._banner.say("")
            self._empty.setText(
                "No runs yet. Train one in the Training panel."
                if run is None
                else f"No predictions yet. Segment the videos with {document.runs[run].name}."
                if document
                else ""
            )
            self._pages.setCurrentWidget(self._empty)
            return
        label_map = document.label_maps[run]
        self._many.setChecked(label_map.many_to_one)
        name = document.runs[run].name
        if not found.has_truth:
            self._scope.setText(f"{name} · Matching needs ground truth. This dataset has none. Name the clusters.")
            self._banner.say("")
            self.names.show_clusters(run, found, label_map)
            self._pages.setCurrentWidget(self.names)
            return
        mof = found.mof(label_map.table())
        self._scope.setText(
            f"{name} · activity level · ground truth of {len(found.scored)} "
            f"{'video' if len(found.scored) == 1 else 'videos'} · MoF {100 * (mof or 0):.1f}"
        )
        self._scope.setToolTip(
            "Cells count shared frames; shades are shares of the row. Percent: purity of a cluster, "
            "recall of an action."
        )
        self._banner.say(self._banner_text(document, run))
        self._left.setText(self._leftovers(document, run))
        self.matrix.show_map(found, label_map)
        self._pages.setCurrentIndex(1)

    def _banner_text(self, document: Document, run: RunId) -> str:
        label_map = document.label_maps[run]
        parts = []
        differ = sum(label_map.proposed.get(c, UNMAPPED) != t for c, t in label_map.overrides.items())
        if differ:
            parts.append(
                f"Edited by hand: {differ} of {label_map.n_clusters} rows differ from the match. "
                "Do not compare with published figures."
            )
        if label_map.many_to_one:
            parts.append("Many-to-one: not comparable with one-to-one.")
        return " ".join(parts)

    def _leftovers(self, document: Document, run: RunId) -> str:
        assert self.overlap is not None
        table = document.label_maps[run].table()
        unmapped = [c for c, t in table.items() if t == UNMAPPED]
        missing = [
            self._session.action_name(t)
            for t in self.overlap.columns[:-2]
            if t not in table.values() and self.overlap.counts[:, self.overlap.column(t)].any()
        ]
        parts = []
        if unmapped:
            frames = sum(int(self.overlap.frames[c]) for c in unmapped)
            parts.append(f"Unmapped, counted as wrong: {len(unmapped)} clusters, {frames:,} frames.")
        if missing:
            parts.append(f"Actions without a cluster: {', '.join(missing)}.")
        return " ".join(parts)

    def _show_effect(self, cluster: int, target: int) -> None:
        document, found = self._session.document, self.overlap
        if cluster < 0 or document is None or found is None or self._run is None:
            self.effect.setText(HELP)
            return
        label_map = document.label_maps[self._run]
        now, then = found.mof(label_map.table()), found.mof(after(label_map, cluster, target))
        holders = [c for c in label_map.locked if c != cluster and label_map.target(c) == target]
        change = ""
        if holders and target >= 0 and not label_map.many_to_one:
            change = f" Cluster {holders[0]} holds it and is locked."
        elif label_map.target(cluster) == target:
            change = " Assigned."
        elif now is not None and then is not None:
            change = f" MoF {100 * now:.1f} → {100 * then:.1f} ({100 * (then - now):+.1f})"
        self.effect.setText(self.matrix.describe(cluster, target) + change)

    # --- edits -------------------------------------------------------------------------------------

    def _do(self, make: Callable[[Document, RunId], Edit]) -> bool:
        document, run = self._session.document, self._run
        return document is not None and run is not None and self._session.do(lambda: make(document, run), self)

    def assign(self, cluster: int, target: int) -> None:
        """Give a cluster a target; in one-to-one two rows exchange theirs."""
        document = self._session.document
        if document is None or self._run is None or document.label_maps[self._run].target(cluster) == target:
            return
        self._do(lambda document, run: commands.set_target(document, run, ClusterId(cluster), target))

    def lock(self, cluster: int) -> None:
        """Lock or unlock a cluster's target."""
        document = self._session.document
        if document is not None and self._run is not None:
            locked = cluster in document.label_maps[self._run].locked
            self._do(lambda document, run: commands.set_lock(document, run, ClusterId(cluster), not locked))

    def name_cluster(self, cluster: int, name: str) -> None:
        """Map a cluster to the action of this name, which is made if there is none."""
        self._do(lambda document, run: commands.name_cluster(document, run, ClusterId(cluster), name))

    def solve(self) -> None:
        """Match the free rows again."""
        found = self.overlap
        if found is not None and found.has_truth:
            self._do(lambda document, run: commands.rematch(document, run, solve(document, run, found)))

    def _set_many(self, on: bool) -> None:
        if not self._do(lambda document, run: commands.set_many_to_one(document, run, on)):
            self._many.setChecked(not on)
