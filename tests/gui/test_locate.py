"""Video files that are gone: said once and at each video; found below a folder, all at once, and shown again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import make, number_in
from windows import a_window

import totgui.safety as safety_module
from core import api
from core.annotation import commands
from totgui.dialogs.locate import LocateDialog
from totgui.main_window import MainWindow
from totgui.session import Session

NAMES = ("short_group", "variable_rate", "b_pyramid")


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window on a project whose videos are gone: two were moved, one of them renamed, one was deleted."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    videos = tmp_path / "clips"
    videos.mkdir()
    for name in NAMES:
        make(videos, name)
    with api.create_project(tmp_path / "p.tot", api.open_dataset(videos)) as project:
        for video in project.document.videos:
            project.edit(commands.start_unlabelled(project.document, video))
    there = tmp_path / "there" / "deep"
    there.mkdir(parents=True)
    shutil.move(videos / "short_group.mp4", there)
    shutil.move(videos / "variable_rate.mp4", there / "cam.mp4")
    (videos / "b_pyramid.mp4").unlink()
    with a_window() as made:
        made.session.open_project(tmp_path / "p.tot")
        qtbot.waitUntil(lambda: bool(made.session.files.lost))
        yield made


def name_of(window: MainWindow):
    return lambda lost: window.session.document.videos[lost.video].name


def test_what_is_missing_is_said_once_and_at_each_video(window, monkeypatch) -> None:
    assert window.bar.text().startswith("3 video files are missing")
    assert window.bar.choices() == ["Locate missing files…"]
    model = window.docks["Videos"].widget()._model
    for row in range(3):
        assert "its video file is missing" in model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        assert model.data(model.index(row, 4)) == "no file"
    strip = window.film_strip
    with monkeypatch.context() as patch:
        said = []
        patch.setattr(QPainter, "drawText", lambda *args: said.append(args[-1]))
        strip.grab()
    assert "No pictures: the video file is missing." in said
    session = window.session
    assert session.do(lambda: commands.set_review(session.document, session.current_video, "rejected"))


def test_a_search_finds_them_under_any_name_and_the_window_shows_them_again(qtbot, window, tmp_path, monkeypatch):
    session, asked = window.session, []

    def ask(session: Session, names, parent) -> object:
        dialog = LocateDialog(session, names, parent)
        asked.append(dialog)
        assert dialog.table.rowCount() == 3
        assert not dialog.use.isEnabled()
        dialog.search(tmp_path / "there")
        qtbot.waitUntil(lambda: bool(dialog.matches))
        return dialog.matches

    monkeypatch.setattr(safety_module, "ask_locate", ask)
    window.bar.choose("Locate missing files…")
    texts = {asked[0].table.item(row, 0).text(): asked[0].table.item(row, 3).text() for row in range(3)}
    assert texts["short_group"].endswith("short_group.mp4")
    assert texts["variable_rate"].endswith("cam.mp4")
    assert texts["b_pyramid"].startswith("Not found: no file")
    assert asked[0].use.text() == "Use 2 files"
    assert "2 of 3 missing files were found" in window.bar.text()
    qtbot.waitUntil(lambda: len(session.files.lost) == 1)
    assert set(session.features.notes) == {lost.video for lost in session.files.lost}
    shown = []
    session.playback.pictureReady.connect(lambda frame, image: shown.append((frame, image)))
    for name in ("variable_rate", "short_group"):
        session.select_video(next(v for v, x in session.document.videos.items() if x.name == name), 77)
        qtbot.waitUntil(lambda: bool(shown) and shown[-1][0] == 77 and shown[-1][1] is not None)
        assert number_in(pixels(shown[-1][1])) == 77
        shown.clear()
    session.undo()
    assert len(session.document.corrected) == 2  # the newest of the three tracks, as if nothing had moved


def test_the_current_video_comes_back_where_it_stood(qtbot, window, tmp_path) -> None:
    session = window.session
    session.select_video(next(v for v, x in session.document.videos.items() if x.name == "short_group"), 50)
    dialog = LocateDialog(session, name_of(window), window)
    dialog.search(tmp_path / "there")
    qtbot.waitUntil(lambda: bool(dialog.matches))
    with qtbot.waitSignal(
        session.playback.pictureReady, check_params_cb=lambda frame, image: frame == 50 and image is not None
    ):
        session.files.use(dialog.matches)


def test_nothing_is_offered_while_every_file_is_there(qtbot, window, tmp_path) -> None:
    make(tmp_path, "short_group")
    with api.create_project(tmp_path / "q.tot", api.open_dataset(tmp_path / "there")):
        pass
    window.bar.dismiss()
    window.session.open_project(tmp_path / "q.tot")
    with qtbot.waitSignal(window.session.files.changed):
        window.session.files.look()
    window.safety.locate()
    assert "Every file of this project is at its place" in window.bar.text()
