"""The map of frames: axes of known data, colours by action, the playhead both ways, and no matrices at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from defusedxml import ElementTree
from fakes_panels import a_session
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from core.annotation.values import ScoresRef
from core.data.dataset import BACKGROUND, UNLABELLED, RunId, VideoId
from totgui.models.drawing import Looks, svg_of
from totgui.session.readings import matrix_files
from totgui.views.activity.frames import Cloud, cloud_of, principal
from totgui.views.activity.legend import LABEL, entries
from totgui.views.activity.points import View
from totgui.views.activity.view import FRAMES, ActivityView

RUN, V0 = RunId("r2"), VideoId("P00")


@pytest.fixture
def session(tmp_path: Path):
    """Embeddings on a line of the first axis, its place the frame, and noise on the second; every row is a frame."""
    found = a_session()
    generator = np.random.default_rng(0)
    for number, video in enumerate(found.document.videos):
        rows = np.zeros((600, 4), np.float32)
        rows[:, 2] = np.arange(600) / 10
        rows[:, 0] = 5 * number + generator.normal(0, 0.1, 600)
        np.save(tmp_path / f"{number}-embedding.npy", rows)
        posterior = np.full((600, 3), 0.01, np.float32)
        posterior[np.arange(600), np.arange(600) // 200] = 0.98
        np.save(tmp_path / f"{number}-posterior.npy", posterior)
        ref = ScoresRef(*(tmp_path / f"{number}-{kind}.npy" for kind in ("posterior", "plan", "prior")))
        known = found.document.predictions[RUN, video]
        found.document.predictions[RUN, video] = replace(known, scores=ref)
    return found


@pytest.fixture
def view(qtbot, session):
    found = ActivityView(session)
    qtbot.addWidget(found)
    found.resize(900, 500)
    found.show()
    found.tabs.setCurrentIndex(FRAMES)
    found.frames.grab()
    return found


def cloud(session):
    document = session.document
    return cloud_of(matrix_files(document, RUN), document.videos, document.ground_truth)


def test_the_first_axis_is_that_of_largest_variance():
    rows = np.zeros((100, 3))
    rows[:, 1] = np.linspace(-3, 5, 100)
    rows[:, 2] = np.tile([0.1, -0.1], 50)
    points, shares = principal([rows[:40], rows[40:]])
    assert np.allclose(points[:, 0], rows[:, 1] - rows[:, 1].mean(), atol=1e-2)
    assert shares[0] > 0.99 and sum(shares) == pytest.approx(1)
    assert np.array_equal(principal([rows])[0], principal([rows])[0])


def test_data_of_one_dimension_has_a_second_axis_of_nothing():
    points, shares = principal([np.arange(5.0)[:, None]])
    assert points.shape == (5, 2) and not points[:, 1].any() and shares == (1.0, 0.0)


def test_embeddings_are_taken_where_every_video_has_them_else_scores(session, tmp_path):
    found = cloud(session)
    assert found.about == "encoder output" and found.points.shape == (3000, 2)
    (tmp_path / "1-embedding.npy").unlink()
    scores = cloud(session)
    assert scores.about.startswith("scores") and scores.points.shape == (3000, 2)
    assert len(np.unique(scores.points.round(3), axis=0)) == 3  # three clusters, three places
    (tmp_path / "2-posterior.npy").write_bytes(b"broken")
    assert len(cloud(session).videos) == 4


def test_each_point_knows_its_frame_video_and_label(session):
    found = cloud(session)
    truth = session.document.ground_truth[VideoId("P03")].to_frames()
    part = found.part(VideoId("P03"))
    assert np.array_equal(found.labels[part], truth) and np.array_equal(found.frames[part], np.arange(600))
    point = found.point_at(VideoId("P03"), 123)
    assert (found.video_of(point), found.frames[point]) == ("P03", 123)
    assert found.point_at(VideoId("none"), 1) is None


def test_a_point_has_the_colour_of_its_action_and_a_click_goes_there(qtbot, view, session):
    picture = view.frames
    session.current_video = VideoId("P04")
    picture._renew()
    image = picture.grab().toImage()
    point = picture.cloud.point_at(VideoId("P04"), 300)
    x, y = picture._pixels[point]
    label = int(picture.cloud.labels[point])
    near = {image.pixelColor(int(x) + dx, int(y) + dy).name() for dx in (-2, 0, 1) for dy in (-2, 0, 1)}
    assert session.action_colour(label) in near
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(int(x), int(y)))
    assert session.current_video == "P04" and abs(session.playback.frame - 300) <= 30
    assert "P04" in picture.describe(point)


def test_the_playhead_marks_its_point(view, session):
    session.playback.seek(450)
    head = view.frames.head()
    assert (view.frames.cloud.video_of(head), view.frames.cloud.frames[head]) == (session.current_video, 450)


def moved_to(x: int, y: int) -> QMouseEvent:
    place, none = QPointF(x, y), Qt.MouseButton.NoButton
    return QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)


def test_no_point_is_marked_when_the_pointer_has_left(view):
    """The mark of the point under the pointer stayed behind for as long as the map was shown."""
    picture = view.frames
    x, y = picture._pixels[picture.cloud.point_at(VideoId("P00"), 300)]
    before = picture.grab().toImage()
    QApplication.sendEvent(picture, moved_to(int(x), int(y)))  # a move of the pointer itself may come to nobody here
    assert picture.grab().toImage() != before and picture.tip_at(QPoint(int(x), int(y)))
    QApplication.sendEvent(picture, QEvent(QEvent.Type.Leave))
    assert picture.grab().toImage() == before


def test_a_zoom_keeps_what_is_under_the_pointer():
    size, at = QSize(400, 300), QPointF(120, 70)
    points = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    before = View.fitted(points, size)
    pixels = before.pixels(points, size)
    assert pixels.min() >= 0 and pixels[:, 0].max() <= 400 and pixels[:, 1].max() <= 300
    here = np.array([[before.centre[0] + (120 - 200) / before.scale, before.centre[1] + (150 - 70) / before.scale]])
    assert np.allclose(before.zoomed(3, at, size).pixels(here.astype(np.float32), size), [[120, 70]], atol=1e-2)


def test_the_current_video_can_stand_alone(view, session):
    video = session.current_video
    other = view.frames.cloud.point_at(next(v for v in session.document.videos if v != video), 300)
    x, y = (float(value) for value in view.frames._pixels[other])
    assert view.frames.point_near(x, y) is not None
    view._alone.setChecked(True)
    view.frames.grab()
    assert view.frames.point_near(x, y) is None


def test_without_matrices_it_says_where_they_come_from(qtbot):
    view = ActivityView(a_session())
    qtbot.addWidget(view)
    view.show()
    view.tabs.setCurrentIndex(FRAMES)
    assert view._pages.currentWidget() is view._no_frames and "segment the videos" in view._no_frames.text()
    assert view.frames.drawing() is None


def test_the_map_is_saved_with_its_axes_named(view):
    root = ElementTree.fromstring(svg_of(view.frames.drawing()))
    texts = " ".join((e.text or "") for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "principal components of the encoder output" in texts


def texts_of(view) -> list[str]:
    root = ElementTree.fromstring(svg_of(view.frames.drawing()))
    return [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_legend_names_every_colour_of_the_map_also_in_the_saved_picture(view, session):
    labels = {int(label) for label in np.unique(view.frames.cloud.labels)}
    legend = view.legend
    rows = {int(legend.item(row).data(LABEL)): legend.item(row) for row in range(legend.count())}
    assert rows.keys() == labels and legend.isVisible()
    for label, item in rows.items():
        assert item.text() == session.action_name(label)
        assert item.icon().pixmap(12, 12).toImage().pixelColor(5, 5).name() == session.action_colour(label)
    assert {session.action_name(label) for label in labels} <= set(texts_of(view))


def test_colours_of_time_have_a_legend_of_their_own(view):
    view._colour.setCurrentIndex(1)
    view._colour.activated.emit(1)
    assert not view.legend.isVisible() and {"start of video", "end"} <= set(texts_of(view))


def test_actions_that_are_chosen_or_pointed_at_in_the_legend_stand_out(qtbot, view, session):
    picture, legend = view.frames, view.legend
    label = int(legend.item(1).data(LABEL))
    inside, outside = (int(np.flatnonzero((picture.cloud.labels == label) == wanted)[5]) for wanted in (True, False))

    def colour(point: int) -> str:
        image = picture.render_points(picture._pixels, picture.size(), picture.palette())
        x, y = picture._pixels[point]
        return image.pixelColor(int(x), int(y)).name()

    session.current_video = None  # every point as large as the next
    before = colour(outside)
    legend.itemEntered.emit(legend.item(1))
    picture.grab()
    assert colour(inside) == session.action_colour(label) and colour(outside) != before
    QApplication.sendEvent(legend, QEvent(QEvent.Type.Leave))
    picture.grab()
    assert colour(outside) == before
    qtbot.mouseClick(legend.viewport(), Qt.MouseButton.LeftButton, pos=legend.visualItemRect(legend.item(1)).center())
    assert picture.lit == {label}
    view._on_frames(picture.cloud, "again")  # read again after an edit
    assert picture.lit == {label}
    qtbot.keyClick(legend, Qt.Key.Key_Escape)
    assert legend.chosen() == frozenset()


def test_points_of_a_label_that_is_gone_are_named_as_unlabelled():
    labels = np.array([1, 1, 77, int(UNLABELLED)])
    found = Cloud(np.zeros((4, 2), np.float32), (V0,), np.array([0, 4]), np.arange(4), labels, "x", (1.0, 0.0))
    names = {int(BACKGROUND): "background", int(UNLABELLED): "unlabelled", 0: "a", 1: "b"}
    assert entries(found, Looks(names, {})) == [(1, 0.5), (int(UNLABELLED), 0.5)]
