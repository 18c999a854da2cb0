"""Layouts of the panels for a task: which are shown, where, and how much of the window they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

Area = Qt.DockWidgetArea
SIDES = {"left": Area.LeftDockWidgetArea, "right": Area.RightDockWidgetArea, "bottom": Area.BottomDockWidgetArea}


@dataclass(frozen=True)
class Layout:
    """Panels by side; several of one side are tabs, the first on top. `shares` are of the width, at the bottom of the
    height. `tall` gives the right side the whole height. `toolbar` False leaves nothing but the video and the menu."""

    tip: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    tall: bool = False
    toolbar: bool = True


LAYOUTS = {
    "Review": Layout(
        "Video and timeline, with the list of videos, the review and the actions",
        left=("Videos",),
        right=("Review", "Labels", "History"),
        bottom=("Timeline", "Segments"),
        shares={"left": 0.24, "right": 0.26, "bottom": 0.44},
    ),
    "Train": Layout(
        "Settings, curves and the pinned video while it is being learned",
        left=("Training", "Runs"),
        right=("Live", "Metrics"),
        shares={"left": 0.26, "right": 0.44},
    ),
    "Map": Layout(
        "The label map, wide and tall, beside the video and the timeline",
        right=("Label map", "Labels"),
        bottom=("Timeline",),
        shares={"right": 0.62, "bottom": 0.4},
        tall=True,
    ),
    "Compare": Layout(
        "Runs side by side as strips",
        left=("Runs", "Videos"),
        right=("Metrics",),
        bottom=("Compare", "Activity"),
        shares={"left": 0.24, "right": 0.28, "bottom": 0.55},
    ),
    "Present": Layout("The video alone", toolbar=False),
    "Segments": Layout(
        "Every segment of an action as pictures, wide and tall, beside the video and the timeline",
        right=("Segments", "Review", "Labels"),
        bottom=("Timeline",),
        shares={"right": 0.58, "bottom": 0.4},
        tall=True,
    ),
}


def arrange_steps(
    window: QMainWindow, docks: Mapping[str, QDockWidget], name: str, first: QByteArray
) -> list[Callable[[], object]]:
    """What brings the panels of a window into a layout, in parts that each take a short while only.

    `first` is a state in which nothing floats and all is hidden. Panels that the layout does not name are hidden;
    names that are no panels are left out.
    """
    wanted = LAYOUTS[name]

    def clear() -> None:
        clear_panels(window, docks, first)
        corner = Area.RightDockWidgetArea if wanted.tall else Area.BottomDockWidgetArea
        window.setCorner(Qt.Corner.BottomRightCorner, corner)

    return [clear, *(partial(_fill_side, window, docks, wanted, side) for side in SIDES)]


def clear_panels(window: QMainWindow, docks: Mapping[str, QDockWidget], first: QByteArray) -> None:
    """Hide every panel, and put it where it was in `first`."""
    for dock in docks.values():
        dock.hide()
    window.restoreState(first)


def _fill_side(window: QMainWindow, docks: Mapping[str, QDockWidget], wanted: Layout, side: str) -> None:
    shown = [docks[panel] for panel in getattr(wanted, side) if panel in docks]
    for dock in shown:
        window.addDockWidget(SIDES[side], dock)
        dock.show()
    for dock in shown[1:]:
        window.tabifyDockWidget(shown[0], dock)
    if shown:
        shown[0].raise_()
        share = wanted.shares.get(side, 0.3)
        if side == "bottom":
            window.resizeDocks([shown[0]], [round(share * window.height())], Qt.Orientation.Vertical)
        else:
            window.resizeDocks([shown[0]], [round(share * window.width())], Qt.Orientation.Horizontal)
