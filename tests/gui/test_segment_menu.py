"""The Segment menu and the keys of the timeline in the real window: each command is one edit on what is chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import BACKGROUND, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project
from totgui.dialogs.action_popup import ActionPopup, Choice
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.window.status import StatusLine

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen, of popups
A, B, R1, R2 = VideoId("P03"), VideoId("P04"), RunId("r1"), RunId("r2")
NAMES = ("pour", "stir", "serve", "wipe")


@pytest.fixture
def window(qtbot, tmp_path: Path):
    actions = tuple(Action(ActionId(i), name, f"#{i * 40:02x}80a0") for i, name in enumerate(NAMES))
    videos = tuple(Video(v, v, Timebase(100)) for v in (A, B))
    truth = {A: Segmentation(np.array([0, 18, 62]), np.array([0, 1, 3]), 100)}
    project = Project.create(tmp_path / "a.tot", Dataset(tmp_path, "tea", videos, actions), ground_truth=truth)
    for number, run in enumerate((R1, R2), 1):
        arrived = Run(run, number, {"n_clusters": 3}, "cpu", 1.0, 10, False, "", {})
        project.add_run(arrived, LabelMap(run, 3, {i: i for i in range(3)}), b"weights")
        cut = Segmentation(np.array([0, 20, 40, 60, 80]), np.array([0, 1, 0, 2, 0]) + (number == 1) * 0, 100)
        project.add_predictions([Prediction(run, A, cut if number == 2 else cut.move_boundary(0, 25))])
    project.close()
    session = Session()
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    session.open_project(tmp_path / "a.tot")
    yield window
    session.close()


def do(window: MainWindow, name: str) -> None:
    action = window.actions_.by_name[name]
    assert action.isEnabled(), name
    action.trigger()


def track(window: MainWindow) -> list[tuple[int, int, int]]:
    return [tuple(segment) for segment in window.session.document.corrected[A].segments]


def n_edits(window: MainWindow) -> int:
    return len(window.session.past.history.done)


def popup() -> ActionPopup:
    found = QApplication.activePopupWidget()
    assert isinstance(found, ActionPopup)
    return found


def test_relabel_of_a_scattered_selection_is_one_edit_and_leaves_the_rest(window: MainWindow) -> None:
    """It used to relabel everything from the first selected segment to the last."""
    session = window.session
    do(window, "segment.take-video")
    session.select_segments([0, 2])
    before = n_edits(window)
    window.actions_.segment.relabel_number(3)
    assert track(window) == [(0, 20, 3), (20, 40, 1), (40, 60, 3), (60, 80, 2), (80, 100, 0)]
    assert n_edits(window) == before + 1 and session.past.history.done[-1].text == "relabel 2 segments as wipe in P03"
    assert session.selection == {0, 2}
    do(window, "edit.undo")
    assert track(window) == [(0, 20, 0), (20, 40, 1), (40, 60, 0), (60, 80, 2), (80, 100, 0)]


def test_the_selection_stays_on_its_segment_when_neighbours_join(window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.select_segments([3])
    window.actions_.segment.relabel_number(0)
    assert track(window)[-1] == (40, 100, 0) and window.session.selection == {2}
    window.actions_.segment.relabel_number(1)
    assert track(window) == [(0, 20, 0), (20, 100, 1)]


def test_the_first_edit_takes_the_prediction_in_the_same_step_and_says_so(window: MainWindow) -> None:
    said = []
    window.session.message.connect(lambda text, level: said.append(text))
    window.session.playback.seek(30)
    window.actions_.segment.relabel_number(3)
    assert track(window) == [(0, 20, 0), (20, 40, 3), (40, 60, 0), (60, 80, 2), (80, 100, 0)]
    assert said == ["Nothing was corrected yet: all of Run 2 was taken first. Undo takes both back."]
    assert n_edits(window) == 1
    do(window, "edit.undo")
    assert A not in window.session.document.corrected


def test_every_segment_like_this_one(qtbot, window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.playback.seek(45)
    do(window, "segment.relabel-like")
    assert "pour" not in [text.split("   ")[-1] for text in popup().offered()]
    qtbot.keyClick(popup().field, Qt.Key.Key_4)
    assert [label for *_, label in track(window)] == [3, 1, 3, 2, 3]
    assert window.session.past.history.done[-1].text == "relabel every pour (3) as wipe in P03"


def test_split_asks_in_a_popup_and_escape_leaves_everything(qtbot, window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.playback.seek(30)
    before = n_edits(window)
    do(window, "segment.split")
    qtbot.keyClick(popup().field, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None and n_edits(window) == before
    do(window, "segment.split")
    qtbot.keyClicks(popup().field, "wi")
    assert popup().offered() == ["4   wipe", "New action “wi”"]
    qtbot.keyClick(popup().field, Qt.Key.Key_Return)
    assert track(window)[1:3] == [(20, 30, 1), (30, 40, 3)] and window.session.selection == {2}
    window.session.playback.seek(40)
    do(window, "segment.split")
    assert QApplication.activePopupWidget() is None and "boundary at frame 40" in window.bar.text()


def test_a_new_name_makes_the_action_in_the_same_undo_step(qtbot, window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.playback.seek(70)
    do(window, "segment.relabel")
    qtbot.keyClicks(popup().field, "rinse 2")
    qtbot.keyClick(popup().field, Qt.Key.Key_Enter)
    document = window.session.document
    assert document.actions[ActionId(4)].name == "rinse 2" and track(window)[3] == (60, 80, 4)
    do(window, "edit.undo")
    assert ActionId(4) not in document.actions and track(window)[3] == (60, 80, 2)


def test_marks_and_enter_give_a_range_an_action(qtbot, window: MainWindow) -> None:
    do(window, "segment.take-video")
    playback = window.session.playback
    assert not window.actions_.by_name["segment.range"].isEnabled()
    playback.seek(30)
    do(window, "range.in")
    playback.seek(69)
    do(window, "range.out")
    assert window.session.chosen.range == (30, 70)
    before = n_edits(window)
    do(window, "segment.range")
    qtbot.keyClick(popup().field, Qt.Key.Key_4)
    assert track(window) == [(0, 20, 0), (20, 30, 1), (30, 70, 3), (70, 80, 2), (80, 100, 0)]
    assert n_edits(window) == before + 1 and window.session.chosen.range is None


def test_a_range_without_any_track_starts_unlabelled(qtbot, window: MainWindow) -> None:
    session = window.session
    session.select_video(B)
    session.chosen.select_range(10, 20)
    window.actions_.segment.relabel_number(1)
    assert session.document.corrected[B].segments == ((0, 10, -2), (10, 20, 1), (20, 100, -2))


def test_t_takes_the_span_of_the_active_track(window: MainWindow) -> None:
    session = window.session
    do(window, "segment.take-video")
    session.playback.seek(50)
    session.chosen.activate("ground-truth")
    do(window, "segment.take")
    assert track(window) == [(0, 18, 0), (18, 62, 1), (62, 80, 2), (80, 100, 0)]
    do(window, "edit.undo")
    session.chosen.show_runs([R1])
    session.chosen.activate("run:r1")
    session.playback.seek(10)
    do(window, "segment.take")
    assert track(window)[:2] == [(0, 25, 0), (25, 40, 1)]
    do(window, "edit.undo")
    session.chosen.activate("ground-truth")
    session.select_segments([0, 4])
    do(window, "segment.take")
    assert track(window) == [(0, 18, 0), (18, 40, 1), (40, 60, 0), (60, 80, 2), (80, 100, 3)]
    assert session.past.history.done[-1].text == "take 2 spans of ground truth in P03"


def test_the_row_of_a_reviewer_who_labelled_another_video_is_no_row_to_take_from(window: MainWindow) -> None:
    """T said that there is nothing to take, and no row was active any more."""
    session = window.session
    session.reviewing.set_second("Bea", {B: Segmentation(np.array([0]), np.array([2]), 100)})
    session.select_video(B)
    session.chosen.activate("second")
    session.select_video(A)
    assert session.chosen.active == "corrected"
    do(window, "segment.take")
    assert track(window)[0] == (0, 20, 0)


def test_the_row_of_another_reviewer_ends_with_the_project(window: MainWindow) -> None:
    session, project = window.session, window.session.project.path
    session.reviewing.set_second("Bea", {A: Segmentation(np.array([0]), np.array([2]), 100)})
    session.chosen.activate("second")
    asked = []
    session.reviewing.agreementChanged.connect(lambda: asked.append(session.reviewing.second_name))
    session.close_project()
    assert session.chosen.active == "corrected" and asked == [""]
    session.open_project(project)
    do(window, "segment.take")
    assert track(window)[0] == (0, 20, 0)


def test_control_arrows_go_along_the_active_track_and_select_what_can_be_nudged(window: MainWindow) -> None:
    session, playback = window.session, window.session.playback
    do(window, "segment.take-video")
    do(window, "playback.next-boundary")
    assert playback.frame == 20 and session.chosen.boundary == 0
    do(window, "segment.nudge-right")
    do(window, "segment.nudge-right-10")
    assert track(window)[0] == (0, 31, 0) and playback.frame == 31
    do(window, "edit.undo")
    assert track(window)[0] == (0, 20, 0)  # both nudges were one step
    session.chosen.activate("ground-truth")
    playback.seek(0)
    do(window, "playback.next-boundary")
    do(window, "playback.next-boundary")
    assert playback.frame == 62
    do(window, "playback.segment-end")
    assert playback.frame == 99
    do(window, "playback.previous-boundary")
    assert playback.frame == 62


def test_edges_go_to_the_playhead(window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.playback.seek(25)
    do(window, "segment.start")
    assert track(window)[:2] == [(0, 25, 0), (25, 40, 1)]
    do(window, "segment.end")
    assert track(window)[1:3] == [(25, 26, 1), (26, 60, 0)]


def test_m_at_a_selected_boundary_merges_across_it(window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.chosen.select_boundary(2)
    do(window, "segment.merge-next")
    assert track(window)[2] == (40, 80, 0) or track(window)[2] == (40, 100, 0)
    do(window, "edit.undo")
    window.session.chosen.select_boundary(2)
    do(window, "segment.merge-previous")
    assert track(window)[2] == (40, 80, 2)


def test_painting_takes_action_keys_and_escape_leaves_it(window: MainWindow) -> None:
    session = window.session
    session.playback.seek(5)
    do(window, "segment.paint")
    assert session.painting.active and window.actions_.by_name["segment.paint"].isChecked()
    window.actions_.segment.relabel_number(3)
    assert session.painting.live.start == 5
    assert not window.grab().isNull()
    do(window, "edit.clear")
    assert not session.painting.active and track(window)[1][0] == 5 and track(window)[1][2] == 3
    session.playback.pause()


def test_the_loop_is_the_range_where_there_is_one(window: MainWindow) -> None:
    session = window.session
    session.chosen.select_range(10, 30)
    do(window, "playback.loop")
    assert session.playback.loop == (10, 30) and session.playback.playing
    do(window, "playback.loop")
    assert session.playback.loop is None and not session.playback.playing
    session.chosen.clear_marks()
    session.playback.seek(50)
    do(window, "playback.loop")
    assert session.playback.loop == (40, 60)
    do(window, "playback.loop")
    session.select_segments([0, 1])
    do(window, "playback.loop")
    spans = session.chosen.spans(0)
    assert session.playback.loop == (spans[0][0], spans[1][1])
    session.playback.pause()


def test_the_loop_button_does_what_the_command_does(window: MainWindow) -> None:
    session, button = window.session, window.video_view._loop
    session.chosen.select_range(10, 30)
    button.click()
    assert session.playback.loop == (10, 30) and session.playback.playing and button.isChecked()
    button.click()
    assert session.playback.loop is None and not session.playback.playing and not button.isChecked()


def test_where_there_is_nothing_to_loop_nothing_changes(window: MainWindow) -> None:
    session, button = window.session, window.video_view._loop
    action = window.actions_.by_name["playback.loop"]
    session.select_video(B)
    session.playback.play()
    for ask in (button.click, action.trigger):
        ask()
        assert session.playback.playing and not button.isChecked() and not action.isChecked()
    session.playback.pause()


def test_escape_clears_one_thing_at_a_time(window: MainWindow) -> None:
    chosen = window.session.chosen
    chosen.select_range(10, 30)
    do(window, "edit.clear")
    assert chosen.is_empty and chosen.range == (10, 30)
    do(window, "edit.clear")
    assert chosen.range is None and not window.actions_.by_name["edit.clear"].isEnabled()


def test_single_keys_stay_off_in_a_text_field_when_something_changes(window: MainWindow) -> None:
    split, give = (window.actions_.by_name[name] for name in ("segment.split", "segment.range"))
    window.actions_.set_single_keys(False)
    window.session.chosen.select_range(1, 2)
    assert not split.shortcuts() and give.isEnabled()
    window.actions_.set_single_keys(True)
    assert split.shortcuts()


def test_keys_reach_the_commands(qtbot, window: MainWindow) -> None:
    """Real key presses on the shown window, those of the Segment menu among them."""
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.timeline.setFocus()
    session = window.session
    session.playback.seek(30)
    for key, modifier in ((Qt.Key.Key_I, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_PageDown, None)):
        QTest.keyClick(window, key, modifier or Qt.KeyboardModifier.NoModifier)
    QTest.keyClick(window, Qt.Key.Key_O)
    assert session.chosen.range is not None and session.chosen.range[0] == 30
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert session.chosen.range is None
    QTest.keyClick(window, Qt.Key.Key_4)
    assert session.document.corrected[A].at(60).label == 3
    QTest.keyClick(window.timeline, Qt.Key.Key_Up)
    assert session.chosen.active == "prediction"
    QTest.keyClick(window.timeline, Qt.Key.Key_Up)
    QTest.keyClick(window.timeline, Qt.Key.Key_Down)
    assert session.chosen.active == "prediction"


def test_a_click_in_the_popup_commits(qtbot, window: MainWindow) -> None:
    do(window, "segment.take-video")
    window.session.playback.seek(30)
    do(window, "segment.relabel")
    found = popup().list
    spot: QPoint = found.visualItemRect(found.item(2)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert track(window)[1] == (20, 40, 2)


def test_taking_everywhere_offers_its_undo(window: MainWindow) -> None:
    do(window, "segment.take-all")
    assert window.bar.choices() == ["Undo"] and "5 segments in 1 videos" in window.bar.text()
    window.bar.choose("Undo")
    assert A not in window.session.document.corrected
    assert isinstance(commands.start_unlabelled(window.session.document, A).text, str)


@pytest.fixture
def on_azerty(window: MainWindow) -> MainWindow:
    window.actions_.keymap.change("azerty", {})
    do(window, "segment.take-video")
    window.session.playback.seek(5)
    return window


def asked(window: MainWindow) -> ActionPopup:
    do(window, "segment.relabel")
    return popup()


@pytest.mark.parametrize(
    ("key", "held", "text", "action"),
    [
        (Qt.Key.Key_Eacute, Qt.KeyboardModifier.NoModifier, "\u00e9", 1),
        (Qt.Key.Key_QuoteDbl, Qt.KeyboardModifier.NoModifier, '"', 2),
        (Qt.Key.Key_Apostrophe, Qt.KeyboardModifier.NoModifier, "'", 3),
        (Qt.Key.Key_4, Qt.KeyboardModifier.KeypadModifier, "4", 3),
    ],
)
def test_the_popup_takes_the_signs_of_a_keyboard_whose_digits_need_shift(
    qtbot, on_azerty: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier, text: str, action: int
) -> None:
    """It took digits only: as if another keyboard had been chosen than for the window."""
    field = asked(on_azerty).field
    QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, key, held, text))
    assert track(on_azerty)[0][2] == action


def test_the_popup_shows_the_keys_that_the_window_has(on_azerty: MainWindow) -> None:
    assert asked(on_azerty).offered()[:3] == ["&   pour", "\u00e9   stir", '"   serve']
    popup().close()
    on_azerty.actions_.keymap.change("standard", {"labels.key-2": ("Ctrl+J",), "labels.key-3": ("Q",)})
    assert asked(on_azerty).offered()[:4] == ["1   pour", "Ctrl+J   stir", "3   serve", "4   wipe"]
    popup().close()


def test_a_letter_begins_a_name_also_where_it_is_the_key_of_an_action(qtbot, window: MainWindow) -> None:
    window.actions_.keymap.change("standard", {"labels.key-2": ("W",)})
    do(window, "segment.take-video")
    field = asked(window).field
    qtbot.keyClicks(field, "w")
    assert field.text() == "w" and popup().offered()[0].endswith("wipe")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert track(window)[0] == (0, 20, 3)


def test_a_sign_with_shift_that_is_no_key_there_chooses_nothing(qtbot, on_azerty: MainWindow) -> None:
    """Shift and the key beside M type a percent sign in France, which elsewhere is Shift+5."""
    field = asked(on_azerty).field
    shift = Qt.KeyboardModifier.ShiftModifier
    QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Percent, shift, "%"))
    assert field.text() == "%" and track(on_azerty)[0] == (0, 20, 0)
    popup().close()


def test_a_name_is_found_whichever_way_its_letters_are_composed(qtbot) -> None:
    """It was not found, and the new action that was offered instead could not be made: there was one of that name."""
    got: list[object] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    asked = ActionPopup("Relabel", [Choice(3, "ru\u0308hren", "#102030", None)], got.append, parent)
    asked.field.setText("R\u00dcH")
    assert asked.offered() == ["   ru\u0308hren", "New action “R\u00dcH”"]
    asked.field.setText("r\u00fchren")
    assert asked.offered() == ["   ru\u0308hren"]
    asked.close()


def test_delete_means_background_also_where_an_action_is_called_so(qtbot) -> None:
    got: list[object] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    choices = [Choice(25, "background", "#102030", None), Choice(BACKGROUND, "background", "#9a9fa8", None)]
    asked = ActionPopup("Relabel", choices, got.append, parent)
    QTest.keyClick(asked.field, Qt.Key.Key_Delete)
    assert got == [BACKGROUND]


def test_of_two_names_that_differ_in_size_the_one_that_is_typed_comes_first(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    choices = [Choice(1, "Wipe", "#102030", None), Choice(2, "wipe", "#405060", None)]
    asked = ActionPopup("Relabel", choices, list, parent)
    for name in ("wipe", "Wipe"):
        asked.field.setText(name)
        assert asked.list.item(0).text() == name and asked.list.count() == 2
    asked.close()


def test_an_action_that_is_chosen_after_the_video_has_ended_paints_nothing_and_says_so(window: MainWindow) -> None:
    session = window.session
    session.playback.seek(90)
    session.painting.toggle()
    do(window, "segment.relabel")
    session.playback.pause()
    QTest.keyClick(popup().field, Qt.Key.Key_2)
    assert n_edits(window) == 0 and "Nothing was painted" in window.bar.text()


def test_the_status_bar_says_what_is_selected_and_how_much(window: MainWindow) -> None:
    session, line = window.session, window.status._chosen
    assert line.text() == "" and line.isHidden()
    assert StatusLine(Session())._chosen.isHidden()  # an empty one would push what runs to the right
    do(window, "segment.take-video")
    session.select_segments([1])
    assert line.text() == "stir 20 to 39: 20 frames" and not line.isHidden()
    session.select_segments([0, 1, 3])
    assert line.text() == "3 segments: 60 frames"
    session.chosen.select_boundary(0)
    assert line.text() == "pour | stir: boundary at 20"
    session.chosen.select_range(5, 6)
    assert line.text() == "Range 5 to 5: 1 frame"
    session.select_segments([1])
    do(window, "segment.background")
    assert line.text() == "background 20 to 39: 20 frames"
    session.select_video(B)
    assert line.text() == ""


def test_the_status_bar_names_what_is_selected_of_the_run_that_is_shown(window: MainWindow) -> None:
    """As long as nothing is corrected, a run that is chosen brings other segments below the same selection."""
    session, line = window.session, window.status._chosen
    assert session.current_run == R2
    session.select_segments([1])
    assert line.text() == "stir 20 to 39: 20 frames"
    session.select_run(R1)
    assert line.text() == "stir 25 to 39: 15 frames"


def test_the_button_beside_the_loop_paints_and_tells_whether_it_does(window: MainWindow) -> None:
    session, button = window.session, window.video_view._paint
    button.click()
    assert session.painting.active and button.isChecked() and window.actions_.by_name["segment.paint"].isChecked()
    do(window, "edit.clear")
    assert not session.painting.active and not button.isChecked()
    session.playback.pause()
    for action in list(session.document.actions):
        session.do(lambda a=action: commands.archive_action(session.document, a))
    button.click()
    assert not session.painting.active and not button.isChecked() and "no actions to paint with" in window.bar.text()


def test_an_action_key_after_a_jump_means_the_place_and_not_what_was_selected_before(window: MainWindow) -> None:
    """The segment that was selected, somewhere else and out of sight, was relabelled."""
    session = window.session
    session.playback.seek(0)
    session.select_segments([4])
    do(window, "review.next-difference")
    frame = session.playback.wanted
    assert not session.selection and frame > 0
    here = session.base().at(frame)
    far = session.base()[4]
    do(window, "labels.key-4")
    assert session.base().at(frame).label == 3 != here.label
    assert session.base().at(far.start).label == far.label
