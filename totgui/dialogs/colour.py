"""Asks for the colour of an action: colours made for colour-blind viewers first, any other as well."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QWidget

from core.data.colours import colour_for

from ..models.widgets import accepted

OFFERED = 16


def ask_colour(current: str, name: str, parent: QWidget | None = None) -> str | None:
    """``#rrggbb``, or None when the person gave up."""
    dialog = QColorDialog(QColor(current), parent)
    dialog.setWindowTitle(f"Colour of {' '.join(name.split())[:60]}")
    dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
    for place in range(OFFERED):
        dialog.setCustomColor(place, QColor(colour_for(place)))
    return dialog.selectedColor().name() if accepted(dialog) else None
