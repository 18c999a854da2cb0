"""The page of the export assistant for the training kit: videos, options, and the steps that it would teach."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..jobs.exchange_tasks import KitPreview, KitRequest
from ..models.widgets import NumberItem, plain, table, tip
from ..session import Session
from .export_videos import VideosChooser, heading

USUAL = ("csv", "json", "eaf", "vtt")
PRIVACY = "Faces and screens in the videos become part of the kit. Sound is left out."


class KitPage(QWidget):
    """A training kit of the chosen videos."""

    changed = Signal()
    textsAsked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._error = ""
        self.videos = VideosChooser(session, self)
        self.photos_only = QCheckBox("Photos only, no video", self)
        self.as_zip = QCheckBox("Also as .zip, for a learning platform (SCORM 1.2)", self)
        self.background = QCheckBox("Background is a step as well", self)
        self.min_step = self._seconds(0.5, 60, "Steps that are shorter are left out and listed.")
        self.join_gap = self._seconds(1.0, 60, "Equal steps with less than this between them become one.")
        self.handle = self._seconds(0.0, 10, "So much video before and after each step's clip.")
        self.formats = QPushButton(self)
        self.formats.setToolTip(tip("Formats of the labels that lie in the kit beside the pages"))
        self._menu = QMenu(self.formats)
        self._fill_formats()
        self.formats.setMenu(self._menu)
        self.steps = table(("#", "Step", "Seconds", "Usually", "Text"), self, stretch=1, words=(1, 4))
        self.steps.setAccessibleName("Steps of the kit")
        self.edit_texts = QPushButton("Write texts…", self)
        self.edit_texts.setToolTip(tip("Titles, key points, reasons, tools, safety and checks of each step"))
        self.edit_texts.clicked.connect(self.textsAsked)
        self._title, self._notes = plain("", self, bold=True), plain("", self, dim=True)
        self._lay_out()
        self.videos.changed.connect(self._on_change)
        for box in (self.photos_only, self.as_zip, self.background):
            box.toggled.connect(self._on_change)
        for field in (self.min_step, self.join_gap, self.handle):
            field.valueChanged.connect(self._on_change)
        session.exchange.previews.ready.connect(self._on_preview)

    def _seconds(self, value: float, most: float, words: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox(self)
        field.setRange(0, most)
        field.setSingleStep(0.5)
        field.setDecimals(1)
        field.setSuffix(" s")
        field.setValue(value)
        field.setToolTip(tip(words))
        return field

    def _fill_formats(self) -> None:
        for form in self._session.exchange.formats():
            action = self._menu.addAction(str(form["label"]).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(form["name"] in USUAL)
            action.setData(form["name"])
            action.toggled.connect(self._show_formats)
        self._show_formats()

    def _show_formats(self) -> None:
        chosen = self.label_formats()
        self.formats.setText(", ".join(chosen[:4]) + ("…" if len(chosen) > 4 else "") if chosen else "none")

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow("Shortest step", self.min_step)
        form.addRow("Join steps closer than", self.join_gap)
        form.addRow("Margin around clips", self.handle)
        form.addRow("Label files", self.formats)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.videos, 1)
        for box in (self.photos_only, self.as_zip, self.background):
            left.addWidget(box)
        left.addLayout(form)
        left.addWidget(plain(PRIVACY, self, dim=True))
        top = QHBoxLayout()
        top.addWidget(heading("What it teaches", self))
        top.addStretch(1)
        top.addWidget(self.edit_texts)
        right.addLayout(top)
        right.addWidget(self._title)
        right.addWidget(self.steps, 1)
        right.addWidget(self._notes)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(left, 5)
        row.addSpacing(10)
        row.addLayout(right, 6)

    # --- values ------------------------------------------------------------------------------------

    def label_formats(self) -> tuple[str, ...]:
        """The ticked formats of labels."""
        return tuple(str(action.data()) for action in self._menu.actions() if action.isChecked())

    def default_place(self, base: Path, stem: str) -> Path:
        """Where the kit goes when nobody says otherwise."""
        return base / f"{stem} kit"

    def out(self, place: Path) -> Path:
        """The folder that is written."""
        return place

    def request(self, place: Path) -> KitRequest:
        """What the page asks for."""
        chosen = self.videos.selection()
        options = {
            "include_background": self.background.isChecked(),
            "min_step_s": self.min_step.value(),
            "join_gap_s": self.join_gap.value(),
            "handle_s": self.handle.value(),
            "photos_only": self.photos_only.isChecked(),
            "as_zip": self.as_zip.isChecked(),
            "formats": self.label_formats(),
        }
        return KitRequest(place, chosen.track, chosen.videos, chosen.run, options)

    def problem(self) -> str:
        """Why it cannot be written."""
        return self.videos.problem() or self._error

    # --- showing -----------------------------------------------------------------------------------

    def ask_preview(self) -> None:
        """Ask which steps the kit would have."""
        self._error = ""
        if self.videos.problem():
            self._show_error(self.videos.problem())
        else:
            self._session.exchange.preview(self.request(Path("kit")), "kit")

    def _on_preview(self, kind: str, answer: object) -> None:
        if kind != "kit":
            return
        if isinstance(answer, KitPreview):
            self._show(answer)
        else:
            self._error = str(answer)
            self._show_error(self._error)
        self.changed.emit()

    def _show_error(self, text: str) -> None:
        self.steps.setRowCount(0)
        self._title.setText("")
        self._notes.setText(text)

    def _show(self, found: KitPreview) -> None:
        document = self._session.document
        video = document.videos.get(found.reference) if document is not None else None
        draft = " It is a draft: not every video was accepted." if found.is_draft else ""
        self._title.setText(f"{found.title}: {len(found.steps)} steps, shown in {video.name if video else ''}.{draft}")
        self.steps.setRowCount(len(found.steps))
        for row, step in enumerate(found.steps):
            usual = f"{step.usual[0]:.1f} ({step.usual[3]})" if step.usual else "–"
            cells = [NumberItem(str(step.index), step.index), QTableWidgetItem(step.title)]
            cells += [NumberItem(f"{step.stop_s - step.start_s:.1f}", None), NumberItem(usual, None)]
            written = QTableWidgetItem("yes" if step.is_described else "blank")
            if not step.is_described:
                written.setForeground(self.palette().placeholderText())
            for column, cell in enumerate([*cells, written]):
                cell.setToolTip(
                    tip(step.title if column == 1 else "median, and of how many videos" if column == 3 else "")
                )
                self.steps.setItem(row, column, cell)
        blank = sum(not step.is_described for step in found.steps)
        lines = (
            [f"{blank} steps have no text of their own: their fields stay blank, to be written by hand."]
            if blank
            else []
        )
        self._notes.setText("\n".join([*lines, *found.notes[:3], *(["…"] if found.notes[3:] else [])]))
        self._notes.setToolTip(tip("\n".join(found.notes)))

    def _on_change(self) -> None:
        self.ask_preview()
        self.changed.emit()
