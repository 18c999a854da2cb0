"""The second click of a double-click where one was enough: it must not hit what has appeared below the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class SecondClick(QObject):
    """Swallows the next click anywhere in the window if it comes within the time of a double-click."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)

    def swallow(self) -> None:
        """From now on, until the time of a double-click is over or the click has come."""
        application = QApplication.instance()
        if application is not None:
            self._is_held = False
            application.installEventFilter(self)
            self._timer.start(QApplication.doubleClickInterval())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in PRESSES:
            self._is_held = True
            return True
        if event.type() == QEvent.Type.MouseButtonRelease and self._is_held:
            QTimer.singleShot(0, self, self._end)  # one release comes to several objects: the window, then its widget
            return True
        return False

    def _end(self) -> None:
        self._timer.stop()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
