"""Every gesture of the timeline with real mouse events: one edit or none, a partition after it, undo brings back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from fakes import RUN, VIDEO, FakeSession, a_session, cut
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import RunId
from core.review.place import DoubtedPlace, Kind, Reason
from totgui.models.extent import extent
from totgui.palette import blend, text_on, theme_palette
from totgui.views.timeline import overlay
from totgui.views.timeline.geometry import Axis
from totgui.views.timeline.gestures import BlockDrag
from totgui.views.timeline.paint import GHOST
from totgui.views.timeline.view import TimelineView

NONE, SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qapp) -> FakeSession:
    return a_session(1000)


@pytest.fixture
def view(qtbot, session: FakeSession) -> TimelineView:
    return a_view(qtbot, session)


def a_view(qtbot, session: FakeSession) -> TimelineView:
    view = TimelineView(session)
    qtbot.addWidget(view)
    view.resize(1200, 480)
    view.grab()
    return view


def at(view: TimelineView, row: str, frame: float, dy: int = 0) -> QPoint:
    found = view.row(row)
    return QPoint(round(view.axis.x(frame)), found.top + found.height // 2 + dy)


def move(view: TimelineView, place: QPoint) -> None:
    QTest.mouseMove(view, place)
    QApplication.processEvents()


def drag(view, start: QPoint, stop: QPoint, modifier=NONE, *, release: bool = True) -> None:
    QTest.mousePress(view, LEFT, modifier, start)
    for step in (0.4, 1.0):
        move(view, start + (stop - start) * step)
    if release:
        QTest.mouseRelease(view, LEFT, modifier, stop)


def is_partition(track) -> bool:
    lengths = track.stops - track.starts
    return bool(lengths.min() >= 1 and lengths.sum() == track.n_frames and (np.diff(track.labels) != 0).all())


# --- snapping ----------------------------------------------------------------------------------------


def test_targets_snap_in_their_order_and_are_named(view: TimelineView, session: FakeSession) -> None:
    session.turns = np.array([470])
    session.chosen.mark_in, session.chosen.mark_out = 520, None
    session.playback.seek(530)
    view.fit()
    start = at(view, "corrected", 500)
    QTest.mousePress(view, LEFT, NONE, start)
    for frame, target, lands in (
        (531, "Playhead", 530),
        (519, "In", 520),
        (549, "Ground truth", 550),
        (471, "Change point", 470),
        (489, "", 489),
    ):
        move(view, at(view, "corrected", frame))
        assert view.drag.target == target and abs(view.drag.frame - lands) <= (0 if target else 1)
    view.grab()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not session.edits and view.drag is None


def test_alt_turns_snapping_off_at_once(view: TimelineView, session: FakeSession) -> None:
    session.playback.seek(0)
    QTest.mousePress(view, LEFT, NONE, at(view, "corrected", 500))
    move(view, at(view, "corrected", 547))
    assert view.drag.frame == 550
    view.hand.again(ALT)
    assert view.drag.target == "" and abs(view.drag.frame - 547) <= 1
    view.hand.again(NONE)
    assert view.drag.frame == 550
    view.hand.cancel()


# --- drags -------------------------------------------------------------------------------------------


def test_shift_drag_swallows_whole_segments_as_one_edit(view: TimelineView, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    drag(view, at(view, "corrected", before.starts[2]), at(view, "corrected", 620), SHIFT, release=False)
    assert list(view.drag.gone(before)) == [2, 3] and session.document.corrected[VIDEO] is before
    assert not view.grab().isNull()
    QTest.mouseRelease(view, LEFT, SHIFT, at(view, "corrected", 620))
    (edit,) = session.edits
    after = session.document.corrected[VIDEO]
    assert "over 2 segments" in edit.text and is_partition(after)
    assert after.labels.tolist() == [-2, 0, 3, 4, 6] and abs(int(after.starts[2]) - 620) <= 1
    session.document.apply(edit.inverse())
    assert session.document.corrected[VIDEO] == before


def test_a_ctrl_drag_moves_a_segment_between_its_neighbours_and_snaps_either_end(view, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    start, stop, _ = before[3]
    session.turns = np.array([stop + 20])
    middle = (start + stop) // 2
    drag(view, at(view, "corrected", middle), at(view, "corrected", middle + 17), CONTROL, release=False)
    held = view.hand.held
    assert (held.drag.by, held.drag.target, held.drag.frame) == (
        20,
        "Change point",
        stop + 20,
    )  # its end, not its start
    assert session.document.corrected[VIDEO] is before and not view.grab().isNull()
    QTest.mouseRelease(view, LEFT, CONTROL, at(view, "corrected", middle + 17))
    (edit,) = session.edits
    after = session.document.corrected[VIDEO]
    assert f"to frames {start + 20:,} to {stop + 19:,}" in edit.text and is_partition(after)
    assert after.labels.tolist() == before.labels.tolist() and session.selection == {3}
    assert (after[3].start, after[3].stop) == (start + 20, stop + 20)
    session.document.apply(edit.inverse())
    assert session.document.corrected[VIDEO] == before


def test_selected_segments_side_by_side_move_together_and_stop_where_a_neighbour_has_one_frame(view, session) -> None:
    before = session.document.corrected[VIDEO]
    session.select_segments([2, 3])
    place = at(view, "corrected", before[2].start + 10)
    drag(view, place, at(view, "corrected", 999), CONTROL)
    after = session.document.corrected[VIDEO]
    assert after[4].length == 1 and after[2].length == before[2].length and session.selection == {2, 3}
    assert len(session.edits) == 1 and is_partition(after)


def test_what_begins_with_the_video_is_not_moved_and_says_so(view: TimelineView, session: FakeSession) -> None:
    told = []
    session.message.connect(lambda text, _level: told.append(text))
    drag(view, at(view, "corrected", 20), at(view, "corrected", 60), CONTROL)
    assert not session.edits and len(told) == 1 and "begins or ends with the video" in told[0]


def test_a_slide_that_begins_where_the_playhead_stands_does_not_stick_there(view, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    start, stop, _ = before[3]
    session.playback.seek(start)
    middle = (start + stop) // 2
    drag(view, at(view, "corrected", middle), at(view, "corrected", middle + 6), CONTROL)
    assert session.document.corrected[VIDEO][3].start > start


def test_a_target_out_of_reach_does_not_hide_one_that_the_other_end_can_reach() -> None:
    track = Segmentation.from_frames([0] * 100 + [1] * 100 + [2] * 10 + [3] * 90)
    axis = Axis.whole(300, left=0, width=600)
    block = BlockDrag.begin(track, 1, 1)
    far, near = ("Playhead", np.array([211])), ("Boundary", np.array([105]))
    reached = block.moved(8.5, axis, [far, near])
    assert (reached.by, reached.target, reached.frame) == (5, "Boundary", 105)
    alone = block.moved(8.5, axis, [far])
    assert (alone.by, alone.target) == (8, "")


def test_a_ctrl_click_adds_a_segment_and_another_takes_it_out(view: TimelineView, session: FakeSession) -> None:
    track = session.base()
    for index, wanted in ((1, {1}), (3, {1, 3}), (3, {1})):
        QTest.mouseClick(view, LEFT, CONTROL, at(view, "corrected", int(track.starts[index]) + 15))
        assert session.selection == wanted and not session.edits
        assert abs(session.playback.frame - int(track.starts[index]) - 15) <= 1


def test_nudges_move_the_selected_segments_as_one_undo_step(view: TimelineView, session: FakeSession) -> None:
    before = session.document.corrected[VIDEO]
    session.select_segments([3])
    view.nudge(1)
    view.nudge(10)
    after = session.document.corrected[VIDEO]
    assert after[3] == (before[3].start + 11, before[3].stop + 11, before[3].label) and session.selection == {3}
    assert session.edits[0].group == session.edits[1].group and session.playback.frame == after[3].start
    assert f"to frames {after[3].start:,} to {after[3].stop - 1:,}" in session.edits[1].text  # of the whole step
    told = []
    session.message.connect(lambda text, _level: told.append(text))
    for apart in ([1, 3], [0]):
        session.select_segments(apart)
        view.nudge(1)
    assert session.document.corrected[VIDEO] is after
    assert "side by side" in told[0] and "begins or ends" in told[1]


def test_a_drag_past_the_edge_scrolls_and_moves_on(view: TimelineView, session: FakeSession) -> None:
    view.show_range(400, 600)
    frame = int(session.document.corrected[VIDEO].starts[4])
    drag(view, at(view, "corrected", frame), at(view, "corrected", frame + 30), release=False)
    move(view, QPoint(view.axis.right + 40, at(view, "corrected", frame).y()))
    start = view.axis.start
    for _ in range(5):
        view.hand._scroll_at_edge()
    assert view.axis.start > start and view.drag.frame > 600
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not session.edits


def test_a_click_on_a_boundary_selects_it_and_goes_there(view: TimelineView, session: FakeSession) -> None:
    QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 500) + QPoint(3, 0))
    assert session.chosen.boundary == 3 and session.playback.frame == 500 and not session.edits


@pytest.mark.parametrize("row", ["corrected", "boundary", "prediction"])
def test_escape_gives_back_what_was_selected(view: TimelineView, session: FakeSession, row: str) -> None:
    chosen, track = session.chosen, session.base()
    chosen.mark_in, chosen.mark_out = 20, 40
    chosen.select([1, 2])
    chosen.activate("ground-truth")
    start = at(view, "corrected", int(track.starts[3])) if row == "boundary" else at(view, row, 620)
    drag(view, start, start + QPoint(40, 0), release=False)
    assert chosen.segments != {1, 2}
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (chosen.segments, chosen.boundary, chosen.range) == ({1, 2}, None, (20, 40))
    assert chosen.active == "ground-truth" and not session.edits


def test_no_menu_opens_in_a_drag(view: TimelineView, session: FakeSession, monkeypatch) -> None:
    """It took the release, and the drag stuck to the pointer."""
    shown = []
    monkeypatch.setattr(view, "_show_menu", lambda menu, where: shown.append(menu))
    start = at(view, "corrected", 500)
    drag(view, start, at(view, "corrected", 530), release=False)
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        view.contextMenuEvent(QContextMenuEvent(reason, start, view.mapToGlobal(start)))
    assert not shown and view.drag is not None
    view.hand.cancel()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen, of tooltips
def test_a_move_without_the_button_ends_a_drag(view: TimelineView, session: FakeSession) -> None:
    """Something else took the release: the next click would have dropped it as an edit."""
    drag(view, at(view, "corrected", 500), at(view, "corrected", 530), release=False)
    assert view.drag is not None
    place = at(view, "corrected", 540)
    none = Qt.MouseButton.NoButton
    view.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, QPointF(place), view.mapToGlobal(place), none, none, NONE))
    assert view.hand.held is None and not session.edits


@pytest.mark.parametrize("gesture", ["roll", "slide", "swallow", "range", "mark", "scrub", "row", "overview"])
def test_escape_leaves_everything_as_it_was(view: TimelineView, session: FakeSession, gesture: str) -> None:
    session.chosen.select_range(620, 700)
    session.chosen.select(())
    session.playback.seek(20)
    before = session.document.corrected[VIDEO]
    row = view.row("ruler")
    start, stop, modifier = {
        "roll": (at(view, "corrected", 500), at(view, "corrected", 540), NONE),
        "slide": (at(view, "corrected", 540), at(view, "corrected", 560), CONTROL),
        "swallow": (at(view, "corrected", 500), at(view, "corrected", 900), SHIFT),
        "range": (at(view, "ruler", 100, 6), at(view, "ruler", 300, 6), NONE),
        "mark": (QPoint(round(view.axis.x(620)) + 2, row.top + 5), QPoint(round(view.axis.x(400)), row.top + 5), NONE),
        "scrub": (at(view, "ruler", 20.5, 8), at(view, "ruler", 400, 8), NONE),
        "row": (at(view, "ground-truth", 300), at(view, "ground-truth", 400), NONE),
        "overview": (at(view, "minimap", 300), at(view, "minimap", 400), NONE),
    }[gesture]
    drag(view, start, stop, modifier, release=False)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, modifier, stop)
    assert session.document.corrected[VIDEO] is before and not session.edits
    assert session.chosen.range == (620, 700) and view.hand.held is None
    assert session.playback.frame == 20


@pytest.mark.parametrize("button", [LEFT, Qt.MouseButton.MiddleButton])
def test_escape_shows_again_what_was_visible_before_a_pan(view: TimelineView, session: FakeSession, button) -> None:
    view.show_range(300, 500)
    before, row = view.axis, "minimap" if button == LEFT else "corrected"
    start, stop = (at(view, row, view.axis.frame(x)) for x in (500, 700))
    QTest.mousePress(view, button, NONE, start)
    move(view, stop)
    assert view.axis != before
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.axis == before and session.playback.frame == 0


def test_a_pointer_stopped_just_beyond_the_edge_scrolls_ever_faster(view: TimelineView) -> None:
    view.show_range(400, 500)
    press = at(view, "corrected", 450)
    drag(view, press, QPoint(view.axis.right + 4, press.y()), release=False)
    starts = [view.axis.start]
    for _ in range(60):
        view.hand._scroll_at_edge()
        starts.append(view.axis.start)
    steps = np.diff(starts)
    assert steps[0] > 0 and steps[40] > 3 * steps[0]
    move(view, press)
    view.hand._scroll_at_edge()
    assert view.hand._steps == 0
    QTest.mouseRelease(view, LEFT, NONE, press)


def test_a_range_that_is_dragged_says_how_long_it_is(view: TimelineView, session: FakeSession, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(overlay, "_label", lambda *a: said.append(a[-1]))
    drag(view, at(view, "ruler", 470, 6), at(view, "ruler", 530, 6), release=False)
    view.grab()
    assert f"{extent(view.shown.video.timebase, [session.chosen.range])}" in said[-1]
    QTest.mouseRelease(view, LEFT, NONE, at(view, "ruler", 530, 6))


# --- ruler and marks ---------------------------------------------------------------------------------


def test_a_drag_on_the_ruler_selects_a_range_that_snaps(view: TimelineView, session: FakeSession) -> None:
    session.select_segments([1])
    drag(view, at(view, "ruler", 402, 6), at(view, "ruler", 551, 6))
    assert session.chosen.range == (400, 550) and session.chosen.takes_range and not session.selection
    assert session.chosen.spans(0) == [(400, 550)] and view.snapped is None
    QTest.mouseClick(view, LEFT, NONE, at(view, "corrected", 150))
    assert session.selection == {1} and not session.chosen.takes_range and session.chosen.range == (400, 550)


def test_the_flags_of_the_marks_can_be_dragged(view: TimelineView, session: FakeSession) -> None:
    session.chosen.select_range(300, 700)
    top = view.row("ruler").top + 5
    drag(view, QPoint(round(view.axis.x(700)) - 3, top), QPoint(round(view.axis.x(600)), top))
    assert session.chosen.range == (300, 600)
    drag(view, QPoint(round(view.axis.x(300)) + 3, top), QPoint(round(view.axis.x(900)), top))
    assert session.chosen.range == (599, 600)  # it stops one frame before the other mark


def test_the_handle_of_the_playhead_scrubs(view: TimelineView, session: FakeSession) -> None:
    session.playback.seek(200)
    drag(view, at(view, "ruler", 200.5, 8), at(view, "ruler", 640.5, 8))
    assert abs(session.playback.frame - 640) <= 1 and session.chosen.range is None


# --- selection ---------------------------------------------------------------------------------------


def test_a_double_click_selects_and_fits(view: TimelineView, session: FakeSession) -> None:
    QTest.mouseDClick(view, LEFT, NONE, at(view, "corrected", 450))
    assert session.selection == {3}
    start, stop, _ = session.document.corrected[VIDEO][3]
    assert (
        view.axis.start < start and view.axis.stop > stop and view.axis.width / view.axis.scale < 1.5 * (stop - start)
    )


def test_zoom_goes_to_what_is_selected_else_to_marks_place_or_the_segment_at_the_playhead(view, session) -> None:
    track = session.document.corrected[VIDEO]

    def seen() -> tuple[int, int]:
        """The frames in view, without the margin beside them."""
        view.fit_chosen()
        return view.axis.start, view.axis.stop

    def shows(start: int, stop: int) -> bool:
        low, high = seen()
        return low <= start < stop <= high and high - low < 1.5 * (stop - start) + 8

    session.playback.seek(int(track.starts[2]) + 5)
    assert shows(*track[2][:2])
    session.reviewing.places = [DoubtedPlace(VIDEO, 700, 760, 30, (Reason(Kind.RUNS, 30, 1),))]
    session.reviewing.go(session.reviewing.places[0])
    assert shows(700, 760)
    session.chosen.set_in(100)
    session.chosen.set_out(180)
    assert shows(100, 180)
    session.chosen.select_boundary(3)
    at = int(track.starts[4])
    assert shows(at - 30, at + 30)
    session.select_segments([3, 4])
    assert shows(track[3].start, track[4].stop)
    view.fit()
    assert view.axis.is_whole


def test_a_click_on_a_read_only_row_makes_it_active_and_shift_makes_a_range(
    view: TimelineView, session: FakeSession
) -> None:
    session.select_segments([1, 2])
    QTest.mouseClick(view, LEFT, NONE, at(view, "ground-truth", 300))
    assert session.chosen.active == "ground-truth" and not session.selection and session.playback.frame in (299, 300)
    QTest.mouseClick(view, LEFT, SHIFT, at(view, "ground-truth", 600))
    assert session.chosen.selected_range == (250, 750)
    QTest.mouseClick(view, LEFT, NONE, QPoint(20, at(view, "prediction", 0).y()))
    assert session.chosen.active == "prediction"


# --- first edit, other runs --------------------------------------------------------------------------


def test_the_names_of_what_is_not_taken_yet_are_read_against_what_they_stand_on(qtbot, session) -> None:
    """The ghost was painted see-through with the text of the full colour: black on nearly black in the dark theme."""
    del session.document.corrected[VIDEO]
    session.chosen.start(session.base())
    view = a_view(qtbot, session)
    dark = theme_palette("dark")
    view.setPalette(dark)
    view.shown.colour = lambda _label: QColor("#d55e00")
    image = view.grab(view.row("corrected").rect(view.axis)).toImage()
    pale = blend(QColor("#d55e00"), dark.color(QPalette.ColorRole.Base), GHOST)
    middle = image.height() // 2
    row = [image.pixelColor(x, y) for x in range(image.width()) for y in range(middle - 6, middle + 6)]
    assert any(colour.name() == pale.name() for colour in row)
    assert text_on(pale).lightnessF() > 0.5 and any(colour.lightnessF() > 0.85 for colour in row)


def test_before_the_first_edit_corrected_shows_the_prediction_and_a_drag_takes_it(qtbot, session) -> None:
    del session.document.corrected[VIDEO]
    session.chosen.start(session.base())
    view = a_view(qtbot, session)
    assert view.shown.is_ghost
    prediction = session.base()
    drag(view, at(view, "corrected", prediction.starts[3]), at(view, "corrected", 430))
    (edit,) = session.edits
    after = session.document.corrected[VIDEO]
    assert edit.text.startswith("take Run 1, then move boundary to") and len(after) == len(prediction)
    assert abs(int(after.starts[3]) - 430) <= 1
    assert not view.shown.is_ghost
    session.document.apply(edit.inverse())
    assert VIDEO not in session.document.corrected


def test_each_shown_run_has_a_row_through_its_own_map(view: TimelineView, session: FakeSession) -> None:
    other = RunId("r2")
    run = Run(other, 2, {"n_clusters": 2}, "cpu", 1.0, 10, False, "", {})
    session.document.add_run(run, LabelMap(other, 2, {0: 5, 1: 7}))
    session.document.add_predictions([Prediction(other, VIDEO, cut([0, 300], [0, 1], 1000))])
    session.chosen.show_runs([other])
    assert [row.title for row in view.rows if row.key.startswith("run:")] == ["Run 2"]
    assert view.row("prediction").title == "Run 1 (current)"
    assert view.shown.tracks["run:r2"].labels.tolist() == [5, 7]
    QTest.mousePress(view, LEFT, NONE, at(view, "corrected", 257))
    move(view, at(view, "corrected", 302))
    assert view.drag.target == "Run 2" and view.drag.frame == 300
    view.hand.cancel()
    menu = view.menu_at(at(view, "run:r2", 500).toPointF())
    next(a for a in menu.actions() if a.text() == "Take this segment into Corrected").trigger()
    assert session.document.corrected[VIDEO].at(500) == (300, 1000, 7)
    assert session.current_run == RUN and not view.grab().isNull()
    session.chosen.show_runs([])
    assert "run:r2" not in view.shown.tracks


def test_the_menu_of_a_selection_relabels_all_of_it(view: TimelineView, session: FakeSession) -> None:
    session.select_segments([1, 4])
    menu = view.menu_at(at(view, "corrected", 150).toPointF())
    relabel = next(a for a in menu.actions() if a.text().startswith("Relabel 2 segments"))
    next(a for a in relabel.menu().actions() if a.text() == "season").trigger()
    assert session.document.corrected[VIDEO].labels.tolist() == [-2, 7, 1, 2, 7, 4, 6] and len(session.edits) == 1


# --- any of them -------------------------------------------------------------------------------------

PLACE = st.integers(0, 999)
GESTURES = st.lists(
    st.tuples(st.sampled_from(["drag", "slide", "swallow", "nudge", "click", "extend", "ruler", "menu"]), PLACE, PLACE),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(gestures=GESTURES)
def test_any_gestures_leave_a_partition_and_undo_leads_back(qtbot, gestures) -> None:
    session = a_session(1000)
    view = a_view(qtbot, session)
    first = session.document.corrected[VIDEO]

    def nearest(frame: int) -> QPoint:
        inner = session.base().boundaries()
        return at(view, "corrected", int(inner[np.argmin(np.abs(inner - frame))])) if len(inner) else QPoint(0, 0)

    acts: dict[str, Callable[[int, int], object]] = {
        "drag": lambda a, b: drag(view, nearest(a), at(view, "corrected", b)),
        "slide": lambda a, b: drag(view, at(view, "corrected", a), at(view, "corrected", b), CONTROL),
        "swallow": lambda a, b: drag(view, nearest(a), at(view, "corrected", b), SHIFT),
        "nudge": lambda a, b: (QTest.mouseClick(view, LEFT, NONE, nearest(a)), view.nudge(b % 21 - 10)),
        "click": lambda a, b: QTest.mouseClick(view, LEFT, CONTROL, at(view, "corrected", a)),
        "extend": lambda a, b: QTest.mouseClick(view, LEFT, SHIFT, at(view, "corrected", a)),
        "ruler": lambda a, b: drag(view, at(view, "ruler", a, 6), at(view, "ruler", b, 6)),
        "menu": lambda a, b: [
            x.trigger()
            for x in view.menu_at(at(view, "corrected", a).toPointF()).actions()
            if x.text() == "Set to background"
        ],
    }
    for name, a, b in gestures:
        before = len(session.edits)
        acts[name](a, b)
        assert len(session.edits) - before <= 1
        track = session.document.corrected[VIDEO]
        assert is_partition(track) and all(index < len(track) for index in session.selection)
        assert session.chosen.boundary is None or session.chosen.boundary < len(track) - 1
    for edit in reversed(session.edits):
        session.document.apply(edit.inverse())
    assert session.document.corrected[VIDEO] == first
