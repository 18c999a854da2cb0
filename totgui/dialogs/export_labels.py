"""The page of the export assistant for labels: format, track, videos, and the first lines of what would be written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..jobs.exchange_tasks import LabelsRequest
from ..models.chooser import Chooser
from ..models.widgets import plain, tip
from ..session import Session
from ..settings import Settings
from .export_videos import VideosChooser, heading

OWN, USUAL = "As the dataset's own labels", "csv"
AS_BACKGROUND = "Write unlabelled frames as background"


class _UnderHeadings(QStyledItemDelegate):
    """Formats stand to the right of their heading; the text itself begins with the name, so that typing finds it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.flags() & Qt.ItemFlag.ItemIsSelectable:
            option.text = f"   {option.text}"


class LabelsPage(QWidget):
    """Labels in one of the formats."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None, *, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings or Settings()
        self._own = session.exchange.own_format()
        self._formats = {str(f["name"]): f for f in session.exchange.formats()}
        self.format = Chooser(self)
        self.format.setMaxVisibleItems(30)
        self.format.setItemDelegate(_UnderHeadings(self.format))
        self._fill_formats()
        self._losses = plain("", self, dim=True)
        self.as_background = QCheckBox(AS_BACKGROUND, self)
        self.as_background.setToolTip(tip("This format has no word for frames that nobody has looked at."))
        self.videos = VideosChooser(session, self)
        self.preview = QPlainTextEdit(self)
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName("First lines of the export")
        for place, (label, field) in enumerate((("Format", self.format), ("", self._losses), ("", self.as_background))):
            self.videos.form.insertRow(place, label, field)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.videos, 1)
        right.addWidget(heading("First lines", self))
        right.addWidget(self.preview, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(left, 5)
        row.addSpacing(10)
        row.addLayout(right, 6)
        self._on_format()
        self.format.currentIndexChanged.connect(self._on_format)
        self.as_background.toggled.connect(self._on_change)
        self.videos.changed.connect(self._on_change)
        session.exchange.previews.ready.connect(self._on_preview)

    def _fill_formats(self) -> None:
        """The formats under the headings of their groups, that of the dataset's own labels before all others.

        Chosen is what this project was exported in last, else the dataset's own, else the table of segments.
        """
        group = None
        own = [(self._own, {**self._formats[self._own], "group": OWN})] if self._own in self._formats else []
        for name, form in (*own, *(each for each in self._formats.items() if each[0] != self._own)):
            if form["group"] != group:
                group = form["group"]
                self._add_heading(str(group))
            self.format.addItem(str(form["label"]), name)
        project = self._session.project
        last = self._settings.export_format(project.path) if project is not None else ""
        places = [self.format.findData(name) for name in (last, self._own, USUAL) if name]
        self.format.setCurrentIndex(next(place for place in places if place >= 0))

    def _add_heading(self, text: str) -> None:
        self.format.addItem(text)
        item = self.format.model().item(self.format.count() - 1)  # type: ignore[attr-defined]
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)

    def remember(self) -> None:
        """Next time this project is offered the format that is chosen now."""
        if self._session.project is not None:
            self._settings.set_export_format(self._session.project.path, self.name)

    def default_place(self, base: Path, stem: str) -> Path:
        """Where the labels go when nobody says otherwise."""
        return base / f"{stem} labels"

    def out(self, place: Path) -> Path:
        """The file or folder that is written at a place: formats of one file get a name of their own in it."""
        suffix = str(self._formats[self.name]["suffix"])
        return place / f"labels{suffix}" if suffix and not place.name.lower().endswith(suffix) else place

    @property
    def name(self) -> str:
        """The name of the chosen format."""
        return str(self.format.currentData())

    def request(self, place: Path) -> LabelsRequest:
        """What the page asks for."""
        chosen = self.videos.selection()
        as_background = self.as_background.isVisibleTo(self) and self.as_background.isChecked()
        return LabelsRequest(self.name, self.out(place), chosen.track, chosen.videos, chosen.run, as_background)

    def problem(self) -> str:
        """Why it cannot be written."""
        return self.videos.problem()

    def ask_preview(self) -> None:
        """Ask for the first lines."""
        problem = self.problem()
        if problem:
            self.preview.setPlainText(problem)
        else:
            self._session.exchange.preview(self.request(Path()), "labels")

    def _on_preview(self, kind: str, answer: object) -> None:
        if kind == "labels":
            self.preview.setPlainText(str(answer))

    def _on_format(self) -> None:
        form = self._formats[self.name]
        losses = "; ".join(form["losses"])
        self._losses.setText(f"Does not carry: {losses}." if losses else "Carries everything.")
        self.as_background.setVisible(not form["has_gaps"])
        self._on_change()

    def _on_change(self) -> None:
        self.ask_preview()
        self.changed.emit()
