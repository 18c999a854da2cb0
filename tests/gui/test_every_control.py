"""Every panel and dialog: what a screen reader says, what Tab reaches and presses, what larger text cuts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from controls import controls, place, spoken, surfaces, the_window, visible
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QFrame, QLabel, QPushButton, QWidget

from totgui.main_window import MainWindow

HERE = Path(__file__).resolve().parent
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen has no windows to raise and no keyboard to grab; a popup wants both."""


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    with the_window(tmp_path) as made:
        yield made


def test_every_control_has_a_name_of_its_own_and_pictures_say_what_they_show(window: MainWindow, tmp_path: Path):
    nameless, doubled, undescribed = set(), set(), set()
    for name, surface in surfaces(window, tmp_path):
        found = controls(surface)
        nameless |= {place(name, each) for each in found if len(spoken(each)) < 2}
        counts = Counter((spoken(each), type(each).__name__) for each in found)
        doubled |= {f"{name}: {said}" for (said, _kind), count in counts.items() if count > 1}
        for each in visible(surface):
            if is_painted(each) and not (each.accessibleName() and each.accessibleDescription()):
                undescribed.add(place(name, each))
    assert not nameless
    assert not doubled
    assert not undescribed


def is_painted(widget: QWidget) -> bool:
    """Whether a widget of ours is seen by what it paints alone."""
    ours = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("totgui.views")]
    plain = isinstance(widget, QAbstractButton | QLabel | QFrame)
    return not plain and any("paintEvent" in vars(kind) for kind in ours)


def test_every_control_of_a_panel_is_reached_by_tab(window: MainWindow):
    """Round the window once: what takes the focus and is seen must come along the way."""
    window.activateWindow()
    for dock in window.docks.values():
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        wanted = {
            each
            for each in controls(dock.widget())
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled() and each.focusProxy() is None
        }
        seen, at = set(), dock.widget()
        for _ in range(600):
            at = at.nextInFocusChain()
            seen.add(at)
        assert not {place(dock.windowTitle(), each) for each in wanted - seen}


def test_tab_goes_through_a_panel_from_top_to_bottom(window: MainWindow):
    """A step back up is one to the head of the next column, never to the row above in the same column."""
    for name in ("Review", "Training", "Runs"):
        dock = window.docks[name]
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        inside = [w for w in chain(dock) if w in set(controls(dock.widget()))]
        tops = [w.mapTo(dock, w.rect().topLeft()).y() for w in inside]
        jumps = [
            (place(name, a), place(name, b))
            for a, b, u, v in zip(inside, inside[1:], tops, tops[1:], strict=False)
            if v < u - 40
        ]
        assert len(jumps) <= 1, jumps


def chain(dock: QDockWidget) -> list[QWidget]:
    """The widgets of the window in the order of Tab, beginning in a panel."""
    found, at = [], dock.widget()
    for _ in range(600):
        at = at.nextInFocusChain()
        if at in found:
            break
        found.append(at)
    return found


def test_a_project_opens_with_the_focus_on_the_timeline(window: MainWindow, tmp_path: Path, qtbot):
    """Not in the filter of the videos, which would take all letters, nor on a button, which would take Space."""
    window.session.close_project()
    window.session.open_project(tmp_path / "p.tot")
    qtbot.waitUntil(lambda: window.focusWidget() is window.timeline)


def test_a_button_that_has_the_focus_is_pressed_by_space(window: MainWindow, qtbot):
    """The window plays with Space; a button reached by Tab must not lose its own key to that."""
    play = window.actions_.by_name["playback.toggle"]
    window.actions_.give_keys(QPushButton())
    assert "Space" not in [key.toString() for key in play.shortcuts()]
    window.actions_.give_keys(window.timeline)
    assert "Space" in [key.toString() for key in play.shortcuts()]
    assert all(b.focusPolicy() != Qt.FocusPolicy.StrongFocus for b in window.review.findChildren(QAbstractButton))


@pytest.mark.parametrize(("larger", "when"), [(1.0, ""), (1.5, ""), (2.0, ""), (1.5, "open")])
def test_no_text_is_cut_when_it_is_drawn_larger(tmp_path: Path, larger: float, when: str):
    """A child process, because the font of an application cannot be taken back without a trace."""
    surroundings = {**os.environ, "TOT_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(HERE / "large_text_child.py"), str(tmp_path), str(larger), when]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == []
