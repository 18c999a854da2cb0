"""What is done in turns of the event loop ends with a window that paints, whatever a step does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QWidget

from totgui.window.in_turns import InTurns


@pytest.fixture
def turns(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return InTurns(window)


def test_steps_are_done_in_their_order_and_then_the_window_paints(qtbot, turns):
    done = []
    turns.do([lambda: done.append(1), lambda: done.append(2)])
    assert done == [] and not turns.parent().updatesEnabled()
    qtbot.waitUntil(turns.parent().updatesEnabled)
    assert done == [1, 2]


def test_a_step_that_fails_leaves_no_window_that_paints_no_more(qtbot, turns):
    done = []
    with qtbot.captureExceptions() as errors:
        turns.do([lambda: 1 / 0, lambda: done.append(2)])
        qtbot.waitUntil(turns.parent().updatesEnabled)
    assert done == [2] and len(errors) == 1


def test_what_a_failing_step_leaves_is_done_after_all_when_everything_is_asked_for_at_once(qtbot, turns):
    done = []
    turns.do([lambda: 1 / 0, lambda: done.append(2)])
    with pytest.raises(ZeroDivisionError):
        turns.finish()
    qtbot.waitUntil(turns.parent().updatesEnabled)
    assert done == [2]


class Painted(QWidget):
    def __init__(self, parent, *, opaque=False):
        super().__init__(parent)
        self.times = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, opaque)

    def paintEvent(self, event):
        self.times += 1
        super().paintEvent(event)


def test_everything_in_the_window_is_painted_once_when_it_paints_again(qtbot, turns):
    """Opaque ones, those that let their ground through, one in another; Qt's own way paints some twice."""
    window = turns.parent()
    window.resize(200, 200)
    parts = [Painted(window, opaque=opaque) for opaque in (False, True)]
    parts += [Painted(part, opaque=opaque) for part in parts[:2] for opaque in (False, True)]
    for number, part in enumerate(parts):
        is_outer = number < 2
        part.setGeometry(0, 60 * number if is_outer else 20 * (number % 2), 100 - 10 * number, 50 if is_outer else 15)
    parts[1].setAutoFillBackground(True)
    held = Painted(window)
    held.move(0, 150)
    held.setUpdatesEnabled(False)
    window.show()
    qtbot.waitUntil(lambda: all(part.times for part in parts))
    before = [part.times for part in parts]
    turns.do([lambda: None])
    qtbot.waitUntil(lambda: window.updatesEnabled() and parts[0].times > before[0])
    assert [part.times for part in parts] == [times + 1 for times in before]
    assert all(part.updatesEnabled() for part in parts) and not held.updatesEnabled()


def test_what_is_to_follow_comes_once_when_the_window_paints_again(qtbot, turns):
    done, window = [], turns.parent()
    turns.do([lambda: done.append("step")], lambda: done.append(window.updatesEnabled()))
    qtbot.waitUntil(lambda: len(done) == 2)
    turns.do([lambda: done.append("step")], lambda: done.append(window.updatesEnabled()))
    turns.finish()
    turns.finish()
    assert done == ["step", True, "step", True]


def test_a_window_that_comes_to_the_screen_while_it_is_held_is_painted_afterwards(qtbot, turns):
    """Where a project is named at the start; the first paint falls into the hold, and no update asks again."""
    window = turns.parent()
    window.resize(200, 200)
    part = Painted(window)
    window.show()
    qtbot.waitUntil(lambda: part.times > 0)
    window.setAttribute(Qt.WidgetAttribute.WA_Mapped, False)  # what Qt knows of a window that is not on the screen yet
    part.update()
    QApplication.sendPostedEvents()
    before = part.times
    turns.do([lambda: window.setAttribute(Qt.WidgetAttribute.WA_Mapped)])
    qtbot.waitUntil(lambda: window.updatesEnabled() and part.times > before)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_panel_that_was_torn_off_while_all_was_held_paints_again(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    dock, inner = QDockWidget("Panel", window), QLabel("text")
    dock.setWidget(inner)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.show()
    turns = InTurns(window)
    turns.do([lambda: dock.setFloating(True)])
    turns.finish()
    assert dock.isFloating() and dock.isWindow()
    assert window.updatesEnabled() and dock.updatesEnabled() and inner.updatesEnabled()
