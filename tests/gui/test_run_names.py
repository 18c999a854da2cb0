"""A run that is renamed is called by its new name in every panel, menu and dialog, and by the old one nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from projects import R, a_project, with_edits, with_run
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMenu, QTableWidget, QWidget
from windows import a_window

from core.annotation import commands
from core.annotation.values import Prediction
from core.data.dataset import RunId
from totgui.dialogs.export_report import ReportPage
from totgui.dialogs.export_videos import VideosChooser
from totgui.main_window import MainWindow
from totgui.views.compare.view import CompareView
from totgui.views.live.curves import CurvesView
from totgui.views.timeline.menu import fill_runs

R2 = RunId("r2")
NAME = "I3D & <b>flow</b> \N{HOT BEVERAGE}"


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    with a_project(tmp_path / "p.tot") as project:
        with_run(project)
        with_edits(project)
        document = project.document
        label_map = replace(document.label_maps[R], run=R2)
        project.add_run(replace(document.runs[R], id=R2, number=2), label_map, b"weights")
        project.add_predictions([Prediction(R2, v, p.segmentation) for (_, v), p in document.predictions.items()])
    with a_window() as made:
        made.show()
        made.session.open_project(tmp_path / "p.tot")
        made.session.chosen.show_runs([R])
        for dock in made.docks.values():
            dock.show()
        for panel, view in (("Compare", CompareView), ("Live", CurvesView)):  # panels are made once they are seen
            made.bring(panel)
            qtbot.waitUntil(lambda view=view: made.findChild(view) is not None)
        yield made


def texts(widget: QWidget) -> list[str]:
    """What can be read in a widget: its text, its tooltip, what is said of it."""
    found = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    if isinstance(widget, QLabel | QAbstractButton):
        found.append(widget.text())
    elif isinstance(widget, QComboBox):
        found += [widget.itemText(n) for n in range(widget.count())]
    elif isinstance(widget, QTableWidget):
        items = [widget.item(r, c) for r in range(widget.rowCount()) for c in range(widget.columnCount())]
        found += [text for item in items if item is not None for text in (item.text(), item.toolTip())]
    return found


def painted(window: MainWindow) -> list[str]:
    """What is painted without a widget of its own, and what menus offer when they open."""
    found = [row.title for row in window.timeline.rows]
    menu = QMenu()
    for fill in (window.findChild(CurvesView).fill_earlier, lambda menu: fill_runs(menu, window.session)):
        fill(menu)
        found += [action.text() for action in menu.actions()]
    rows = window.findChild(CompareView).rows
    return found + [strip.title for video in rows.videos for strip in rows.block(video).strips]


def places(window: MainWindow, name: str) -> set[str]:
    """The panels that call a run so, each in front for it, and the painted texts that do, without the name."""
    found = {f"painted {text.replace(name, '…')}" for text in painted(window) if name in text}
    for panel, dock in window.docks.items():
        window.bring(panel)
        dock.grab()
        said = [t for w in dock.findChildren(QWidget) if w.isVisible() for t in texts(w)]
        found |= {panel} if any(name in text for text in said) else set()
    return found


def test_a_renamed_run_is_called_so_everywhere_and_undo_takes_the_name_back(window: MainWindow, qtbot) -> None:
    session = window.session
    qtbot.waitUntil(lambda: session.report(R2, "prediction") is not None)
    panels = {"Runs", "Compare", "Metrics", "Label map", "Activity"}
    qtbot.waitUntil(lambda: panels <= places(window, "Run 2"))
    before = places(window, "Run 2")  # at least: what is counted beside the window may come yet
    assert session.do(lambda: commands.rename_run(session.document, R2, "I3D flow"))
    qtbot.waitUntil(lambda: not places(window, "Run 2") and places(window, "I3D flow") >= before)
    assert window.actions_.by_name["edit.undo"].text() == "Undo: rename run 2 to I3D flow"
    session.undo()
    qtbot.waitUntil(lambda: not places(window, "I3D flow") and places(window, "Run 2") >= before)


def test_the_dialogs_of_the_export_list_it_by_its_name(window: MainWindow, qtbot) -> None:
    session = window.session
    session.do(lambda: commands.rename_run(session.document, R2, NAME))
    for page, box in ((ReportPage(session), "run"), (VideosChooser(session), "track")):
        qtbot.addWidget(page)
        combo = getattr(page, box)
        assert any(NAME in combo.itemText(n) for n in range(combo.count()))


def test_the_command_renames_the_run_that_is_shown(window: MainWindow, qtbot) -> None:
    window.actions_.by_name["model.rename"].trigger()
    field = window.focusWidget()
    assert field.accessibleName() == "Name of run 2"
    qtbot.keyClicks(field, "again")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.document.runs[R2].name == "again")


def test_what_became_current_while_a_name_was_typed_is_selected_afterwards(window: MainWindow, qtbot) -> None:
    session, runs = window.session, window.runs
    session.select_run(R)
    window.actions_.by_name["model.rename"].trigger()
    session.select_run(R2)  # as when a training ends
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert runs.selected().id == R2


def test_a_menu_takes_no_letter_of_a_name_for_a_key(window: MainWindow) -> None:
    window.session.do(lambda: commands.rename_run(window.session.document, R, "a & b"))
    menu = QMenu()
    fill_runs(menu, window.session)
    assert [action.text() for action in menu.actions()] == ["a && b"]


def test_a_project_that_is_open_for_reading_refuses_it(window: MainWindow) -> None:
    window.session.project.read_only = True
    window.actions_.refresh()
    assert not window.actions_.by_name["model.rename"].isEnabled()
    window.session.project.read_only = False
