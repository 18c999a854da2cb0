"""A file with two videos: the other one can be shown, where the labels fit it, and stays chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QInputDialog
from test_playback import pixels
from video_kinds import OTHER_FIRST, make, number_in
from windows import a_window

from core import api
from core.errors import MediaError
from core.media.streams import video_streams, with_stream
from totgui.main_window import MainWindow


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


def test_the_other_stream_is_shown_once_it_is_chosen_and_after_reopening(qtbot, window, tmp_path, monkeypatch) -> None:
    session, shown = window.session, []
    session.playback.pictureReady.connect(lambda frame, image: shown.append((frame, image)))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *words: (words[3][0], True))
    window.actions_.by_name["playback.stream"].trigger()
    qtbot.waitUntil(lambda: session.playback.timebase.media.stream == 0)
    qtbot.waitUntil(lambda: bool(shown) and shown[-1][0] == 40 and shown[-1][1] is not None)
    assert number_in(pixels(shown[-1][1])) == 40 + OTHER_FIRST
    qtbot.waitUntil(lambda: session.thumbnail(session.current_video, 7) is not None)
    assert number_in(pixels(session.thumbnail(session.current_video, 7))) == 7 + OTHER_FIRST
    video = session.current_video
    session.close_project()
    session.open_project(tmp_path / "p.tot")
    session.select_video(video)
    assert session.playback.timebase.media.stream == 0


def test_one_stream_is_said_and_nothing_asked(qtbot, window, monkeypatch) -> None:
    session = window.session
    session.select_video(next(v for v, x in session.document.videos.items() if x.name == "short_group"))
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_: pytest.fail("asked"))
    window.actions_.by_name["playback.stream"].trigger()
    qtbot.waitUntil(lambda: "holds one video stream" in window.bar.text())


def test_a_stream_that_the_labels_do_not_fit_is_refused(window, tmp_path, monkeypatch) -> None:
    video = next(x for x in window.session.document.videos.values() if x.name == "two_streams")
    hevc = make(tmp_path, "hevc")
    monkeypatch.setattr("core.media.streams.load_index", lambda *_: api_index(hevc))
    with pytest.raises(MediaError, match="150 pictures; the labels count 300"):
        with_stream(video, 0)


def api_index(path: Path):
    from core.media.index import load_index

    return load_index(path)
