"""S18: names are text wherever they are shown: no label, tooltip, menu or dialog reads them as markup."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.markup import MARK, read_as_markup
from faults.monkey_world import a_ready_project
from opened import open_in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from core.annotation import commands
from core.annotation.values import ReviewStatus
from core.project import Project
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

HOSTILE = '<img src="file:///x.png"> &lt;b&gt;'


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    path = a_ready_project(tmp_path)
    with Project.open(path) as project:
        document = project.document
        for number, action in enumerate(list(document.actions)):
            project.edit(commands.rename_action(document, action, f"{HOSTILE} {number}"))
        for video in document.videos:
            project.edit(commands.set_review(document, video, ReviewStatus.REJECTED, HOSTILE))
    hostile = path.with_name(f"{HOSTILE.replace('/', '_')}.tot")
    path.rename(hostile)
    made = MainWindow(Session(), Settings())
    made.resize(1500, 950)
    made.show()
    open_in(made, hostile)
    assert made.session.project is not None, made.bar.text()
    yield made
    made.safety.may_close = lambda: True  # type: ignore[method-assign]
    made.close()
    made.deleteLater()


def test_no_widget_of_the_window_reads_names_as_markup(window: MainWindow, qtbot) -> None:
    for dock in window.docks.values():
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        window.grab()
    for text in (f"{HOSTILE} happened", HOSTILE):
        window.show_message(text, "error")
    assert read_as_markup(window) == []
    shown = [w for w in window.findChildren(QLabel) if MARK in w.text()]
    assert shown, "no label shows a name: the walk proves nothing"


def test_the_walk_finds_a_label_and_a_tip_that_are_not_escaped(window: MainWindow) -> None:
    """The control."""
    careless, careful = QLabel(HOSTILE, window), QLabel(HOSTILE, window)
    careful.setTextFormat(Qt.TextFormat.PlainText)
    careful.setToolTip(f"<qt>{html.escape(HOSTILE)}</qt>")
    window.statusBar().setToolTip(HOSTILE)
    found = read_as_markup(window)
    assert len(found) == 2 and "label" in found[1] + found[0] and "tip" in found[0] + found[1]
    careless.deleteLater()


def test_questions_are_plain_text(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda self: asked.append(self) or 0)
    window.safety._ask(HOSTILE, "Do it")
    assert [box.textFormat() for box in asked] == [Qt.TextFormat.PlainText]


@pytest.mark.parametrize("name", ["file.export", "model.extract", "help.shortcuts"])
def test_dialogs_show_names_as_text(window: MainWindow, qtbot, name: str) -> None:
    from PySide6.QtCore import QTimer

    found: list[str] = []
    seen: list[QWidget] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            seen.append(dialog)
            found.extend(read_as_markup(dialog))
            dialog.close()

    action = window.actions_.by_name.get(name)
    assert action is not None and action.isEnabled()
    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(20)
    action.trigger()  # a dialog with a loop of its own is over when this returns
    qtbot.waitUntil(lambda: bool(seen), timeout=10_000)
    timer.stop()
    assert found == []
