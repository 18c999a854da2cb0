"""Collects Python's garbage on the window's thread only, and never so much at once that it could be felt.

Python runs its collector on whichever thread happens to allocate. A closed dialog that is part of a cycle (a signal
connected to a lambda is enough) would then be destroyed on the store's or the engine reader's thread; its timers stay
behind, and the next tick of one ends the program: a segmentation fault, seen within seconds of opening a folder.

To look through everything takes 40 to 100 ms, which is a jerk in a drag. So while somebody is at work only what is new
is looked through; what was old or came all at once (a project that was opened) is set aside unseen, and everything is
looked through when nobody has touched the window for a while, or turns to another program.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

CHECK_MS = 500
AT_ONCE = 12_000
"""Objects beyond which they are set aside rather than looked through: eight milliseconds' worth."""
TOO_MANY = 400_000
"""Set aside since everything was looked through last: it is done even while somebody is at work."""
REST_S, AWAY_S, LONG_S = 30.0, 2.0, 300.0
"""Nothing was touched and nothing has moved for so long: everything is looked through, at most once in `LONG_S`. It is
sooner where another program has the focus."""
TOUCHES = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.KeyPress,
    QEvent.Type.Wheel,
    QEvent.Type.Expose,
)


def collect_on_this_thread(application: QGuiApplication) -> Collector:
    """From now on garbage is collected on the thread of `application` alone."""
    found = application.findChild(Collector)
    return Collector(application) if found is None else found


class Collector(QObject):
    """Takes over from Python for good: looks twice a second for what is due."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        gc.collect()
        gc.freeze()  # what is there at the start stays; looking through it again and again would hold up the window
        gc.disable()
        self._touched = self._whole = time.monotonic()
        self._aside, self._is_away = 0, False
        application.focusWindowChanged.connect(self._watch)
        application.applicationStateChanged.connect(self._on_state)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.check)
        self._timer.start(CHECK_MS)

    def check(self) -> None:
        """Collect the generations that are due, set aside what is much, and do all of it where nobody would feel it."""
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        generation = 2 if all(due) else 1 if all(due[:2]) else 0
        much = max(gc.get_count()[0], len(gc.get_objects(generation=2)) if generation == 2 else 0)
        if much > AT_ONCE:
            gc.freeze()  # takes no time, however much it is; to ask how much that is now would
            self._aside += much
        elif due[0]:
            gc.collect(generation)
        now = time.monotonic()
        is_calm = now - self._touched > (AWAY_S if self._is_away else REST_S) and now - self._whole > LONG_S
        if self._aside and (is_calm or self._aside > TOO_MANY):
            self.collect_all()

    def touch(self, *_: object) -> None:
        """Somebody is at work; a slot for any signal."""
        self._touched = time.monotonic()

    def collect_all(self) -> None:
        """Look through everything that was set aside."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._whole, self._aside = time.monotonic(), 0

    def _on_state(self, state: Qt.ApplicationState) -> None:
        self._is_away = state != Qt.ApplicationState.ApplicationActive

    def _watch(self, window: QWindow | None) -> None:
        """A filter of a window sees what the person does; one of the application would be called for every event."""
        self.touch()
        if window is not None:
            window.installEventFilter(self)  # asked again, it is still called once

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self.touch()
        return False
