"""Whether K is held: then J and L move one frame, as in film editors."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from ...playback import Playback

PRESSED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)


class HeldKey(QObject):
    """Watches the window that has the focus; a shortcut eats the press of K, so its override is looked at.

    While K is held the window of the screen is watched that has the keys: the release may go to any widget in it. All
    events of the application are never watched: that costs a fifth of the time that another theme takes, and shows
    Python objects that are half gone, which ends the program later.
    """

    def __init__(self, playback: Playback, parent: QWidget) -> None:
        super().__init__(parent)
        self._playback = playback
        self._keys: QWindow | None = None
        parent.window().installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Watch the window that has the focus now: the main window, or a panel that floats."""
        if now is not None:
            now.window().installEventFilter(self)  # asked again, it is still called once

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate:  # the release goes to another window
            self._hold(False)
        is_key = kind in PRESSED or kind == QEvent.Type.KeyRelease
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_K and not event.isAutoRepeat():
            self._hold(kind in PRESSED and event.modifiers() == Qt.KeyboardModifier.NoModifier)
        return False

    def _hold(self, held: bool) -> None:
        if held == self._playback.steps_only:
            return
        self._playback.steps_only = held
        if held:
            self._keys = QGuiApplication.focusWindow()
            if self._keys is not None:
                self._keys.installEventFilter(self)
        elif self._keys is not None:
            self._keys.removeEventFilter(self)
            self._keys = None
