"""How large text is, beside what the system wants: a factor that is kept, and given to all that is open at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QDockWidget, QHeaderView, QTableView, QWidget

from .measured import MeasuredTable
from .widgets import fit_held

SIZES = {"smaller": 0.9, "normal": 1.0, "larger": 1.25, "largest": 1.5}
"""How large text is beside the usual, by the name of the step."""
AT_ONCE = 300
"""Widgets that are told in one turn."""
A_TRIFLE = 0.01
"""Points that nobody sees."""
USUAL = "usual points"
"""Property of the application: the size that the system, or the theme, gave it."""


def next_size(size: str, step: int) -> str:
    """The step before or after a size; at an end the size itself.

    >>> next_size("normal", 1), next_size("largest", 1), next_size("normal", -1)
    ('larger', 'largest', 'smaller')
    """
    names = list(SIZES)
    return names[min(max(names.index(size) + step, 0), len(names) - 1)]


def apply_text_size(application: QApplication, size: str) -> None:
    """Give all text a size, now."""
    for step in text_steps(application, size):
        step()


def text_steps(application: QApplication, size: str) -> list[Callable[[], object]]:
    """What gives all text a size, in parts that each hold the window's thread for a short while only.

    Below a style sheet Qt gives a new font to what is made later only, so every widget is told of it. Then those that
    hold sizes which were chosen for the text before have them chosen anew: `fit_held`.
    """
    n_parts = 1 + len(application.allWidgets()) // AT_ONCE
    waiting: list[QWidget] = []
    tables: list[tuple[QTableView, int]] = []

    def grow() -> None:
        font = application.font()
        if application.property(USUAL) is None:
            points = font.pointSizeF()
            application.setProperty(USUAL, points if points > 0 else QFontInfo(font).pointSizeF())
        every = application.allWidgets()
        tables.extend((w, w.fontMetrics().height()) for w in every if isinstance(w, QTableView))
        font.setPointSizeF(float(application.property(USUAL)) * SIZES[size])
        application.setFont(font)
        waiting.extend(every)

    def scale() -> None:
        for view, before in tables:
            if shiboken6.isValid(view) and not isinstance(view, MeasuredTable):
                _scale_columns(view.horizontalHeader(), view.fontMetrics().height() / max(1, before))

    def tell(part: int, do: Callable[[QWidget], object]) -> None:
        for widget in waiting[part::n_parts]:
            if shiboken6.isValid(widget):
                do(widget)

    told, fitted = ([partial(tell, part, do) for part in range(n_parts)] for do in (_new_font, fit_held))
    return [grow, *told, scale, *fitted]


def _new_font(widget: QWidget) -> None:
    QApplication.sendEvent(widget, QEvent(QEvent.Type.ApplicationFontChange))
    if isinstance(widget, QDockWidget):
        # Below a style sheet Qt goes on to draw its title in the font that it was made with, as long as its own font
        # is that of the application; what stands in it has the font of its own.
        font = QFont()
        font.setPointSizeF(QApplication.font().pointSizeF() + A_TRIFLE)
        widget.setFont(font)


def _scale_columns(header: QHeaderView, factor: float) -> None:
    """Columns that were made as wide as some text, or that a person dragged, keep their proportion to it."""
    mode = QHeaderView.ResizeMode
    for column in range(header.count()) if factor != 1 else ():
        if header.sectionResizeMode(column) in (mode.Interactive, mode.Fixed) and not header.isSectionHidden(column):
            header.resizeSection(column, round(header.sectionSize(column) * factor))
