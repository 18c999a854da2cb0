"""The video view and the film strip on real files: what is painted is what is named."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import make, number_in
from windows import a_window, wait_for_places

from core import api
from core.annotation import commands
from totgui.main_window import MainWindow
from totgui.palette import apply_theme
from totgui.views.filmstrip import cells
from totgui.views.timeline.geometry import Axis

KINDS = ("long_group", "variable_rate")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("clips")
    (root / "videos").mkdir()
    for name in KINDS:
        make(root / "videos", name)
    return root


@pytest.fixture
def window(qtbot, qapp: QApplication, dataset: Path, tmp_path: Path) -> Iterator[MainWindow]:
    with a_window() as made:
        made.resize(1200, 800)
        made.show()
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(dataset))
        made.session.select_video(next(v for v, x in made.session.document.videos.items() if x.name == "long_group"))
        qtbot.waitUntil(lambda: made.video_view.picture._image is not None)
        wait_for_places(qtbot, made)
        yield made


def drawn(window: MainWindow) -> np.ndarray:
    """The pixels of the picture widget."""
    return pixels(window.video_view.picture.grab().toImage())


def label(window: MainWindow, cuts: tuple[int, ...]) -> None:
    """Cut the corrected track of the current video at these frames."""
    session = window.session
    video, document = session.current_video, session.document
    session.do(lambda: commands.start_unlabelled(document, video))
    for number, cut in enumerate(cuts):
        edit, action = commands.add_action(document, f"step {number}")
        session.edit(edit)
        session.do(lambda c=cut, a=action: commands.relabel(document, video, c, 300, a))


def test_the_pair_is_the_last_and_the_first_frame_of_the_nearest_boundary(qtbot, window) -> None:
    view, playback = window.video_view, window.session.playback
    label(window, (100, 220))
    view._boundary.click()
    for frame, boundary in ((0, 100), (130, 100), (170, 220), (299, 220)):
        playback.seek(frame)
        qtbot.waitUntil(lambda f=frame: playback.frame == f)
        assert view.picture.pair == (boundary - 1, boundary)
        pair = (window.session.current_video, boundary - 1, boundary)
        qtbot.waitUntil(lambda p=pair: None not in window.session.pictures.pair(*p))
        painted = drawn(window)
        half = painted.shape[1] // 2
        middle = painted[painted.shape[0] // 2 - half // 10 : painted.shape[0] // 2 + half // 10]
        assert (number_in(middle[:, : half - 2]), number_in(middle[:, half + 2 :])) == (boundary - 1, boundary)
    playback.play()
    assert view.picture.pair is None
    playback.pause()
    view._boundary.click()
    assert view.picture.pair is None


def test_zoom_keeps_what_is_under_the_pointer(window) -> None:
    picture = window.video_view.picture
    before = drawn(window)
    x, y = picture.width() * 3 // 4, picture.height() // 2
    picture.zoom_at(4.0, QPointF(x, y))
    after = drawn(window)
    ratio = before.shape[1] / picture.width()
    assert (before[int(y * ratio), int(x * ratio)] == after[int(y * ratio), int(x * ratio)]).all()
    picture.zoom_at(1 / 100, QPointF(10, 10))
    assert picture.zoom == 1.0
    assert (drawn(window) == before).all()


def test_variable_rate_is_said_in_numbers(qtbot, window) -> None:
    badge, session = window.video_view._variable, window.session
    assert not badge.isVisibleTo(window)
    session.select_video(next(v for v, x in session.document.videos.items() if x.name == "variable_rate"))
    assert badge.isVisibleTo(window)
    assert "40 to 120 ms apart" in badge.toolTip()


def test_k_held_makes_l_and_j_one_frame(qtbot, window) -> None:
    playback = window.session.playback
    playback.seek(50)
    window.activateWindow()
    target = window.video_view
    qtbot.keyPress(target, Qt.Key.Key_K)
    assert playback.steps_only
    playback.shuttle(1)
    playback.shuttle(1)
    assert (playback.wanted, playback.playing) == (52, False)
    qtbot.keyRelease(target, Qt.Key.Key_K)
    assert not playback.steps_only


@given(
    n_frames=st.integers(1, 200_000),
    zoom=st.floats(1, 5000),
    place=st.floats(0, 1),
    width=st.integers(20, 3000),
    picture=st.floats(20, 200),
)
def test_cells_tile_what_is_visible(n_frames: int, zoom: float, place: float, width: int, picture: float) -> None:
    axis = Axis.whole(n_frames, left=0, width=width).zoomed(zoom, place * width)
    found = cells(axis, picture)
    assert found[0].start <= axis.start + 1e-6
    assert found[-1].stop >= min(n_frames, axis.stop - 1e-6)
    assert all(a.stop == b.start for a, b in pairwise(found))
    span = found[0].stop - found[0].start if len(found) > 1 else 1
    assert span & (span - 1) == 0
    assert all(c.start % span == 0 for c in found)
    assert len(found) <= width / (picture * 0.6) + 2 or axis.scale > picture * 0.6


def test_every_picture_of_the_strip_belongs_to_its_cell(qtbot, window) -> None:
    strip, timeline = window.film_strip, window.timeline
    for zoom in (1, 4, 50):
        timeline.set_axis(timeline.axis.zoomed(zoom, 600))
        axis = timeline.axis
        assert strip._axis == axis
        shown = [c for c in cells(axis, 52 * 160 / 64) if axis.x(c.start) >= axis.left and axis.x(c.stop) <= axis.right]
        assert shown
        tiles = [(c.start, c.stop - c.start) for c in shown]
        strip.grab()

        def pictures(tiles=tiles):
            return window.session.pictures.film_strip(window.session.current_video, tiles)

        qtbot.waitUntil(lambda pictures=pictures: None not in pictures())
        for (start, span), image in zip(tiles, pictures(), strict=True):
            assert start <= number_in(pixels(image)) < start + span


def test_a_click_on_the_strip_goes_there(qtbot, window) -> None:
    strip, axis = window.film_strip, window.timeline.axis
    strip.grab()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPointF(axis.x(200.5), 20).toPoint())
    assert abs(window.session.playback.wanted - 200) <= 1


def test_the_strip_follows_the_theme(qapp, window) -> None:
    strip = window.film_strip
    try:
        for theme in ("light", "dark"):
            strip.grab()
            apply_theme(qapp, theme)
            corner = strip.grab().toImage().pixelColor(2, 2)
            assert corner == strip.palette().color(QPalette.ColorRole.Window)
            assert (corner.lightness() > 128) == (theme == "light")
    finally:
        apply_theme(qapp, "light")


def test_the_playhead_on_the_strip_leaves_no_line_behind_after_a_zoom(qtbot, window, monkeypatch) -> None:
    strip, timeline, playback = window.film_strip, window.timeline, window.session.playback
    timeline.follow = "off"  # else all is painted anew where the playhead leaves the view
    playback.seek(200)
    qtbot.waitUntil(lambda: playback.frame == 200)
    timeline.set_axis(timeline.axis.zoomed(1.6, 300))
    strip.grab()
    there = round(strip._axis.head(200))
    assert strip._axis.left < there < strip._axis.right
    asked: list[QRect] = []
    monkeypatch.setattr(strip, "update", lambda *where: asked.append(QRect(*where)))
    playback.seek(260)
    qtbot.waitUntil(lambda: playback.frame == 260)
    assert any(where.contains(there, 10) for where in asked)


def test_the_wheel_over_the_strip_zooms_the_timeline_at_the_pointer(window) -> None:
    strip, timeline = window.film_strip, window.timeline
    x = timeline.axis.left + 300
    place = timeline.axis.position(x)
    wheel = QWheelEvent(
        QPointF(x, 20), QPointF(x, 20), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip, wheel)
    assert timeline.axis.position(x) == pytest.approx(place) and not timeline.axis.is_whole
    assert strip._axis == timeline.axis
