"""A panel that reads the session again soon after a change, once, and only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class WhenSeen(QTimer):
    """Calls `read` a moment after the last `ask`; what was asked of a hidden panel waits until it is shown."""

    def __init__(self, panel: QWidget, read: Callable[[], None], *, wait_ms: int) -> None:
        super().__init__(panel)
        self._panel = panel
        self._is_asked = False
        self.setSingleShot(True)
        self.setInterval(wait_ms)
        self.timeout.connect(read)
        panel.installEventFilter(self)

    def ask(self, *_: object) -> None:
        """Something that the panel shows has changed; a slot for any signal."""
        self._is_asked = True
        if self._panel.isVisible():
            self.start()

    def settled(self) -> None:
        """The panel has just read everything."""
        self._is_asked = False
        self.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._is_asked:
            self.start()
        return False
