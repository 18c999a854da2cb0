"""What the window monkey of the fault plan found, each as a test of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from projects import R, a_project, with_run
from PySide6.QtWidgets import QApplication, QTabBar

from core.errors import JobError
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
    made = MainWindow(Session(), Settings())
    made.show()
    made.session.open_project(tmp_path / "a.tot")
    yield made
    made.close()
    made.deleteLater()


def test_tabs_of_panels_cannot_be_dragged_to_another_place(window: MainWindow) -> None:
    """Dragging one ended the program inside Qt (QTabBar::moveTab) after panels had been moved and the layout reset."""
    for dock in window.docks.values():
        dock.show()
    QApplication.processEvents()
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window]
    assert bars and not any(bar.isMovable() for bar in bars)
    window.reset_layout()
    QApplication.processEvents()
    bars = [bar for bar in window.findChildren(QTabBar) if bar.parentWidget() is window]
    assert bars and not any(bar.isMovable() for bar in bars)


def test_a_job_that_cannot_start_is_a_message_and_leaves_nothing_running(window: MainWindow, monkeypatch) -> None:
    """A training that nobody took was taken in while another job ran: the error fell out of a slot."""
    work = window.session.work

    def busy(request: object) -> None:
        raise JobError("A job is running. Stop it first.", kind="busy")

    monkeypatch.setattr(work._runner, "start", busy)
    said: list[str] = []
    window.session.message.connect(lambda text, level: said.append(text))
    assert work.in_engine(SimpleNamespace(job="segment-1"), "Segmenting", lambda finished: None) is None
    assert said == ["Segmenting was not started. A job is running. Stop it first."]
    assert work.running == {} and R in window.session.document.runs


def test_a_project_is_never_read_as_labels(window: MainWindow) -> None:
    """The person chose the open project in the import of labels: reading it would have dropped its lock."""
    from faults.owners import opened_by_others

    from core.formats.registry import FORMATS

    path = window.session.project.path
    with opened_by_others() as opened:
        for form in FORMATS.values():
            if form.decode is not None:
                found = form.read([path])
                assert not found.tracks and "is a project of this program" in str(found.problems[0])
    assert opened == []


def test_closing_a_project_asks_no_command_for_its_document(window: MainWindow) -> None:
    """While it closed, a command still had a video but no document; the error fell out of a slot."""
    window.session.select_video(next(iter(window.session.document.videos)))
    project, window.session.project = window.session.project, None
    try:
        window.actions_.refresh()
    finally:
        window.session.project = project
