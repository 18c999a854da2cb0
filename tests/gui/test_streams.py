"""A file with two videos: the other one can be shown, where the labels fit it, and stays chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from test_playback import pixels
from video_kinds import OTHER_FIRST, make, number_in
from windows import a_window

from core import api
from core.errors import MediaError
from core.media.streams import video_streams, with_stream
from totgui.main_window import MainWindow

popups = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, own_cache: Path) -> Iterator[MainWindow]:
    (tmp_path / "videos").mkdir()
    for name in ("two_streams", "short_group"):
        make(tmp_path / "videos", name)
    with a_window() as made:
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        made.session.select_video(
            next(v for v, x in made.session.document.videos.items() if x.name == "two_streams"), 40
        )
        qtbot.waitUntil(lambda: made.session.playback.frame == 40)
        yield made


def test_the_streams_of_a_file_are_told(window, tmp_path) -> None:
    streams = video_streams(tmp_path / "videos" / "two_streams.mkv")
    assert [(s.number, s.width, s.is_default) for s in streams] == [(0, 320, False), (1, 160, True)]
    assert str(streams[1]) == "1: 160 × 64, h264, the one players show"


def offered(window: MainWindow) -> QMenu | None:
    """The menu of streams that is open over the video."""
    menus = [w for w in window.findChildren(QMenu) if w.isVisible() and w.accessibleName() == "Video stream"]
    return menus[0] if menus else None


@popups
def test_the_other_stream_is_shown_once_it_is_chosen_and_after_reopening(qtbot, window, tmp_path) -> None:
    session, shown = window.session, []
    session.playback.pictureReady.connect(lambda frame, image: shown.append((frame, image)))
    window.actions_.by_name["playback.stream"].trigger()
    qtbot.waitUntil(lambda: offered(window) is not None)
    menu = offered(window)
    other, now = [action for action in menu.actions() if action.isCheckable()]
    assert menu.activeAction() is now and now.isChecked() and not other.isChecked()
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.playback.timebase.media.stream == 0)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1][0] == 40 and shown[-1][1] is not None)
    assert number_in(pixels(shown[-1][1])) == 40 + OTHER_FIRST
    qtbot.waitUntil(lambda: session.pictures.thumbnail(session.current_video, 7) is not None)
    assert number_in(pixels(session.pictures.thumbnail(session.current_video, 7))) == 7 + OTHER_FIRST
    video = session.current_video
    session.close_project()
    session.open_project(tmp_path / "p.tot")
    session.select_video(video)
    assert session.playback.timebase.media.stream == 0


def test_one_stream_is_said_and_nothing_asked(qtbot, window) -> None:
    session = window.session
    session.select_video(next(v for v, x in session.document.videos.items() if x.name == "short_group"))
    window.actions_.by_name["playback.stream"].trigger()
    qtbot.waitUntil(lambda: "holds one video stream" in window.bar.text())
    assert offered(window) is None


@popups
def test_escape_and_the_stream_that_is_shown_change_nothing(qtbot, window) -> None:
    session, video = window.session, window.session.current_video
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        window.actions_.by_name["playback.stream"].trigger()
        qtbot.waitUntil(lambda: offered(window) is not None)
        qtbot.keyClick(offered(window), key)
        assert offered(window) is None and not session.jobs.running
    assert session.document.videos[video].timebase.media.stream == 1


def test_nothing_is_offered_for_a_video_that_was_left_while_its_file_was_looked_at(qtbot, window) -> None:
    session, told = window.session, []
    session.jobsChanged.connect(lambda: told.append(dict(session.jobs.running)))
    window.actions_.by_name["playback.stream"].trigger()
    session.select_video(next(v for v, x in session.document.videos.items() if x.name == "short_group"))
    qtbot.waitUntil(lambda: bool(told) and not told[-1])
    assert offered(window) is None


def test_a_stream_that_the_labels_do_not_fit_is_refused(window, tmp_path, monkeypatch) -> None:
    video = next(x for x in window.session.document.videos.values() if x.name == "two_streams")
    hevc = make(tmp_path, "hevc")
    monkeypatch.setattr("core.media.streams.load_index", lambda *_: api_index(hevc))
    with pytest.raises(MediaError, match="150 pictures; the labels count 300"):
        with_stream(video, 0)


def api_index(path: Path):
    from core.media.index import load_index

    return load_index(path)
