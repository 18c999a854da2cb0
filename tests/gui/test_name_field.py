"""The field for names: nothing that is typed gets lost, a click selects, and undo goes where it is meant."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from totgui.models.name_field import NameField

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def fields(qtbot):
    """Two fields in a window; the first has the focus."""
    window = QWidget()
    column = QVBoxLayout(window)
    made = [NameField(window) for _ in range(2)]
    for number, field in enumerate(made):
        column.addWidget(field)
        field.suggest(["Step 1", "Step 2"])
        field.setText(f"Step {number + 1}")
    qtbot.addWidget(window)
    window.show()
    made[1].setFocus()
    qtbot.waitUntil(made[1].hasFocus)
    made[0].setFocus(Qt.FocusReason.TabFocusReason)
    assert made[0].hasFocus()
    yield made
    made[0].completer().popup().hide()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_is_typed_stays_when_the_list_of_suggestions_closes(fields, qtbot):
    field = fields[0]
    assert field.selectedText() == "Step 1"
    qtbot.keyClicks(field, "S")
    qtbot.waitUntil(field.completer().popup().isVisible)
    qtbot.keyClicks(field.completer().popup(), "z")  # no such name: the list closes, the focus comes back to the field
    assert not field.completer().popup().isVisible()
    qtbot.keyClicks(field, "y")
    assert field.text() == "Szy"


def test_a_click_into_a_name_selects_it_so_that_typing_replaces_it(fields, qtbot):
    field = fields[1]
    qtbot.mouseClick(field, LEFT, pos=field.rect().center())
    assert field.selectedText() == "Step 2"
    qtbot.mouseClick(field, LEFT, pos=field.rect().center())  # a second click places the cursor
    assert not field.hasSelectedText()


def test_undo_is_left_to_the_window_where_nothing_is_typed(fields, qtbot):
    def takes_undo() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        event.ignore()
        QApplication.sendEvent(fields[0], event)
        return event.isAccepted()

    assert not takes_undo()
    qtbot.keyClicks(fields[0], "x")
    assert takes_undo()
    with qtbot.waitSignal(fields[0].nameGiven):
        qtbot.keyClick(fields[0], Qt.Key.Key_Return)
    assert not takes_undo()  # Ctrl+Z takes the edit back now
