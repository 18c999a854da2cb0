"""What the videos of the activity have in common: transitions and durations of a track, with a list of places."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core.annotation.changes import What
from core.data.dataset import RunId

from ...models.chooser import Chooser
from ...models.drawing import Looks
from ...models.empty import EmptyState, step_to_labels
from ...models.picture import SaveButton
from ...models.places import PlaceList
from ...models.when_seen import WhenSeen
from ...models.widgets import plain, scrolled, short
from ...session import Session
from ...session.readings import matrix_files
from .boxes import Boxes, fill_table, numbers_table
from .embedding import EmbeddingMap
from .frames import Cloud, cloud_of
from .legend import Legend
from .numbers import Numbers
from .transitions import Transitions

GATHER_MS = 60
TRUST = "trust"
SHOWN = What.SEGMENTATION | What.LABEL_MAP | What.ACTIONS | What.PREDICTION | What.RUNS | What.DATASET
FRAMES = 2
NO_FRAMES = (
    "No scores in the cache. They come with a prediction: segment the videos with this run, "
    "or choose another run in the Runs list."
)
HINTS = (
    "Click a line to list where one action follows the other, or an action to list its segments.",
    "Click a point to open its segment, or a row to list the segments of the action.",
    "",
)


class ActivityView(QWidget):
    """Computes the numbers of the chosen track beside the window; two pictures and a list show them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._again = WhenSeen(self, self.refresh, wait_ms=GATHER_MS)
        self._again.ask()
        self.numbers: Numbers | None = None
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        for name in ("Transitions", "Durations", "Frames"):
            self.tabs.addTab(name)
        self._track = Chooser(self)
        self._track.setAccessibleName("Track")
        self._track.setToolTip("The track that is counted")
        self._track.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToContents)
        self._least = QSpinBox(self)
        self._least.setRange(1, 100_000)
        self._least.setPrefix("Count at least ")
        self._least.setToolTip("Leave out what follows less often")
        self._least.setAccessibleName("Least number of times")
        self._about = QLabel(self)
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self.transitions, self.boxes = Transitions(session, self), Boxes(session, self)
        self.frames, self.legend = EmbeddingMap(session, self), Legend(self)
        self.legend.lit.connect(self.frames.set_lit)
        self._colour = Chooser(self)
        self._colour.setAccessibleName("Colour of the points")
        self._colour.addItem("Coloured by action", "action")
        self._colour.addItem("Coloured by time", "time")
        self._alone = QCheckBox("Current video only", self)
        self.table = numbers_table(self)
        self.places = PlaceList(session, self)
        self._empty = EmptyState(self)
        self._save = tuple(SaveButton(p.saver, self) for p in (self.transitions, self.boxes, self.frames))
        self._no_frames = plain(NO_FRAMES, self, dim=True)
        self._no_frames.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._no_frames.setContentsMargins(12, 12, 12, 12)
        self._build()
        self.tabs.currentChanged.connect(self._on_tab_chosen)
        self._track.activated.connect(lambda _index: self.refresh())
        self._least.valueChanged.connect(lambda _value: self._show())
        self._colour.activated.connect(self._on_colour)
        self._alone.toggled.connect(self.frames.set_alone)
        session.currentRunChanged.connect(self._again.ask)
        for picture in (self.transitions, self.boxes):
            picture.placesAsked.connect(self.places.show_places)
        self.table.itemSelectionChanged.connect(self._on_row)
        session.documentChanged.connect(self._on_document)
        for signal in (session.projectChanged, session.comparing.changed):
            signal.connect(self._again.ask)
        self._on_tab(0)

    def sizeHint(self) -> QSize:
        return QSize(760, 320)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.addWidget(self.tabs)
        head.addSpacing(8)
        for widget in (self._track, self._least, self._colour, self._alone, self._about):
            head.addWidget(widget)
        head.addStretch(1)
        for button in self._save:
            head.addWidget(button)
        durations = QSplitter(Qt.Orientation.Vertical, self)
        durations.addWidget(scrolled(self.boxes, self))
        durations.addWidget(self.table)
        durations.setStretchFactor(0, 3)
        durations.setStretchFactor(1, 2)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(scrolled(self.transitions, self))
        self._pages.addWidget(durations)
        self._pages.addWidget(self._with_legend())
        self._pages.addWidget(self._no_frames)
        side = self._side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 4, 8, 4)
        column.addWidget(self.places)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self._pages)
        split.addWidget(side)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setSizes([760, 320])
        self._whole = QStackedWidget(self)
        self._whole.addWidget(split)
        self._whole.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._whole, 1)

    def _with_legend(self) -> QWidget:
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.frames, 1)
        row.addWidget(self.legend)
        return both

    # --- reading -----------------------------------------------------------------------------------

    def _on_document(self, changes: object, _initiator: object) -> None:
        if getattr(changes, "what", What.ALL) & SHOWN:
            self._again.ask()

    def refresh(self) -> None:
        """Ask for the numbers of the chosen track."""
        self._again.settled()
        document, comparing = self._session.document, self._session.comparing
        chosen = self._fill_tracks()
        if document is None:
            self._on_numbers(None)
            return
        track = next((t for t in comparing.choices(document) if t.key == chosen), None)
        work, videos = comparing.cuts(document, track), dict(document.videos)
        title = track.title if track is not None else "labels"
        self._session.computing.ask("activity", lambda: Numbers.of(title, work(), videos), self._on_numbers)
        if self.tabs.currentIndex() == FRAMES:
            self._ask_frames()

    def _ask_frames(self) -> None:
        """Ask for the map of frames of the chosen track's run, else of the current run."""
        document, comparing = self._session.document, self._session.comparing
        if document is None:
            return
        track = next((t for t in comparing.choices(document) if t.key == self._track.currentData()), None)
        run = track.run if track is not None and track.run is not None else self._session.current_run
        if run is None or run not in document.runs:
            self._on_frames(None, "")
            return
        work, videos, files = comparing.cuts(document, track), dict(document.videos), matrix_files(document, run)
        name = f"{document.runs[run].name} {track.title if track is not None else ''}".strip()
        self._session.computing.ask(
            "frames", lambda: cloud_of(files, videos, work()), lambda cloud: self._on_frames(cloud, name)
        )

    def _on_frames(self, cloud: Cloud | None, name: str) -> None:
        looks = Looks.of(self._session, self._session.document)
        self.frames.show_cloud(cloud, looks, name)
        self.legend.show_cloud(cloud, looks)
        self._on_tab(self.tabs.currentIndex())

    def _fill_tracks(self) -> str:
        """List the tracks there are; the key of the chosen one."""
        document, chosen = self._session.document, str(self._track.currentData() or TRUST)
        self._track.blockSignals(True)
        self._track.clear()
        self._track.addItem("Most trusted labels", TRUST)
        tooltip = "Of each video the corrected labels, else ground truth, else the newest compared run"
        self._track.setItemData(0, tooltip, Qt.ItemDataRole.ToolTipRole)
        for track in self._session.comparing.choices(document) if document is not None else []:
            self._track.addItem(short(track.title), track.key)
        self._track.setCurrentIndex(max(0, self._track.findData(chosen)))
        self._track.blockSignals(False)
        return str(self._track.currentData())

    def _on_numbers(self, numbers: Numbers | None) -> None:
        self.numbers = numbers
        self.transitions.chosen = None
        self._show()
        self.places.show_places("", HINTS[self.tabs.currentIndex()], ())

    def _show(self) -> None:
        numbers, looks = self.numbers, Looks.of(self._session, self._session.document)
        has = numbers is not None and bool(numbers.times)
        self._whole.setCurrentIndex(0 if has else 1)
        self._empty.say(self._why_empty(), offer=self._step())
        self.transitions.show_numbers(numbers if has else None, looks, self._least.value())
        self.boxes.show_numbers(numbers if has else None, looks)
        fill_table(self.table, numbers if has else None, looks)
        segments = sum(len(row.values) for row in numbers.durations.rows) if numbers is not None else 0
        videos = numbers.n_videos if numbers is not None else 0
        self._about.setText(f"{segments:,} segments in {videos:,} videos" if has else "")

    def _why_empty(self) -> str:
        """What is said where there are no labels to count."""
        document, key = self._session.document, str(self._track.currentData() or TRUST)
        if document is None:
            return "Open a project to see how its actions follow one another."
        if key == TRUST:
            return "No labels yet. Train a run, import labels, or label a video."
        is_run = RunId(key) in document.runs
        return f"{self._track.currentText()} has no labels yet." + (" Segment the videos with it." if is_run else "")

    def _step(self) -> str:
        """What leads to labels of what is chosen; a button segments with the current run alone."""
        document, key = self._session.document, str(self._track.currentData() or TRUST)
        if key == TRUST:
            return step_to_labels(document, None)
        run = self._session.current_run
        return step_to_labels(document, run) if run is not None and RunId(key) == run else ""

    def _on_tab_chosen(self, index: int) -> None:
        self._on_tab(index)
        if index == FRAMES:
            self._ask_frames()

    def _on_tab(self, index: int) -> None:
        missing = index == FRAMES and self.frames.cloud is None
        self._pages.setCurrentIndex(FRAMES + 1 if missing else index)
        self._least.setVisible(index == 0)
        self._side.setVisible(index != FRAMES)
        for widget in (self._colour, self._alone):
            widget.setVisible(index == FRAMES)
        for number, button in enumerate(self._save):
            button.setVisible(number == index)
        if not self.places.title:
            self.places.show_places("", HINTS[index], ())

    def _on_colour(self, index: int) -> None:
        """By action, with its legend; by time, whose legend stands in the map."""
        self.frames.set_colours(by_time=index == 1)
        self.legend.setVisible(index == 0)

    def _on_row(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows and self.table.hasFocus():
            self.boxes.ask_places(int(rows[0].data(Qt.ItemDataRole.UserRole)))
