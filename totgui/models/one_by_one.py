"""A panel comes to the front a part in each turn of the event loop: video that plays goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

TURN_MS = 1
"""A timer of 0 ms waits until nothing else is to be done, and then comes several times before anything else does."""


class OneByOne(QTimer):
    """Hides the parts of a panel while the panel is hidden, and then shows one after another; each keeps its room.

    A part is filled, laid out and painted when it is shown, so none of that comes all at once.
    """

    def __init__(self, panel: QWidget, parts: Sequence[QWidget]) -> None:
        super().__init__(panel)
        self._parts, self._left = tuple(parts), list[QWidget]()
        self.setInterval(TURN_MS)
        self.timeout.connect(self._show_next)
        for part in parts:
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
            part.hide()
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.spontaneous():  # the whole window was put away, or came back
            return False
        if event.type() == QEvent.Type.Show:
            self._left = list(self._parts)
            self.start()
        elif event.type() == QEvent.Type.Hide:
            self.stop()
            for part in self._parts:
                part.hide()
        return False

    def _show_next(self) -> None:
        if self._left:
            self._left.pop(0).show()
        if not self._left:
            self.stop()
