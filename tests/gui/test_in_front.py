"""Of panels that share a place only the one in front is there to be filled, painted or to take keys."""

from __future__ import annotations

import random
import threading

import pytest
from controls import the_window
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from totgui.models.later import Later
from totgui.window.in_front import InFront, is_in_front

NAMES = ("One", "Two", "Three")


class Shown(QObject):
    """How often each of some widgets was shown."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.times = dict.fromkeys(widgets, 0)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show:
            self.times[watched] += 1
        return False


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setCentralWidget(QWidget(made))
    made.docks = {}
    for name in NAMES:
        content = QWidget(made)
        column = QVBoxLayout(content)
        column.addWidget(QLineEdit(content))
        content.setMinimumHeight(100 + 50 * len(made.docks))
        dock = made.docks[name] = QDockWidget(name, made)
        dock.setObjectName(name)
        dock.setWidget(content)
        made.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        if name != NAMES[0]:
            made.tabifyDockWidget(made.docks[NAMES[0]], dock)
    made.in_front = InFront(made, made.docks)
    made.docks["One"].raise_()
    made.resize(600, 500)
    made.show()
    QApplication.processEvents()
    return made


def seen(window):
    return [name for name, dock in window.docks.items() if dock.widget().isVisible()]


def test_what_stands_behind_is_hidden_and_comes_with_its_tab(window):
    assert seen(window) == ["One"]
    for name in ("Three", "Two", "One"):
        window.docks[name].raise_()
        assert seen(window) == [name]  # at once: nobody sees an empty panel
    window.docks["One"].hide()
    QApplication.processEvents()
    assert len(seen(window)) == 1 and seen(window) != ["One"]
    window.docks["One"].show()
    window.docks["One"].raise_()
    assert seen(window) == ["One"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_panel_that_floats_is_seen_wherever_it_stands(window):
    window.docks["Two"].raise_()
    window.docks["Two"].setFloating(True)
    window.docks["Two"].move(-900, -700)  # on another screen, left of the first
    QApplication.processEvents()
    assert window.docks["Two"].widget().isVisible() and len(seen(window)) == 2
    window.docks["Two"].setFloating(False)
    QApplication.processEvents()
    assert all(is_in_front(window.docks[name]) for name in seen(window)) and len(seen(window)) == 1


def test_all_panels_of_a_place_need_its_room_also_while_they_are_behind(window):
    """Else the place would grow, and what is beside it jump, when a taller panel comes to the front."""
    least = window.docks["Three"].widget().minimumHeight()
    assert not window.docks["Three"].widget().isVisible() and window.docks["One"].height() >= least
    window.resize(600, 10)
    QApplication.processEvents()
    before = window.height()
    window.docks["Three"].raise_()
    QApplication.processEvents()
    assert window.height() == before >= least


def test_while_the_window_is_held_nothing_is_shown_before_its_end(window):
    contents = [window.docks[name].widget() for name in NAMES]
    shown = Shown(*contents)
    window.setUpdatesEnabled(False)
    for name in ("Two", "One", "Three"):
        window.docks[name].raise_()
    assert seen(window) == [] and not any(shown.times.values())
    window.in_front.settle()
    assert seen(window) == ["Three"] and [shown.times[each] for each in contents] == [0, 0, 1]


def test_keys_go_to_nothing_that_is_hidden_and_come_back_with_it(window, qtbot):
    field = window.docks["One"].widget().findChild(QLineEdit)
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    window.docks["Two"].raise_()
    assert QApplication.focusWidget() is None
    window.docks["One"].raise_()
    assert QApplication.focusWidget() is field


def test_opening_a_project_shows_and_makes_what_is_in_front_alone(tmp_path, qtbot):
    with the_window(tmp_path) as window:
        window.session.close_project()
        QApplication.processEvents()
        contents = {name: dock.widget() for name, dock in window.docks.items()}
        shown = Shown(*contents.values())
        window.session.open_project(tmp_path / "p.tot")
        qtbot.waitUntil(window.updatesEnabled)
        QApplication.processEvents()
        front = {name for name, content in contents.items() if shown.times[content]}
        assert front == {name for name, dock in window.docks.items() if is_in_front(dock)}
        assert {"Videos", "Timeline"} <= front and not {"Live", "Compare", "Activity"} & front
        assert all(shown.times[contents[name]] == 1 for name in front)
        behind = [content for name, content in contents.items() if name not in front]
        assert all(content.isHidden() for content in behind) and any(isinstance(each, Later) for each in behind)


def test_the_library_of_the_plots_is_loaded_beside_the_window(tmp_path, qtbot, monkeypatch):
    """It takes as long as ten pictures of a video: a panel that is opened must not wait for it."""
    loaded_on = []
    monkeypatch.setattr("totgui.main_window.pyqtgraph", lambda: loaded_on.append(threading.current_thread()))
    with the_window(tmp_path) as window:
        monkeypatch.setattr(window.session, "warm_up", lambda: None)
        window.warm_up()
        qtbot.waitUntil(lambda: len(loaded_on) == 1)
    assert loaded_on[0] is not threading.main_thread()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_with_panels_what_is_seen_is_never_empty_and_nothing_else_is_shown(window, seed):
    dice, kept = random.Random(seed), [window.saveState()]
    for _ in range(80):
        dock = window.docks[dice.choice(NAMES)]
        acts = {
            "raise": lambda d=dock: (d.show(), d.raise_()),
            "hide": dock.hide,
            "show": dock.show,
            "close": dock.close,
            "toggle": dock.toggleViewAction().trigger,
            "float": lambda d=dock: d.setFloating(True),
            "dock": lambda d=dock: d.setFloating(False),
            "keep": lambda: kept.append(window.saveState()),
            "restore": lambda: window.restoreState(dice.choice(kept)),
            "resize": lambda: window.resize(dice.randrange(300, 900), dice.randrange(300, 900)),
            "minimize": lambda: (window.showMinimized(), window.showNormal()),
        }
        act = dice.choice(sorted(acts))
        acts[act]()
        QApplication.processEvents()
        for name, each in window.docks.items():
            is_seen = each.isVisible() and not each.visibleRegion().isEmpty()
            assert each.widget().isVisible() or not is_seen, f"{name} is empty after {act}"
            assert is_in_front(each) or not each.widget().isVisible(), f"{name} is shown after {act}"
