"""The Labels panel: colour, key, name and use of each action; the order is dragged, and no segment is ever lost."""

from __future__ import annotations

import pytest
from fakes_panels import a_session
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from core.annotation import commands
from core.data.dataset import ActionId, RunId, VideoId
from totgui.models.actions_table import COLOUR, KEY, NAME, SECONDS, SEGMENTS, key_of
from totgui.models.name_field import NameField
from totgui.settings import Settings
from totgui.views.labels.view import LabelsView

LEFT = Qt.MouseButton.LeftButton
popups = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def view(qtbot):
    widget = LabelsView(a_session(), lambda current, name, parent: "#123456")
    qtbot.addWidget(widget)
    widget.resize(440, 520)
    widget.grab()
    return widget


def names(view):
    return [view.model.index(row, NAME).data() for row in range(view.model.rowCount())]


def cell(view, row, column):
    return view.model.index(row, column).data()


def test_rows_are_actions_in_the_order_of_their_keys(view, qtmodeltester):
    qtmodeltester.check(view.model)
    assert names(view)[:2] == ["take bowl", "crack egg"]
    assert [cell(view, row, KEY) for row in range(7)] == list("1234567")
    assert [key_of(row) for row in (8, 9, 10, 19, 20)] == ["9", "0", "Shift+1", "Shift+0", "/"]


def test_segments_and_seconds_are_those_of_the_labels_that_stand(view):
    session = view._session
    assert view.model.uses.source() == "Prediction of 1 video"
    track = session.document.predictions[RunId("r2"), VideoId("P00")].segmentation
    frames = int((track.labels == 2) @ (track.stops - track.starts))
    assert cell(view, 2, SEGMENTS) == "1" and cell(view, 2, SECONDS) == f"{frames / 25:.1f}"
    session.do(lambda: commands.start_from_ground_truth(session.document, VideoId("P00")))
    view.scope.setCurrentIndex(1)
    view.scope.activated.emit(1)
    assert view.source.text() == "Corrected of 1 video, prediction of 4 videos"
    assert cell(view, 0, SEGMENTS) == "5"


@popups
def test_a_name_is_edited_in_its_row(view, qtbot):
    view.choose(ActionId(1))
    view.rename()
    [field] = view.table.viewport().findChildren(NameField)
    field.clear()
    qtbot.keyClicks(field, "crack two eggs")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view._session.document.actions[ActionId(1)].name == "crack two eggs")
    assert "crack two eggs" in Settings().names()


@popups
def test_a_name_that_another_action_has_is_refused_while_it_is_typed(view, qtbot):
    view.new.setText("")
    qtbot.keyClicks(view.new, "whisk")
    assert "already" in view.refusal.text() and "already" in view.new.toolTip()
    qtbot.keyClick(view.new, Qt.Key.Key_Return)
    assert names(view).count("whisk") == 1
    view.model.setData(view.model.index(0, NAME), "whisk")
    assert names(view)[0] == "take bowl" and "already" in view._session.messages[-1]


def test_line_breaks_and_tabs_cannot_be_given(view, qtbot):
    for name in ("a\tb", "a\nb", "a\u2028b"):
        view.model.setData(view.model.index(0, NAME), name)
    assert names(view)[0] == "take bowl" and "line breaks and tabs" in view._session.messages[-1]
    QApplication.clipboard().setText("two\nlines\tand a tab")
    view.new.paste()
    view.add_action(view.new.text())
    assert not any(c in a.name for a in view._session.document.actions.values() for c in "\n\t")


@popups
def test_a_new_action_comes_last_with_the_next_key(view, qtbot):
    qtbot.keyClicks(view.new, "season")
    qtbot.keyClick(view.new, Qt.Key.Key_Return)
    assert names(view)[-1] == "season" and cell(view, 7, KEY) == "8" and view.new.text() == ""
    assert view.current.name == "season"


def test_the_colour_that_was_chosen_is_stored_and_shown(view):
    view.choose(ActionId(2))
    view.buttons["colour"].click()
    assert view._session.document.actions[ActionId(2)].colour == "#123456"
    view.grab()
    rect = view.table.visualRect(view.model.index(2, COLOUR))
    assert view.table.viewport().grab().toImage().pixelColor(rect.center()) == QColor("#123456")


def mouse(widget, kind, point):
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    shown = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    where = QPointF(point)
    QApplication.sendEvent(
        widget, QMouseEvent(kind, where, widget.mapToGlobal(where), shown, held, Qt.KeyboardModifier.NoModifier)
    )


def drag_row(view, row, before, *, release=True):
    viewport, height = view.table.viewport(), view.table.verticalHeader().defaultSectionSize()
    start = view.table.visualRect(view.model.index(row, NAME)).center()
    end = start + type(start)(0, before * height - start.y())
    mouse(viewport, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 5):
        mouse(viewport, QEvent.Type.MouseMove, start + (end - start) * step / 4)
    if release:
        mouse(viewport, QEvent.Type.MouseButtonRelease, end)


