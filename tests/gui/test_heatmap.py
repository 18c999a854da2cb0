"""The heatmap of the timeline: the path over it, a click on a row points at its cluster, a lone peak is seen."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import VIDEO, a_session
from fakes_panels import a_session as a_panel_session
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from core.data.dataset import RunId
from core.data.timebase import Timebase
from totgui.views.heatmap import Pyramid, paint_heatmap, paint_path
from totgui.views.label_map.view import LabelMapView
from totgui.views.timeline.geometry import Axis
from totgui.views.timeline.view import TimelineView


@pytest.fixture
def view(qtbot):
    found = TimelineView(a_session(1000))
    qtbot.addWidget(found)
    found.resize(1200, 560)
    found.grab()
    return found


def place(view, frame: float, cluster: float) -> QPoint:
    row = view.row("heatmap")
    return QPoint(round(view.axis.x(frame)), round(row.top + (cluster + 0.5) * row.height / 8))


def test_the_decoded_path_lies_over_the_scores(view):
    image = view.grab().toImage()
    cut = view.session.document.predictions[RunId("r1"), VIDEO].segmentation
    for start, stop, cluster in cut.segments:
        point = place(view, (start + stop) / 2, cluster)
        near = [image.pixelColor(point.x(), point.y() + dy) for dy in (-1, 0, 1)]
        assert any(min(c.red(), c.green(), c.blue()) > 200 for c in near), (start, cluster)


@pytest.mark.parametrize("in_gutter", [False, True])
def test_a_click_on_a_row_points_at_its_cluster(qtbot, view, in_gutter):
    point = place(view, 300, 5)
    if in_gutter:
        point.setX(20)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert view.session.clusters == [5]
    assert view.session.playback.frame == (0 if in_gutter else view.axis.frame(point.x()))


def test_the_label_map_goes_to_a_cluster_that_was_pointed_at(qtbot):
    session = a_panel_session()
    view = LabelMapView(session)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    qtbot.waitUntil(lambda: view.matrix.scene is not None)
    session.select_cluster(3)
    assert view.matrix.cursor_cell[0] == 3
    assert view.matrix.cursor_cell[1] == view.matrix.scene.overlap.column(3)
    session.select_cluster(99)  # of another run: nothing to point at
    assert view.matrix.cursor_cell[0] == 3


def painted(starts: list[int], clusters: list[int], n_frames: int, width: int = 400) -> QImage:
    image = QImage(width, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    axis = Axis.whole(n_frames, left=0, width=width)
    paint_path(painter, QRect(0, 0, width, 80), np.array(starts), np.array(clusters), 4, axis)
    painter.end()
    return image


def test_background_leaves_a_gap_in_the_path(qapp):
    image = painted([0, 100, 300], [0, -1, 2], 400)
    assert image.pixelColor(50, 10).red() > 180 and image.pixelColor(350, 50).red() > 180
    assert not any(image.pixelColor(200, y).red() > 60 for y in range(80))


def test_a_boundary_joins_two_bands(qapp):
    image = painted([0, 200], [0, 3], 400)
    assert all(max(image.pixelColor(200 + dx, 40).red() for dx in (-1, 0, 1)) > 150 for _ in (0,))


def test_one_bright_frame_of_100000_is_seen_at_every_zoom(qapp):
    scores = np.zeros((100_000, 20), np.float32)
    scores[71_003, 7] = 1.0
    pyramid, timebase = Pyramid(scores, top=1.0), Timebase(100_000, n_rows=100_000)
    whole = Axis.whole(100_000, left=0, width=1000)
    for zoom in (1, 3, 50, 900):
        axis = whole.zoomed(zoom, whole.x(71_003))
        image = QImage(1000, 100, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        paint_heatmap(painter, QRect(0, 0, 1000, 100), pyramid, axis, timebase)
        painter.end()
        assert image.pixelColor(int(axis.x(71_003.5)), 37).red() > 200, zoom
