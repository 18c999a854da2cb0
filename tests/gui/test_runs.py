"""The table of runs: what differs stands out, ticks compare, hiding loses nothing, a stopped run can go on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes_panels import a_session
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from core.annotation.changes import Changes, What
from core.annotation.values import Run
from core.data.dataset import RunId
from totgui.views.runs import COMPARED, RunsView

R1, R2 = RunId("r1"), RunId("r2")


@pytest.fixture
def session():
    found = a_session()
    runs = found.document.runs
    runs[R1] = replace(runs[R1], config={**runs[R1].config, "rho": 0.1, "iterations": 3000})
    runs[R2] = replace(runs[R2], config={**runs[R2].config, "iterations": 9000}, stopped_early=True)
    return found


@pytest.fixture
def view(qtbot, session):
    found = RunsView(session)
    qtbot.addWidget(found)
    return found


def cells(view, heading):
    names = [view._table.horizontalHeaderItem(c).text() for c in range(view._table.columnCount())]
    column = names.index(heading)
    return [view._table.item(row, column) for row in range(view._table.rowCount())]


def test_the_newest_stands_first_and_settings_that_differ_are_bold(view):
    assert [item.text() for item in cells(view, "Run")] == ["Run 2", "Run 1"]
    assert [item.font().bold() for item in cells(view, "ρ")] == [True, True]
    assert [item.font().bold() for item in cells(view, "σ")] == [False, False]
    assert [item.text() for item in cells(view, "ρ")] == ["0.07", "0.1"]


def test_it_sorts_by_number(view):
    view._table.sortItems(2, Qt.SortOrder.AscendingOrder)
    scores = [item.number for item in cells(view, "MoF")]
    assert scores == sorted(scores)
    view._table.sortItems(6, Qt.SortOrder.DescendingOrder)
    assert [item.text() for item in cells(view, "ρ")] == ["0.1", "0.07"]


def test_a_tick_compares_a_run(view, session):
    item = next(i for i in cells(view, "") if i.data(Qt.ItemDataRole.UserRole) == R1)
    assert item.column() == COMPARED and item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked)
    assert session.comparing.runs == (R2,)


def test_a_hidden_run_can_be_brought_back(view, session):
    view._table.selectRow(0)
    assert session.current_run == R2
    view.hide_button.click()
    assert session.document.runs[R2].hidden and R2 in session.document.label_maps
    assert [item.text() for item in cells(view, "Run")] == ["Run 1"]
    assert session.comparing.runs == (R1,)
    view._with_hidden.setChecked(True)
    view._table.selectRow(0)
    assert view.hide_button.text() == "Show"
    view.hide_button.click()
    assert not session.document.runs[R2].hidden


def test_only_a_stopped_run_offers_to_go_on(view, session):
    view._table.selectRow(1)
    assert session.current_run == R1 and not view.resume.isEnabled()
    view._table.selectRow(0)
    view.resume.click()
    assert session.calls[-1] == ("resume", R2)
    assert cells(view, "N_it")[0].text() == "3,000 of 9,000"
    session.jobs.engine_busy = True
    session.jobsChanged.emit()
    assert not view.resume.isEnabled()


def test_when_every_run_is_hidden_it_says_so(view, session):
    for run in (R1, R2):
        session.runs.hide(run)
    assert view._table.isHidden() and "Every run is hidden" in view.empty.text()


def test_of_runs_that_are_shown_only_cells_that_changed_are_set(view, session, monkeypatch):
    """Every score that came set every cell anew: with thirty runs an edit held the window up for 300 ms."""
    set_cells, set_item = [], view._table.setItem

    def watched(row, column, item):
        set_cells.append((item.data(Qt.ItemDataRole.UserRole), column))
        set_item(row, column, item)

    monkeypatch.setattr(view._table, "setItem", watched)
    session.reportReady.emit()
    assert set_cells == []
    monkeypatch.setattr(session, "report", lambda run, track: None if run == R1 else SimpleNamespace(mof=0.5, f1=0.25))
    session.reportReady.emit()
    assert sorted(set_cells) == [(R1, 2), (R1, 3), (R2, 2), (R2, 3)]
    assert [item.text() for item in cells(view, "MoF")] == ["50.0", "–"]


def test_a_run_that_comes_stands_in_its_place_and_one_that_goes_leaves_the_others(view, session, monkeypatch):
    monkeypatch.setattr(session, "report", lambda run, track: None)
    view._table.sortItems(1, Qt.SortOrder.DescendingOrder)
    runs = session.document.runs
    runs[RunId("r3")] = replace(runs[R1], id=RunId("r3"), number=3)
    session.document.label_maps[RunId("r3")] = replace(session.document.label_maps[R1], run=RunId("r3"))
    session.documentChanged.emit(Changes(What.RUNS, runs=frozenset([RunId("r3")])), None)
    assert [item.text() for item in cells(view, "Run")] == ["Run 3", "Run 2", "Run 1"]
    session.runs.hide(R2)
    assert [item.text() for item in cells(view, "Run")] == ["Run 3", "Run 1"]


def test_a_run_of_several_methods_is_not_called_by_the_first_of_them():
    from totgui.models.run_settings import setting

    def run(**config):
        return Run(RunId("r"), 1, {"n_clusters": 3, **config}, "cpu", 1.0, 1, False, "", {})

    assert setting(run(method="asot", rival="family"), "method") == "ASOT and 3 more"
    assert setting(run(method="asot", rival="none"), "method") == "ASOT"
    assert setting(run(method="tot+tcl", rival="family"), "method") == "TOT + TCL"  # only ASOT is trained with rivals


# --- names --------------------------------------------------------------------------------------------------------


def start_renaming(view, run):
    """Select a run and press F2; the field that opens."""
    row = next(row for row in range(view._table.rowCount()) if view._run_at(row) == run)
    view._table.selectRow(row)
    view._table.setFocus()
    QTest.keyClick(view._table, Qt.Key.Key_F2)
    [field] = [f for f in view._table.viewport().findChildren(QLineEdit) if f.isVisible()]
    return field


@pytest.fixture
def seen(qtbot, view):
    view.resize(700, 200)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_f2_renames_the_selected_run_in_its_row(qtbot, seen, session):
    field = start_renaming(seen, R1)
    assert field.text() == "Run 1" and field.selectedText() == "Run 1"
    qtbot.keyClicks(field, "with <b>I3D</b>")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.document.runs[R1].name == "with <b>I3D</b>")
    assert [item.text() for item in cells(seen, "Run")] == ["Run 2", "with <b>I3D</b>"]
    assert "with &lt;b&gt;I3D&lt;/b&gt; (run 1)" in cells(seen, "Run")[1].toolTip()
    assert not seen._is_renaming()


def test_a_double_click_on_the_name_opens_the_field_and_esc_leaves_it_as_it_was(qtbot, seen, session):
    item = cells(seen, "Run")[1]
    place = seen._table.visualItemRect(item).center()
    for click in (QTest.mouseClick, QTest.mouseDClick):
        click(seen._table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    [field] = [f for f in seen._table.viewport().findChildren(QLineEdit) if f.isVisible()]
    qtbot.keyClicks(field, "no")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not seen._is_renaming())
    assert session.document.runs[R1].name == "Run 1" and session.messages == []


def test_an_emptied_name_gives_back_the_one_that_the_run_came_with(qtbot, seen, session):
    session.document.runs[R1] = replace(session.document.runs[R1], given_name="I3D")
    session.documentChanged.emit(Changes(What.RUNS, runs=frozenset([R1])), None)
    field = start_renaming(seen, R1)
    field.clear()
    assert field.placeholderText() == "Run 1"
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.document.runs[R1].name == "Run 1")


def test_the_field_says_why_a_name_cannot_be_given(qtbot, seen, session):
    field = start_renaming(seen, R1)
    qtbot.keyClicks(field, "Run 2")
    assert "There is a run" in field.toolTip()
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.messages != [])
    assert session.document.runs[R1].name == "Run 1"


def test_scores_that_come_do_not_touch_what_is_being_typed(qtbot, seen, session, monkeypatch):
    field = start_renaming(seen, R1)
    qtbot.keyClicks(field, "half a na")
    monkeypatch.setattr(session, "report", lambda run, track: SimpleNamespace(mof=0.5, f1=0.25))
    session.reportReady.emit()
    assert field.isVisible() and field.text() == "half a na"
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.document.runs[R1].name == "half a na")


def test_a_long_name_does_not_make_the_column_wide(qtbot, seen, session):
    before = seen._table.columnWidth(1)
    session.document.runs[R1] = replace(session.document.runs[R1], given_name="W" * 200)
    session.documentChanged.emit(Changes(What.RUNS, runs=frozenset([R1])), None)
    seen.grab()
    assert before < seen._table.columnWidth(1) < 600
    assert start_renaming(seen, R1).text() == "W" * 200
