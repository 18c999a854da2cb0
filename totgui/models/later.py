"""A panel that is made when it is seen first, or when there is time: nobody waits for what nobody looks at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Later(QWidget):
    """Stands where the panel will be. `made` is sent once, with the panel, before either is painted."""

    made = Signal(object)

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make: Callable[[], QWidget] | None = make
        self.panel: QWidget | None = None
        """The panel, once it is made."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def make_in(self, ms: int) -> None:
        """Make the panel after so long, unless it was seen before."""
        QTimer.singleShot(ms, self, self.make)

    def make(self) -> None:
        """Make the panel now, where it has not been made."""
        if self._make is not None:
            make, self._make = self._make, None
            panel = self.panel = make()
            self._column.addWidget(panel)
            panel.show()  # at once: the layout would do it a turn of the events later, after an empty picture
            self.setFocusProxy(panel)
            self.made.emit(panel)

    def showEvent(self, event: QShowEvent) -> None:
        self.make()
        super().showEvent(event)
