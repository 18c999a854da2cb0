"""The start page: one click opens a project, a second one hits nothing, and Enter goes on where one stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QPushButton, QVBoxLayout, QWidget

from totgui.views.start import StartPage

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(qtbot, tmp_path: Path):
    """The page with two recent projects, above a button that stands for what appears once a project is open."""
    window = QWidget()
    column = QVBoxLayout(window)
    made = StartPage(window)
    made.set_recent([(tmp_path / "new.tot", None), (tmp_path / "old.tot", None)])
    made.below = QPushButton("below", window)
    column.addWidget(made)
    column.addWidget(made.below)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitActive(window)
    yield made
    assert window


def test_a_double_click_on_a_recent_project_opens_it_once_and_hits_nothing_else(page, qtbot, monkeypatch):
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 600_000)  # however slow this machine is
    opened, pressed = [], []
    page.recentAsked.connect(opened.append)
    page.below.pressed.connect(lambda: pressed.append(True))
    recent = page.findChild(QListWidget)
    screen, below = page.window().windowHandle(), page.below.mapTo(page.window(), page.below.rect().center())
    row = recent.visualItemRect(recent.item(1)).center()
    QTest.mouseClick(screen, LEFT, NONE, recent.viewport().mapTo(page.window(), row))
    QTest.mouseClick(screen, LEFT, NONE, below)  # where the pointer is when the project has been opened
    QApplication.processEvents()
    assert [path.name for path in opened] == ["old.tot"] and not pressed
    QTest.mouseClick(screen, LEFT, NONE, below)
    QApplication.processEvents()
    assert pressed


def test_after_the_time_of_a_double_click_a_click_is_one_like_any_other(page, qtbot, monkeypatch):
    pressed = []
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 0)
    page.below.pressed.connect(lambda: pressed.append(True))
    recent, screen = page.findChild(QListWidget), page.window().windowHandle()
    row = recent.visualItemRect(recent.item(1)).center()
    QTest.mouseClick(screen, LEFT, NONE, recent.viewport().mapTo(page.window(), row))
    below = page.below.mapTo(page.window(), page.below.rect().center())
    qtbot.waitUntil(lambda: page._second_click._window is None)
    QTest.mouseClick(screen, LEFT, NONE, below)
    QApplication.processEvents()
    assert pressed


def test_enter_opens_the_project_that_was_open_last(page, qtbot, tmp_path):
    recent = page.findChild(QListWidget)
    assert QApplication.focusWidget() is recent
    with qtbot.waitSignal(page.recentAsked) as asked:
        qtbot.keyClick(recent, Qt.Key.Key_Return)
    assert asked.args == [tmp_path / "new.tot"]
