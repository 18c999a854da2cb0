"""A panel that nobody looks at is made after the start, once, and nothing of it is missing then."""

from __future__ import annotations

from pathlib import Path

from controls import the_window
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton, QTabBar, QTabWidget

from totgui.models.later import Later


def test_it_is_made_when_it_is_seen_or_when_there_is_time_and_only_once(qtbot):
    made: list[QPushButton] = []

    def make() -> QPushButton:
        made.append(QPushButton("a panel"))
        return made[-1]

    seen, waited = Later(make), Later(make)
    for each in (seen, waited):
        qtbot.addWidget(each)
    assert not made
    seen.show()
    assert len(made) == 1 and made[0].isVisible() and seen.focusProxy() is made[0]
    waited.make_in(0)
    qtbot.waitUntil(lambda: len(made) == 2)
    waited.show()
    waited.make()
    assert len(made) == 2


def test_panels_that_came_later_are_like_the_others(qtbot, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    with the_window(tmp_path) as window:
        for name, kind in (("Metrics", QTabWidget), ("Compare", QTabBar), ("Activity", QTabBar)):
            window.docks[name].raise_()
            panel = window.docks[name].widget()
            qtbot.waitUntil(lambda panel=panel, kind=kind: panel.findChild(kind) is not None)
            buttons = panel.findChildren(QAbstractButton)
            assert all(button.focusPolicy() != Qt.FocusPolicy.StrongFocus for button in buttons)
