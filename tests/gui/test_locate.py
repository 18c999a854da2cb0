"""Video files that are gone: said once and at each video; found below a folder, all at once, and shown again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import make, number_in
from windows import a_window

import totgui.safety as safety_module
from core import api, relink
from core.annotation import commands
from core.relink import Lost
from totgui.dialogs.locate import LocateDialog
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.session import files as files_module

NAMES = ("short_group", "variable_rate", "b_pyramid")


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window on a project whose videos are gone: two were moved, one of them renamed, one was deleted."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    videos = tmp_path / "clips"
    videos.mkdir()
    for name in NAMES:
        make(videos, name)
    (tmp_path / "project").mkdir()
    with api.create_project(tmp_path / "project" / "p.tot", api.open_dataset(videos)) as project:
        for video in project.document.videos:
            project.edit(commands.start_unlabelled(project.document, video))
    there = tmp_path / "there" / "deep"
    there.mkdir(parents=True)
    shutil.move(videos / "short_group.mp4", there)
    shutil.move(videos / "variable_rate.mp4", there / "cam.mp4")
    (videos / "b_pyramid.mp4").unlink()
    with a_window() as made:
        made.session.open_project(tmp_path / "project" / "p.tot")
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
    assert "2 missing files are found and used now. 1 is missing still." in window.bar.text()
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


@pytest.fixture
def sent(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window on a project from another computer, with one of its two videos beside it and no features."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "other computer").mkdir()
    for name in NAMES[:2]:
        make(tmp_path / "other computer", name)
    with api.create_project(tmp_path / "other computer" / "p.tot", api.open_dataset(tmp_path / "other computer")) as it:
        made = [
            replace(v, features=tmp_path / "gone.npy", n_dimensions=4, timebase=replace(v.timebase, n_rows=10))
            for v in it.document.videos.values()
        ]
        it.replace_videos(made)
    (tmp_path / "here" / "films").mkdir(parents=True)
    shutil.copy(tmp_path / "other computer" / "p.tot", tmp_path / "here")
    shutil.move(tmp_path / "other computer" / "short_group.mp4", tmp_path / "here" / "films" / "renamed.mp4")
    (tmp_path / "other computer" / "variable_rate.mp4").unlink()
    with a_window() as window:
        window.session.open_project(tmp_path / "here" / "p.tot")
        qtbot.waitUntil(lambda: bool(window.session.files.lost))
        yield window


def test_videos_that_came_along_with_a_project_are_offered_at_once(qtbot, sent, tmp_path) -> None:
    found = tmp_path / "here" / "films" / "renamed.mp4"
    assert "2 video files are missing" in sent.bar.text()
    assert sent.bar.text().endswith(f"1 of them lies beside the project, with the same content: {found}.")
    assert sent.bar.choices() == ["Use it", "Locate missing files…"]
    sent.bar.choose("Use it")
    videos = sent.session.document.videos
    assert [v.media for v in videos.values() if v.name == "short_group"] == [found]
    assert "1 missing file is found and used now." in sent.bar.text()
    assert sent.bar.choices() == ["Extract features…"]  # what training needs stayed on the other computer


def test_features_that_are_missing_are_no_features_to_train_on(qtbot, sent) -> None:
    training = sent.training
    assert "The features of 2 of 2 videos are missing" in training._state.text()
    assert not training._train.isEnabled() and training._features.isVisibleTo(training)
    sent.bar.dismiss()
    sent.actions_.by_name["model.train"].trigger()
    assert "The features of 2 videos are missing" in sent.bar.text()
    assert not sent.session.jobs.running


def test_a_folder_with_too_much_in_it_is_not_looked_through_unasked(sent, monkeypatch) -> None:
    monkeypatch.setattr(relink, "MAX_BESIDE", 1)
    session = sent.session
    assert session.files.beside
    assert relink.beside(session.document.dataset, session.files.lost, session.project.path.parent) == ()


def test_a_file_that_is_back_is_shown_again_and_nothing_says_that_it_is_missing(qtbot, window, tmp_path) -> None:
    """The bar went on to offer another place for it; taking that made the file missing for good."""
    session, model = window.session, window.docks["Videos"].widget()._model
    there, clips = tmp_path / "there" / "deep", tmp_path / "clips"
    video = next(v for v in session.document.videos.values() if v.name == "short_group")
    session.select_video(video.id)
    shutil.move(there / "short_group.mp4", clips)
    window.safety._on_state(Qt.ApplicationState.ApplicationActive)
    qtbot.waitUntil(lambda: session.files.missing(video.id, "media") is None)
    assert window.bar.text().startswith("2 video files are missing")
    assert video.id not in session.features.notes
    assert "no file" not in [model.data(model.index(model.row_of(video.id), 4))]
    qtbot.waitUntil(lambda: window.video_view.picture._image is not None)
    shutil.move(there / "cam.mp4", clips / "variable_rate.mp4")
    make(clips, "b_pyramid")
    session.files.look_again()
    qtbot.waitUntil(lambda: not session.files.lost)
    assert "missing" not in window.bar.text()


class Drive:
    """Stands for the look at the files: each one waits until its answer is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[Queue[tuple[Lost, ...]]] = []
        monkeypatch.setattr(files_module, "lost_files", self.look)

    def look(self, _dataset: object) -> tuple[Lost, ...]:
        answer: Queue[tuple[Lost, ...]] = Queue()
        self.answers.append(answer)
        return answer.get(timeout=60)


