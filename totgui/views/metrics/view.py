"""Scores of the current run or of the corrected labels, beside the two baselines; never a number without its scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.annotation.map_notes import VIDEO_LEVEL, map_notes, merge_notes
from core.annotation.segmentation import Segmentation
from core.annotation.statistics import Place, meetings
from core.data.dataset import BACKGROUND, UNLABELLED, VideoId
from core.metrics.label_free import label_free
from core.metrics.report import Report

from ...models.chooser import Chooser
from ...models.copying import Copying
from ...models.empty import EmptyState, step_to_labels
from ...models.marks import MARK
from ...models.picture import SaveButton
from ...models.places import PlaceList
from ...models.when_seen import WhenSeen
from ...models.widgets import Banner, NameItem, NumberItem, name_tabs, percent, plain, short, table, tip
from ...session import Session
from .confusion import Confusion

TRACKS = (("prediction", "Prediction"), ("corrected", "Corrected"))
TILES = (("mof", "MoF"), ("f1", "F1"), ("edit", "Edit score"), ("miou", "mIoU"))
LINE = (("f1_10", "F1@10"), ("f1_25", "F1@25"), ("f1_50", "F1@50"), ("f1_majority", "Majority F1"))
SCORE_TIPS = {
    "mof": "right frames over frames whose ground truth is an action.",
    "f1": "segments that are found, each counted by its share of right frames (CTE, TOT).",
    "edit": "how much the order of the segments agrees, whatever their length.",
    "miou": "mean over actions of the frames that both share over the frames that either has.",
    "f1_10": "segments that overlap by at least a tenth count as found.",
    "f1_25": "segments that overlap by at least a quarter count as found.",
    "f1_50": "segments that overlap by at least a half count as found.",
    "f1_majority": "as F1; a segment is found where most of 15 drawn frames are right (ASOT).",
}
NO_TRUTH = "Scores need ground truth. This dataset has none."
CELL_HINT = "Click a cell to list the segments behind it."


class Tile(QFrame):
    """One score, large, with its baselines below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(name)
        self.value = plain("–", self)
        self.beside = plain("", self)
        self.beside.setToolTip(tip("Score over the videos whose corrected labels the run did not learn from"))
        self.beside.hide()
        self.below = plain("", self, dim=True)
        self.fit_text()
        self.setObjectName("tile")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 6, 8, 6)
        self._grid.setSpacing(0)
        for row, widget in enumerate((plain(name, self, dim=True), self.value, self.beside)):
            self._grid.addWidget(widget, row, 0)
        self.spread(False)

    def fit_text(self) -> None:
        """The score stands out, and its baselines stand back, beside text of the present size."""
        for label, factor, bold in ((self.value, 1.9, True), (self.below, 0.84, False)):
            font = self.font()
            font.setPointSizeF(font.pointSizeF() * factor)
            font.setBold(bold)
            label.setFont(font)

    def spread(self, wide: bool) -> None:
        """The baselines at the right where there is room, else below."""
        self.below.setAlignment(Qt.AlignmentFlag.AlignRight if wide else Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.below, *((1, 1) if wide else (3, 0)), Qt.AlignmentFlag.AlignVCenter)


