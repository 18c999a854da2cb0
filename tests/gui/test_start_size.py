"""The window is never larger than the display it starts on."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from totgui.app import FRAME, fit


def test_a_window_that_is_larger_than_the_display_is_made_to_fit_with_its_frame(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1480, 940)
    fit(window, QSize(1920, 1080))
    assert window.size() == QSize(1480, 940)
    fit(window, QSize(1366, 768))
    assert window.size() == QSize(1366, 768) - FRAME
