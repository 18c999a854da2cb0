"""Runs, ground truth and corrected labels beside one another: the current video in detail, or a wall of all videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.annotation.changes import What
from core.data.dataset import VideoId

from ...models.chooser import Chooser
from ...models.drawing import Looks
from ...models.empty import EmptyState, step_to_labels
from ...models.picture import SaveButton
from ...models.when_seen import WhenSeen
from ...models.widgets import Banner, in_menu, plain, scrolled, tip
from ...session import Session
from .paint import legend_height, paint_legend
from .rows import ORDERS, Rows, looks_of
from .video import VideoStrips
from .wall import Wall

if TYPE_CHECKING:
    from ...session.exchange import SecondReviewer

GATHER_MS = 30
SHOWN = What.SEGMENTATION | What.LABEL_MAP | What.ACTIONS | What.PREDICTION | What.RUNS | What.DATASET


class Legend(QWidget):
    """The colours of the actions, wrapped to the width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[int] = []
        self._looks: Looks | None = None
        self.setAccessibleName("Legend")
        self.setAccessibleDescription("The colour of each action.")

    def show_labels(self, labels: list[int], looks: Looks | None) -> None:
        """Show chips for these labels."""
        self._labels, self._looks = labels, looks
        self._fit()
        self.update()

    def _fit(self) -> None:
        if self._looks is not None and self._labels:
            self.setFixedHeight(legend_height(self.fontMetrics(), self._labels, self._looks, self.width() - 24) + 4)
        else:
            self.setFixedHeight(0)

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def fit_text(self) -> None:
        """Its chips take other lines now."""
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._looks is not None:
            painter = QPainter(self)
            paint_legend(painter, self._labels, self._looks, self.palette(), left=12, top=2, width=self.width() - 24)


