"""What is done in turns of the event loop ends with a window that paints, whatever a step does."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

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
