"""A project of many label files is made beside the window: with progress, a way to end it, and nothing half made."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import layout, write
from windows import shut

from core import api, new_project
from core.events import JobCancelled, Progress, StopKind
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings


@pytest.fixture
def window(qtbot):
    made = MainWindow(Session(), Settings())
    made.show()
    yield made
    shut(made)


def test_it_is_made_while_the_window_goes_on_and_says_how_far_it_is(qtbot, window, tmp_path: Path):
    session, heard = window.session, []
    session.jobEvent.connect(lambda event: heard.append(event) if isinstance(event, Progress) else None)
    dataset = api.open_dataset(layout(tmp_path / "data", "A"))
    window.pending_project = tmp_path / "p.tot"
    window.actions_.file.dataset_scanned(dataset)
    assert session.project is None and "Making the project" in session.jobs.running.values()
    qtbot.waitUntil(lambda: session.project is not None, timeout=20_000)
    assert [event.total for event in heard] == [len(dataset.videos)] * len(dataset.videos)
    assert session.document.ground_truth and window.settings.recent()[0] == tmp_path / "p.tot"


def test_labels_that_cannot_be_read_are_said_and_the_rest_is_there(qtbot, window, tmp_path: Path, monkeypatch):
    root = layout(tmp_path / "data", "A")
    dataset = api.open_dataset(root)
    lost, *kept = dataset.videos
    write(lost.ground_truth, "\0\0")
    said = []
    window.session.message.connect(lambda text, level: said.append((text, level)))
    window.session.make_project(tmp_path / "p.tot", dataset, lambda: None)
    qtbot.waitUntil(lambda: window.session.project is not None, timeout=20_000)
    assert lost.id not in window.session.document.ground_truth
    assert all(video.id in window.session.document.ground_truth for video in kept)
    assert [level for text, level in said if lost.ground_truth.name in text] == ["warning"]


def test_a_place_that_is_taken_is_an_error_and_what_was_open_stays(qtbot, window, tmp_path: Path):
    dataset = api.open_dataset(layout(tmp_path / "data", "A"))
    window.session.create_project(tmp_path / "open.tot", dataset)
    (tmp_path / "p.tot").write_text("mine")
    window.session.make_project(tmp_path / "p.tot", dataset, lambda: None)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)
    assert "p.tot" in window.bar.text() and (tmp_path / "p.tot").read_text() == "mine"
    assert window.session.project.path == tmp_path / "open.tot"


def test_one_that_is_ended_writes_nothing(tmp_path: Path):
    dataset = api.open_dataset(layout(tmp_path / "data", "A"))
    asked = iter([None, StopKind.DISCARD])
    with pytest.raises(JobCancelled):
        new_project.create(tmp_path / "p.tot", dataset, should_stop=lambda: next(asked))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