def test_however_often_files_are_looked_for_one_look_at_a_time_is_under_way_and_one_follows(
    qtbot, window, monkeypatch
) -> None:
    files, drive = window.session.files, Drive(monkeypatch)
    lost = files.lost
    for _ in range(5):
        files.look_again()
    qtbot.waitUntil(lambda: len(drive.answers) == 1)
    drive.answers[0].put(lost[:2])
    qtbot.waitUntil(lambda: len(drive.answers) == 2)
    assert files.lost == lost[:2]
    drive.answers[1].put(lost[:1])
    qtbot.waitUntil(lambda: files.lost == lost[:1])
    assert len(drive.answers) == 2


def test_a_look_that_hangs_is_replaced_once_and_what_it_says_later_is_old(qtbot, window, monkeypatch) -> None:
    """Each step to another video left a thread that hung, and the first that came back told of what had been."""
    files, drive = window.session.files, Drive(monkeypatch)
    monkeypatch.setattr(files_module, "LATE_S", 0.0)
    monkeypatch.setattr(files._pool, "_late_s", 0.01)
    lost = files.lost
    for count in (1, 2, 2, 2):
        files.look_again()
        qtbot.waitUntil(lambda count=count: len(drive.answers) == count)
        qtbot.waitUntil(lambda: not files._pool._waiting)
    assert len(drive.answers) == 2
    drive.answers[1].put(lost[:1])
    qtbot.waitUntil(lambda: files.lost == lost[:1])
    with qtbot.waitSignal(files._arrived):
        drive.answers[0].put(lost)
    QApplication.processEvents()
    assert files.lost == lost[:1]
    qtbot.waitUntil(lambda: len(drive.answers) == 3)  # the one that was asked for meanwhile
    drive.answers[2].put(())
    qtbot.waitUntil(lambda: not files.lost)


def test_what_lies_beside_a_project_is_searched_for_anew_only_when_something_else_is_lost(
    qtbot, sent, monkeypatch
) -> None:
    files, searched = sent.session.files, []
    beside, offered = relink.beside, files.beside
    monkeypatch.setattr(relink, "beside", lambda *a, **k: searched.append(a[1]) or beside(*a, **k))
    with qtbot.waitSignal(files.changed):
        files.look_again()
    assert searched == [] and files.beside == offered != ()
    monkeypatch.setattr(files_module, "lost_files", lambda _dataset, real=files.lost: real[1:])
    with qtbot.waitSignal(files.changed):
        files.look_again()
    assert len(searched) == 1


def test_of_a_video_that_is_shown_no_more_nobody_finds_out_why_it_has_no_picture(window, monkeypatch) -> None:
    """It waited for another one whose drive hangs, and hung as well."""
    asked: list[Path] = []
    monkeypatch.setattr(relink, "is_file", lambda path: asked.append(path) or True)
    shown = window.session.playback.video
    (other, *_) = (video for video in window.session.document.videos.values() if video.id != shown.id)
    window.session.files._ask_for(other, "It is torn.")
    assert asked == []
    window.session.files._ask_for(shown, "It is torn.")
    assert asked == [shown.media]
