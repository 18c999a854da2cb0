"""The second click of a double-click where one was enough: it must not hit what has appeared below the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget

PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class SecondClick(QObject):
    """Swallows the next click in the window of `part` if it comes within the time of a double-click.

    It looks at what comes to the window of the screen: a filter of the application would see every event of every
    object, of those that are half gone as well.
    """

    def __init__(self, part: QWidget) -> None:
        super().__init__(part)
        self._part = part
        self._window: QWindow | None = None
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)

    def swallow(self) -> None:
        """From now on, until the time of a double-click is over or the click has come."""
        self._end()
        self._window = self._part.window().windowHandle()
        if self._window is not None:
            self._is_held = False
            self._window.installEventFilter(self)
            self._timer.start(QApplication.doubleClickInterval())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in PRESSES:
            self._is_held = True
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._is_held:
            self._end()
            return True
        return False

    def _end(self) -> None:
        self._timer.stop()
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window = None
