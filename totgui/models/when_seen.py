"""A panel that reads the session again soon after a change, once, and only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class WhenSeen(QTimer):
    """Calls `read` `wait_ms` after the last `ask`, or at once; of a panel that is hidden when it is shown."""

    def __init__(self, panel: QWidget, read: Callable[[], None], *, wait_ms: int) -> None:
        super().__init__(panel)
        self._panel, self._read, self._wait_ms = panel, read, wait_ms
        self._is_asked = False
        self.setSingleShot(True)
        self.timeout.connect(read)
        panel.installEventFilter(self)

    def ask(self, *_: object) -> None:
        """Something that the panel shows has changed; a slot for any signal."""
        self._is_asked = True
        if not self._panel.isVisible():
            return
        if self._wait_ms:
            self.start(self._wait_ms)
        else:
            self._read()

    def settled(self) -> None:
        """The panel has just read everything."""
        self._is_asked = False
        self.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._is_asked:
            self.start(0)  # what is seen now is old
        return False
