"""The one kind of progress bar: it is painted with everything else, not each time that a number arrives."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar


class ProgressBar(QProgressBar):
    """Qt's own paints itself, and the window around it, before `setValue` returns: of a training some hundred times."""

    def setValue(self, value: int) -> None:
        held = self.testAttribute(Qt.WidgetAttribute.WA_ForceUpdatesDisabled)  # its own alone, not a parent's
        self.setUpdatesEnabled(False)  # nothing is painted at once; what is marked here is painted in a later turn
        super().setValue(value)
        self.setUpdatesEnabled(not held)
