"""While the looks of everything change, nothing is laid out: once at the end is enough."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtWidgets import QWidget


def hold_layouts(window: QWidget) -> Callable[[], None]:
    """Stop every layout inside a window. What is returned lets them go on, and lays out what is seen.

    A style sheet that goes or comes makes each layout of the window ask for another pass, hidden ones too; together
    they take as long as the sheet itself.
    """
    held = []
    for widget in (window, *window.findChildren(QWidget)):
        layout = widget.layout()
        if layout is not None and layout.isEnabled():
            layout.setEnabled(False)
            held.append(widget)

    def release() -> None:
        there = [
            (widget, layout) for widget in held if shiboken6.isValid(widget) and (layout := widget.layout()) is not None
        ]
        for _, layout in there:
            layout.setEnabled(True)
        for widget, layout in there:
            if widget.isVisible():  # a hidden one is laid out when it is shown
                layout.activate()

    return release
