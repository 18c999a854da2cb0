"""A field to choose from elides what it has no room for, says it as a tooltip, and opens a list of whole words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QStylePainter, QToolTip

from totgui.models.chooser import Chooser

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen, of popups
LONG = "Corrections (1 video, 207 frames, accepted ones first)"


@pytest.fixture
def chooser(qtbot) -> Chooser:
    made = Chooser()
    made.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.addItems([LONG, "None"])
    made.setToolTip("What the training learns from")
    qtbot.addWidget(made)
    made.resize(120, 30)
    made.show()
    return made


def drawn(chooser: Chooser, monkeypatch) -> str:
    """The text that the field asks its style to draw."""
    told = []
    monkeypatch.setattr(QStylePainter, "drawControl", lambda _self, _what, option: told.append(option.currentText))
    chooser.grab()
    return told[-1]


def test_a_text_without_room_ends_in_an_ellipsis(chooser: Chooser, monkeypatch) -> None:
    assert chooser.is_cut()
    short = drawn(chooser, monkeypatch)
    assert short.endswith("…") and LONG.startswith(short[:-1]) and len(short) > 5
    chooser.resize(900, 30)
    assert not chooser.is_cut() and drawn(chooser, monkeypatch) == LONG


def test_the_tooltip_says_what_is_cut_and_only_then(chooser: Chooser, monkeypatch) -> None:
    said = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, *_: said.append(text))
    ask = QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(chooser, ask)
    assert said == [f"<qt>{LONG}<br>What the training learns from</qt>"]
    chooser.resize(900, 30)
    assert not chooser.is_cut()


def test_names_in_the_tooltip_are_no_markup(chooser: Chooser, monkeypatch) -> None:
    said = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, *_: said.append(text))
    chooser.setItemText(0, "<b>bold</b> " * 9)
    QApplication.sendEvent(chooser, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5)))
    assert "<b>" not in said[0] and "&lt;b&gt;" in said[0]


def test_the_list_is_as_wide_as_its_entries(chooser: Chooser) -> None:
    chooser.showPopup()
    words = chooser.view().fontMetrics().horizontalAdvance(LONG)
    assert chooser.view().width() > words > chooser.width()
    chooser.hidePopup()
