"""Which action each cluster stands for: the matrix against a reference, names and pictures without one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.annotation import commands
from core.annotation.adopted_commands import Stale, adopted_of, stale_adopted
from core.annotation.changes import What
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.map_commands import locked_holder, rematched, with_target
from core.annotation.map_notes import map_notes
from core.annotation.overlap import Counter, Match, Overlap, inputs_of, largest, references, solve
from core.annotation.values import UNMAPPED, Leftovers, TrackKind
from core.data.dataset import ClusterId, RunId

from ...models.marks import marked
from ...models.medoids import Medoid, medoids, seen_of
from ...models.name_field import NameField
from ...models.widgets import Banner, plain
from ...session import Session
from ...settings import Settings
from .bars import AskBar, proposal_text
from .effect import Effects
from .head import MATRIX, PICTURES, Head
from .matrix import Matrix
from .names import Names
from .words import empty_text, head_state, larger_text, missing_text

HELP = "Drag a chip, or double-click a cell. Arrows and Enter, B background, Del unmapped, L lock, F2 name."
RECOUNT = What.PREDICTION | What.RUNS | What.ACTIONS | What.DATASET
ADOPTED_MS = 300
EFFECT_LETTERS = 150
"""The line below the matrix has room for this many: it must not grow, or the matrix would move below the pointer."""


class LabelMapView(QWidget):
    """The label map of the current run. `moreClustersAsked` carries the K to train with."""

    moreClustersAsked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None, *, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings or Settings()
        self.overlap: Overlap | None = None
        self._run: RunId | None = None
        self._counter = Counter()
        self._medoids: dict[int, list[Medoid]] = {}
        self._has_medoids = False
        self._chosen_reference: TrackKind | None = None
        self._one_video = False
        self._page = MATRIX
        self._best: float | None = None
        self._match: Match | None = None
        self._stale: Stale | None = None
        self._hovered: tuple[int, int] | None = None
        self.effects = Effects(session, self._on_scores)
        self.head, self.banner = Head(self), Banner(self)
        self.proposal, self.adopted = AskBar("Apply", "Cancel", self), AskBar("Update them", "Not now", self)
        self.matrix = Matrix(session, self)
        self.names = Names(session, self.matrix.player, self)
        self._empty = plain("", self, dim=True)
        self._pages = QStackedWidget(self)
        for page in (self._empty, self.matrix, self.names):
            self._pages.addWidget(page)
        self.effect, self._missing = plain(HELP, self), plain("", self, dim=True)
        self.effect.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.larger = QPushButton("", self)
        self.larger.hide()
        self._field: NameField | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(ADOPTED_MS)
        self._soon.timeout.connect(self._look_for_stale)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        for widget in (self.head, self.banner, self.adopted, self.proposal):
            column.addWidget(widget)
        column.addWidget(self._pages, 1)
        column.addWidget(self.effect)
        below = QHBoxLayout()
        below.addWidget(self._missing, 1)
        below.addWidget(self.larger)
        column.addLayout(below)
        self._connect()
        self._recount()

    def _connect(self) -> None:
        session, head = self._session, self.head
        self.matrix.assignAsked.connect(self.assign)
        self.matrix.lockAsked.connect(self.lock)
        self.matrix.nameAsked.connect(self.type_name)
        self.matrix.cellChanged.connect(self._show_effect)
        self.names.nameGiven.connect(self.name_cluster)
        head.referenceChosen.connect(self.choose_reference)
        head.scopeChosen.connect(self.choose_scope)
        head.manyChosen.connect(self._set_many)
        head.leftoversChosen.connect(self.set_leftovers)
        head.solveAsked.connect(self.solve)
        head.pageChosen.connect(self._choose_page)
        self.larger.clicked.connect(self._ask_for_more)
        self.proposal.accepted.connect(self.apply_match)
        self.proposal.dismissed.connect(self.drop_match)
        self.adopted.accepted.connect(self.update_adopted)
        self.adopted.dismissed.connect(lambda: self.adopted.say(""))
        session.projectChanged.connect(self._on_project)
        session.currentRunChanged.connect(self._recount)
        session.currentVideoChanged.connect(self._on_video)
        session.documentChanged.connect(self._on_document)
        session.thumbnailReady.connect(self.names.refresh_pictures)
        session.thumbnailReady.connect(self.matrix.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(460, 520)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        metrics = self.effect.fontMetrics()
        lines = -(-EFFECT_LETTERS * metrics.averageCharWidth() // max(200, self.width() - 20))
        self.effect.setFixedHeight(metrics.lineSpacing() * lines)

    # --- what changed ------------------------------------------------------------------------------

    def _on_project(self) -> None:
        self._chosen_reference, self._one_video, self._page = None, False, MATRIX
        self._run, self._has_medoids = None, False
        self.adopted.say("")
        self._recount()

    def _on_video(self) -> None:
        if self._one_video:
            self._recount()

    def _on_document(self, changes: object, _initiator: object) -> None:
        what = getattr(changes, "what", What.ALL)
        if what & (What.PREDICTION | What.DATASET):
            self._has_medoids = False
        on_corrected = self.reference is TrackKind.CORRECTED
        if what & RECOUNT or (what & (What.REVIEW | What.SEGMENTATION) and on_corrected) or what & What.REVIEW:
            self._recount()
        elif what & What.LABEL_MAP:
            self.drop_match()
            self._show()
        if what & (What.LABEL_MAP | What.SEGMENTATION | What.REVIEW | What.PREDICTION | What.RUNS):
            self._soon.start()

    @property
    def reference(self) -> TrackKind:
        """What clusters are held against: what was chosen, else ground truth where there is any."""
        document = self._session.document
        if document is None or self._chosen_reference is not None:
            return self._chosen_reference or TrackKind.GROUND_TRUTH
        return TrackKind.GROUND_TRUTH if document.ground_truth else TrackKind.CORRECTED

    def _recount(self) -> None:
        """Count beside the window; until it is done the last counts stay, unless they are of another run."""
        document, run = self._session.document, self._session.current_run
        self.drop_match()
        if document is None or run is None or run not in document.runs:
            self.overlap, self._run = None, None
            self._medoids, self._has_medoids = {}, False
            self._show()
            return
        if run != self._run:
            self.overlap, self._run, self._medoids, self._has_medoids = None, run, {}, False
            self._show()
        video = self._session.current_video if self._one_video else None
        inputs, counter = inputs_of(document, run, reference=self.reference, video=video), self._counter
        label_map = document.label_maps[run]

        def count() -> tuple[Overlap, float | None]:
            found = counter.count(inputs)
            return found, found.mof(solve(found, label_map).proposed) if found.has_truth else None

        self._session.computing.ask("label-map", count, self._on_counted)
        if not self._has_medoids:  # they depend on the predictions alone
            self._has_medoids = True
            seen = seen_of(document, run)
            self._session.computing.ask("label-map-medoids", lambda: medoids(seen), self._on_medoids)
        self._soon.start()

    def _on_counted(self, found: tuple[Overlap, float | None]) -> None:
        document = self._session.document
        if document is None or found[0].inputs.run != self._run or self._run not in document.runs:
            return
        self.overlap, self._best = found
        self.effects.reset(self.overlap)
        self._show()

    def _on_medoids(self, found: dict[int, list[Medoid]]) -> None:
        self._medoids = found
        self._show()

    def _on_scores(self) -> None:
        self._show_head()
        self._show_effect(*(self._hovered or (-1, 0)))
        if self._match is not None:
            self._show_proposal()

    # --- what is shown -----------------------------------------------------------------------------

    def _show(self) -> None:
        document, run, found = self._session.document, self._run, self.overlap
        usable = document is not None and run is not None and found is not None and bool(found.frames.any())
        for widget in (self.head, self.effect, self._missing, self.larger):
            widget.setVisible(usable)
        if not usable or document is None or run is None or found is None:
            self.banner.say("")
            self._empty.setText(empty_text(document, run, counting=found is None))
            self._pages.setCurrentWidget(self._empty)
            return
        label_map = document.label_maps[run]
        self.effects.ask(label_map.table())
        matched = found.has_truth
        self.effect.setVisible(matched and self._page == MATRIX)
        self._missing.setText(missing_text(self._session, found, label_map) if matched else "")
        self._show_larger(found if matched else None)
        self.banner.say(" ".join(map_notes(document, label_map)) if matched else "")
        self._show_head()
        if matched and self._page == MATRIX:
            self.matrix.show_map(found, label_map, self._medoids)
            self._pages.setCurrentWidget(self.matrix)
        else:
            self.names.show_clusters(run, found, label_map, self._medoids, self._suggestions())
            self._pages.setCurrentWidget(self.names)

    def _show_larger(self, found: Overlap | None) -> None:
        """Offer a run with more clusters where one holds two actions: no map can part them."""
        mixed = [] if found is None else [c for c in range(found.inputs.n_clusters) if found.is_mixed(c)]
        self.larger.setVisible(bool(mixed))
        self._missing.setVisible(found is not None and bool(mixed or self._missing.text()))
        if found is not None and mixed:
            self.larger.setText(f"Train with K = {found.inputs.n_clusters + 1}…")
            self.larger.setToolTip(f"Clusters that mix two actions: {', '.join(map(str, mixed))}")

    def _show_head(self) -> None:
        document, run, found = self._session.document, self._run, self.overlap
        if document is None or run is None or found is None:
            return
        page = self._page if found.has_truth else PICTURES
        counts = {kind: len(references(document, kind)) for kind in TrackKind if kind is not TrackKind.PREDICTION}
        state = head_state(
            document,
            run,
            found,
            scores=self.effects.text(document.label_maps[run].table(), marked("", document, run)),
            best=self._best,
            references=counts,
            video=self._session.current_video,
            page=page,
        )
        self.head.show_state(state)

    def _show_effect(self, cluster: int, target: int) -> None:
        self._hovered = None if cluster < 0 else (cluster, target)
        document, found = self._session.document, self.overlap
        if cluster < 0 or document is None or found is None or self._run is None or self.matrix.scene is None:
            self.effect.setText(HELP)
            return
        label_map = document.label_maps[self._run]
        line = self.matrix.describe(cluster, target)
        if holders := locked_holder(label_map, cluster, target):
            change = f"Cluster {holders[0]} holds it and is locked. Unlock it first (L)."
            self.matrix.show_effect(change, refused=True)
        elif label_map.target(cluster) == target:
            change = larger_text(self._session, found, cluster) or "Assigned."
            self.matrix.show_effect("", refused=False)
        else:
            then = with_target(label_map, cluster, target).table()
            changes = self.effects.changes(label_map.table(), then)
            swapped = [c for c, t in then.items() if c != cluster and t != label_map.target(c)]
            swap = f"Exchanged with cluster {swapped[0]}" if swapped else ""
            column = self.matrix.scene.column_name(found.column(target))
            self.matrix.show_effect("\n".join(filter(None, [column, *changes, swap])), refused=False)
            self.effects.ask(label_map.table(), then)
            change = " · ".join(changes) + (f". {swap}." if swap else "")
        self.effect.setText(f"{line} {change}")

    def _suggestions(self) -> list[str]:
        document = self._session.document
        present = [a.name for a in document.actions.values() if not a.archived] if document else []
        return [*present, *self._settings.names()]

    # --- choices -----------------------------------------------------------------------------------

    def choose_reference(self, kind: TrackKind) -> None:
        """Hold the clusters against these tracks."""
        self._chosen_reference = kind
        self._recount()

    def choose_scope(self, one_video: bool) -> None:
        """Count the current video alone, or the whole activity."""
        self._one_video = one_video
        self._recount()

    def _choose_page(self, page: str) -> None:
        self._page = page
        self._show()

    def _ask_for_more(self) -> None:
        if self.overlap is not None:
            self.moreClustersAsked.emit(self.overlap.inputs.n_clusters + 1)

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

    def type_name(self, cluster: int) -> None:
        """Open a field over the name of a row."""
        document = self._session.document
        if document is None or self._run is None or self.matrix.scene is None:
            return
        self.matrix.ensure_visible(cluster, self.matrix.cursor_cell[1])
        self._close_field()
        field = NameField(self.matrix.viewport())
        field.suggest(self._suggestions())
        target = document.label_maps[self._run].target(cluster)
        field.setText("" if target == UNMAPPED else self._session.action_name(target))
        field.setAccessibleName(f"Name of cluster {cluster}")
        rect = self.matrix.name_rect(cluster)
        field.setGeometry(rect.adjusted(-4, 4, 4, -4))
        field.nameGiven.connect(lambda name: self.name_cluster(cluster, name))
        field.editingFinished.connect(self._close_field)
        field.givenUp.connect(self._close_field)
        self._field = field
        field.show()
        field.setFocus()

    def _close_field(self) -> None:
        field, self._field = self._field, None
        if field is not None:
            field.hide()
            field.deleteLater()
            self.matrix.setFocus()

    def name_cluster(self, cluster: int, name: str) -> None:
        """Map a cluster to the action of this name, which is made if there is none."""
        if self._do(lambda document, run: commands.name_cluster(document, run, ClusterId(cluster), name)):
            self._settings.remember_name(name)

    def _set_many(self, on: bool) -> None:
        if not self._do(lambda document, run: commands.set_many_to_one(document, run, on)):
            self._show_head()

    def set_leftovers(self, policy: Leftovers) -> None:
        """Say what becomes of clusters without a partner."""
        found = self.overlap
        if found is not None:
            fill = largest(found)
            if not self._do(lambda document, run: commands.set_leftovers(document, run, policy, fill)):
                self._show_head()

    # --- matching again ----------------------------------------------------------------------------

    def solve(self) -> None:
        """Match the free rows again, and show what that would change."""
        document, found, run = self._session.document, self.overlap, self._run
        if document is None or found is None or run is None or not found.has_truth:
            return
        label_map = document.label_maps[run]
        self._session.computing.ask("label-map-solve", lambda: solve(found, label_map), self._on_match)

    def _on_match(self, match: Match) -> None:
        document, run = self._session.document, self._run
        if document is None or run is None or self.overlap is None:
            return
        before = document.label_maps[run]
        if self._rematched(document, run, match) == before:
            self._session.message.emit("The match is the same. Nothing would change.", "info")
            return
        self._match = match
        self.effects.ask(before.table(), match.table)
        self.matrix.show_proposal(match.table)
        self._show_proposal()
        self.proposal.yes.setFocus()

    def _rematched(self, document: Document, run: RunId, match: Match) -> object:
        assert self.overlap is not None
        counted = self.overlap.inputs
        scope = {"reference": counted.reference, "video": counted.video}
        return rematched(document.label_maps[run], match.proposed, table=match.table, fill=match.fill, **scope)

    def _show_proposal(self) -> None:
        document, run, match = self._session.document, self._run, self._match
        if document is None or run is None or match is None:
            return
        label_map, after = document.label_maps[run], self._rematched(document, run, match)
        before = label_map.table()

        def name(target: int) -> str:
            return "not mapped" if target == UNMAPPED else self._session.action_name(target)

        rows = [(c, name(before[c]), name(t)) for c, t in match.table.items() if t != before[c]]
        gain = " · ".join(self.effects.changes(before, match.table)) if rows else ""
        self.proposal.say(proposal_text(rows, label_map.n_clusters, gain, map_notes(document, after)))  # type: ignore[arg-type]

    def apply_match(self) -> None:
        """Take the match that is shown: one edit."""
        match, found = self._match, self.overlap
        self.drop_match()
        if match is None or found is None:
            return
        scope = {"reference": found.inputs.reference, "video": found.inputs.video}
        self._do(
            lambda document, run: commands.rematch(
                document, run, match.proposed, table=match.table, fill=match.fill, **scope
            )
        )

    def drop_match(self) -> None:
        """Leave the map as it is."""
        self._match = None
        self.proposal.say("")
        self.matrix.show_proposal(None)

    # --- adopted segments --------------------------------------------------------------------------

    def _look_for_stale(self) -> None:
        document, run = self._session.document, self._run
        if document is None or run is None or run not in document.runs:
            self.adopted.say("")
            return
        adopted, table, name = adopted_of(document, run), document.label_maps[run].table(), document.runs[run].name
        self._session.computing.ask("label-map-adopted", lambda: stale_adopted(name, adopted, table), self._on_stale)

    def _on_stale(self, stale: Stale | None) -> None:
        if stale is None:
            self.adopted.say("")
        elif self._stale is None or str(stale) != str(self._stale) or self.adopted.isVisible():
            self.adopted.say(f"{stale}, which is mapped to something else now.")
        self._stale = stale

    def update_adopted(self) -> None:
        """Bring the adopted segments up to date that the bar speaks of: one edit."""
        stale = self._stale
        self.adopted.say("")
        if stale is not None and self._session.edit(stale.edit, self):
            videos = len(stale.edit.videos)
            where = f"{videos} video{'' if videos == 1 else 's'}"
            self._session.done.emit(f"Updated {stale.segments} segments in {where}.")
