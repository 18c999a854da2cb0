"""Transitions and durations of known tracks: what is drawn, what a click lists, where it goes."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from fakes_panels import a_session
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from core.annotation.segmentation import Segmentation
from core.annotation.statistics import Place
from core.data.dataset import BACKGROUND, VideoId
from totgui.models.axis import Scale, marks
from totgui.models.drawing import svg_of
from totgui.views.activity.arcs import lay_out
from totgui.views.activity.view import ActivityView

A, B, C = 0, 1, 2
TRACKS = {
    "P00": [(A, 200), (B, 300), (C, 100)],
    "P01": [(A, 200), (B, 310), (C, 90)],
    "P02": [(A, 210), (C, 290), (BACKGROUND, 100)],  # B is skipped
    "P03": [(B, 190), (A, 310), (C, 100)],  # A and B are swapped
    "P04": [(A, 205), (B, 295), (C, 100)],
}


@pytest.fixture
def session():
    found = a_session()
    for video, track in TRACKS.items():
        frames = [label for label, length in track for _ in range(length)]
        found.document.ground_truth[VideoId(video)] = Segmentation.from_frames(frames)
    return found


@pytest.fixture
def view(qtbot, session):
    found = ActivityView(session)
    qtbot.addWidget(found)
    found.resize(1000, 600)
    found.refresh()
    found.show()
    found.grab()
    return found


def test_actions_stand_in_their_usual_order_and_say_in_how_many_videos_they_are(view):
    assert list(view.numbers.times) == [A, B, C]
    tops = [view.transitions.graph.nodes[label].top() for label in (A, B, C)]
    assert tops == sorted(tops)
    assert [view.numbers.videos_with(label) for label in (A, B, C)] == [5, 4, 5]


def test_skipped_and_swapped_steps_bend_to_their_sides(view):
    arcs = {(arc.first, arc.second): arc for arc in view.transitions.graph.arcs}
    assert {pair: arc.count for pair, arc in arcs.items()} == {(A, B): 3, (B, C): 3, (A, C): 2, (B, A): 1}
    assert arcs[A, B].share == pytest.approx(3 / 5)
    middle = view.transitions.graph.nodes[A].center().x()
    assert arcs[A, C].apex.x() > middle > arcs[B, A].apex.x()
    image = view.transitions.grab().toImage()
    apex = arcs[B, A].path.pointAtPercent(0.3)
    reds = [image.pixelColor(round(apex.x()) + dx, round(apex.y()) + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert any(c.red() > c.green() + 60 and c.red() > c.blue() + 60 for c in reds)


def test_a_click_on_a_line_lists_its_places_and_a_place_opens_its_video(qtbot, view, session):
    arc = next(a for a in view.transitions.graph.arcs if (a.first, a.second) == (B, A))
    point = arc.path.pointAtPercent(0.5)
    qtbot.mouseClick(view.transitions, Qt.MouseButton.LeftButton, pos=QPoint(round(point.x()), round(point.y())))
    assert "crack egg → take bowl" in view.places.title
    assert view.places._places == [Place(VideoId("P03"), 190, 190)]
    view.places.go(0)
    assert session.current_video == "P03" and session.playback.frame == 190


def test_a_click_on_an_action_lists_its_segments(qtbot, view):
    box = view.transitions.graph.nodes[B]
    qtbot.mouseClick(view.transitions, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert [p.video for p in view.places._places] == ["P00", "P01", "P03", "P04"]


def test_rare_transitions_can_be_left_out(view):
    view._least.setValue(2)
    assert {(a.first, a.second) for a in view.transitions.graph.arcs} == {(A, B), (B, C), (A, C)}


def test_an_outlier_is_marked_and_opens_at_its_segment(qtbot, view, session):
    view.tabs.setCurrentIndex(1)
    view.grab()
    plot = view.boxes.plot
    assert plot.durations.unit == "s"
    row = plot.durations.rows[0]
    assert row.label == A
    assert [p.video for p, out in zip(row.places, row.is_outlier, strict=True) if out] == ["P03"]
    point = plot.point(0, list(row.is_outlier).index(True))
    image = view.boxes.grab().toImage()
    seen = {image.pixelColor(round(point.x()) + dx, round(point.y())).name() for dx in range(-5, 6)}
    assert QColor("#d93a3a").name() in seen
    assert "P03" in view.boxes.describe(point.x(), point.y())
    qtbot.mouseClick(view.boxes, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert (session.current_video, session.playback.frame) == ("P03", 190)
    assert view.places._places[0] == Place(VideoId("P03"), 190, 500)  # the outlier comes first


def test_the_table_has_the_numbers(view):
    names = [view.table.item(row, 0).text() for row in range(3)]
    assert names == ["take bowl", "crack egg", "whisk"]
    assert [view.table.item(0, c).text() for c in range(1, 9)] == [
        "5", "8.20", "9.00", "8.00", "8.40", "8.00", "12.40", "1",
    ]  # fmt: skip


def test_a_run_is_counted_through_its_own_map(view, session):
    view._track.setCurrentIndex(view._track.findData("r1"))
    view.refresh()
    cuts = session.comparing.cuts(session.document, session.comparing.choices(session.document)[1])()
    assert view.numbers.title == "Run 1"
    lengths = {row.label: len(row.places) for row in view.numbers.durations.rows}
    assert sum(lengths.values()) == sum(int((cut.labels >= 0).sum()) for cut in cuts.values())


def test_most_trusted_takes_corrected_first(session):
    session.document.corrected[VideoId("P01")] = Segmentation.uniform(C, 600)
    cuts = session.comparing.cuts(session.document, None)()
    assert cuts[VideoId("P01")] == Segmentation.uniform(C, 600)
    assert cuts[VideoId("P00")] == session.document.ground_truth[VideoId("P00")]


def test_both_pictures_are_saved_with_their_texts(view):
    for picture, words in ((view.transitions, {"take bowl", "4/5"}), (view.boxes, {"whisk", "seconds"})):
        root = ElementTree.fromstring(svg_of(picture.drawing()))
        texts = {(e.text or "").strip() for e in root.iter("{http://www.w3.org/2000/svg}text")}
        assert words <= texts


def test_without_labels_it_says_what_to_do(qtbot):
    session = a_session(truth=False, runs=0)
    session.document.predictions.clear()
    view = ActivityView(session)
    qtbot.addWidget(view)
    view.refresh()
    assert "No labels yet" in view._empty.text() and view.boxes.drawing() is None


def test_a_run_that_segmented_nothing_says_so_and_what_to_do(qtbot):
    session = a_session(truth=True, runs=1)
    session.document.predictions.clear()
    view = ActivityView(session)
    qtbot.addWidget(view)
    view.refresh()
    run = next(iter(session.document.runs.values()))
    view._track.setCurrentIndex(view._track.findText(run.name))
    view.refresh()
    assert view._empty.text() == f"{run.name} has no labels yet. Segment the videos with it."


def test_marks_are_round_and_inside():
    assert marks(0, 9.7, 5) == [0, 2, 4, 6, 8]
    assert marks(3, 3, 5) == [] and marks(0, float("inf"), 5) == []
    assert len(marks(0.001, 0.0031, 4)) <= 4
    scale = Scale(0, 10, 100, 50)
    assert scale.value(scale.at(3)) == pytest.approx(3)


def test_two_actions_that_alternate_have_two_lines(qapp):
    graph = lay_out([A, B], {(A, B): 3, (B, A): 2}, width=400, node=120)
    assert [arc.steps for arc in graph.arcs] in ([1, -1], [-1, 1])
    assert all(0 < arc.apex.x() < 400 for arc in graph.arcs)
