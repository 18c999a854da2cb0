"""Tables are copied as text that a sheet or a paper takes: what is seen, in the order in which it is seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTableWidgetItem

from totgui.models.copying import Copying
from totgui.models.widgets import NumberItem, table


@pytest.fixture
def view(qtbot):
    made = table(("Video", "MoF", "Note", "Frames"))
    qtbot.addWidget(made)
    made.setRowCount(3)
    rows = (("b", 50.0, "one\ttab", "1,200"), ("c", 70.25, "two\nlines", "300"), ("a", 9.5, "", "40"))
    for number, (name, mof, note, frames) in enumerate(rows):
        cells = (QTableWidgetItem(name), NumberItem(f"{mof:.1f}", mof), QTableWidgetItem(note), NumberItem(frames, 1))
        for column, cell in enumerate(cells):
            made.setItem(number, column, cell)
    made.copying = Copying(made)
    made.show()
    return made


def copied() -> str:
    return QGuiApplication.clipboard().text()


def test_the_whole_table_is_copied_as_it_is_sorted_without_what_is_hidden(view):
    view.sortItems(1, Qt.SortOrder.DescendingOrder)
    view.hideColumn(3)
    view.copying.copy_table()
    assert copied() == "Video\tMoF\tNote\nc\t70.2\ttwo lines\nb\t50.0\tone tab\na\t9.5\t\n"


def test_columns_that_were_moved_are_copied_where_they_stand_now(view):
    view.horizontalHeader().moveSection(3, 0)
    view.copying.copy_row(view.model().index(0, 0))
    assert copied() == "1,200\tb\t50.0\tone tab"


def test_the_key_copies_the_chosen_row_and_not_one_cell_of_it(view):
    view.setCurrentCell(1, 1)
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied() == "c\t70.2\ttwo lines\t300"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_offers_both_and_no_row_where_there_is_none(view):
    menu = QMenu(view)
    view.copying.fill(menu, QModelIndex())
    assert [action.isEnabled() for action in menu.actions()] == [False, True]
    view.customContextMenuRequested.emit(QPoint(4, 4))
    popup = next(menu for menu in view.findChildren(QMenu) if menu.isVisible())
    next(action for action in popup.actions() if action.text() == "Copy the table").trigger()
    assert copied().startswith("Video\tMoF\tNote\tFrames\nb\t")
    popup.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_key_is_about_the_chosen_row_and_stays_so_when_the_table_is_sorted(view):
    view.setCurrentCell(0, 1)
    place = QPoint(view.width() // 2, view.height() - 8)  # nobody's choice
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, view.mapToGlobal(place))
    QApplication.sendEvent(view, event)
    (popup,) = (menu for menu in view.findChildren(QMenu) if menu.isVisible())
    view.sortItems(1, Qt.SortOrder.AscendingOrder)
    row = popup.actions()[0]
    assert row.isEnabled()
    row.trigger()
    assert copied() == "b\t50.0\tone tab\t1,200"
    popup.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_row_that_goes_while_the_menu_is_open_is_still_the_one_that_is_copied(view):
    menu = QMenu(view)
    view.copying.fill(menu, view.model().index(1, 0))
    view.removeRow(0)
    menu.actions()[0].trigger()
    assert copied() == "c\t70.2\ttwo lines\t300"
