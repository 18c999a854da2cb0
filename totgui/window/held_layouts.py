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
    held = [widget for widget in (window, *window.findChildren(QWidget)) if _is_on(widget)]
    for widget in held:
        widget.layout().setEnabled(False)

    def release() -> None:
        there = [widget for widget in held if shiboken6.isValid(widget) and widget.layout() is not None]
        for widget in there:
            widget.layout().setEnabled(True)
        for widget in there:
            if widget.isVisible():  # a hidden one is laid out when it is shown
                widget.layout().activate()

    return release


def _is_on(widget: QWidget) -> bool:
    layout = widget.layout()
    return layout is not None and layout.isEnabled()
