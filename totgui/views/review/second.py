"""Another person's labels beside ours: Cohen's kappa, boundaries, and each video; where we differ joins the queue."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTableWidgetItem, QVBoxLayout, QWidget

from core.data.dataset import VideoId
from core.metrics.kappa import Agreement

from ...models.copying import Copying
from ...models.widgets import NumberItem, give_way, percent, plain, table
from ...session import Session

WHAT = (
    "Compare your corrected labels with those of another reviewer: their project of the same videos, a file of labels, "
    "or a folder with a file for each video. Nothing is imported; the places where you differ join the list."
)
COLUMNS = ("Video", "Frames", "Agree", "Kappa", "Boundary F1")


class SecondReviewerView(QWidget):
    """A button that asks for the other labels, and how far both agree."""

    loadAsked = Signal(bool)  # whether a folder is meant

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.what = plain(WHAT, self, dim=True)
        self.summary = plain("", self, bold=True)
        self.boundaries = plain("", self)
        self.table = table(COLUMNS, self)
        self.table.setAccessibleName("Agreement by video")
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # videos differ in the ends of their names
        give_way(self.table)
        Copying(self.table)
        self.table.cellClicked.connect(self._open)
        self._load, self._folder = QPushButton("Choose a file…", self), QPushButton("Choose a folder…", self)
        self._load.clicked.connect(lambda: self.loadAsked.emit(False))
        self._folder.clicked.connect(lambda: self.loadAsked.emit(True))
        self._end = QPushButton("End comparison", self)
        self._end.clicked.connect(lambda: session.reviewing.set_second("", {}))
        row = QHBoxLayout()
        row.addWidget(self._load)
        row.addWidget(self._folder)
        row.addWidget(self._end)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        for widget in (self.what, self.summary, self.boundaries):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addStretch(0)
        session.reviewing.agreementChanged.connect(self._show)
        session.projectChanged.connect(self._show)
        self._show()

    def _show(self) -> None:
        reviewing = self._session.reviewing
        found = reviewing.agreement
        document = self._session.document
        for button in (self._load, self._folder):
            button.setEnabled(document is not None)
        self._end.setVisible(bool(reviewing.second_name))
        for widget in (self.summary, self.boundaries, self.table):
            widget.setVisible(found is not None and found[0].frames > 0)
        if found is None or document is None:
            self.what.setText(WHAT)
            return
        whole, each = found
        if not whole.frames:
            self.what.setText(_nothing_shared(reviewing.second_name, len(reviewing.second)))
            return
        self.what.setText(f"Your corrected labels and those of {reviewing.second_name}, where both have labelled.")
        self.summary.setText(
            f"Cohen's kappa {_two(whole.kappa)} · {percent(whole.agreement)} % of {whole.frames:,} frames agree"
        )
        self.boundaries.setText(_boundary_text(whole))
        self.table.setRowCount(len(each))
        for number, (video, one) in enumerate(each.items()):
            name = QTableWidgetItem(document.videos[video].name)
            name.setData(Qt.ItemDataRole.UserRole, video)
            cells = (
                name,
                NumberItem(f"{one.frames:,}", one.frames),
                NumberItem(percent(one.agreement), one.agreement),
                NumberItem(_two(one.kappa), one.kappa),
                NumberItem(percent(one.boundary_f1), one.boundary_f1),
            )
            for column, cell in enumerate(cells):
                self.table.setItem(number, column, cell)

    def _open(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self._session.select_video(VideoId(item.data(Qt.ItemDataRole.UserRole)))


def _nothing_shared(name: str, videos: int) -> str:
    many, them = f"{videos:,} video{'s' * (videos != 1)}", "them" if videos != 1 else "it"
    return (
        f"{name} labelled {many}; you have corrected nothing in {them} yet, so there is no kappa. Take the prediction "
        "or the ground truth, or label by hand: this is counted as you go."
    )


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _boundary_text(found: Agreement) -> str:
    mine, theirs = found.boundaries
    text = f"Boundaries: {mine:,} yours, {theirs:,} theirs"
    if found.boundary_f1 is None:
        return text
    text += f" · F1 {percent(found.boundary_f1)} within {found.tolerance_frames} frames"
    offset = found.median_offset_frames
    return text if offset is None else f"{text} · median offset {offset:g} frames"
