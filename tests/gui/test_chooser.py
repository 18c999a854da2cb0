"""A field to choose from elides what it has no room for, says it as a tooltip, and opens a list of whole words."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QStylePainter, QToolTip, QWidget

from totgui.models.chooser import Chooser
from totgui.models.widgets import tip

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
    assert said == [tip(f"{LONG}\nWhat the training learns from").replace("\n", "<br>")]
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


def test_a_tooltip_keeps_short_lines_whole(qtbot) -> None:
    """Qt broke "Cluster 1 · reach: 630 frames, 100.0 %." into three lines."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    text = "Cluster 1 · reach: 630 frames, 100.0 %."
    QToolTip.showText(QPoint(5, 5), tip(text), window)
    shown = next(w for w in QApplication.topLevelWidgets() if w.metaObject().className() == "QTipLabel")
    assert shown.height() < 2.5 * shown.fontMetrics().height() + 2 * 8
    QToolTip.showText(QPoint(5, 5), tip("word " * 80), window)
    assert shown.width() < shown.fontMetrics().horizontalAdvance("word " * 80)
    QToolTip.hideText()
