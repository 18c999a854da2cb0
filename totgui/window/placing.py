"""Where the panels are: as the person left them, as they were at first, or in the layout of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from zlib import crc32

import shiboken6
from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QToolBar

from ..models.widgets import for_text
from ..settings import Settings
from .in_front import InFront
from .in_turns import InTurns
from .layouts import LAYOUTS, arrange_steps, clear_panels

FRONT = ("Timeline", "Runs", "Training")
"""Of the panels that share a place as tabs, those that are in front at first."""


SIDES, MOST_SIDE = (425, 445), 0.35
"""Width of the panels at the left and the right for text of the usual size; the part of a window that each may take."""
TIMELINE, MOST_TIMELINE = (390, 326), 0.46
"""Height of the timeline with the rows of scores and without them, for text of the usual size; the part of a window
that it may take. Below that the scores go: a strip of them would be as good as none, and the panels above need it."""
MOST_GROWN = 0.52
"""The same where a row has come that pushes the scores out."""


SHORT = 840
"""Height of a window, for text of the usual size, below which two panels above each other at the left have no room."""


class Placing:
    """Shows the panels while a project is open, and brings them back where they were.

    Made when every panel is in its first place: that is the place `reset` goes back to. The state of it is kept with
    all panels hidden, for to put hidden panels in their places, and then to show one after the other, takes half as
    long as to move what is seen.
    """

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, QDockWidget], toolbar: QToolBar, settings: Settings
    ) -> None:
        self._window, self._docks, self._toolbar, self._settings = window, docks, toolbar, settings
        self.turns = InTurns(window, InFront(window, docks).settle)
        self._sizing = QTimer(window)  # once the panels, hidden until now, have been laid out
        self._sizing.setSingleShot(True)
        self._sizing.timeout.connect(self.size)
        for dock in docks.values():
            dock.hide()
        self._first = window.saveState()
        self._kept: QByteArray | None = None
        self._shown = False
        self.rows_height: Callable[[], int] = lambda: 0
        """Pixels of rows that the timeline has beyond those of every video."""
        layout = settings.layout()
        if layout is not None:
            window.restoreGeometry(layout[0])
            self._kept = layout[1]

    def keep(self) -> None:
        """The next project finds its panels as they are now."""
        self.turns.finish()
        if self._shown:
            self._kept = self._window.saveState(self._version())

    def show(self, then: Callable[[], object]) -> None:
        """Show the panels where they belong, within the next few turns; `then` comes after it."""
        self.turns.finish()
        self._shown = True
        self.turns.do([partial(self._show, True)], then)

    def hide(self) -> None:
        """Show no panel, at once."""
        self.turns.finish()
        self._shown = False
        self._show(False)

    def _show(self, shown: bool) -> None:
        for dock in self._docks.values():
            dock.setVisible(shown)
        self._toolbar.setVisible(shown)
        if not shown:
            return
        kept, self._kept = self._kept, None
        if kept is None or not self._window.restoreState(kept, self._version()):  # or it was kept for other panels
            self._docks["Training"].raise_()
            self._sizing.start(0)

    def arrange(self, name: str) -> None:
        """Show the panels of a task, within the next few turns of the event loop; `turns.finish` does it at once."""
        steps = arrange_steps(self._window, self._docks, name, self._first)
        first = self._sizing.stop  # sizes that were asked for just before are those of other places
        steps = [first, *steps, lambda: self._toolbar.setVisible(LAYOUTS[name].toolbar)]
        self.turns.do(steps, _focus_back())

    def reset(self) -> None:
        """Put every panel back where it was at first, within the next few turns; `turns.finish` does it at once."""
        self._settings.clear_layout()
        shown = [dock.show for dock in self._docks.values()]
        raised = [self._docks[name].raise_ for name in FRONT]
        clear = partial(clear_panels, self._window, self._docks, self._first)
        self.turns.do([clear, *shown, *raised, self._toolbar.show, partial(self._sizing.start, 0)], _focus_back())

    def remember(self) -> None:
        """The next window begins as this one is now."""
        self.turns.finish()
        self._settings.set_layout(self._window.saveGeometry(), self._window.saveState(self._version()))

    def size(self) -> None:
        """The first sizes of the panels; the window must have its own by then."""
        window, docks = self._window, self._docks
        sides = [min(for_text(window, wide, 0).width(), round(MOST_SIDE * window.width())) for wide in SIDES]
        window.resizeDocks([docks["Videos"], docks["Training"]], sides, Qt.Orientation.Horizontal)
        rows = self.rows_height()
        scored, unscored = (for_text(window, 0, height).height() + rows for height in TIMELINE)
        has_room = scored <= (MOST_GROWN if rows else MOST_TIMELINE) * window.height()
        window.resizeDocks([docks["Timeline"]], [scored if has_room else unscored], Qt.Orientation.Vertical)
        if window.height() < for_text(window, 0, SHORT).height():
            self._stack()
        else:
            window.resizeDocks([docks["Videos"], docks["Runs"]], [300, 240], Qt.Orientation.Vertical)

    def _stack(self) -> None:
        """The panels at the left share one place: side by side with the runs, the list of videos would be one row."""
        for name in ("Runs", "Labels", "History"):
            self._window.tabifyDockWidget(self._docks["Videos"], self._docks[name])
        self._docks["Videos"].raise_()

    def give_timeline(self, pixels: int) -> None:
        """Make the timeline so much higher, where the window has room for it."""
        dock = self._docks["Timeline"]
        wanted = dock.height() + pixels
        if self._shown and not dock.isFloating() and wanted <= MOST_GROWN * self._window.height():
            self._window.resizeDocks([dock], [wanted], Qt.Orientation.Vertical)

    def _version(self) -> int:
        """A number of the set of panels: a layout that was kept for other panels is not put back."""
        return crc32("\n".join(self._docks).encode()) & 0x7FFF


def _focus_back() -> Callable[[], object]:
    """What gives the focus back to where it is now, if that is seen by then: keys go on to what they went to."""
    had = QApplication.focusWidget()

    def give() -> None:
        if had is not None and shiboken6.isValid(had) and had.isVisible():
            had.setFocus()

    return give
