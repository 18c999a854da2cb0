"""Tables measure their columns once after they were filled, wherever and however that happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QWidget
from windows import a_window

from totgui.models.measured import MeasuredTable
from totgui.models.widgets import Roomy, table

SOURCES = Path(__file__).resolve().parents[2] / "totgui"
ROWS, WORDS = 20, ("a", "some words", "more words than fit into a column of the usual width")


class Counting(Roomy):
    """Counts how often a cell is measured."""

    def __init__(self, parent):
        super().__init__(parent)
        self.count = 0

    def sizeHint(self, option, index):
        self.count += 1
        return super().sizeHint(option, index)


@pytest.fixture
def made(qtbot):
    found = table(("First", "Second", "Third"), stretch=-1)
    found.delegate = Counting(found)
    found.setItemDelegate(found.delegate)
    found.setStyleSheet("QTableView { border: 1px solid black; }")  # below a sheet Qt asks where every new cell is
    found.resize(400, 300)
    qtbot.addWidget(found)
    return found


def fill(made):
    made.setRowCount(ROWS)
    for row in range(ROWS):
        for column, words in enumerate(WORDS):
            made.setItem(row, column, QTableWidgetItem(f"{words} {row}"))


def enough(made, column):
    """The width at which Qt itself shows a whole column."""
    return max(made.sizeHintForColumn(column), made.horizontalHeader().sectionSizeHint(column))


def test_a_table_that_is_seen_is_measured_once(made, qtbot):
    with qtbot.waitExposed(made):
        made.show()
    fill(made)
    assert made.delegate.count == 0
    qtbot.waitUntil(lambda: made.delegate.count > 0)
    assert made.delegate.count == ROWS * len(WORDS)
    for column in range(len(WORDS)):
        assert made.columnWidth(column) == enough(made, column)


def test_a_table_that_is_filled_before_it_is_shown_has_its_widths_in_the_first_picture(made):
    fill(made)
    made.show()
    assert [made.columnWidth(c) for c in range(3)] == [enough(made, c) for c in range(3)]


def test_a_text_that_changes_or_a_larger_font_is_measured_again(made, qtbot):
    with qtbot.waitExposed(made):
        made.show()
    fill(made)
    made.item(3, 0).setText("a text that is longer than all the others of its column")
    qtbot.waitUntil(lambda: made.columnWidth(0) > 200)
    before, font = made.columnWidth(0), made.font()
    font.setPointSizeF(2 * font.pointSizeF())
    made.setFont(font)
    qtbot.waitUntil(lambda: made.columnWidth(0) > 1.5 * before)
    assert made.columnWidth(0) == enough(made, 0)


def test_the_same_texts_are_not_measured_again(made, qtbot):
    made.show()
    fill(made)
    made.fit()
    before = made.delegate.count
    fill(made)
    made.item(0, 0).setCheckState(Qt.CheckState.Checked)  # takes more room than the text alone
    made.fit()
    assert made.delegate.count == before + 1


def test_columns_that_a_person_drags_and_the_one_that_takes_the_rest_are_left_alone(made, qtbot):
    header = made.horizontalHeader()
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    header.resizeSection(0, 33)
    header.setStretchLastSection(True)
    made.resize(800, 300)
    fill(made)
    made.show()
    assert made.columnWidth(0) == 33
    assert sum(made.columnWidth(c) for c in range(3)) == made.viewport().width()


def test_a_last_column_that_fills_the_table_is_seen_whole_where_there_is_no_room(made, qtbot):
    made.horizontalHeader().setStretchLastSection(True)
    fill(made)
    made.resize(800, 300)
    made.show()
    assert made.columnWidth(2) > enough(made, 2)
    made.resize(200, 300)
    qtbot.waitUntil(lambda: made.columnWidth(2) == enough(made, 2))
    made.resize(800, 300)
    qtbot.waitUntil(lambda: made.horizontalHeader().length() == made.viewport().width())


def test_rows_are_as_high_as_their_texts_and_follow_the_width(made, qtbot):
    made.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    made.setWordWrap(True)
    made.set_rows_fit()
    fill(made)
    made.resize(900, 300)
    made.show()
    one_line = made.rowHeight(0)
    made.resize(320, 300)
    qtbot.waitUntil(lambda: made.rowHeight(0) > one_line)


def test_no_table_of_the_program_leaves_it_to_qt():
    """A table of cells is a `MeasuredTable`, and nothing turns on the mode that measures at every cell."""
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            code = line.partition("#")[0]
            if re.search(r"ResizeToContents\b(?!\()|\bQTableWidget\(|\(QTableWidget\)", code):
                found.append((path.name, number, code.strip()))
    assert [(name, code) for name, _, code in found] == [
        ("measured.py", "class MeasuredTable(QTableWidget):"),
    ]


def test_the_tables_of_the_window_are_measured(qtbot):
    with a_window() as window:
        qtbot.waitUntil(lambda: len([t for t in window.findChildren(QWidget) if t.inherits("QTableWidget")]) >= 5)
        assert all(isinstance(t, MeasuredTable) for t in window.findChildren(QWidget) if t.inherits("QTableWidget"))


def test_a_name_has_the_room_that_arrows_of_sorting_would_take_where_it_is_short(qtbot):
    heads = ("Video", "Frames", "Recall", "Precision", "Correct")
    made = table(heads)
    made.setSortingEnabled(True)
    made.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    made.setRowCount(1)
    for column, text in enumerate(("a name of some length", "450", "80.9", "100.0", "76.9")):
        made.setItem(0, column, QTableWidgetItem(text))
    qtbot.addWidget(made)
    wide = sum(made.width_of(column) for column in range(5))
    made.resize(wide + 60, 300)
    made.show()
    assert [made.columnWidth(c) for c in range(1, 5)] == [made.width_of(c) for c in range(1, 5)]
    made.resize(wide - 20, 300)  # the frame and the scroll bar take a part of it
    assert made.columnWidth(0) >= made.width_of(0)
    head = made.horizontalHeader()
    for column in range(1, 5):
        assert made.columnWidth(column) >= head.fontMetrics().horizontalAdvance(heads[column])
    assert head.length() <= made.viewport().width()


def test_a_long_head_over_words_makes_no_other_column_wide(qtbot):
    made = table(("Kind", "Place", "Found, and what to do about it then"), stretch=2)
    made.setRowCount(1)
    for column, text in enumerate(("Note", "a.npy", "has no labels")):
        made.setItem(0, column, QTableWidgetItem(text))
    qtbot.addWidget(made)
    made.resize(900, 200)
    made.show()
    assert made.columnWidth(0) <= 80
