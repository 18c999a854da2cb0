"""The Segments panel in the real window: segments of all videos are seen, chosen and corrected at once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import make_clip, number_in
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTabBar
from windows import a_window, shut, wait_for_places

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, ReviewStatus, Run
from core.data.dataset import BACKGROUND, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.media.index import probe
from core.project import Project
from core.review.listing import Order
from core.review.odds import NOTHING_SAID
from totgui.dialogs.action_popup import ActionPopup
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.views.activity.boxes import Boxes
from totgui.views.segments.layout import SheetLayout
from totgui.views.segments.sheet import Sheet
from totgui.views.segments.view import SegmentsView
from totgui.views.segments.words import count_text
from totgui.window.layouts import LAYOUTS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen, of popups
A, B, C, R = VideoId("P03"), VideoId("P04"), VideoId("<b>P05</b> " + "x" * 500), RunId("r1")
NAMES = ("pour", "stir", "<img src=x> " + "long " * 100, "\u202eשלום")
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


def a_project(path: Path, videos: tuple[Video, ...]) -> None:
    """A run that cut each video into pour, stir, pour, the third name."""
    actions = tuple(Action(ActionId(i), name, f"#{60 + i * 40:02x}80a0") for i, name in enumerate(NAMES))
    with Project.create(path, Dataset(path.parent, "tea", videos, actions), ground_truth={}) as project:
        run = Run(R, 1, {"n_clusters": 3}, "cpu", 1.0, 10, False, "", {})
        project.add_run(run, LabelMap(R, 3, {i: i for i in range(3)}), b"weights")
        cut = Segmentation(np.array([0, 20, 40, 60]), np.array([0, 1, 0, 2]), 100)
        project.add_predictions([Prediction(R, video.id, cut) for video in videos])


@pytest.fixture
def window(qtbot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    a_project(tmp_path / "a.tot", tuple(Video(v, v, Timebase(100, Fraction(25))) for v in (A, B, C)))
    made = MainWindow(Session(), Settings())
    made.resize(1400, 900)
    made.show()
    made.session.open_project(tmp_path / "a.tot")
    made.show_layout(getattr(request, "param", "Segments"))
    yield made
    shut(made)


@pytest.fixture
def view(window: MainWindow, qtbot) -> SegmentsView:
    """The panel with everything listed and judged, and with the focus."""
    found = window.segments()
    wait_for_places(qtbot, window)
    qtbot.waitUntil(lambda: window.session.segments.is_ready and window.session.reviewing.is_ready)
    found.rows.want(order=Order.PLACE, descending=False)
    window.activateWindow()
    found.sheet.setFocus()
    qtbot.waitUntil(found.sheet.hasFocus)
    return found


@pytest.mark.parametrize("window", ["Review"], indirect=True)
def test_the_most_doubtful_come_first_also_where_the_queue_was_looked_at_before(qtbot, window):
    """The queue alone says nothing of whole segments: what it finds is no reason to take the order for sorted."""
    session = window.session
    qtbot.waitUntil(lambda: session.reviewing.is_ready and session.reviewing.odds is NOTHING_SAID)
    window.show_layout("Segments")
    view, segments = window.segments(), session.segments
    qtbot.waitUntil(lambda: segments.is_ready and segments.table.odds is not NOTHING_SAID)
    assert len(set(segments.table.shares)) > 1
    assert view.rows.wanted.order is Order.DOUBT
    assert list(view.rows.order) == list(segments.table.rows(view.rows.wanted, {}))
    assert list(view.rows.order) != sorted(view.rows.order)


def listed(view: SegmentsView) -> list[tuple[str, int, int, int]]:
    """What is shown, from the first to the last."""
    view.segments.flush()
    listing = view.rows.listing
    return [
        (listing.videos[listing.video[r]], int(listing.starts[r]), int(listing.stops[r]), int(listing.labels[r]))
        for r in view.rows.order
    ]


def chosen(view: SegmentsView) -> list[int]:
    view.segments.flush()
    return view.rows.chosen_places().tolist()


def key(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)
    window.session.segments.flush()  # what the next turn of the event loop does


def click(view: SegmentsView, place: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(view.sheet.viewport(), Qt.MouseButton.LeftButton, modifier, view.sheet.tile_rect(place).center())


def tabs(bar: QTabBar) -> list[str]:
    return [bar.tabText(n) for n in range(bar.count())]


def labels(window: MainWindow, video: VideoId) -> list[int] | None:
    track = window.session.document.corrected.get(video)
    return None if track is None else track.labels.tolist()


# --- what is shown ------------------------------------------------------------------------------------------------


def test_every_segment_of_every_video_is_listed_and_those_of_one_action_alone(view):
    assert len(view.rows) == 12
    view.show_label(0)
    assert listed(view) == [(v, start, start + 20, 0) for v in (A, B, C) for start in (0, 40)]
    assert view.count.text() == "6 segments in 3 videos"
    assert [view.head.label.itemData(i) for i in range(view.head.label.count())] == [None, 0, 1, 2, 3, -1, -2]
    assert view.head.label.currentData() == 0 and view.head.label.itemText(1) == "pour  (6)"


def test_while_it_is_not_known_what_is_odd_the_panel_says_that_it_looks():
    assert count_text(2, 0, 1, 0, is_judged=False) == "2 segments in 1 video · looking for what is odd…"


def test_the_key_of_the_panel_shows_the_segments_like_the_one_under_the_playhead(window, qtbot):
    window.show_layout("Review")
    window.session.playback.seek(25)
    window.timeline.setFocus()
    key(window, Key.Key_G)
    view = window.segments()
    qtbot.waitUntil(lambda: len(view.rows) == 3 and view.rows.segments.count == 1)
    assert view.rows.wanted.label == 1 and view.isVisible()
    assert listed(view)[chosen(view)[0]] == (A, 20, 40, 1)
    qtbot.waitUntil(view.sheet.hasFocus)


def test_the_action_that_is_chosen_among_the_labels_is_shown(window, view):
    window.labels.choose(ActionId(1))
    window.actions_.by_name["labels.segments"].trigger()
    assert view.rows.wanted.label == 1 and len(view.rows) == 3


def test_what_is_shown_can_be_narrowed_and_the_way_back_is_offered(view):
    view.head.text.setText("p04")
    assert {video for video, *_ in listed(view)} == {B}
    view.head.over.setValue(1.0)
    assert listed(view) == [(B, 60, 100, 2)]
    view.head.over.setValue(9.0)
    assert not len(view.rows) and "left" in view.empty.text() and view.clear_filter.isVisible()
    view.clear_filter.click()
    assert len(view.rows) == 12 and view.head.text.text() == "" and view.head.over.value() == 0


def test_a_panel_without_a_project_or_labels_says_what_is_missing(window, view, tmp_path):
    window.session.close_project()
    assert not len(view.rows)
    video = Video(A, "a", Timebase(10))
    Project.create(tmp_path / "empty.tot", Dataset(tmp_path, "x", (video,), ()), ground_truth={}).close()
    window.session.open_project(tmp_path / "empty.tot")
    assert "Listing" in view.empty.text() or "No labels yet" in view.empty.text()


def test_what_nobody_has_is_said(view, qtbot):
    qtbot.waitUntil(lambda: view.head.label.count() > 3)
    view.show_label(3)
    assert view.empty.text() == "No video has such a segment now." and not view.clear_filter.isVisible()


def test_names_that_want_to_be_markup_are_shown_as_they_are(window, view):
    view.show_label(2)
    view.grab()
    view.rows.choose(0)
    view.rows.choose(2, toggle=True)
    assert NAMES[2] in view.sheet.accessibleDescription() and C in view.sheet.accessibleDescription()
    view.head.pages["Table"].click()
    view.grab()
    model = view.table.model()
    assert model.index(2, 0).data() == C and model.index(2, 1).data() == NAMES[2]
    assert "&lt;b&gt;" in model.index(2, 0).data(Qt.ItemDataRole.ToolTipRole)


# --- choosing -----------------------------------------------------------------------------------------------------


def test_arrows_click_shift_and_control_choose(window, view):
    key(window, Key.Key_Right)
    assert chosen(view) == [0]  # the one that the playhead stands in, where nothing was chosen
    key(window, Key.Key_Right)
    key(window, Key.Key_Right, SHIFT)
    key(window, Key.Key_Right, SHIFT)
    assert chosen(view) == [1, 2, 3]
    click(view, 0, CONTROL)
    assert chosen(view) == [0, 1, 2, 3]
    click(view, 1, CONTROL)
    assert chosen(view) == [0, 2, 3]
    click(view, 3)
    assert chosen(view) == [3]
    click(view, 1, SHIFT)
    assert chosen(view) == [1, 2, 3]
    key(window, Key.Key_A, CONTROL)
    assert len(chosen(view)) == 12 and window.session.selection == frozenset()
    key(window, Key.Key_Escape)
    assert chosen(view) == []
    key(window, Key.Key_End)
    key(window, Key.Key_End)
    assert chosen(view) == [11]
    key(window, Key.Key_Home)
    assert chosen(view) == [0]
    columns = view.sheet.layout_now().columns
    key(window, Key.Key_Down)
    assert chosen(view) == [columns]
    key(window, Key.Key_Up)
    assert chosen(view) == [0]


def test_a_band_that_is_drawn_chooses_what_it_touches(view):
    port, first, last = view.sheet.viewport(), view.sheet.tile_rect(0), view.sheet.tile_rect(1)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first.center())
    QTest.mouseMove(port, first.center() + QPoint(30, 5))
    QTest.mouseMove(port, last.center())
    assert chosen(view) == [0, 1]
    view.sheet.grab()
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, last.center())
    assert chosen(view) == [0, 1]


def test_pictures_and_table_choose_together(window, view):
    view.head.pages["Table"].click()
    view.table.selectRow(2)
    assert chosen(view) == [2]
    view.rows.choose(4)
    view.rows.choose(6, extend=True)
    assert [index.row() for index in view.table.selectionModel().selectedRows()] == [4, 5, 6]
    view.table.setFocus()
    key(window, Key.Key_Down, SHIFT)
    assert chosen(view) == [6, 7] or chosen(view) == [4, 5, 6, 7]
    key(window, Key.Key_Escape)
    assert chosen(view) == [] and not view.table.selectionModel().hasSelection()


def test_the_table_shows_the_order_that_was_chosen_from_the_list(view):
    """Qt gave an order that it had kept back as text, which the table found nowhere."""
    for number in range(view.head.order.count()):
        view.head.order.setCurrentIndex(number)
        view.head.order.activated.emit(number)
        assert isinstance(view.rows.wanted.order, Order)
        view.table._on_rows()
        assert view.table.horizontalHeader().sortIndicatorSection() >= 0


def test_a_click_on_a_head_of_the_table_sorts(view):
    view.head.pages["Table"].click()
    header = view.table.horizontalHeader()
    header.sectionClicked.emit(4)
    assert view.rows.wanted.order is Order.LENGTH and [row[1] for row in listed(view)][:3] == [60] * 3
    assert view.head.order.currentText() == "Longest first"
    header.sectionClicked.emit(4)
    assert view.head.order.currentText() == "Shortest first"
    header.sectionClicked.emit(2)  # times of different videos are not compared
    assert view.rows.wanted.order is Order.LENGTH


# --- correcting ---------------------------------------------------------------------------------------------------


def test_a_digit_relabels_all_that_is_chosen_as_one_step_that_undo_takes_back(window, view):
    session = window.session
    session.do(lambda: commands.take_prediction(session.document, R, A))
    before = dict(session.document.corrected)
    view.show_label(1)
    key(window, Key.Key_A, CONTROL)
    key(window, Key.Key_3)
    assert labels(window, A) == [0, 2, 0, 2] and labels(window, B) == [0, 2, 0, 2] and labels(window, C) == [0, 2, 0, 2]
    assert session.project.undo_text == "take Run 1 in 2 videos, then relabel 3 segments in 3 videos as " + NAMES[2]
    assert window.bar.text().startswith("3 segments in 3 videos are <img")
    assert window.bar.text().endswith("Nothing was corrected in 2 of them yet: all of Run 1 was taken there first.")
    assert not len(view.rows) and not session.segments.count
    key(window, Key.Key_Z, CONTROL)
    assert session.document.corrected == before and session.current_video == A
    assert len(view.rows) == 3
    key(window, Key.Key_Y, CONTROL)
    assert labels(window, B) == [0, 2, 0, 2]
    window.bar.choose("Undo") if "Undo" in window.bar.choices() else session.undo(stay=True)
    assert session.document.corrected == before


def test_the_button_of_the_message_takes_it_back_without_leaving_the_video(window, view):
    view.show_label(1)
    view.rows.choose(1)
    view.rows.choose(2, toggle=True)
    key(window, Key.Key_1)
    assert labels(window, B) == [0, 2] and labels(window, A) is None
    window.bar.choose("Undo")
    assert labels(window, B) is None and window.session.current_video == A


def test_delete_makes_background_and_the_review_key_checks(window, view):
    click(view, 4)
    key(window, Key.Key_Delete)
    assert labels(window, B) == [int(BACKGROUND), 1, 0, 2]
    said = "A segment of P04 is background now. Nothing was corrected in it yet: all of Run 1 was taken there first."
    assert window.bar.text() == said
    view.show_label(1)
    key(window, Key.Key_A, CONTROL)
    key(window, Key.Key_Y)
    document = window.session.document
    assert [document.review(v).checked for v in (A, B, C)] == [((20, 40),)] * 3
    assert document.review(A).status is ReviewStatus.IN_REVIEW
    assert window.session.project.undo_text == "check 3 segments in 3 videos"
    assert window.bar.text() == "3 segments in 3 videos are checked."
    view.head.open.setChecked(True)
    assert not len(view.rows)
    key(window, Key.Key_Z, CONTROL)
    assert len(view.rows) == 3 and not document.review(A).checked


def test_the_popup_asks_by_name_and_a_new_name_makes_an_action_in_the_same_step(window, view, qtbot):
    view.show_label(1)
    key(window, Key.Key_A, CONTROL)
    key(window, Key.Key_Slash)
    popup = window.findChild(ActionPopup)
    assert popup is not None and popup.isVisible()
    popup.field.setText("rinse")
    QTest.keyClick(popup.field, Key.Key_Return)
    document = window.session.document
    rinse = next(a.id for a in document.actions.values() if a.name == "rinse")
    assert labels(window, C) == [0, rinse, 0, 2]
    view.sheet.setFocus()
    key(window, Key.Key_Z, CONTROL)
    assert labels(window, C) is None and all(a.name != "rinse" for a in document.actions.values())


def test_keys_that_a_person_chose_work_here_too(window, view):
    keymap = window.actions_.keymap
    keymap.change("standard", {"labels.key-2": ("F7",), "segment.background": ("F8",)})
    click(view, 0)
    key(window, Key.Key_F7)
    assert labels(window, A) == [1, 0, 2]
    assert "F8" in view.buttons["segment.background"].toolTip()
    click(view, 10)  # two of the first video are one now
    key(window, Key.Key_F8)
    assert labels(window, C) == [0, 1, 0, int(BACKGROUND)]


def test_with_the_focus_here_and_nothing_chosen_nothing_is_changed(window, view):
    key(window, Key.Key_Escape)
    for pressed in (Key.Key_2, Key.Key_Delete, Key.Key_Y, Key.Key_Slash):
        key(window, pressed)
        assert window.bar.text().startswith("No segment is chosen in Segments")
    assert not window.session.document.corrected and not window.session.document.reviews


def test_with_the_focus_on_the_timeline_keys_work_on_the_timeline(window, view):
    click(view, 11)
    window.timeline.setFocus()
    key(window, Key.Key_2)
    assert labels(window, A) == [1, 0, 2] and labels(window, C) is None


def test_behind_another_tab_keys_do_not_work_on_what_is_not_seen(window, view, qtbot):
    window.show_layout("Review")
    window.docks["Segments"].raise_()
    view.sheet.setFocus()
    qtbot.waitUntil(lambda: window.session.segments.has_focus)
    view.rows.choose(11)

    def bars() -> list[QTabBar]:
        return [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and "Timeline" in tabs(bar)]

    qtbot.waitUntil(lambda: bool(bars()))
    bar = bars()[0]
    tab = tabs(bar).index("Timeline")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bar.tabRect(tab).center())
    qtbot.waitUntil(lambda: not window.session.segments.has_focus)
    key(window, Key.Key_2)
    assert labels(window, A) == [1, 0, 2] and labels(window, C) is None


@pytest.mark.parametrize("command", ["view.layout-segments", "view.reset"])
def test_another_layout_leaves_the_keys_with_the_panel_that_has_them(window, view, qtbot, command):
    """The focus went to the timeline, unseen: digits meant for the chosen segments relabelled what is there."""
    window.docks["Segments"].raise_()
    view.sheet.setFocus()
    qtbot.waitUntil(lambda: window.session.segments.has_focus)
    window.actions_.by_name[command].trigger()
    qtbot.waitUntil(window.updatesEnabled, timeout=20_000)
    QApplication.processEvents()
    assert window.session.segments.has_focus == view.sheet.isVisible() == (command != "view.reset")


def test_for_a_panel_that_nobody_sees_nothing_is_listed_or_judged(qtbot, tmp_path):
    a_project(tmp_path / "a.tot", (Video(A, A, Timebase(100, Fraction(25))),))
    with a_window() as window:
        window.show()
        window.session.open_project(tmp_path / "a.tot")
        window.reset_layout()
        window.docks["Timeline"].raise_()
        window.segments()
        qtbot.waitUntil(lambda: window.session.turns is not None and window.timeline.isVisible())
        QApplication.processEvents()
        assert not window.session.segments.is_ready and not window.session.reviewing.is_ready
        window.docks["Segments"].raise_()
        qtbot.waitUntil(lambda: window.session.segments.is_ready and window.session.reviewing.is_ready)


def test_what_changes_while_nobody_looks_is_listed_when_somebody_does(window, view, qtbot):
    segments, times = window.session.segments, []
    segments.listed.connect(lambda: times.append(len(segments.listing)))
    window.docks["Timeline"].raise_()
    window.docks["Segments"].hide()
    times.clear()
    window.session.do(lambda: commands.take_prediction(window.session.document, R, A))
    window.session.do(lambda: commands.split(window.session.document, A, 10, 3))
    QApplication.processEvents()
    assert times == []
    before = len(segments.listing)
    window.docks["Segments"].show()
    window.docks["Segments"].raise_()
    qtbot.waitUntil(lambda: len(segments.listing) == before + 1)


def test_enter_opens_and_digits_relabel_in_the_table_too(window, view):
    view.head.pages["Table"].click()
    view.table.setFocus()
    view.table.selectRow(6)
    key(window, Key.Key_Return)
    assert window.session.current_video == B and window.session.selection == {2}
    key(window, Key.Key_4)
    assert labels(window, B) == [0, 1, 3, 2]
    assert view.table.model().index(6, 1).data() == NAMES[3] and chosen(view) == [6]


def test_the_box_plots_lead_to_the_segments_of_their_action(window, view, qtbot):
    window.docks["Activity"].show()
    window.docks["Activity"].raise_()
    later = window.docks["Activity"].widget()
    later.make()
    boxes = later.panel.findChild(Boxes)
    qtbot.waitUntil(lambda: boxes.plot is not None)
    menus = set(boxes.findChildren(QMenu))
    at = QPoint(40, 20)
    QApplication.sendEvent(boxes, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, boxes.mapToGlobal(at)))
    (menu,) = set(boxes.findChildren(QMenu)) - menus
    menu.actions()[0].trigger()
    assert view.rows.wanted.label == boxes.plot.durations.rows[0].label
    menu.close()


def test_a_project_that_is_read_only_takes_no_changes_from_the_menu(window, view, tmp_path):
    path = window.session.project.path
    window.session.close_project()
    window.session.open_project(path, as_copy=True)
    menu = QMenu()
    view.fill_menu(menu)
    assert not [a for a in menu.actions() if a.text() == "Background" and a.isEnabled()]
    key(window, Key.Key_2)
    assert not window.session.document.corrected


def test_an_accepted_video_is_in_review_again(window, view):
    session = window.session
    session.do(lambda: commands.take_all(session.document, R))
    session.do(lambda: commands.set_review(session.document, B, ReviewStatus.ACCEPTED))
    view.show_label(1)
    key(window, Key.Key_A, CONTROL)
    key(window, Key.Key_1)
    assert session.document.review(B).status is ReviewStatus.IN_REVIEW


# --- going there --------------------------------------------------------------------------------------------------


def test_enter_and_a_double_click_go_to_the_segment_and_select_it_in_the_timeline(window, view, qtbot):
    click(view, 6)
    key(window, Key.Key_Return)
    session = window.session
    assert session.current_video == B and session.selection == {2}
    qtbot.waitUntil(lambda: session.playback.frame == 40)
    QTest.mouseDClick(
        view.sheet.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        view.sheet.tile_rect(3).center(),
    )
    assert session.current_video == A and session.selection == {3}
    qtbot.waitUntil(lambda: session.playback.frame == 60)
    assert view.sheet.hasFocus()


def test_space_plays_the_segment_once(window, view, qtbot):
    playback = window.session.playback
    window.session.playback.set_speed(8.0)
    click(view, 5)
    key(window, Key.Key_Space)
    assert window.session.current_video == B and playback.playing
    qtbot.waitUntil(lambda: not playback.playing)
    assert playback.frame == 39
    key(window, Key.Key_Space)
    key(window, Key.Key_Space)
    assert not playback.playing


def test_the_segment_under_the_playhead_is_framed(window, view):
    layout = view.sheet.layout_now()
    window.session.playback.seek(45)
    assert [view.sheet.tile(place, layout).is_current for place in range(4)] == [False, False, True, False]
    window.session.select_video(C)
    assert view.sheet.tile(8, layout).is_current


def test_the_menu_works_on_what_is_chosen_and_takes_what_is_under_the_pointer(window, view):
    menus: list[QMenu] = []
    view.menuOpened.connect(menus.append)
    port, at = view.sheet.viewport(), view.sheet.tile_rect(2).center()
    QApplication.sendEvent(port, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at)))
    assert chosen(view) == [2]
    entries = {a.text(): a for a in menus[0].actions()}
    relabel = entries["Relabel"].menu()
    next(a for a in relabel.actions() if a.text() == "stir").trigger()
    assert labels(window, A) == [0, 1, 2]
    menus[0].close()


# --- rows stay where they are -------------------------------------------------------------------------------------


def test_rows_keep_their_places_while_one_works(window, view, qtbot):
    view.rows.want(order=Order.DOUBT, descending=True)
    before = listed(view)
    view.rows.choose(3)
    video, start, stop, _ = before[3]
    key(window, Key.Key_4)
    qtbot.waitUntil(lambda: window.session.reviewing.is_ready)
    after = listed(view)
    assert after[3] == (video, start, stop, 3) and after[:3] == before[:3] and after[4:] == before[4:]
    assert chosen(view) == [3]  # still the same frames: what was wrong is corrected with the next key
    key(window, Key.Key_Z, CONTROL)
    assert listed(view) == before


def test_after_what_was_chosen_has_left_the_next_arrow_chooses_what_took_its_place(window, view):
    view.show_label(0)
    before = listed(view)
    view.rows.choose(2)
    key(window, Key.Key_4)
    assert listed(view) == [*before[:2], *before[3:]] and chosen(view) == []
    key(window, Key.Key_Right)
    assert listed(view)[chosen(view)[0]] == before[3]


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.fixture
def filmed(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    """Forty videos of 150 pictures that carry their numbers, cut into five segments each."""
    clip = make_clip(tmp_path / "b_frames.mp4")
    media = probe(clip)
    clock = Timebase(media.n_pictures, media.rate, media)
    videos = tuple(Video(VideoId(f"v{n:02}"), f"v{n:02}", clock, clip) for n in range(40))
    actions = tuple(Action(ActionId(i), name, "#8080a0") for i, name in enumerate(NAMES))
    with Project.create(tmp_path / "b.tot", Dataset(tmp_path, "tea", videos, actions), ground_truth={}) as project:
        cut = Segmentation(np.arange(0, 150, 30), np.arange(5) % 2, 150)
        for video in videos:
            project.edit(commands.import_track(project.document, video.id, cut))
    made = MainWindow(Session(), Settings())
    made.resize(1200, 800)
    made.show()
    made.session.open_project(tmp_path / "b.tot", trusted=True)
    made.show_layout("Segments")
    view = made.segments()
    qtbot.waitUntil(lambda: len(view.rows) == 200)
    view.rows.want(order=Order.PLACE, descending=False)
    qtbot.waitUntil(lambda: view.sheet.is_complete and bool(view.sheet._fitted), timeout=20_000)
    yield made
    shut(made)


def number_of(image: QImage) -> int:
    """The number that a picture carries, at whatever size."""
    small = image.convertToFormat(QImage.Format.Format_RGB888).scaled(128, 64)
    pixels = np.frombuffer(small.constBits(), np.uint8).reshape(64, small.bytesPerLine())[:, : 128 * 3]
    return number_in(pixels.reshape(64, 128, 3))


def test_pictures_are_those_of_the_frames_and_only_of_what_is_seen(filmed, qtbot):
    view = filmed.segments()
    (shot,) = view.sheet.tile(1, view.sheet.layout_now()).shots
    assert number_of(shot) == 44  # the middle frame of 30 to 59
    assert len(view.sheet._fitted) < 60 and "to come" not in view.count.text()
    view.head.three.setChecked(True)
    qtbot.waitUntil(lambda: view.sheet.is_complete, timeout=20_000)
    shots = view.sheet.tile(1, view.sheet.layout_now()).shots
    assert [number_of(shot) for shot in shots] == [30, 44, 59]


def point_at(sheet: Sheet, share: float) -> None:
    """Put the pointer over the picture of the second tile, so far across it."""
    rect = QRect(*sheet.layout_now().shot(1, 0))
    QTest.mouseMove(sheet.viewport(), QPoint(rect.left() + round(share * (rect.width() - 1)), rect.center().y()))


def test_the_pointer_over_a_picture_goes_through_its_segment(filmed, qtbot):
    qtbot.waitUntil(lambda: filmed.session.reviewing.is_ready)
    sheet = filmed.segments().sheet

    def comes_to(share: float, number: int) -> None:
        def is_there() -> bool:
            point_at(sheet, share)
            return sheet.scrub.picture is not None and number_of(sheet.scrub.picture) == number

        qtbot.waitUntil(is_there, timeout=20_000)

    comes_to(0.98, 59)
    assert sheet.tile(1, sheet.layout_now()).scrub is not None
    sheet.grab()
    sheet.rows.segments.listed.emit()  # what is said of the segments has come anew: the same are shown
    assert sheet.scrub.picture is not None
    comes_to(0.02, 30)
    sheet.scrub.stop()
    assert sheet.scrub.row == -1 and sheet.tile(1, sheet.layout_now()).scrub is None


def test_tiles_lie_side_by_side_and_are_found_again():
    for width in (100, 400, 1000):
        for shots in (1, 3):
            layout = SheetLayout(width, 23, 120, shots, 16)
            seen = {layout.at(x + w / 2, y + h / 2) for x, y, w, h in map(layout.rect, range(23))}
            assert seen == set(range(23))
            rects = [layout.rect(place) for place in range(23)]
            assert all(x >= 0 and x + w <= max(width, 60) for x, _, w, _ in rects)
            assert layout.rect(22)[1] + layout.tile_height <= layout.height
            assert list(layout.between(0, layout.height)) == list(range(23))
            assert layout.at(-5, 5) is None and layout.at(5, layout.height + 500) is None
            assert layout.inside(0, 0, width, layout.tile_height) == list(range(layout.columns))


def test_the_wheel_with_control_changes_the_size_and_it_is_remembered(window, view):
    view.sheet.sizeAsked.emit(1)
    view.head.three.setChecked(True)
    assert view.sheet.size_step == 2 and view.sheet.shots == 3
    assert Settings().sheet() == ("Pictures", 3, 2)
    again = SegmentsView(window.session, window)
    assert again.head.three.isChecked() and again.head.size_.value() == 2
    again.deleteLater()


def test_the_panel_has_a_layout_and_its_command_a_key(window):
    assert "Segments" in LAYOUTS["Segments"].right and "Segments" in LAYOUTS["Review"].bottom
    keys = window.actions_.by_name["review.segments"].shortcuts()
    assert QKeySequence("G") in keys
