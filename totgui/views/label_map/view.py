"""Which action each cluster stands for: the matrix against a reference, names and pictures without one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.annotation import commands
from core.annotation.action_commands import is_unnamed_step
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.map_commands import locked_holder, with_target
from core.annotation.map_notes import map_notes
from core.annotation.overlap import Overlap, largest, references
from core.annotation.values import UNMAPPED, LabelMap, Leftovers, TrackKind
from core.data.dataset import ActionId, ClusterId, RunId

from ...models.empty import EmptyState, step_to_labels
from ...models.marks import marked
from ...models.name_field import NameField
from ...models.widgets import Banner, give_way, plain
from ...session import Session
from ...settings import Settings
from .counted import Counted
from .effect import Effects
from .head import MATRIX, PICTURES, Head
from .matrix import Matrix
from .names import Names
from .rematching import Rematching
from .taken import TakenBar
from .words import empty_text, head_state, larger_text, missing_text

HELP = "Drag a chip, or double-click a cell. Arrows and Enter, B background, Del unmapped, L lock, F2 name."
LEAST_PAGE = 276
"""Pixels: seven clusters with the names of their actions. In a low panel the help below is what is scrolled to."""
EFFECT_LETTERS = 150
"""The line below the matrix has room for this many: it must not grow, or the matrix would move below the pointer."""


class LabelMapView(QWidget):
    """The label map of the current run. `moreClustersAsked` carries the K to train with."""

    moreClustersAsked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None, *, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings or Settings()
        self._chosen, self._is_to_name = "", False
        self._hovered: tuple[int, int] | None = None
        self._field: NameField | None = None
        self.counted, self.effects = Counted(session, self), Effects(session, self._on_scores)
        self.head, self.banner = Head(self), Banner(self)
        self.rematching = Rematching(session, self.counted, self.effects, self)
        self.taken = TakenBar(session, self)
        self.matrix = Matrix(session, self)
        self.names = Names(session, self.matrix.player, self)
        self.empty = EmptyState(self)
        self._pages = QStackedWidget(self)
        give_way(self._pages, LEAST_PAGE)
        for page in (self.empty, self.matrix, self.names):
            self._pages.addWidget(page)
        self.effect, self._missing = plain(HELP, self), plain("", self, dim=True)
        self.effect.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.larger = QPushButton("", self)
        self.larger.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        for widget in (self.head, self.banner, self.taken, self.rematching):
            column.addWidget(widget)
        column.addWidget(self._pages, 1)
        column.addWidget(self.effect)
        below = QHBoxLayout()
        below.addWidget(self._missing, 1)
        below.addWidget(self.larger)
        column.addLayout(below)
        self._connect()
        self.counted.count()

    def _connect(self) -> None:
        session, head, counted = self._session, self.head, self.counted
        self.matrix.assignAsked.connect(self.assign)
        self.matrix.lockAsked.connect(self.lock)
        self.matrix.nameAsked.connect(self.type_name)
        self.matrix.cellChanged.connect(self._show_effect)
        self.names.nameGiven.connect(self.name_cluster)
        head.referenceChosen.connect(counted.choose_reference)
        head.scopeChosen.connect(counted.choose_scope)
        head.manyChosen.connect(self._set_many)
        head.leftoversChosen.connect(self.set_leftovers)
        head.solveAsked.connect(self.rematching.solve)
        head.pageChosen.connect(self._choose_page)
        self.larger.clicked.connect(self._ask_for_more)
        self.rematching.tableShown.connect(self.matrix.show_proposal)
        counted.counted.connect(self._on_counted)
        counted.changed.connect(self._show)
        session.projectChanged.connect(self._on_project)
        session.pictures.ready.connect(self.names.refresh_pictures)
        session.pictures.ready.connect(self.matrix.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(460, 520)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_text()

    def fit_text(self) -> None:
        """The line below the matrix keeps room for its longest text."""
        metrics = self.effect.fontMetrics()
        lines = -(-EFFECT_LETTERS * metrics.averageCharWidth() // max(200, self.width() - 20))
        self.effect.setFixedHeight(metrics.lineSpacing() * lines)

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def overlap(self) -> Overlap | None:
        """The counts that are shown."""
        return self.counted.overlap

    @property
    def _page(self) -> str:
        """The page that was chosen; else the matrix where ground truth is, and pictures for steps to be named by."""
        document = self._session.document
        return self._chosen or (MATRIX if document is not None and document.ground_truth else PICTURES)

    def _on_project(self) -> None:
        self._chosen = ""
        self._show()

    def _on_counted(self) -> None:
        self.effects.reset(self.overlap)

    def _on_scores(self) -> None:
        self._show_head()
        self._show_effect(*(self._hovered or (-1, 0)))
        self.rematching.refresh()

    def _show(self) -> None:
        document, run, found = self._session.document, self.counted.run, self.overlap
        usable = document is not None and run is not None and found is not None and bool(found.frames.any())
        for widget in (self.head, self.effect, self._missing, self.larger):
            widget.setVisible(usable)
        if not usable or document is None or run is None or found is None:
            self.banner.say("")
            alone = found.inputs.video if found is not None else None
            text = empty_text(document, run, counting=found is None, video=alone)
            self.empty.say(text, offer=step_to_labels(document, run))
            self._pages.setCurrentWidget(self.empty)
            self.head.setVisible(alone is not None)
            self._show_head()
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
            self.matrix.show_map(found, label_map, self.counted.medoids)
            self._pages.setCurrentWidget(self.matrix)
        else:
            self.names.show_clusters(run, found, label_map, self.counted.medoids, self._suggestions())
            self._pages.setCurrentWidget(self.names)
            if self._is_to_name:
                self._go_to_unnamed(document, label_map)

    def _show_larger(self, found: Overlap | None) -> None:
        """Offer a run with more clusters where one holds two actions: no map can part them."""
        mixed = [] if found is None else [c for c in range(found.inputs.n_clusters) if found.is_mixed(c)]
        self.larger.setVisible(bool(mixed))
        self._missing.setVisible(found is not None and bool(mixed or self._missing.text()))
        if found is not None and mixed:
            self.larger.setText(f"Train with K = {found.inputs.n_clusters + 1}…")
            self.larger.setToolTip(f"Clusters that mix two actions: {', '.join(map(str, mixed))}")

    def _show_head(self) -> None:
        document, run, found = self._session.document, self.counted.run, self.overlap
        if document is None or run is None or found is None:
            return
        page = self._page if found.has_truth else PICTURES
        counts: dict[TrackKind, int] = {
            kind: len(references(document, kind)) for kind in TrackKind if kind is not TrackKind.PREDICTION
        }
        state = head_state(
            document,
            run,
            found,
            scores=self.effects.text(document.label_maps[run].table(), marked("", document, run)),
            best=self.counted.best,
            references=counts,
            video=self._session.current_video,
            page=page,
        )
        self.head.show_state(state)

    def _show_effect(self, cluster: int, target: int) -> None:
        scene = self.matrix.scene
        if scene is not None and cluster >= len(scene.overlap.counts):  # it was one of another run
            cluster = -1
        self._hovered = None if cluster < 0 else (cluster, target)
        document, found = self._session.document, self.overlap
        if cluster < 0 or document is None or found is None or self.counted.run is None or scene is None:
            self.effect.setText(HELP)
            return
        label_map = document.label_maps[self.counted.run]
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
            column = scene.column_name(found.column(target))
            self.matrix.show_effect("\n".join(filter(None, [column, *changes, swap])), refused=False)
            self.effects.ask(label_map.table(), then)
            change = " · ".join(changes) + (f". {swap}." if swap else "")
        self.effect.setText(f"{line} {change}")

    def _suggestions(self) -> list[str]:
        document = self._session.document
        present = [a.name for a in document.actions.values() if not a.archived] if document else []
        return [*present, *self._settings.names()]

    # --- choices -----------------------------------------------------------------------------------

    def _choose_page(self, page: str) -> None:
        self._chosen = page
        self._show()

    def _ask_for_more(self) -> None:
        if self.overlap is not None:
            self.moreClustersAsked.emit(self.overlap.inputs.n_clusters + 1)

    # --- edits -------------------------------------------------------------------------------------

    def _do(self, make: Callable[[Document, RunId], Edit]) -> bool:
        document, run = self._session.document, self.counted.run
        return document is not None and run is not None and self._session.do(lambda: make(document, run), self)

    def assign(self, cluster: int, target: int) -> None:
        """Give a cluster a target; in one-to-one two rows exchange theirs."""
        document = self._session.document
        if (
            document is None
            or self.counted.run is None
            or document.label_maps[self.counted.run].target(cluster) == target
        ):
            return
        self._do(lambda document, run: commands.set_target(document, run, ClusterId(cluster), target))

    def lock(self, cluster: int) -> None:
        """Lock or unlock a cluster's target."""
        document = self._session.document
        if document is not None and self.counted.run is not None:
            locked = cluster in document.label_maps[self.counted.run].locked
            self._do(lambda document, run: commands.set_lock(document, run, ClusterId(cluster), not locked))

    def type_name(self, cluster: int) -> None:
        """Open a field over the name of a row."""
        document = self._session.document
        if document is None or self.counted.run is None or self.matrix.scene is None:
            return
        self.matrix.ensure_visible(cluster, self.matrix.cursor_cell[1])
        self._close_field()
        field = NameField(self.matrix.viewport())
        field.suggest(self._suggestions())
        target = document.label_maps[self.counted.run].target(cluster)
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

    def name_by_pictures(self) -> None:
        """Show the pictures, and go into the field of the first cluster that still has the name it came with."""
        self._is_to_name = True
        self._choose_page(PICTURES)  # where nobody has looked yet, the clusters come when they are counted

    def _go_to_unnamed(self, document: Document, label_map: LabelMap) -> None:
        self._is_to_name = False
        table = label_map.table()
        unnamed = (c for c, t in table.items() if t >= 0 and is_unnamed_step(document, ActionId(t)))
        self.names.fields[next(unnamed, 0)].setFocus(Qt.FocusReason.TabFocusReason)

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