class Tiles(QWidget):
    """Scores in one row, or in two where their baselines would not fit on a line."""

    def __init__(self, tiles: list[Tile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._placed = 0, False
        self._place(len(tiles))

    def resizeEvent(self, event: object) -> None:
        self._fit()

    def fit_text(self) -> None:
        """Place the tiles for the present width and text."""
        for tile in self._tiles:
            tile.fit_text()
        self._fit()

    def _fit(self) -> None:
        least = self._tiles[0].below.fontMetrics().horizontalAdvance("equal split 100.0") + 18
        fits = self.width() >= len(self._tiles) * (least + self._grid.spacing())
        value = self._tiles[0].value.fontMetrics().horizontalAdvance("100.0*")
        is_wide = not fits and self.width() >= 2 * (value + least + self._grid.spacing())
        self._place(len(self._tiles) if fits else 2, beside=is_wide)

    def _place(self, across: int, *, beside: bool = False) -> None:
        """So many tiles in a row, their baselines beside the value or below it."""
        if (across, beside) != self._placed:
            self._placed = across, beside
            for number, tile in enumerate(self._tiles):
                self._grid.addWidget(tile, number // across, number % across)
                tile.spread(beside)


class MetricsView(QWidget):
    """Whole activity, videos, classes and confusion matrix."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._name = ""
        self._track = Chooser(self)
        self._track.setAccessibleName("Track that is scored")
        for key, label in TRACKS:
            self._track.addItem(label, key)
        self.scope = plain("", self, dim=True)
        self._banner = Banner(self)
        self.tiles = {key: Tile(label, self) for key, label in TILES}
        self.scores = table(("Score", "Value", "Equal split", "One class"), self)
        self.videos = table(("Video", "Frames", "MoF", "Edit", "F1@50"), self)
        self.classes = table(("Action", "Frames", "Recall", "Precision", "IoU"), self)
        for numbers in (self.scores, self.videos, self.classes):
            Copying(numbers)
        self.confusion, self.places = Confusion(session, self), PlaceList(session, self)
        self.confusion.cellChosen.connect(self._on_cell)
        self.places.show_places("", CELL_HINT, ())
        self._again = WhenSeen(self, self._show, wait_ms=0)
        self._report: Report | None = None
        self._filled: tuple[Any, ...] | None = None
        self._dress_tables()
        self.tabs = self._tabs()
        self.empty = EmptyState(self)
        self._pages = QStackedWidget(self)
        self._place()
        self._track.currentIndexChanged.connect(self._show)
        for signal in (session.projectChanged, session.currentRunChanged, session.reportReady):
            signal.connect(self._again.ask)
        session.documentChanged.connect(self._again.ask)
        self._show()

    def _dress_tables(self) -> None:
        names = ((self.scores, "Scores"), (self.videos, "Scores by video"), (self.classes, "Scores by action"))
        for each, name in names:
            each.setAccessibleName(name)
        for each in (self.videos, self.classes):
            each.setTextElideMode(Qt.TextElideMode.ElideMiddle)
            each.setSortingEnabled(True)
            each.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.videos.itemSelectionChanged.connect(self._on_video)

    def _tabs(self) -> QTabWidget:
        tabs = QTabWidget(self)
        tabs.setDocumentMode(True)
        name_tabs(tabs, "Scores by what they are counted over")
        tabs.addTab(self.scores, "Scores")
        tabs.addTab(self.videos, "Videos")
        tabs.addTab(self.classes, "Classes")
        tabs.addTab(self._confusion_page(), "Confusion")
        return tabs

    def _place(self) -> None:
        """The scores below their head, or a word where there are none."""
        scored = QWidget(self)
        column = QVBoxLayout(scored)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Tiles(list(self.tiles.values()), scored))
        column.addWidget(self.tabs, 1)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(scored)
        head = QHBoxLayout()
        head.addWidget(self.scope, 1)
        head.addWidget(self._track)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 8)
        whole.addLayout(head)
        whole.addWidget(self._banner)
        whole.addWidget(self._pages, 1)

    def sizeHint(self) -> QSize:
        return QSize(440, 560)

    def _confusion_page(self) -> QWidget:
        page = QSplitter(Qt.Orientation.Vertical, self)
        upper = QWidget(page)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SaveButton(self.confusion.saver, upper), 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.confusion, 1)
        page.addWidget(upper)
        page.addWidget(self.places)
        page.setStretchFactor(0, 1)
        page.setSizes([360, 120])
        return page

    def _show(self, *_: object) -> None:
        self._again.settled()
        session, track = self._session, str(self._track.currentData())
        document, run = session.document, session.current_run
        report = session.report(run, track) if document is not None else None
        if report is not self._report:
            self._report = report
            self.places.show_places("", CELL_HINT, ())
        if document is None or report is None:
            self.scope.setText("")
            self._banner.say("")
            offer = step_to_labels(document, run) if track == "prediction" else ""
            self.empty.say(self._without_report(track), offer=offer)
            self._turn_to(0)
            self._ask_free(track)
            return
        self._turn_to(1)
        label_map = document.label_maps.get(run) if run is not None and track == "prediction" else None
        how = (
            "no label map"
            if label_map is None
            else ("label map edited by hand" if label_map.is_edited_by_hand else "label map matched")
        )
        name = short(document.runs[run].name) if run is not None and track == "prediction" else "Corrected"
        self._name = name
        background = "background left out" if report.background else "no background"
        self.scope.setText(
            f"{name} · {report.level} level · {how} · {background} · {report.videos} videos, {report.frames:,} frames"
        )
        notes = merge_notes(document) if label_map is None else map_notes(document, label_map)
        warnings = [*notes, *(report.notes if label_map is not None else ())]
        if report.level == "video":
            warnings.append(VIDEO_LEVEL)
        self._banner.say(" ".join(warnings))
        told = set(report.learned_from)
        unusual = bool(notes)
        marks = {row.video: MARK if unusual or row.video in told else "" for row in report.per_video}
        names = {str(video.id): video.name for video in document.videos.values()}
        filled = (report, MARK if unusual or told else "", marks, names)
        if self._filled is None or self._filled[0] is not report or self._filled[1:] != filled[1:]:
            self._filled = filled
            self._fill(*filled)

    def _turn_to(self, page: int) -> None:
        """Show a page; the other one takes no room, so that there is nothing to scroll to."""
        for number in range(self._pages.count()):
            policy = QSizePolicy.Policy.Preferred if number == page else QSizePolicy.Policy.Ignored
            if (widget := self._pages.widget(number)) is not None:
                widget.setSizePolicy(policy, policy)
        self._pages.setCurrentIndex(page)

    def _without_report(self, track: str) -> str:
        document = self._session.document
        if document is None:
            return "Open a project to see scores."
        segmentations = self._segmentations(track)
        if not segmentations:
            return (
                "No corrected labels yet. Take a prediction, or start from ground truth."
                if track == "corrected"
                else "No predictions yet. Train a run, or segment the videos with one."
            )
        if not document.ground_truth:
            return NO_TRUTH
        scored = sum(video in document.ground_truth for video in segmentations)
        if scored:
            return f"Computing the scores of {scored:,} video{'' if scored == 1 else 's'}…"
        what = "corrected labels" if track == "corrected" else "a prediction"
        return f"Scores need ground truth. No video with {what} has any."

    def _segmentations(self, track: str) -> dict[VideoId, Segmentation]:
        """What would be scored, as it is stored."""
        document, run = self._session.document, self._session.current_run
        if document is None:
            return {}
        if track == "corrected":
            return dict(document.corrected)
        return {v: p.segmentation for (r, v), p in document.predictions.items() if r == run}

    def _ask_free(self, track: str) -> None:
        """Where there is no ground truth, say what can be said without."""
        document, run = self._session.document, self._session.current_run
        cuts = self._segmentations(track)
        if document is None or document.ground_truth or not cuts:
            return
        n_clusters = document.runs[run].n_clusters if run is not None and track == "prediction" else 0
        self._session.computing.ask("label-free", lambda: free_text(cuts, n_clusters), self._on_free)

    def _on_free(self, text: str) -> None:
        if self._report is None:
            self.empty.say(f"{NO_TRUTH}\n\nWithout it can be said:\n{text}")

    def _fill(self, report: Report, mark: str, of_videos: Mapping[str, str], names: Mapping[str, str]) -> None:
        rest = report.untouched
        split, single = report.baselines.get("equal_split"), report.baselines.get("one_class")
        for key, tile in self.tiles.items():
            tile.value.setText(percent(getattr(report, key)) + mark)
            known = hasattr(split, key) and hasattr(single, key)
            tile.below.setText(
                f"equal split {percent(getattr(split, key))}\none class {percent(getattr(single, key))}"
                if known
                else "no baseline"
            )
            tile.beside.setText("" if rest is None else f"{percent(getattr(rest, key))} on the {rest.videos} others")
            tile.beside.setVisible(rest is not None)
        self._fill_scores(report, mark)
        _fill(
            self.videos,
            [(names.get(row.video, row.video), row.frames, row.mof, row.edit, row.f1_50) for row in report.per_video],
            [row.video for row in report.per_video],
            of_videos,
        )
        _fill(
            self.classes,
            [(row.action, row.frames, row.recall, row.precision, row.iou) for row in report.per_class],
            [row.action for row in report.per_class],
            dict.fromkeys((row.action for row in report.per_class), mark),
        )
        self.confusion.show_table(np.array(report.confusion), list(report.confusion_labels), self._name)

    def _fill_scores(self, report: Report, mark: str) -> None:
        """Every score beside the same score of the two baselines."""
        beside = [report.baselines.get(name) for name in ("equal_split", "one_class")]
        self.scores.setRowCount(len(TILES) + len(LINE) + 1)
        for row, (key, label) in enumerate((*TILES, *LINE)):
            name = QTableWidgetItem(label)
            name.setToolTip(tip(f"{label}: {SCORE_TIPS[key]}"))
            self.scores.setItem(row, 0, name)
            value = getattr(report, key)
            self.scores.setItem(row, 1, NumberItem(percent(value) + mark, value))
            for column, baseline in enumerate(beside, start=2):
                known = getattr(baseline, key, None)
                self.scores.setItem(row, column, NumberItem(percent(known), known))
        row = len(TILES) + len(LINE)
        self.scores.setItem(row, 0, QTableWidgetItem("MoF with background"))
        for column, value in ((1, report.mof_bg), (2, None), (3, None)):
            self.scores.setItem(row, column, NumberItem(percent(value) + (mark if column == 1 else ""), value))

    def _on_cell(self, row: int, column: int) -> None:
        """List where ground truth says one action and the labels say another."""
        document, report = self._session.document, self._report
        if document is None or report is None:
            return
        is_run, run = self._track.currentData() == "prediction", self._session.current_run
        comparing = self._session.comparing
        wanted = run if is_run else "corrected"
        track = next((t for t in comparing.choices(document) if t.key == wanted), None)
        if track is None:
            return
        labels = [{action} for action in report.confusion_actions] + [{int(BACKGROUND), int(UNLABELLED)}]
        work, truths = comparing.cuts(document, track), dict(document.ground_truth)
        text = self.confusion.describe(row, column)

        def find() -> list[Place]:
            cuts = work()
            return [
                Place(video, start, stop)
                for video, truth in truths.items()
                if video in cuts
                for start, stop in meetings(truth, cuts[video], labels[row], labels[column])
            ]

        def show(places: list[Place]) -> None:
            ordered = sorted(places, key=lambda place: place.start - place.stop)
            note = f"{len(places):,} places, the longest first" if len(places) > 1 else ""
            self.places.show_places(text, note, ordered)

        self._session.computing.ask("confusion", find, show)

    def _on_video(self) -> None:
        rows = self.videos.selectionModel().selectedRows()
        if rows and self.videos.hasFocus():
            self._session.select_video(VideoId(rows[0].data(Qt.ItemDataRole.UserRole)))


def free_text(cuts: Mapping[VideoId, Segmentation], n_clusters: int) -> str:
    """What can be said of tracks without ground truth; with `n_clusters` they are in clusters, in their order.

    On any thread.
    """
    found = label_free({str(v): cut for v, cut in cuts.items()}, n_clusters or 1)
    lines = [
        f"{found.videos:,} videos, {found.segments:.1f} segments a video",
        f"{found.mean_length:,.0f} frames a segment (median {found.median_length:,.0f})",
    ]
    if n_clusters:
        lines += [
            f"{percent(found.order_violations)} % of neighbouring segments go back in the order of the clusters",
            f"{found.distance:.2f} cluster widths from the place of their cluster in an equal split",
        ]
        if found.unused:
            lines.append(f"clusters without a frame: {', '.join(map(str, found.unused))}")
    if found.background:
        lines.append(f"{percent(found.background)} % of the frames in no cluster")
    return "\n".join(lines)


def _fill(widget: QTableWidget, rows: list[tuple[Any, ...]], keys: list[str], marks: Mapping[str, str]) -> None:
    """Put names, counts and fractions into a table that can be sorted, each row with the mark of its key."""
    widget.blockSignals(True)
    widget.setSortingEnabled(False)
    widget.setRowCount(len(rows))
    for number, (row, key) in enumerate(zip(rows, keys, strict=True)):
        head, mark = NameItem(str(row[0])), marks.get(key, "")
        head.setData(Qt.ItemDataRole.UserRole, key)
        widget.setItem(number, 0, head)
        widget.setItem(number, 1, NumberItem(f"{row[1]:,}", row[1]))
        for column, value in enumerate(row[2:], start=2):
            widget.setItem(number, column, NumberItem(percent(value) + (mark if value is not None else ""), value))
    widget.setSortingEnabled(True)
    widget.blockSignals(False)
