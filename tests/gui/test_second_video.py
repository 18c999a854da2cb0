"""A second video beside the first: in step by time from where both are held together, each with its own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import make, number_in
from windows import a_window

from core import api
from core.annotation import commands
from core.data.timebase import Timebase
from totgui.companion import in_step
from totgui.main_window import MainWindow

NAMES = ("short_group", "variable_rate", "late_start_mp4")


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, own_cache: Path) -> Iterator[MainWindow]:
    (tmp_path / "videos").mkdir()
    for name in NAMES:
        make(tmp_path / "videos", name)
    with a_window() as made:
        made.resize(1300, 800)
        made.show()
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        made.session.select_video(id_of(made, "short_group"))
        yield made


def id_of(window: MainWindow, name: str):
    return next(v for v, video in window.session.document.videos.items() if video.name == name)


def choose(qtbot, window: MainWindow, name: str) -> None:
    second = window.video_view.second
    if second.isHidden():
        window.actions_.by_name["view.second"].trigger()
    second.choice.setCurrentText(name)
    second.choice.activated.emit(second.choice.currentIndex())
    qtbot.waitUntil(lambda: second.picture._image is not None)


def shown(window: MainWindow) -> tuple[int, int]:
    """The frame that the second picture says it shows, and the number in it."""
    picture = window.video_view.second.picture
    return picture._image_frame, number_in(pixels(picture._image))


def go(qtbot, window: MainWindow, frame: int) -> None:
    playback, companion = window.session.playback, window.session.companion
    playback.seek(frame)
    qtbot.waitUntil(lambda: playback.frame == frame and companion.frame == companion.wanted)


@pytest.mark.parametrize("name", NAMES)
def test_both_show_the_same_time_and_each_says_its_own_frame(qtbot, window, name: str) -> None:
    session = window.session
    choose(qtbot, window, name)
    clocks = session.document.videos[session.current_video].timebase, session.companion.video.timebase
    for frame in (120, 7, 240, 60):
        go(qtbot, window, frame)
        other, number = shown(window)
        assert other == number
        start, stop = clocks[1].seconds(other), clocks[1].seconds(other + 1)
        assert start <= clocks[0].seconds(frame) < stop


def test_they_are_held_together_at_the_start_of_the_same_step(qtbot, window) -> None:
    session, second = window.session, window.video_view.second
    edit, pour = commands.add_action(session.document, "pour")
    session.edit(edit)
    for name, start in (("short_group", 100), ("late_start_mp4", 160)):
        video = id_of(window, name)
        session.do(lambda v=video: commands.start_unlabelled(session.document, v))
        session.do(lambda v=video, s=start: commands.relabel(session.document, v, s, s + 50, pour))
    choose(qtbot, window, "late_start_mp4")
    go(qtbot, window, 120)
    second.step.click()
    qtbot.waitUntil(lambda: session.companion.frame == 180)
    assert shown(window) == (180, 180)
    go(qtbot, window, 10)
    assert shown(window) == (70, 70)
    assert not session.companion.is_beyond
    go(qtbot, window, 290)  # the second has ended by then: its last frame stays, and that is said
    assert shown(window) == (299, 299)
    assert session.companion.is_beyond
    second.starts.click()
    qtbot.waitUntil(lambda: session.companion.frame == 290)
    assert shown(window) == (290, 290)


def test_it_plays_in_step_and_leaves_with_its_video(qtbot, window) -> None:
    session, second, wrong = window.session, window.video_view.second, []
    choose(qtbot, window, "variable_rate")
    session.companion.pictureReady.connect(lambda f, image: wrong.append(f) if number_in(pixels(image)) != f else None)
    session.playback.seek(100)
    session.playback.play(until=140)
    qtbot.waitUntil(lambda: session.playback.frame == 140 and session.companion.frame == session.companion.wanted)
    assert wrong == []
    window.actions_.by_name["view.second"].trigger()
    assert second.isHidden()
    assert session.companion.video is None
    window.actions_.by_name["view.second"].trigger()
    assert second.choice.currentText() != "short_group"  # the next in the list to begin with
    session.close_project()
    assert second.isHidden()


@given(
    rates=st.tuples(st.integers(1, 120), st.integers(1, 120)),
    frame=st.integers(0, 999),
    anchor=st.tuples(st.integers(0, 999), st.integers(0, 999)),
)
def test_in_step_is_exact_in_time(rates: tuple[int, int], frame: int, anchor: tuple[int, int]) -> None:
    first, second = (Timebase(1000, Fraction(rate)) for rate in rates)
    assert in_step(first, second, anchor[0], anchor) == anchor[1]
    other = in_step(first, second, frame, anchor)
    at = Fraction(frame - anchor[0], rates[0]) + Fraction(anchor[1], rates[1])
    assert other == (-1 if at < 0 else min(1000, int(at * rates[1])))
