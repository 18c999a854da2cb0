"""A slow video is offered a proxy that shows the frames it says; the file's own picture comes when asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import KINDS, make, number_in
from windows import a_window

import totgui.seeking as seeking_module
from core import api
from core.cache import cache_dir
from core.events import JobCancelled, Progress
from core.media import proxy as proxy_module
from totgui.main_window import MainWindow
from totgui.settings import Settings

NAMES = ("variable_rate", "late_start_mp4", "edit_list")


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, own_cache: Path, monkeypatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(proxy_module, "LINES", 32)  # half of the clips' lines: the two can be told apart
    monkeypatch.setattr(seeking_module, "SLOW_S", 0.0)
    (tmp_path / "videos").mkdir()
    for name in NAMES:
        make(tmp_path / "videos", name)
    Settings().set_smooths(False)
    with a_window() as made:
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        yield made


def jump(qtbot, window: MainWindow, frame: int) -> tuple[int, int]:
    """Go to a frame; the lines of the picture that comes, and the number in it."""
    playback, found = window.session.playback, []

    def take(shown: int, image: object) -> None:
        if shown == frame:
            found.append((image.height(), number_in(pixels(image))))

    playback.pictureReady.connect(take)
    playback.seek(frame)
    qtbot.waitUntil(lambda: bool(found), timeout=10_000)
    playback.pictureReady.disconnect(take)
    return found[-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_slow_video_is_offered_a_proxy_that_shows_the_same_frames(qtbot, window, name: str) -> None:
    session, bar, first = window.session, window.video_view.proxy_bar, KINDS[name].first
    session.select_video(next(v for v, video in session.document.videos.items() if video.name == name))
    frames = [250, 11, 200, 40, 170, 90, 251, 30]
    assert bar.text() == ""
    assert [jump(qtbot, window, f) for f in frames] == [(64, f + first) for f in frames]
    assert "Seeking in this video is slow" in bar.text()
    bar.make.click()
    assert bar.text().startswith(f"Making {name} smooth")
    assert not bar.make.isVisibleTo(window)
    qtbot.waitUntil(lambda: session.playback.has_proxy, timeout=20_000)
    assert [jump(qtbot, window, f) for f in frames] == [(32, f + first) for f in frames]
    assert bar.text() == ""  # a video with a proxy is not offered another
    assert window.video_view.proxy_badge.text() == "proxy"


def test_the_file_s_own_picture_comes_when_asked_for_until_the_next_move(qtbot, window) -> None:
    session, playback, badge = window.session, window.session.playback, window.video_view.proxy_badge
    assert not badge.isVisibleTo(window.video_view)
    session.proxies.make(playback.video)
    qtbot.waitUntil(lambda: playback.has_proxy, timeout=20_000)
    first = KINDS[playback.video.name].first
    assert jump(qtbot, window, 123) == (32, 123 + first)
    with qtbot.waitSignal(playback.sourceChanged):
        badge.click()
    image = window.video_view.picture._image
    assert (image.height(), number_in(pixels(image))) == (64, 123 + first)
    assert badge.text() == "original"
    assert jump(qtbot, window, 124) == (32, 124 + first)
    assert badge.text() == "proxy"
    session.proxies.delete(playback.video)
    qtbot.waitUntil(lambda: not playback.has_proxy)
    assert jump(qtbot, window, 20) == (64, 20 + first)
    assert list((cache_dir() / "proxies").iterdir()) == []


def test_an_offer_that_was_refused_is_not_made_again(qtbot, window) -> None:
    bar = window.video_view.proxy_bar
    for frame in (250, 11, 200, 40, 170, 90):
        jump(qtbot, window, frame)
    bar.later.click()
    for frame in (251, 12, 201, 41, 171, 91):
        jump(qtbot, window, frame)
    assert bar.text() == ""


def test_a_proxy_that_is_cancelled_leaves_nothing(qtbot, window, monkeypatch: pytest.MonkeyPatch) -> None:
    def until_stopped(watch, done: int) -> None:
        watch._report(Progress(done=done, total=watch._total))
        while watch._should_stop() is None:
            idle.wait(0.005)
        raise JobCancelled

    idle = threading.Event()
    monkeypatch.setattr(proxy_module._Watch, "__call__", until_stopped)
    session, bar = window.session, window.video_view.proxy_bar
    videos = list(session.document.videos.values())
    with qtbot.waitSignal(session.proxies.progressed):
        for video in videos:
            session.proxies.make(video)
    assert "2 more after it" in bar.text()
    session.proxies.cancel(everything=True)
    qtbot.waitUntil(lambda: session.proxies.making is None)
    assert bar.text() == ""
    assert list((cache_dir() / "proxies").iterdir()) == []
    assert not session.playback.has_proxy


def test_a_video_in_which_somebody_jumps_slowly_gets_its_proxy_by_itself(qtbot, window) -> None:
    session, bar, badge = window.session, window.video_view.proxy_bar, window.video_view.smooth_badge
    window.actions_.by_name["playback.smooth-slow"].trigger()
    assert Settings().smooths()
    assert session.proxies.making is None  # looking at a video is no reason
    first = KINDS[session.playback.video.name].first
    with qtbot.waitSignal(session.proxies.changed):
        assert jump(qtbot, window, 200) == (64, 200 + first)
    assert not badge.isHidden() or session.playback.has_proxy
    assert bar.text() == ""
    qtbot.waitUntil(lambda: session.playback.has_proxy, timeout=20_000)
    assert badge.isHidden()
    assert jump(qtbot, window, 30) == (32, 30 + first)


def test_a_proxy_that_makes_itself_and_is_cancelled_does_not_come_again(qtbot, window, monkeypatch) -> None:
    def until_stopped(watch, done: int) -> None:
        watch._report(Progress(done=30, total=watch._total, seconds_left=12.0))
        while watch._should_stop() is None:
            idle.wait(0.005)
        raise JobCancelled

    idle = threading.Event()
    monkeypatch.setattr(proxy_module._Watch, "__call__", until_stopped)
    session, badge = window.session, window.video_view.smooth_badge
    session.proxies.smooths = True
    jump(qtbot, window, 200)
    qtbot.waitUntil(lambda: badge.text().startswith("smoothing 1"))
    assert "12 s left" in badge.toolTip()
    where = window.video_view._where  # the badge took a part of its room
    qtbot.waitUntil(lambda: where.fontMetrics().horizontalAdvance(where.text()) <= where.width())
    badge.click()
    qtbot.waitUntil(lambda: session.proxies.making is None)
    assert badge.isHidden()
    for frame in (30, 220, 50, 180, 10, 240, 40):
        jump(qtbot, window, frame)
    assert session.proxies.making is None
    assert list((cache_dir() / "proxies").iterdir()) == []
    session.proxies.make(session.playback.video)  # asked for, it is made all the same, and said
    assert window.video_view.proxy_bar.text().startswith("Making")
    assert badge.isHidden()
    session.proxies.cancel(everything=True)
    qtbot.waitUntil(lambda: session.proxies.making is None)


def test_a_full_drive_gets_no_proxy_that_nobody_asked_for(qtbot, window, monkeypatch) -> None:
    monkeypatch.setattr(proxy_module, "SPARE_BYTES", 1 << 60)
    window.session.proxies.smooths = True
    for frame in (200, 30, 220, 50, 180, 10):
        jump(qtbot, window, frame)
    assert window.session.proxies.making is None


def test_what_plays_plays_on_when_its_proxy_comes(qtbot, window) -> None:
    session, playback = window.session, window.session.playback
    playback.set_loop(0, 200)
    playback.play()
    with qtbot.waitSignal(session.proxies.made, timeout=20_000):
        session.proxies.make(playback.video)
    assert playback.playing
    assert not playback.has_proxy
    playback.pause()
    qtbot.waitUntil(lambda: playback.has_proxy)
    assert playback.frame == playback.wanted


def test_slow_videos_become_smooth_unless_a_person_says_no(qapp) -> None:
    settings = Settings()
    settings._settings.remove("smooths")  # the tests themselves say no
    assert settings.smooths()
    settings.set_smooths(False)
    assert not Settings().smooths()
