"""Asks how features are made from videos and where they are kept; tells how long that will take."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.data.rates import pictures_a_row
from core.requests import ExtractSettings

from ..models.chooser import Chooser
from ..models.widgets import accepted, duration, for_text, plain, tip
from ..palette import set_tone

DEVICES = (("auto", "Automatic"), ("cpu", "CPU"), ("cuda", "CUDA (NVIDIA)"))
USUAL_SPEEDS = {"efficientnet-lite0": 40.0, "resnet18": 25.0, "onnx": 15.0, "descriptor": 300.0}
"""Rows a second on two cores, where this computer has not been measured yet."""
USUAL_DIMENSIONS = 1024
DEFAULT_RATE = 5.0


@dataclass(frozen=True)
class ExtractOffer:
    """What there is to choose from.

    Args:
        extractors: as `api.extractors` lists them.
        lengths: pictures and rate (None: not known) of each video that has a file.
        places: cache folder, and folder beside the dataset, for settings.
        speeds: rows a second that were measured here, by extractor.
    """

    extractors: Sequence[Mapping[str, Any]]
    lengths: Sequence[tuple[int, Fraction | None]]
    places: Callable[[ExtractSettings], tuple[Path, Path]]
    speeds: Mapping[str, float]


class ExtractAnswer(NamedTuple):
    """How to extract, and the folder; None is the cache."""

    settings: ExtractSettings
    out: Path | None


class ExtractDialog(QDialog):
    """Extractor, rate, device and place, with the number of rows and the time that they will take."""

    def __init__(self, offer: ExtractOffer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Extract features")
        self._offer = offer
        self._by_name = {str(e["name"]): e for e in offer.extractors}
        self.extractor = Chooser(self)
        for entry in offer.extractors:
            self.extractor.addItem(str(entry["label"]), entry["name"])
            if not entry["installed"]:
                item: Any = self.extractor.model()
                item.item(self.extractor.count() - 1).setEnabled(False)
        self.extractor.setCurrentIndex(next((i for i, e in enumerate(offer.extractors) if e["default"]), 0))
        self._about = plain("", self, dim=True)
        self.file = QLineEdit(self)
        self._browse = QPushButton("Choose…", self)
        self._browse.clicked.connect(self._choose_file)
        self.rate = QDoubleSpinBox(self)
        self.rate.setRange(0.1, 120)
        self.rate.setDecimals(1)
        self.rate.setValue(DEFAULT_RATE)
        self.rate.setSuffix(" a second")
        self.rate.setToolTip(tip("Rows a second: how many pictures of each second are described. 5 suits most work."))
        self.device = Chooser(self)
        for name, label in DEVICES:
            self.device.addItem(label, name)
        self.half = QCheckBox("16-bit numbers (faster on a GPU)", self)
        self.in_cache = QRadioButton("In the cache of the program", self)
        self.beside = QRadioButton("In a folder beside the dataset", self)
        self.in_cache.setToolTip(tip("Can be deleted at any time; extracting again makes the same features."))
        self.beside.setToolTip(tip("Stays until you delete it. The dataset itself is never written."))
        self.in_cache.setChecked(True)
        self._group = QButtonGroup(self)
        self._group.addButton(self.in_cache)
        self._group.addButton(self.beside)
        self._place = plain("", self, dim=True)
        self._estimate = plain("", self, bold=True)
        self._note = plain("", self)
        set_tone(self._note, "error")
        buttons = QDialogButtonBox(self)
        self.extract = buttons.addButton("Extract", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton("Not now", QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._lay_out(buttons)
        self.extractor.currentIndexChanged.connect(self._show)
        self.device.currentIndexChanged.connect(self._show)
        self.file.textChanged.connect(self._show)
        self.rate.valueChanged.connect(self._show)
        self._group.buttonToggled.connect(self._show)
        self._show()

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        seconds = sum(n / rate for n, rate in self._offer.lengths if rate)
        n = len(self._offer.lengths)
        intro = f"{n} video{'s' if n != 1 else ''}, {duration(float(seconds))} in all. "
        file = QWidget(self)
        row = QHBoxLayout(file)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.file, 1)
        row.addWidget(self._browse)
        self._file_row = file
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for text in (self._about, self._place):  # what explains a field takes the whole width
            text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.addRow("Extractor", self.extractor)
        self._form.addRow("", self._about)
        self._form.addRow("File", file)
        self._form.addRow("Rows", self.rate)
        self._form.addRow("Device", self.device)
        self._form.addRow("", self.half)
        self._form.addRow("Keep them", self.in_cache)
        self._form.addRow("", self.beside)
        self._form.addRow("", self._place)
        column = QVBoxLayout(self)
        column.addWidget(
            plain(intro + "Training works on features: rows of numbers, one for each described picture.", self)
        )
        column.addSpacing(6)
        column.addLayout(self._form)
        column.addSpacing(6)
        column.addWidget(self._estimate)
        column.addWidget(self._note)
        column.addStretch(1)
        column.addWidget(buttons)

    def sizeHint(self) -> QSize:
        return for_text(self, 620, 360)

    # --- values ------------------------------------------------------------------------------------

    def settings(self) -> ExtractSettings:
        """The settings of the form."""
        name, file = str(self.extractor.currentData()), self.file.text().strip()
        kind = self._by_name[name]
        on_gpu = bool(kind["uses_device"]) and self.device.currentData() == "cuda"
        return ExtractSettings(
            extractor=f"{name}:{file}" if kind["file"] and file else name,
            rate=str(Fraction(self.rate.value()).limit_denominator(1000)),
            device=str(self.device.currentData()) if kind["uses_device"] else "auto",
            half=on_gpu and self.half.isChecked(),
        )

    def answer(self) -> ExtractAnswer:
        """What the person chose."""
        settings = self.settings()
        return ExtractAnswer(settings, self._offer.places(settings)[1] if self.beside.isChecked() else None)

    def n_rows(self) -> int:
        """About how many rows there will be."""
        asked = Fraction(self.rate.value()).limit_denominator(1000)
        return sum(math.ceil(n / pictures_a_row(rate, asked)) if rate else n for n, rate in self._offer.lengths)

    def estimate(self) -> str:
        """Rows, size on disk and time, in words that say how sure they are."""
        name, rows = str(self.extractor.currentData()), self.n_rows()
        size = rows * (int(self._by_name[name]["dimensions"]) or USUAL_DIMENSIONS) * 4 / 1e6
        known = self._offer.speeds.get(name)
        time = duration(rows / (known or USUAL_SPEEDS.get(name, 20.0)))
        sure = f"About {time}, by the speed of the last time here" if known else f"Roughly {time} without a GPU"
        return f"{rows:,} rows, {max(0.1, size):,.1f} MB. {sure}."

    # --- showing -----------------------------------------------------------------------------------

    def _show(self) -> None:
        kind = self._by_name[str(self.extractor.currentData())]
        self._about.setText(str(kind["about"]))
        self._form.setRowVisible(self._file_row, bool(kind["file"]))
        label = self._form.labelForField(self._file_row)
        if isinstance(label, QLabel):
            label.setText("File" if kind["needs_file"] else "Weights")
        self.file.setPlaceholderText(str(kind["file"]) if kind["needs_file"] else f"torchvision's, or {kind['file']}")
        self._form.setRowVisible(self.device, bool(kind["uses_device"]))
        self._form.setRowVisible(self.half, bool(kind["uses_device"]) and self.device.currentData() == "cuda")
        self._estimate.setText(self.estimate())
        cache, beside = self._offer.places(self.settings())
        self._place.setText(str(beside if self.beside.isChecked() else cache))
        self._say(kind)

    def _say(self, kind: Mapping[str, Any]) -> None:
        """Why it cannot begin, if it cannot."""
        text, file = "", self.file.text().strip()
        if not kind["installed"]:
            text = f"{kind['label']} is not installed."
        elif kind["needs_file"] and not file:
            text = f"Choose the file: its {kind['file']}."
        elif kind["file"] and file and not os.path.isfile(os.path.expanduser(file)):  # Path raises on very long names
            text = "There is no such file."
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self.extract.setEnabled(not text)

    def _choose_file(self) -> None:
        suffixes = (
            "Networks (*.onnx)" if self.extractor.currentData() == "onnx" else "Weights (*.pth *.pt *.safetensors)"
        )
        path, _ = QFileDialog.getOpenFileName(self, "Choose the file", self.file.text(), suffixes)
        if path:
            self.file.setText(path)


def ask_extract(offer: ExtractOffer, parent: QWidget | None = None) -> ExtractAnswer | None:
    """How to extract, or None when the person does not want to now."""
    dialog = ExtractDialog(offer, parent)
    return dialog.answer() if accepted(dialog) else None
