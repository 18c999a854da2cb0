"""The window is never larger than the display it starts on."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolBar, QWidget

from totgui.app import FRAME, fit
from totgui.models.widgets import for_text, set_icon_size


def test_a_window_that_is_larger_than_the_display_is_made_to_fit_with_its_frame(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1480, 940)
    fit(window, QSize(1920, 1080))
    assert window.size() == QSize(1480, 940)
    fit(window, QSize(1366, 768))
    assert window.size() == QSize(1366, 768) - FRAME


def test_icons_and_windows_grow_with_the_text_and_never_shrink(qtbot):
    bar = QToolBar()
    qtbot.addWidget(bar)
    usual = bar.font().pointSizeF()
    sizes = []
    for factor in (0.5, 1, 2):
        font = bar.font()
        font.setPointSizeF(usual * factor)
        bar.setFont(font)
        set_icon_size(bar, 18)
        sizes.append(bar.iconSize().width())
    assert sizes[0] == 18 <= sizes[1] and sizes[2] > 1.6 * sizes[1]
    assert for_text(bar, 1480, 940).width() > 1.6 * 1480
