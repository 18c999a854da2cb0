"""The comparison shows what the tracks say, in their colours and at their places; a click goes there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from defusedxml import ElementTree
from fakes_panels import a_session
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QMenu

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Run
from core.data.dataset import Action, ActionId, RunId, VideoId
from totgui.models import picture
from totgui.models.drawing import MAX_SIDE, Looks
from totgui.models.marks import MARK
from totgui.models.run_settings import differing, setting
from totgui.session.comparing import MAX_RUNS
from totgui.views.compare.paint import legend_places
from totgui.views.compare.view import CompareView


@pytest.fixture
def session():
    return a_session()


@pytest.fixture
def view(qtbot, session):
    found = CompareView(session)
    qtbot.addWidget(found)
    found.resize(900, 420)
    found.tabs.setCurrentIndex(1)
    found.grab()  # lays out and paints
    return found


def points(view, video, strip):
    """Middle height of a strip of the wall, and the axis of its video."""
    columns = view.wall._columns
    top = view.wall.place(video).top() + columns.padding + strip * (columns.height + columns.gap)
    return top + columns.height / 2, columns.axis(600)


def test_a_strip_shows_the_action_of_each_frame(view, session):
    image = view.wall.viewport().grab().toImage()
    for number, track in enumerate(view.rows.tracks):
        for video in (VideoId("P00"), VideoId("P01")):
            y, axis = points(view, video, number)
            cut = session.comparing.cut(session.document, track, video)
            for segment in cut.segments:
                if segment.label >= 0 and segment.length > 20:
                    seen = image.pixelColor(round(axis.x(sum(segment[:2]) / 2)), round(y))
                    assert seen == QColor(session.action_colour(segment.label))


def test_red_marks_stand_where_a_track_differs_from_ground_truth(view, session):
    video = VideoId("P02")
    image = view.wall.viewport().grab().toImage()
    y, axis = points(view, video, 1)
    y = round(y + view.wall._columns.height / 2 + 2)
    truth, predicted = (session.comparing.cut(session.document, t, video).to_frames() for t in view.rows.tracks[:2])
    wrong = truth != predicted
    sure = [f for f in range(5, 595) if len(set(wrong[f - 5 : f + 6].tolist())) == 1]
    assert {bool(wrong[f]) for f in sure} == {True, False}
    for frame in sure[:: len(sure) // 40]:
        red = image.pixelColor(round(axis.x(frame + 0.5)), y) == QColor("#d93a3a")
        assert red == wrong[frame]
    view._differences.setChecked(False)
    view.refresh()
    assert not any(any(stretches) for stretches in view.wall.block(video).wrong)


def test_a_click_opens_the_video_at_that_place_in_that_run(qtbot, view, session):
    y, axis = points(view, VideoId("P01"), 1)
    qtbot.mouseClick(view.wall.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x(300.5)), round(y)))
    assert (session.current_video, session.current_run) == ("P01", "r1")
    assert abs(session.playback.frame - 300) <= 1
    assert session.chosen.runs == ("r2",)  # the timeline shows the other one as well
    assert "frames" in view.wall.describe(axis.x(300.5), y)


def test_videos_come_in_the_order_that_was_chosen(view, session):
    scores = {v: view.rows.scores["r2"][v] for v in view.rows.videos}
    for key, number in (("worst", 1), ("best", 2)):
        view._order.setCurrentIndex(number)
        order = list(view.wall._order)
        assert [scores[v] for v in order] == sorted(scores.values(), reverse=key == "best")
    view._order.setCurrentIndex(view._order.findData("agreement"))
    agree = view.rows.agreements()()
    order = list(view.wall._order)
    assert [agree[v] for v in order] == sorted(agree.values())


def test_numbers_in_names_are_numbers():
    from core.data.names import by_name

    assert sorted(["P10", "P2", "a", "P2b"], key=by_name) == ["a", "P2", "P2b", "P10"]


def test_a_changed_label_map_recolours_only_its_run(view, session):
    video, run = VideoId("P00"), RunId("r1")
    before = {t.key: view.rows.session.comparing.cut(session.document, t, video) for t in view.rows.tracks}
    session.do(lambda: commands.set_target(session.document, run, 0, 5))
    view.refresh()
    after = {t.key: view.rows.session.comparing.cut(session.document, t, video) for t in view.rows.tracks}
    assert {key for key in before if before[key] != after[key]} == {"r1"}
    assert "edited by hand" in view._warning.text()


def test_a_run_that_is_hidden_leaves_the_comparison(view, session):
    from dataclasses import replace

    document = session.document
    document.runs[RunId("r2")] = replace(document.runs[RunId("r2")], hidden=True)
    view.refresh()
    assert [t.key for t in view.rows.tracks] == ["ground-truth", "r1"]


def test_a_fifth_run_is_refused_with_a_reason(session):
    for number in range(3, 7):
        run = RunId(f"r{number}")
        config = {"method": "tot", "n_clusters": 8}
        session.document.add_run(Run(run, number, config, "cpu", 1.0, 1, False, "", {}), LabelMap(run, 8, {}))
        session.comparing.show_run(run, True)
    assert len(session.comparing.runs) == MAX_RUNS
    assert "Up to 4 runs" in session.messages[-1]


def test_tracks_can_be_left_out_by_the_menu(view, session):
    menu = QMenu()
    view.fill_tracks(menu)
    assert [a.text() for a in menu.actions() if a.isChecked()] == ["Ground truth", "Run 1", "Run 2"]
    assert "Labels of another person…" in [a.text() for a in menu.actions()]
    menu.actions()[0].trigger()
    view.refresh()
    assert [t.key for t in view.rows.tracks] == ["r1", "r2"]


def test_label_files_of_others_stand_beside(view, session):
    session.comparing.add_other("Anna", {VideoId("P00"): Segmentation.uniform(2, 600)})
    view.refresh()
    assert view.rows.tracks[-1].title == "Anna"
    strips = view.rows.block(VideoId("P00")).strips
    assert strips[-1].cut == Segmentation.uniform(2, 600)
    assert view.rows.block(VideoId("P01")).strips[-1].cut is None


def test_the_wall_is_saved_whole_as_png_and_svg_and_twice_the_same(view, session, tmp_path, monkeypatch):
    session.do(lambda: commands.rename_action(session.document, ActionId(2), "<b>\x07&\u202e"))
    view.refresh()
    found = {}
    for suffix in ("png", "svg", "png"):
        monkeypatch.setattr(picture, "ask_where", lambda _parent, proposed, _suffix: tmp_path / proposed.name)
        view.wall.saver.save(suffix)
        data = (tmp_path / f"wall.{suffix}").read_bytes()
        assert found.setdefault(suffix, data) == data
    image = QImage.fromData(found["png"])
    drawing = view.wall.drawing()
    assert (image.width(), image.height()) == (2 * drawing.width, 2 * drawing.height)
    assert image.pixelColor(2, 2) == QColor("white")
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 9) for y in range(0, image.height(), 7)}
    assert QColor(session.action_colour(0)).name() in colours
    root = ElementTree.fromstring(found["svg"])
    texts = {e.text.strip() for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"P00", "Ground truth"} <= texts and any("<b>" in text for text in texts)


def test_the_picture_of_the_wall_fits_into_what_a_picture_can_hold(view, session):
    from dataclasses import replace

    from totgui.views.compare.wall import wall_drawing

    block = view.rows.block(VideoId("P00"))
    many = [replace(block, name=f"P{n}") for n in range(500)]
    drawing = wall_drawing(many, view.rows, view.wall._looks, view.font())
    assert max(drawing.width, drawing.height) <= MAX_SIDE
    assert drawing.width > 2 * wall_drawing(many[:5], view.rows, view.wall._looks, view.font()).width


def test_the_large_strips_seek_zoom_and_name(qtbot, view, session):
    view.tabs.setCurrentIndex(0)
    view.show()
    strips = view.strips
    strips.grab()
    axis = strips.axis
    y = strips._top + strips.columns.padding + strips.columns.height // 2
    qtbot.mouseClick(strips, Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x(200.5)), y))
    assert abs(session.playback.frame - 200) <= 1
    qtbot.mouseDClick(strips, Qt.MouseButton.LeftButton, pos=QPoint(round(axis.x(200.5)), y))
    segment = session.document.ground_truth[VideoId("P00")].at(session.playback.frame)
    assert strips.axis.start <= segment.start < segment.stop <= strips.axis.stop
    assert strips.axis.scale > axis.scale
    assert session.action_name(segment.label) in strips.describe(strips.axis.x(sum(segment[:2]) / 2), y)
    assert strips.drawing().name == "P00 strips"


def test_a_single_frame_is_seen_in_a_long_video(qapp):
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    from totgui.palette import theme_palette
    from totgui.views.compare.paint import paint_strip
    from totgui.views.timeline.geometry import Axis

    session = a_session()
    looks = Looks.of(session, session.document)
    frames = np.zeros(100_000, int)
    frames[70_000] = 3
    image = QImage(400, 20, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    axis = Axis.whole(100_000, left=0, width=400)
    paint_strip(painter, QRectF(0, 0, 400, 20), Segmentation.from_frames(frames), axis, looks, theme_palette("light"))
    painter.end()
    assert image.pixelColor(280, 10) == looks.colour(3)


def test_only_settings_that_are_used_count_as_different():
    one = Run(
        RunId("a"), 1, {"method": "tot", "n_clusters": 5, "rho": 0.07, "order_weight": 0.2}, "", 0, 0, False, "", {}
    )
    two = Run(
        RunId("b"), 2, {"method": "tot", "n_clusters": 5, "rho": 0.1, "order_weight": 0.9}, "", 0, 0, False, "", {}
    )
    assert differing([one, two]) == ["rho"]
    assert (setting(one, "rho"), setting(one, "order_weight")) == ("0.07", "–")


def test_settings_that_differ_are_named_in_words_and_explained(view, session):
    for run, hidden in (("r1", 64), ("r2", 128)):
        run_id = RunId(run)
        there = session.document.runs[run_id]
        session.document.runs[run_id] = replace(there, config={**there.config, "hidden": hidden})
    view.tabs.setCurrentIndex(0)
    view.refresh()
    assert "Hidden size 64" in view._about.text() and "Hidden size 128" in view._about.text()
    assert "middle layer" in view._about.toolTip()
    before = view._about.text()
    view.tabs.setCurrentIndex(1)  # numbers stand beside the strips there, and red below them
    added = view._about.text().removeprefix(before)
    assert "MoF" in added and view.rows.tracks[0].title in added


def test_without_a_project_it_says_so(qtbot):
    from fakes_panels import FakeSession

    view = CompareView(FakeSession(None))
    qtbot.addWidget(view)
    view.grab()
    assert "Open a project" in view._empty.text()
    assert view.wall.drawing() is None


def test_a_file_name_is_sane():
    assert picture.file_name("My <tea>", "wall") == "My-tea-wall"


def test_scores_of_a_map_edited_by_hand_carry_the_mark(view, session):
    def scores():
        strips = view.rows.block(VideoId("P00")).strips
        return [s.score for t, s in zip(view.rows.tracks, strips, strict=True) if t.run == RunId("r2")]

    assert scores() and not any(MARK in score for score in scores())
    session.do(lambda: commands.set_target(session.document, RunId("r2"), 0, 5))
    view.refresh()
    assert all(score.endswith(MARK) for score in scores())
    [track] = [t for t in view.rows.tracks if t.run == RunId("r2")]
    assert "Edited by hand" in view.rows.about(track) and MARK in view.rows.about(track)


def test_labels_of_another_person_are_read_and_shown(view, session, monkeypatch, tmp_path):
    from types import SimpleNamespace

    from totgui.views.compare import view as module

    tracks = {VideoId("P00"): Segmentation.uniform(1, 600)}
    second = SimpleNamespace(name="Anna", tracks=tracks, notes=("One is new.",), actions=())
    session.read_second_reviewer = lambda path, then: then(second)
    monkeypatch.setattr(module, "ask_labels", lambda _parent, _is_folder: tmp_path / "labels.csv")
    view.add_labels(False)
    view.refresh()
    assert view.rows.tracks[-1].title == "Anna" and "does not hold them. One is new." in session.messages[-1]
    session.comparing.reset(session.document)
    view.refresh()
    assert view.rows.tracks[-1].title == "Run 2"


def test_actions_merged_since_are_one_in_labels_of_another_person(view, session):
    """What both call the same was shown in red from the merge on."""
    video, comparing = VideoId("P00"), session.comparing
    comparing.add_other("Anna", {video: session.document.ground_truth[video]})
    session.do(lambda: commands.merge_actions(session.document, ActionId(2), ActionId(1)))
    view.refresh()
    theirs = next(t for t in view.rows.tracks if t.title == "Anna")
    assert comparing.cut(session.document, theirs, video).same_labels(session.document.ground_truth[video])
    assert comparing.cut(session.document, theirs, video) is comparing.cut(session.document, theirs, video)


def test_agreements_of_before_do_not_order_what_came_after(view, session):
    """They came late, while another order was shown, and were taken for those of the tracks as they are now."""
    order, video = view._order, VideoId("P03")
    session.computing.held = {}
    order.setCurrentIndex(order.findData("agreement"))
    order.setCurrentIndex(order.findData("name"))
    session.comparing.add_other("Anna", {video: Segmentation.uniform(6, 600)})
    view.refresh()
    session.computing.flow()
    order.setCurrentIndex(order.findData("agreement"))
    assert view._agreements == view.rows.agreements()()


# --- actions that only another person has --------------------------------------------------------------------------

WIPE, RINSE = 1_000_000, 1_000_001


def wiping(video: str = "P00") -> dict[VideoId, Segmentation]:
    return {VideoId(video): Segmentation.from_pieces([0, 200], [0, WIPE], 600)}


def test_the_legend_lists_the_actions_of_another_person_with_their_colour_and_mark(view, session):
    before = view.rows.labels()
    session.comparing.add_other("Anna", wiping(), [Action(ActionId(WIPE), "wipe <b>it</b>", "#123456")])
    view.refresh()
    [label] = set(view.rows.labels()) - set(before)
    assert view.rows.labels().index(label) == len([x for x in before if x >= 0]), "after the project's own"
    looks = view.legend._looks
    assert looks.name(label) == "wipe <b>it</b> (only Anna)" and looks.colour(label) == QColor("#123456")
    view.legend.resize(900, view.legend.height())
    x, y, _ = next(
        p for p in legend_places(view.legend.fontMetrics(), view.legend._labels, looks, 876) if p[2] == label
    )
    tall = view.legend.fontMetrics().height() + 6
    shot = view.legend.grab().toImage()
    assert shot.pixelColor(12 + x + 5, 2 + y + tall // 2) == QColor("#123456")
    strip = view.rows.block(VideoId("P00")).strips[-1]
    assert strip.title == "Anna" and strip.cut.labels.tolist() == [0, label]


def test_two_people_who_number_their_actions_alike_are_told_apart(session):
    comparing, document = session.comparing, session.document
    comparing.add_other("Anna", wiping("P00"), [Action(ActionId(WIPE), "wipe", "#111111")])
    theirs = [Action(ActionId(WIPE), "rinse", "#222222"), Action(ActionId(RINSE), "Wipe", "#333333")]
    comparing.add_other("Ben", {VideoId("P00"): Segmentation.from_pieces([0, 300], [WIPE, RINSE], 600)}, theirs)
    anna, ben = (
        next(comparing.cut(document, t, VideoId("P00")) for t in comparing.choices(document) if t.title == name)
        for name in ("Anna", "Ben")
    )
    known = comparing.their_actions()
    assert anna.labels.tolist()[1] == ben.labels.tolist()[1] != ben.labels.tolist()[0]
    assert [(a.name, a.people) for a in known.values()] == [("wipe", ("Anna", "Ben")), ("rinse", ("Ben",))]
    comparing.reset(document)
    assert comparing.their_actions() == {}


def test_a_track_that_is_left_out_takes_its_actions_from_the_legend(view, session):
    before = view.rows.labels()
    session.comparing.add_other("Anna", wiping(), [Action(ActionId(WIPE), "wipe", "#123456")])
    session.comparing.show_track("other:Anna", False)
    view.refresh()
    assert view.rows.labels() == before


def test_strips_of_one_video_are_taller_where_there_is_room(view):
    view.tabs.setCurrentIndex(0)
    view.show()
    strips, heights = view.strips, []
    for high in (150, 270, 900):
        view.resize(900, high)
        view.grab()
        heights.append(strips.columns.height)
        assert strips._top + strips.columns.block(len(strips._block.strips)) <= strips.height()
    assert heights[0] < heights[1] <= heights[2] < 60
