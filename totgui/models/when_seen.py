"""A panel that reads the session again soon after a change, once, and only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

SEEN = (QEvent.Type.Show, QEvent.Type.Paint)


def is_seen(widget: QWidget) -> bool:
    """Whether a part of a widget is on the screen. `isVisible` is true for panels behind another's tab as well."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


class WhenSeen(QTimer):
    """Calls `read` `wait_ms` after the last `ask`, or at once; of a panel nobody sees when it is looked at.

    That is when it is shown, or painted: a panel that comes from behind another's tab was not hidden for Qt.
    """

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
        if not is_seen(self._panel):
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
        if event.type() in SEEN and self._is_asked and not self.isActive():
            self.start(0)  # what is seen now is old
        return False
