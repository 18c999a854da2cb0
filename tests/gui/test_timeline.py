"""The timeline: gestures ask the session, pictures show what the session holds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import RUN, VIDEO, FakeSession, a_document, a_session
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.annotation.values import LabelMap, Run
from core.data.dataset import RunId, VideoId
from totgui.views.heatmap import Pyramid
from totgui.views.timeline import paint
from totgui.views.timeline.geometry import Axis
from totgui.views.timeline.shown import difference
from totgui.views.timeline.tracks import lay_out, least_height
from totgui.views.timeline.view import TimelineView

NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> FakeSession:
    return a_session(1000)


@pytest.fixture
def view(qtbot, session: FakeSession) -> TimelineView:
    view = TimelineView(session)
    qtbot.addWidget(view)
    view.resize(1200, 440)
    view.grab()
    return view


def at(view: TimelineView, row: str, frame: float) -> QPoint:
    """The middle of a row at a frame."""
    found = view.row(row)
    return QPoint(round(view.axis.x(frame)), found.top + found.height // 2)


def colour(view: TimelineView, row: str, frame: float, dy: int = 6) -> QColor:
    found = view.row(row)
    return QColor(view.grab().toImage().pixelColor(round(view.axis.x(frame)), found.top + found.height - dy))


def test_each_track_shows_the_colours_of_its_segments(view: TimelineView, session: FakeSession) -> None:
    session.playback.seek(999)
    for kind, track in session.tracks(VIDEO).items():
        for segment in track.segments:
            if segment.label >= 0:
                middle = segment.start + segment.length * 0.9
                assert colour(view, kind, middle) == QColor(session.action_colour(segment.label)), (kind, segment)


def test_a_click_on_ruler_or_track_seeks(view: TimelineView, session: FakeSession) -> None:
    for row, frame in (("ruler", 123), ("ground-truth", 456), ("heatmap", 789)):
        QTest.mouseClick(view, LEFT, NONE, at(view, row, frame + 0.5))
        assert abs(session.playback.frame - frame) <= 1


def test_a_click_selects_and_shift_extends(view: TimelineView, session: FakeSession) -> None:
    QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 150))
    assert session.selection == {1}
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier, at(view, "corrected", 450))
    assert session.selection == {1, 2, 3}
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ControlModifier, at(view, "corrected", 300))
    assert session.selection == {1, 3}


def drag(view: TimelineView, start: QPoint, stop: QPoint, modifier=NONE, *, release: bool = True) -> None:
    QTest.mousePress(view, LEFT, modifier, start)
    for step in (0.3, 0.7, 1.0):
        place = start + (stop - start) * step
        QTest.mouseMove(view, place)
        QApplication.processEvents()
    if release:
        QTest.mouseRelease(view, LEFT, modifier, stop)


def test_dragging_a_boundary_is_one_edit(view: TimelineView, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    previews, ended = [], []
    view.boundaryPreview.connect(lambda *shown: previews.append(shown))
    view.boundaryPreviewEnded.connect(lambda: ended.append(True))
    drag(view, at(view, "corrected", before.starts[1]), at(view, "corrected", 170), release=False)
    assert session.document.corrected[VIDEO] is before and view.drag.has_moved
    # The labels that both frames would have, not those they have now.
    assert previews[-1] == (view.drag.frame, before.labels[0], before.labels[1])
    frame = view.drag.frame
    assert abs(frame - 170) <= 1
    QTest.mouseRelease(view, LEFT, NONE, at(view, "corrected", 170))
    assert len(session.edits) == 1 and ended == [True]
    assert session.document.corrected[VIDEO].starts[1] == frame


def test_a_boundary_stops_before_the_far_end(view: TimelineView, session: FakeSession) -> None:
    track = session.document.corrected[VIDEO]
    drag(view, at(view, "corrected", track.starts[1]), at(view, "corrected", 700))
    assert session.document.corrected[VIDEO].starts[1] == track.starts[2] - 1


def test_a_boundary_snaps_to_the_ground_truth_and_names_it(view: TimelineView, session: FakeSession) -> None:
    session.playback.seek(0)
    drag(view, at(view, "corrected", 500), at(view, "corrected", 548), release=False)
    assert (view.drag.frame, view.drag.target) == (550, "Ground truth")
    view.grab()


def test_escape_takes_the_drag_back(view: TimelineView, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    drag(view, at(view, "corrected", 500), at(view, "corrected", 530), release=False)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.drag is None
    QTest.mouseRelease(view, LEFT, NONE, at(view, "corrected", 530))
    assert session.document.corrected[VIDEO] is before and not session.edits


def test_a_drag_on_a_read_only_track_changes_nothing_and_says_why(view: TimelineView, session: FakeSession) -> None:
    said = []
    session.message.connect(lambda text, level: said.append(text))
    drag(view, at(view, "prediction", 150), at(view, "prediction", 400))
    assert said == ["Prediction cannot be edited. Press T to take it."] and not session.edits


def test_nudges_of_one_boundary_are_one_group(view: TimelineView, session: FakeSession) -> None:
    QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 500))
    assert view.session.chosen.boundary == 3
    view.nudge(1)
    view.nudge(10)
    assert session.document.corrected[VIDEO].starts[4] == 511
    assert len({edit.group for edit in session.edits}) == 1 and session.edits[0].group is not None
    assert session.playback.frame == 511


def test_nudge_without_a_boundary_says_what_to_do(view: TimelineView, session: FakeSession) -> None:
    said = []
    session.message.connect(lambda text, level: said.append(text))
    view.nudge(1)
    assert said == ["No boundary is selected. Click one in Corrected, or press Ctrl+Right."]


def test_control_wheel_zooms_at_the_pointer(view: TimelineView) -> None:
    point = QPointF(at(view, "corrected", 700))
    place = view.axis.position(point.x())
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
        before = view.axis
        view.wheelEvent(
            QWheelEvent(
                point,
                point,
                QPoint(),
                QPoint(0, 240),
                Qt.MouseButton.NoButton,
                modifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
        )
        if modifier == Qt.KeyboardModifier.ControlModifier:
            assert view.axis.scale > before.scale
            assert view.axis.position(point.x()) == pytest.approx(place)
        else:
            assert view.axis.scale == before.scale and view.axis.start < before.start
    view.fit()
    assert view.axis.is_whole


def test_the_view_follows_the_playhead_by_page(view: TimelineView, session: FakeSession) -> None:
    view.show_range(0, 100)
    session.playback.seek(600)
    assert view.axis.start < 600 < view.axis.stop


def test_the_menu_edits_the_segment_under_the_pointer(view: TimelineView, session: FakeSession) -> None:
    menu = view.menu_at(QPointF(at(view, "corrected", 300)))
    assert menu is not None
    action = next(a for a in menu.actions() if a.text() == "Set to background")
    action.trigger()
    assert session.document.corrected[VIDEO].at(300).label == -1
    names = [a.text() for a in menu.actions()[0].menu().actions()]
    assert "add <b>oil</b> && salt" in names


def texts(menu) -> list[str]:
    return [a.text() for a in menu.actions() if not a.isSeparator()]


def test_every_row_has_a_menu_of_its_own(view: TimelineView, session: FakeSession) -> None:
    asked: list[str] = []
    view.commandAsked.connect(asked.append)
    start, stop = int(view.shown.different.starts[0]), int(view.shown.different.stops[0])
    menu = view.menu_at(QPointF(at(view, "difference", (start + stop) / 2)))
    assert texts(menu)[0] == f"Take {start:,} to {stop - 1:,} of the ground truth into Corrected"
    next(a for a in menu.actions() if a.text() == "Next disagreement").trigger()
    menu.actions()[0].trigger()
    truth, corrected = session.tracks(VIDEO)["ground-truth"], session.document.corrected[VIDEO]
    assert (truth.to_frames()[start:stop] == corrected.to_frames()[start:stop]).all() and len(session.edits) == 1
    uncertain = view.menu_at(QPointF(at(view, "confidence", 300)))
    assert {"Next uncertain place", "Previous uncertain place"} <= set(texts(uncertain))
    scores = view.menu_at(QPointF(at(view, "heatmap", 300)))
    next(a for a in scores.actions() if a.text().startswith("Select cluster")).trigger()
    assert len(session.clusters) == 1
    next(a for a in scores.actions() if a.text() == "Temporal prior").trigger()
    assert view.source.currentData() == "prior"
    zoom = view.menu_at(QPointF(at(view, "minimap", 300)))
    follow = next(a for a in zoom.actions() if a.text() == "Page by page")
    assert follow.isChecked()
    next(a for a in zoom.actions() if a.text() == "Smoothly, in the middle").trigger()
    assert asked == ["review.next-difference", "view.follow-smooth"]


def entries(menu) -> dict[str, bool]:
    """Which entries of a menu, and of those below it, can be used."""
    found = {}
    for action in menu.actions():
        found[action.text().partition("\t")[0]] = action.isEnabled()
        below = action.menu()
        if below is not None and action.isEnabled():
            found |= entries(below)
    return found


@pytest.mark.parametrize("row", ["corrected", "gutter", "ground-truth", "ruler", "difference"])
def test_a_project_that_is_open_for_reading_offers_no_edit(view: TimelineView, session: FakeSession, row: str) -> None:
    session.chosen.select_range(10, 40)
    frame = float(view.shown.different.starts[0]) + 2 if row == "difference" else 300
    place = QPointF(20, at(view, "corrected", 0).y()) if row == "gutter" else QPointF(at(view, row, frame))
    edits = ("Relabel", "Split", "Set to", "Merge", "Start again", "Rename", "Take", "Give", "Comment")
    before = {text for text, usable in entries(view.menu_at(place)).items() if usable}
    assert any(text.startswith(edits) for text in before)
    session.project = SimpleNamespace(read_only=True)
    after = {text for text, usable in entries(view.menu_at(place)).items() if usable}
    assert not [text for text in after if text.startswith(edits)]


def test_a_command_that_cannot_be_used_now_is_none_in_a_menu(view: TimelineView) -> None:
    view.is_usable = lambda name: name != "segment.span"
    found = entries(view.menu_at(QPointF(at(view, "corrected", 300))))
    assert not found["First and last frame…"] and found["Segments like this one"]


def test_where_another_reviewer_differs_it_is_their_labels_that_are_taken(
    view: TimelineView, session, monkeypatch
) -> None:
    theirs = session.document.corrected[VIDEO].move_boundary(0, 90)
    monkeypatch.setattr(session.reviewing, "second_track", lambda video: theirs)
    session.reviewing.second_name = "Bea"
    view.refresh()
    menu = view.menu_at(QPointF(at(view, "difference", 95)))
    assert texts(menu)[0] == "Take 90 to 99 of Bea into Corrected"
    menu.actions()[0].trigger()
    assert session.document.corrected[VIDEO] == theirs and len(session.edits) == 1


def test_the_menu_at_the_name_of_a_row_is_about_the_whole_row(view: TimelineView, session: FakeSession) -> None:
    """It was about whatever segment lay at the left."""

    def gutter(row: str) -> QPointF:
        return QPointF(20, at(view, row, 0).y())

    assert texts(view.menu_at(gutter("ground-truth"))) == ["Take all of it into Corrected", "Show runs", "Show sound"]
    assert texts(view.menu_at(gutter("corrected"))) == ["Select all segments", "Start again from"]
    assert view.menu_at(gutter("ruler")) is None


def test_a_menu_selects_what_it_is_about_and_keeps_a_selection_it_is_part_of(view, session, monkeypatch) -> None:
    monkeypatch.setattr(view, "_show_menu", lambda menu, where: menu.deleteLater())

    def ask(frame: float) -> None:
        place = at(view, "corrected", frame)
        view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, view.mapToGlobal(place)))

    track = session.base()
    session.playback.seek(3)
    ask(300)
    assert session.selection == {track.index_at(300)} and session.playback.frame == 3
    session.select_segments([0, 1, track.index_at(300)])
    ask(300)
    assert session.selection == {0, 1, track.index_at(300)}
    ask(int(track.starts[2]))
    assert session.chosen.boundary == 1


def test_the_menu_of_a_boundary_brings_it_to_the_playhead(view: TimelineView, session: FakeSession) -> None:
    place = QPointF(at(view, "corrected", int(session.base().starts[2])))
    session.playback.seek(int(session.base().starts[2]) + 20)
    menu = view.menu_at(place)
    move = menu.actions()[0]
    assert move.text() == "Move this boundary to the playhead" and move.isEnabled()
    move.trigger()
    assert int(session.base().starts[2]) == session.playback.frame and len(session.edits) == 1
    session.playback.seek(0)
    assert not view.menu_at(QPointF(at(view, "corrected", int(session.base().starts[2])))).actions()[0].isEnabled()


def test_tooltips_name_segment_and_score(view: TimelineView, session: FakeSession) -> None:
    assert view.tip(QPointF(at(view, "corrected", 150))).startswith("take bowl\nCorrected, frames 100 to 256")
    text = view.tip(QPointF(view.axis.x(200.5), view.row("heatmap").top + 2))
    assert text == f"Cluster 0 take bowl\nframe 200: {session.matrices['posterior'][200, 0]:.4g}"
    assert view.tip(QPointF(at(view, "ruler", 200.5))).startswith("Frame 200")
    boundary = view.tip(QPointF(at(view, "corrected", 100)))
    assert "Boundary at frame 100" in boundary and "take bowl" in boundary.splitlines()[0]


def test_a_title_that_is_cut_off_is_told_whole(view: TimelineView, session: FakeSession) -> None:
    name = "a run with a name that is far too long for the gutter"
    run = Run(RunId("r9"), 9, {"n_clusters": 2}, "cpu", 1.0, 10, False, "", {}, given_name=name)
    session.document.add_run(run, LabelMap(run.id, 2, {}))
    session.chosen.show_runs([run.id])
    view.grab()
    assert view.tip(QPointF(20, at(view, "run:r9", 0).y())) == name
    assert view.tip(QPointF(20, at(view, "ground-truth", 0).y())) == ""


def test_corrected_that_is_the_ground_truth_differs_nowhere(view: TimelineView, session: FakeSession) -> None:
    """It was said that there is nothing to compare."""
    truth = session.tracks(VIDEO)["ground-truth"]
    different, versus = difference({"ground-truth": truth, "prediction": None, "corrected": truth})
    assert different is not None and not different.n_frames and versus == "Corrected against ground truth"
    assert difference({"ground-truth": None, "prediction": truth, "corrected": None}) == (None, "")


def test_empty_rows_are_painted_without_tracks(qtbot) -> None:
    for session in (FakeSession(a_document(300)), FakeSession(None)):
        view = TimelineView(session)
        qtbot.addWidget(view)
        view.resize(900, 400)
        assert not view.grab().isNull()
        QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 10))
        assert (view.menu_at(QPointF(at(view, "corrected", 10))) is None) == (session.document is None)


def test_another_source_shows_other_scores(view: TimelineView) -> None:
    before = view.grab().toImage()
    view.source.setCurrentIndex(2)
    assert view.grab().toImage() != before
    assert view.shown.pyramid.scores is view.session.matrices["prior"]


def test_a_peak_of_one_row_stays_in_the_heatmap_at_any_zoom(session: FakeSession) -> None:
    scores = np.zeros((99_999, 4), np.float32)
    scores[54_321, 2] = 1.0
    pyramid = Pyramid(scores, top=1.0)
    for factor in (1, 2.9, 17, 400, 1e6):
        axis = Axis.whole(99_999, left=0, width=700)
        first, last = axis.zoomed(factor, axis.x(54_321)).columns()
        cells = pyramid.columns(first, last)
        assert cells[2].max() == 255 and not cells[[0, 1, 3]].any()


def test_nudges_in_two_videos_are_two_steps(view: TimelineView, session: FakeSession) -> None:
    """The next video is a key away: within a second a boundary at the same frame was taken for the one before."""
    session.select_segments(())
    session.chosen.select_boundary(2)
    view.nudge(1)
    session.current_video = VideoId("P04")
    session.document.videos[VideoId("P04")] = replace(session.document.videos[VIDEO], id=VideoId("P04"), name="P04")
    session.document.corrected[VideoId("P04")] = session.document.corrected[VIDEO]
    session.chosen.select_boundary(2)
    view.nudge(1)
    assert [edit.videos for edit in session.edits] == [{"P03"}, {"P04"}]
    assert session.edits[0].group != session.edits[1].group


def test_in_a_low_view_the_scores_go_whole_and_every_track_stays(view):
    least = view.minimumHeight()
    for height in range(least, least + 120):
        rows = {row.key: row for row in lay_out(height, view.fontMetrics().height())}
        assert rows["confidence"].top + rows["confidence"].height <= height
        heat = rows["heatmap"]
        assert rows["source"].top >= height or heat.top + heat.height <= height
        if rows["source"].top >= height:  # their room is used
            unused = height - rows["confidence"].top - rows["confidence"].height
            assert unused <= 8
    view.resize(1200, least)
    view.grab()
    assert not view.source.isVisibleTo(view)
    view.resize(1200, least + 120)
    view.grab()
    assert view.source.isVisibleTo(view) == (view.shown.pyramid is not None)


@pytest.mark.parametrize(("active", "frame"), [("corrected", 610), ("prediction", 20), ("run:gone", 999)])
def test_the_menu_key_asks_about_the_playhead_in_the_active_row(view, session, monkeypatch, active, frame) -> None:
    """It opened the menu of whatever lay in the middle of the view."""
    asked = []
    monkeypatch.setattr(view, "menu_at", lambda point: asked.append(point))
    session.chosen.activate(active)
    session.playback.seek(frame)
    middle = view.rect().center()
    view.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, view.mapToGlobal(middle)))
    [point] = asked
    assert (view.row_at(point.y()), view.axis.frame(point.x())) == (
        active if "gone" not in active else "corrected",
        frame,
    )


def test_a_click_far_from_the_playhead_keeps_what_is_in_view(view: TimelineView, session: FakeSession) -> None:
    """The picture of the old frame stands until the new one is decoded; the view went back to it from the click."""
    playback = session.playback
    playback.seek(0)
    view.set_axis(view.axis.zoomed(4, view.axis.x(700)))
    start, stop = view.axis.start, view.axis.stop
    assert start > 0 and start < 710 < stop

    def ask(frame: int) -> None:  # as a real playback: first asked for, later on screen
        playback.wanted = frame
        playback.wantedChanged.emit(frame)

    playback.seek = ask
    QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 710.5))
    assert playback.frame == 0 and abs(playback.wanted - 710) <= 1
    assert (view.axis.start, view.axis.stop) == (start, stop)
    playback.show(playback.wanted)
    assert (view.axis.start, view.axis.stop) == (start, stop)
    ask(10)  # asked for by a key: the view goes there at once
    assert view.axis.start <= 10 < view.axis.stop


def test_a_timeline_that_is_low_on_purpose_stays_so_unless_a_row_comes(qtbot, session: FakeSession) -> None:
    view = TimelineView(session)
    qtbot.addWidget(view)
    wanted: list[int] = []
    view.heightWanted.connect(wanted.append)
    line = view.fontMetrics().height()
    view.resize(1200, least_height(line, scored=True))
    view.show()
    session.waveforms.set_row("on")
    assert wanted == [least_height(line, optional=("sound",), scored=True)]
    for change in (session.currentVideoChanged, session.currentRunChanged, session.projectChanged):
        change.emit()
    view.fit_text()
    assert len(wanted) == 1


def test_a_row_without_scores_says_why_as_soon_as_there_is_a_prediction(view, session, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(paint, "paint_empty", lambda painter, rect, text, palette: said.append(text))
    prediction = session.document.predictions.pop((RUN, VIDEO))
    session.matrices.clear()
    view.refresh()
    view.grab()
    assert said.count(paint.EMPTY["confidence"]) == 2
    session.document.predictions[RUN, VIDEO] = replace(prediction)  # another one: its scores have not been read
    said.clear()
    view.refresh()
    view.refresh()  # now they have been looked for
    view.grab()
    assert said.count(paint.EMPTY["emptied"]) == 2