def test_a_dragged_row_takes_its_key_with_it_in_one_edit(view):
    first = names(view)
    drag_row(view, 5, 1)
    assert names(view) == [first[0], first[5], *first[1:5], first[6]]
    assert [cell(view, row, KEY) for row in range(7)] == list("1234567") and view.current.name == first[5]
    drag_row(view, 1, 7)
    assert names(view)[-1] == first[5]


def test_escape_gives_a_dragged_row_up(view, qtbot):
    before = names(view)
    drag_row(view, 5, 1, release=False)
    view.grab()
    qtbot.keyClick(view.table, Qt.Key.Key_Escape)
    mouse(view.table.viewport(), QEvent.Type.MouseButtonRelease, view.table.viewport().rect().center())
    assert names(view) == before


def test_keys_are_moved_by_button(view):
    view.choose(ActionId(1))
    view.buttons["up"].click()
    assert view._session.document.actions and names(view)[:2] == ["crack egg", "take bowl"]
    assert not view.buttons["up"].isEnabled()
    view.buttons["down"].click()
    assert names(view)[:2] == ["take bowl", "crack egg"]


def test_merging_keeps_every_segment_and_says_what_it_did(view):
    session = view._session
    document = session.document
    for video in document.videos:
        session.do(lambda v=video: commands.start_from_ground_truth(document, v))
    frames = sum(int((t.to_frames() == 2).sum()) + int((t.to_frames() == 1).sum()) for t in document.corrected.values())
    view.choose(ActionId(2))
    menu = QMenu()
    view.fill_merge_menu(menu)
    next(a for a in menu.actions() if a.text() == "crack egg").trigger()
    assert sum(int((t.to_frames() == 1).sum()) for t in document.corrected.values()) == frames
    assert "Merged whisk into crack egg: 5 segments in 5 videos." in session.messages[-1]
    assert "frames of ground truth are read as it from now on" in session.messages[-1] and view.current.id == 1
    assert "whisk" not in names(view)
    view.retired.setChecked(True)
    assert "whisk (merged into crack egg)" in names(view)
    view.choose(ActionId(2))
    assert view.buttons["retire"].text() == "Bring back"
    view.buttons["retire"].click()
    assert "stands for itself again" in session.messages[-1] and "whisk" in names(view)


def test_retired_actions_are_listed_on_demand_and_come_back(view):
    view.choose(ActionId(3))
    view.buttons["retire"].click()
    assert len(names(view)) == 6 and not view.retired.isHidden()
    view.retired.setChecked(True)
    assert names(view)[-1].endswith("(retired)") and cell(view, 6, KEY) == ""
    view.choose(ActionId(3))
    assert view.buttons["retire"].text() == "Bring back"
    view.buttons["retire"].click()
    assert len(names(view)) == 7 and not any("retired" in name for name in names(view))


@pytest.mark.parametrize("name", ["<b>bold</b><img src=x>", "🥚🍳", "اقطع الخضار", "x" * 500])
def test_hostile_names_are_plain_text_on_one_line(view, name):
    from dataclasses import replace

    document = view._session.document
    document.actions[ActionId(0)] = replace(document.actions[ActionId(0)], name=name)
    view.model.refresh()
    view.grab()
    assert (names(view)[0] == name and "&lt;b&gt;" in view.model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole)) or (
        "<b>" not in name
    )
    assert view.table.horizontalScrollBar().maximum() == 0


def test_without_a_project_nothing_can_be_done(qtbot):
    from fakes_panels import FakeSession

    view = LabelsView(FakeSession(None), lambda *_: None)
    qtbot.addWidget(view)
    assert not view.new.isEnabled() and not any(button.isEnabled() for button in view.buttons.values())


def test_renaming_twice_goes_on_with_the_first_and_qt_has_nothing_to_say(view, qtbot):
    """Found by the monkey: a warning of Qt fails this test."""
    view.show()
    view.choose(ActionId(1))
    view.rename()
    view.rename()
    (field,) = view.table.findChildren(NameField)
    assert field.isVisible()


@popups
def test_return_that_waits_while_the_list_is_filled_anew_goes_nowhere_and_qt_has_nothing_to_say(view, qtbot):
    """Found by the monkey: a warning of Qt fails this test."""
    view.show()
    view.choose(ActionId(1))
    view.rename()
    (field,) = view.table.findChildren(NameField)
    field.setText("crack two eggs")
    QTest.keyClick(field, Qt.Key.Key_Return)  # Qt commits it in the next turn of the event loop
    view.retire()
    QApplication.processEvents()
    assert not field.isVisible()
