"""Draws every panel and dialog with larger text and lists, as JSON, what is cut: ``FOLDER FACTOR [open]``.

With ``open`` the text becomes larger while the window is open: its panels are made before, dialogs after.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from controls import place, settled, surfaces, the_window, visible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QTableView,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from totgui.app import make_application
from totgui.models.text_size import SIZES, apply_text_size
from totgui.palette import apply_theme

SLACK = 2
"""Pixels that rounding may take."""


def cut(widget: QWidget) -> str:
    """What of a widget's text does not fit, empty when all does or when it is elided and told in a tooltip."""
    if isinstance(widget, QLabel) and widget.text():
        return _label(widget)
    if isinstance(widget, QAbstractButton) and widget.text():
        icon_only = isinstance(widget, QToolButton) and not widget.toolButtonStyle().value
        short = (
            widget.sizeHint().width() > widget.width() + SLACK or widget.sizeHint().height() > widget.height() + SLACK
        )
        return widget.text() if short and not icon_only else ""
    if isinstance(widget, QComboBox) and not widget.toolTip():
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget).width()
        wide = widget.fontMetrics().horizontalAdvance(widget.currentText())
        return widget.currentText() if wide > room + SLACK else ""
    if isinstance(widget, QLineEdit) and widget.placeholderText() and not widget.text() and not widget.toolTip():
        wide = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
        return widget.placeholderText() if wide > widget.width() - 6 else ""
    if isinstance(widget, QSpinBox):
        wide = widget.fontMetrics().horizontalAdvance(widget.text()) + 20
        return widget.text() if wide > widget.width() else ""
    return ""


def _label(label: QLabel) -> str:
    text = label.text()
    inside = label.parentWidget().layout()
    if inside is not None:
        inside.activate()  # text may have come since the last turn of the events
    if label.wordWrap():
        return text if label.heightForWidth(label.width()) > label.height() + SLACK else ""
    fits = label.minimumSizeHint().width() <= label.width() + SLACK
    return "" if fits or label.toolTip() else text


def heads(table: QTableView) -> Iterator[str]:
    """The heads of a table that are cut."""
    header = table.horizontalHeader()
    for section in range(header.count()):
        if header.isSectionHidden(section):
            continue
        wide = header.sectionSizeFromContents(section).width() if hasattr(header, "sectionSizeFromContents") else 0
        text = str(table.model().headerData(section, header.orientation()) or "")
        wide = header.fontMetrics().horizontalAdvance(text) + 6
        if wide > header.sectionSize(section) + SLACK and header.isVisible():
            yield text


def grow(application: QApplication, factor: float) -> None:
    """Larger text for all that is there."""
    SIZES["test"] = factor
    apply_text_size(application, "test")


def main(folder: Path, factor: float, *, is_open: bool) -> None:
    application = make_application()
    apply_theme(application, "light")
    if not is_open:
        grow(application, factor)
    found: set[str] = set()
    with the_window(folder, size=(round(1500 * max(1, factor * 0.8)), round(950 * max(1, factor * 0.8)))) as window:
        if is_open:
            for dock in window.docks.values():
                dock.show()
                dock.raise_()
                settled()
            grow(application, factor)
            settled()
        for name, surface in surfaces(window, folder):
            QApplication.processEvents()
            for widget in list(visible(surface)):
                if not isValid(widget):  # it went while others were laid out
                    continue
                if cut(widget):
                    settled()  # its text may be newer than its place: numbers come from beside the window
                    if isValid(widget) and (text := cut(widget)):
                        found.add(f"{place(name, widget)}: {text}")
                if isinstance(widget, QTableView):
                    found |= {f"{place(name, widget)}: head {text}" for text in heads(widget)}
    print(json.dumps(sorted(found)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), is_open="open" in sys.argv)
