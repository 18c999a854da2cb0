"""What stands in a panel is seen or hidden, as the person sees it: of the panels that share a place, one is in front.

Qt moves the panels behind it out of the window and goes on to call them visible, so they would be filled at every edit
and made at the start though nobody looks at them. Here what stands in them is hidden as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget


class InFront(QObject):
    """Hides what stands in panels that are behind another, and shows it when they come to the front.

    While the window is held nothing is shown: a panel can be in front for a moment there. `settle` makes up for it.
    """

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._left: dict[QWidget, QWidget] = {}
        for dock in docks.values():
            content = dock.widget()
            policy = content.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # a panel that comes to the front must find its room
            content.setSizePolicy(policy)
            content.hide()
            dock.visibilityChanged.connect(partial(self._follow, dock))
            dock.topLevelChanged.connect(partial(self._follow, dock))

    def settle(self) -> None:
        """Show what is in front, and nothing else."""
        for dock in self._docks.values():
            content = dock.widget()
            if not is_in_front(dock):
                self._hide(content)
            elif content.isHidden():
                self._show(content)

    def _follow(self, dock: QDockWidget, _seen: bool) -> None:
        content = dock.widget()
        if not is_in_front(dock):
            self._hide(content)
        elif content.isHidden() and self._window.updatesEnabled():
            self._show(content)

    def _show(self, content: QWidget) -> None:
        content.show()
        had = self._left.pop(content, None)
        if had is not None and shiboken6.isValid(had) and QApplication.focusWidget() is None:
            had.setFocus()

    def _hide(self, content: QWidget) -> None:
        """No key goes on to something that is hidden, nor to what happens to be next to it."""
        focus = QApplication.focusWidget()
        if focus is not None and content.isAncestorOf(focus):
            self._left[content] = focus
            focus.clearFocus()
        content.hide()


def is_in_front(dock: QDockWidget) -> bool:
    """Whether a panel is seen: neither hidden nor behind the tab of another, which Qt moves out of the window for."""
    if not dock.isVisible() or dock.isFloating():
        return dock.isVisible()
    place = dock.geometry()
    return place.right() >= 0 and place.bottom() >= 0
