"""The one kind of progress bar: it is painted with everything else, not each time that a number arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar


class ProgressBar(QProgressBar):
    """Qt's own paints itself, and the window around it, before `setValue` or `setRange` returns: of a training some
    hundred times."""

    def setValue(self, value: int) -> None:
        with self._held():
            super().setValue(value)

    def setRange(self, minimum: int, maximum: int) -> None:
        with self._held():
            super().setRange(minimum, maximum)

    def reset(self) -> None:
        with self._held():
            super().reset()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Nothing is painted at once; what is marked here is painted in a later turn."""
        held = self.testAttribute(Qt.WidgetAttribute.WA_ForceUpdatesDisabled)  # its own alone, not a parent's
        self.setUpdatesEnabled(False)
        try:
            yield
        finally:
            self.setUpdatesEnabled(not held)
