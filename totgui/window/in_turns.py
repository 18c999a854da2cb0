"""What changes the whole window at once, a part of it in each turn of the event loop: video that plays goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QWidget

Attribute = Qt.WidgetAttribute


class InTurns(QTimer):
    """Does one step after another. Of what stands between the first and the last nothing is painted.

    `settle` is called after the last one, before anything is painted.
    """

    def __init__(self, window: QWidget, settle: Callable[[], object] = lambda: None) -> None:
        super().__init__(window)
        self._window, self._settle, self._is_settled = window, settle, True
        self._steps: deque[Callable[[], object]] = deque()
        self._then: deque[Callable[[], object]] = deque()
        self.setSingleShot(True)
        self.setInterval(0)
        self.timeout.connect(self._go_on)

    def do(self, steps: Iterable[Callable[[], object]], *then: Callable[[], object]) -> None:
        """Begin with the next turn, after what is still to be done; `then` comes once the window paints again."""
        self._window.setUpdatesEnabled(False)
        self._steps.extend(steps)
        self._then.extend(then)
        self._is_settled = False
        self.start()

    def finish(self) -> None:
        """Do what is left now: something else is about to change the same things."""
        self.start()  # what a step that fails leaves here goes on in turns
        while self._steps:
            self._steps.popleft()()
        self._settle_once()
        self.stop()
        self._end()

    def _go_on(self) -> None:
        if self._steps:
            self.start()  # first: a step that fails must not leave a window that paints no more
            self._steps.popleft()()
        elif not self._is_settled:
            self.start()
            self._settle_once()
        else:
            self._end()

    def _settle_once(self) -> None:
        if not self._is_settled:
            self._is_settled = True
            self._settle()

    def _end(self) -> None:
        paint_again(self._window)
        while self._then:
            self._then.popleft()()


def paint_again(window: QWidget) -> None:
    """What `setUpdatesEnabled(True)` does for a window that is held, but everything in it is painted once.

    Qt asks each widget inside for a picture of its own: those that let what is behind them through are then painted
    with the window, and again without it. Here only those are asked that the window leaves out: the opaque ones. All
    of it is one turn: a window that is held never paints again when something inside it asks for that.
    """
    if window.updatesEnabled():
        return
    inside = [widget for widget in window.findChildren(QWidget) if widget.window() is window]
    held = [widget for widget in inside if widget.testAttribute(Attribute.WA_ForceUpdatesDisabled)]
    window.setAttribute(Attribute.WA_ForceUpdatesDisabled, False)
    window.setAttribute(Attribute.WA_UpdatesDisabled, False)
    for widget in inside:
        if held and (widget in held or any(each.isAncestorOf(widget) for each in held)):
            continue
        widget.setAttribute(Attribute.WA_UpdatesDisabled, False)
        if widget.autoFillBackground() or widget.testAttribute(Attribute.WA_OpaquePaintEvent):
            widget.update()
    window.update()
    # A window that came to the screen while it was held lost the paint that Qt gives it then, and keeps what was to be
    # painted as still asked for: no update asks again (QWidgetRepaintManager, Qt 6). So it is asked for here.
    QCoreApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest))
    # A panel that was torn off while all was held is a window of its own by now, which Qt leaves as it was.
    disabled, forced = Attribute.WA_UpdatesDisabled, Attribute.WA_ForceUpdatesDisabled
    for torn_off in window.findChildren(QWidget):
        if torn_off.isWindow() and torn_off.testAttribute(disabled) and not torn_off.testAttribute(forced):
            paint_again(torn_off)
