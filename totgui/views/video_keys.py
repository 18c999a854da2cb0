"""Whether K is held: then J and L move one frame, as in film editors."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from ..playback import Playback

PRESSED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class HeldKey(QObject):
    """Watches all key events of the application; a shortcut eats the press of K, so its override is looked at."""

    def __init__(self, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._playback = playback
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate:  # the release goes to another window
            self._playback.steps_only = False
        is_key = kind in PRESSED or kind == QEvent.Type.KeyRelease
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_K and not event.isAutoRepeat():
            self._playback.steps_only = kind in PRESSED and event.modifiers() == Qt.KeyboardModifier.NoModifier
        return False