class CompareView(QWidget):
    """Chooses tracks and order; the two pictures below show them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: Rows | None = None
        self._agreements: dict[VideoId, float] = {}
        self._again = WhenSeen(self, self.refresh, wait_ms=GATHER_MS)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.addTab("This video")
        self.tabs.addTab("All videos")
        self._tracks = QToolButton(self)
        self._tracks.setText("Tracks")
        self._tracks.setToolTip("Choose what is compared: ground truth, corrected labels, up to four runs")
        self._tracks.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._tracks)
        menu.aboutToShow.connect(lambda: self.fill_tracks(menu))
        self._tracks.setMenu(menu)
        self._differences = QCheckBox("Differences", self)
        self._differences.setToolTip("Mark in red where a track differs from the first one")
        self._differences.setChecked(True)
        self._order = Chooser(self)
        self._order.setAccessibleName("Order of the videos")
        for key, label in ORDERS:
            self._order.addItem(label, key)
        self._empty = EmptyState(self)
        self._about = plain("", self, dim=True)
        self._warning = Banner(self)
        self.wall, self.strips, self.legend = Wall(session, self), VideoStrips(session, self), Legend(self)
        self._save = {0: SaveButton(self.strips.saver, self), 1: SaveButton(self.wall.saver, self)}
        self._build()
        self.tabs.currentChanged.connect(self._on_tab)
        self._differences.toggled.connect(self._again.ask)
        self._order.currentIndexChanged.connect(self._sort)
        session.documentChanged.connect(self._on_document)
        for signal in (session.projectChanged, session.reportReady, session.comparing.changed):
            signal.connect(self._again.ask)
        self._on_tab(0)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(760, 320)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.addWidget(self.tabs)
        head.addSpacing(8)
        for widget in (self._tracks, self._differences, self._order):
            head.addWidget(widget)
        head.addStretch(1)
        for button in self._save.values():
            head.addWidget(button)
        self._pages = QStackedWidget(self)
        for page in (scrolled(self.strips, self), self.wall, self._empty):
            self._pages.addWidget(page)
        self._about.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._warning)
        column.addWidget(self._about)
        column.addWidget(self._pages, 1)
        column.addWidget(self.legend)

    # --- what is shown -----------------------------------------------------------------------------

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & SHOWN:
            self._again.ask()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def refresh(self) -> None:
        """Read the session."""
        self._again.settled()
        session = self._session
        rows = self.rows = Rows.of(session, differences=self._differences.isChecked())
        looks = looks_of(session)
        self._agreements = {}
        self.strips.show_rows(rows, looks)
        self.legend.show_labels(rows.labels() if rows is not None and rows.videos else [], looks)
        self._warning.say(rows.warning() if rows is not None else "")
        self._enable_orders()
        self._sort()
        self._on_tab(self.tabs.currentIndex())

    def _enable_orders(self) -> None:
        """Orders by score need scores."""
        known = len(self.rows.scored) if self.rows is not None else 0
        needed = {"worst": 1, "best": 1, "change": 2}
        model = self._order.model()
        for number, (key, _) in enumerate(ORDERS):
            item = model.item(number)  # type: ignore[attr-defined]
            enough = known >= needed.get(key, 0)
            item.setEnabled(enough and (key != "agreement" or (self.rows is not None and len(self.rows.tracks) > 1)))

    def _sort(self, *_: object) -> None:
        rows, looks = self.rows, looks_of(self._session)
        if rows is None:
            self.wall.show_rows(None, (), None)
            return
        order = str(self._order.currentData())
        videos = rows.ordered(order)
        if order == "agreement" and self._agreements:
            videos = sorted(rows.ordered("name") or (), key=lambda v: self._agreements.get(v, 2.0))
        self.wall.show_rows(rows, videos if videos is not None else rows.ordered("name") or (), looks)
        if order == "agreement" and not self._agreements:
            work = rows.agreements()
            if work is not None:
                self._session.computing.ask("agreements", work, lambda found: self._on_agreements(rows, found))

    def _on_agreements(self, rows: Rows, found: dict[VideoId, float]) -> None:
        if found and rows is self.rows:  # else of tracks as they were before
            self._agreements = found
            self._sort()

    def _on_tab(self, index: int) -> None:
        rows = self.rows
        lines = [f"{t.title}: {rows.about(t)}" for t in rows.tracks if t.run is not None] if rows is not None else []
        empty = rows is None or not rows.tracks or not rows.videos
        if rows is not None and not empty and index == 1:
            lines.append(". ".join(rows.legend()))
        self._about.setText("\n".join(filter(None, lines)))
        meanings = rows.meanings() if rows is not None else ""
        self._about.setToolTip(tip(meanings).replace("\n", "<br>") if meanings else "")
        self._about.setVisible(bool(self._about.text()))
        self._pages.setCurrentIndex(2 if empty else index)
        self._order.setVisible(index == 1)
        for number, button in self._save.items():
            button.setVisible(number == index and not empty)
        if rows is None:
            self._empty.say("Open a project to compare its runs.")
        elif not rows.tracks:
            offer = step_to_labels(self._session.document, None)
            self._empty.say("Nothing is chosen. Choose tracks above, or train a run.", offer=offer)
        else:
            offer = step_to_labels(self._session.document, None)
            self._empty.say("No labels yet. Train a run, or segment the videos with one.", offer=offer)

    def fill_tracks(self, menu: QMenu) -> None:
        """List what can be compared, with what is shown ticked."""
        menu.clear()
        document, comparing = self._session.document, self._session.comparing
        for track in comparing.choices(document) if document is not None else []:
            action = menu.addAction(in_menu(track.title))
            action.setCheckable(True)
            action.setChecked(comparing.is_shown(track))
            if track.run is not None:
                action.toggled.connect(lambda on, run=track.run: comparing.show_run(run, on))
            else:
                action.toggled.connect(lambda on, key=track.key: comparing.show_track(key, on))
        if menu.isEmpty():
            menu.addAction("Nothing to compare yet").setEnabled(False)
        if document is None:
            return
        menu.addSeparator()
        for text, is_folder in (("Labels of another person…", False), ("Labels of another person in a folder…", True)):
            menu.addAction(text).triggered.connect(lambda _on=False, folder=is_folder: self.add_labels(folder))

    def add_labels(self, is_folder: bool) -> None:
        """Ask for the labels of another person, and look at them beside the others until the project is closed."""
        path = ask_labels(self, is_folder)
        if path is not None:
            self._session.exchange.read_second_reviewer(path, self._on_labels)

    def _on_labels(self, second: SecondReviewer) -> None:
        self._session.comparing.add_other(second.name, second.tracks, second.actions)
        notes = " ".join(second.notes[:3])
        text = f"{second.name}: labels of {len(second.tracks):,} videos stand in the comparison. The project does not "
        self._session.message.emit(f"{text}hold them. {notes}".strip(), "info")


def ask_labels(parent: QWidget, is_folder: bool) -> Path | None:
    """The label file, project or folder that the person chose, or None."""
    if is_folder:
        text = QFileDialog.getExistingDirectory(parent, "Labels of another person")
    else:
        text, _ = QFileDialog.getOpenFileName(parent, "Labels of another person: a label file or a project")
    return Path(text) if text else None
