"""Asks what a scan of a dataset left open, each question with the sentence on what was found."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from core.data.dataset import Choice

from ..models.chooser import Chooser
from ..models.widgets import plain

FIELD_WIDTH = 250
TITLES = {
    "activity": "Activity",
    "granularity": "Granularity",
    "split": "Split",
    "orientation": "Orientation",
    "lengths": "Lengths",
    "feature_rate": "Feature rate",
}
WORDS = {
    ("orientation", "td"): "(T, D): one row a frame",
    ("orientation", "dt"): "(D, T): one column a frame",
    ("orientation", "each"): "Each file by its width",
    ("lengths", "trim"): "Trim to the shorter",
    ("lengths", "resample"): "Resample the features",
    ("lengths", "skip"): "Leave these videos out of training",
    ("split", "all"): "All videos",
}


class DatasetChoices(QWidget):
    """A row for each choice; `changed` when one was made that the dataset was not read with."""

    changed = Signal()

    def __init__(self, choices: Sequence[Choice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self._choices = {choice.name: choice for choice in choices}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        for row, choice in enumerate(choices):
            field = self._combo(choice) if choice.options else self._number(choice)
            field.setAccessibleName(TITLES.get(choice.name, choice.name))
            field.setFixedWidth(FIELD_WIDTH)
            self.fields[choice.name] = field
            grid.addWidget(plain(TITLES.get(choice.name, choice.name), self, bold=choice.is_open), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(plain(choice.found, self, dim=not choice.is_open), row, 2)

    def _combo(self, choice: Choice) -> QComboBox:
        combo = Chooser(self)
        for option in choice.options:
            combo.addItem(WORDS.get((choice.name, option), option), option)
        if choice.is_open:  # what is only proposed is not chosen yet
            likely = WORDS.get((choice.name, choice.taken), choice.taken)
            combo.setPlaceholderText(f"Likely {likely}" if likely else "Choose…")
            combo.setCurrentIndex(-1)
        else:
            combo.setCurrentIndex(max(0, combo.findData(choice.taken)))
        combo.currentIndexChanged.connect(self.changed)
        return combo

    def _number(self, choice: Choice) -> QLineEdit:
        field = QLineEdit(choice.taken, self)
        field.setPlaceholderText("Rows a second, such as 5 or 30000/1001")
        field.textChanged.connect(self.changed)
        return field

    def values(self) -> dict[str, Any]:
        """The choices made, as keywords of a scan. Raises ValueError with the sentence for the person."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, QComboBox):
                if field.currentIndex() >= 0:
                    found[name] = field.currentData()
            elif text := field.text().strip():
                found[name] = _rate(text)
        return found

    def is_changed(self) -> bool:
        """Whether the dataset has to be read again for what stands here now."""
        for name, field in self.fields.items():
            choice = self._choices[name]
            if isinstance(field, QLineEdit):
                if field.text().strip() != choice.taken:
                    return True
            elif field.currentIndex() >= 0 and (choice.is_open or field.currentData() != choice.taken):
                return True
        return False


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise ValueError(f"“{text}” is no rate; wanted a number above 0, for example 5 or 30000/1001.")
    return rate
