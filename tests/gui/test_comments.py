"""Comments on a real window: written by key at a place, seen in the timeline, found in the list, settled, refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import three_parts
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import a_window, wait_for_places

from core import api
from core.annotation import commands
from core.annotation.values import Comment, CommentId, CommentKey
from core.data.dataset import VideoId
from totgui.dialogs.comment_popup import CommentPopup
from totgui.dialogs.import_labels import ImportDialog
from totgui.models.comment_words import TIP_LETTERS, tip_of
from totgui.models.comments import BY, VIDEO
from totgui.models.videos import OPEN
from totgui.models.widgets import AMBER, tip
from totgui.views.review.comments import CommentsView
from totgui.views.timeline.comments import comment_under

HOSTILE = "<img src='file:///etc/passwd'><b>bold</b>\n\u202eevil \U0001f600 \u05e9\u05dc\u05d5\u05dd & so on"
V0, V1 = VideoId("v0"), VideoId("v1")
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, tmp_path):
    with a_window() as made:
        made.resize(1500, 950)
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(three_parts(tmp_path / "data", 2)))
        made.show()
        made.placing.turns.finish()
        wait_for_places(qtbot, made)
        made.session.select_video(V0)
        yield made


def trigger(window, name: str) -> None:
    window.actions_.by_name[name].trigger()


def popup(qtbot) -> CommentPopup:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), CommentPopup))
    found = QApplication.activePopupWidget()
    assert isinstance(found, CommentPopup)
    return found


def add(window, video: VideoId, start: int, stop: int, text: str, author: str = "Ada") -> CommentKey:
    document = window.session.document
    assert window.session.do(
        lambda: commands.add_comment(document, video, start, stop, text, author=author, written=1_700_000_000)
    )
    return CommentKey(video, max(document.comments_on(video)))


def open_list(qtbot, window) -> CommentsView:
    """The list of comments, in front and up to date."""
    trigger(window, "review.list-comments")
    view = window.review.comments
    qtbot.waitUntil(lambda: view.isVisible() and not view._soon.isActive())
    return view


def listed(view: CommentsView) -> list[str]:
    return [comment.text for _, comment in view.model.rows]


def point_at(window, frame: float, dx: float = 5.0) -> QPoint:
    row, axis = window.timeline.row("comments"), window.timeline.axis
    return QPoint(round(axis.x(frame) + dx), row.top + row.height // 2)


# --- writing ---------------------------------------------------------------------------------------


def test_a_key_asks_beside_the_playhead_and_enter_writes_what_was_typed(qtbot, window):
    window.session.reviewing.reviewer = "Ada"
    window.session.playback.seek(25)
    trigger(window, "review.comment")
    editor = popup(qtbot)
    assert editor.places[0][0].text().startswith("This frame")
    QTest.keyClicks(editor.field, "first")
    QTest.keyClick(editor.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(editor.field, "second")
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    (comment,) = window.session.document.comments_on(V0).values()
    assert (comment.start, comment.stop, comment.text, comment.author) == (25, 26, "first\nsecond", "Ada")
    assert comment.written > 1_700_000_000 and not comment.resolved
    assert window.session.comments.current == CommentKey(V0, CommentId(1))
    assert window.session.project.undo_text.startswith("comment in v0 at ")
    trigger(window, "edit.undo")
    assert not window.session.document.comments and window.session.comments.current is None
    trigger(window, "edit.redo")
    assert window.session.document.comments_on(V0)[CommentId(1)] == comment


def test_what_is_selected_or_marked_is_what_a_comment_is_about_and_another_place_can_be_chosen(qtbot, window):
    session = window.session
    session.do(lambda: commands.start_from_ground_truth(session.document, V0))
    track, part = session.base(), window.actions_.review.comments
    first = track[1]

    def spans(frame: int) -> list[tuple[int, int]]:
        return [span for _, span in part.places(frame)]

    at = first.start + 1
    assert spans(at) == [(at, at + 1), (first.start, first.stop)]
    session.select_segments([1])
    assert spans(at) == [(first.start, first.stop), (at, at + 1)]
    session.select_segments([0, 1])
    assert spans(at)[0] == (0, first.stop)
    session.chosen.set_in(3)
    session.chosen.set_out(9)
    assert spans(4)[0] == (3, 9) and (3, 9) not in spans(20)
    session.chosen.select_range(3, 9)
    assert spans(20)[0] == (3, 9)
    session.playback.seek(20)
    trigger(window, "review.comment")
    editor = popup(qtbot)
    next(button for button, span in editor.places if span == (20, 21)).setChecked(True)
    editor.field.setPlainText("only here")
    editor.save()
    (comment,) = session.document.comments_on(V0).values()
    assert (comment.start, comment.stop) == (20, 21)


def test_too_long_a_text_says_so_and_cannot_be_saved(qtbot, window):
    trigger(window, "review.comment")
    editor = popup(qtbot)
    assert not editor.save_button.isEnabled()
    editor.field.setPlainText("x" * 5001)
    assert editor.answer.text() == "1 too many: up to 5,000 characters" and not editor.save_button.isEnabled()
    QTest.keyClick(editor.field, Qt.Key.Key_Return)
    assert editor.isVisible() and not window.session.document.comments
    editor.field.setPlainText("x" * 5000)
    assert "5,000 of 5,000" in editor.answer.text()
    editor.save()
    assert len(window.session.document.comments_on(V0)[CommentId(1)].text) == 5000


def test_esc_gives_up_and_a_click_beside_keeps_the_draft_for_the_same_video_only(qtbot, window):
    trigger(window, "review.comment")
    editor = popup(qtbot)
    editor.field.setPlainText("half a thou")
    editor.close()  # what Qt does with a popup when something else is clicked
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    assert not window.session.document.comments
    window.session.select_video(V1)
    trigger(window, "review.comment")
    assert popup(qtbot).text == ""
    popup(qtbot).give_up()
    window.session.select_video(V0)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    trigger(window, "review.comment")
    editor = popup(qtbot)
    assert editor.text == "half a thou" and "not saved" in editor.answer.text()
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    trigger(window, "review.comment")
    assert popup(qtbot).text == ""
    popup(qtbot).give_up()
    assert not window.session.document.comments and not window.session.comments.drafts


def test_a_draft_on_a_comment_that_was_deleted_is_not_the_text_of_the_next_one(qtbot, window):
    key = add(window, V0, 10, 11, "first")
    window.session.comments.editAsked.emit(key)
    editor = popup(qtbot)
    editor.field.setPlainText("half a thou")
    editor.close()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    window.session.do(lambda: commands.delete_comments(window.session.document, [key]))
    assert add(window, V0, 50, 51, "second") == key  # numbers are given again
    window.session.comments.editAsked.emit(key)
    assert popup(qtbot).text == "second"
    popup(qtbot).give_up()


def test_the_editor_goes_with_its_project_and_writes_nothing_into_another(qtbot, window, tmp_path):
    trigger(window, "review.comment")
    editor = popup(qtbot)
    editor.field.setPlainText("half a thou")
    save, keep = editor._save, editor._keep
    window.session.close_project()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    window.session.create_project(tmp_path / "q.tot", api.open_dataset(tmp_path / "data"))
    window.session.select_video(V0)
    assert not window.session.comments.drafts
    keep("half a thou")
    assert not save("half a thou", (0, 1))
    assert not window.session.comments.drafts and not window.session.document.comments


def test_the_editor_is_as_wide_as_the_names_of_its_places(qtbot, window):
    names = ("A name of an action of 24 · " + "frames 1,000,000 to 1,200,000, " * 2, "This frame")
    editor = CommentPopup("t", [(name, (0, 1)) for name in names], lambda *_: True, window)
    editor.show_at(QPoint(0, 0))
    assert all(button.width() >= button.sizeHint().width() for button, _ in editor.places)
    editor.give_up()
    editor = CommentPopup("t", [("x" * 4000, (0, 1)), ("y", (1, 2))], lambda *_: True, window)
    assert editor.width() == editor.screen().availableGeometry().width()
    editor.give_up()


# --- the timeline ----------------------------------------------------------------------------------


def test_the_row_comes_with_the_first_comment_of_the_project_and_goes_with_the_last(window):
    timeline = window.timeline
    before = timeline.minimumHeight()
    assert all(row.key != "comments" for row in timeline.rows)
    key = add(window, V0, 10, 11, "a")
    assert [row.key for row in timeline.rows][:3] == ["minimap", "ruler", "comments"]
    assert timeline.minimumHeight() > before
    window.session.select_video(V1)  # rows do not jump from one video to the next
    timeline.grab()
    assert "comments" in timeline.optional and timeline.tip(QPointF(point_at(window, 10))) == ""
    window.session.do(lambda: commands.delete_comments(window.session.document, [key]))
    assert "comments" not in timeline.optional and timeline.minimumHeight() == before


def test_a_sign_is_seen_says_its_text_and_a_click_goes_there(qtbot, window):
    window.session.comments.select(None)
    add(window, V0, 40, 60, HOSTILE)
    settled = add(window, V0, 90, 91, "done")
    window.session.do(lambda: commands.resolve_comments(window.session.document, [settled]))
    timeline = window.timeline
    window.session.playback.seek(10)
    image = timeline.grab().toImage()
    row = timeline.row("comments")
    bar = image.pixelColor(round(timeline.axis.x(58)), row.top + row.height - 2)
    assert bar == QColor(AMBER)
    sign = [image.pixelColor(point_at(window, 40).x(), y) for y in range(row.top, row.top + row.height)]
    hollow = [image.pixelColor(point_at(window, 90, 2).x(), y) for y in range(row.top, row.top + row.height)]
    assert QColor(AMBER) in sign and QColor(AMBER) not in hollow
    text = timeline.tip(QPointF(point_at(window, 40)))
    assert text.startswith("<img src") and "Ada, 2023-11-1" in text and "frames 40 to 59" in text
    assert "resolved" in timeline.tip(QPointF(point_at(window, 90)))
    QTest.mouseClick(timeline, LEFT, NONE, point_at(window, 40))
    qtbot.waitUntil(lambda: window.session.playback.frame == 40)
    assert window.session.comments.current == CommentKey(V0, CommentId(1))
    assert window.session.selection == frozenset()
    QTest.mouseClick(timeline, LEFT, NONE, point_at(window, 70.5, 0))  # in the middle of it, at any width
    qtbot.waitUntil(lambda: window.session.playback.frame == 70)


def test_esc_in_a_scrub_beside_the_signs_goes_back_to_where_it_was(qtbot, window):
    add(window, V0, 10, 11, "a")
    timeline, playback = window.timeline, window.session.playback
    timeline.grab()
    playback.seek(100)
    QTest.mousePress(timeline, LEFT, NONE, point_at(window, 50.5, 0))
    assert playback.wanted == 50
    QTest.mouseMove(timeline, point_at(window, 60.5, 0))
    assert playback.wanted == 60
    timeline.hand.cancel(back=True)
    assert playback.wanted == 100


def test_a_double_click_on_a_sign_edits_it(qtbot, window):
    add(window, V0, 40, 60, "wrnog")
    window.timeline.grab()
    QTest.mouseDClick(window.timeline, LEFT, NONE, point_at(window, 40))
    editor = popup(qtbot)
    assert editor.text == "wrnog" and editor.field.textCursor().selectedText() == "wrnog"
    editor.field.setPlainText("wrong")
    QTest.keyClick(editor.field, Qt.Key.Key_Enter)
    comment = window.session.document.comments_on(V0)[CommentId(1)]
    assert (comment.text, comment.start, comment.stop, comment.author) == ("wrong", 40, 60, "Ada")


def test_the_menu_of_a_sign_settles_moves_and_deletes_it(window):
    key = add(window, V0, 40, 60, "a")
    window.timeline.grab()
    window.session.playback.seek(70)

    def choose(text: str, frame: int = 40) -> None:
        menu = window.timeline.menu_at(QPointF(point_at(window, frame)))
        {action.text().split("\t")[0]: action for action in menu.actions()}[text].trigger()
        menu.deleteLater()

    choose("Resolve")
    assert window.session.comments.comment(key).resolved
    choose("Reopen")
    assert not window.session.comments.comment(key).resolved
    choose("Mark its frames as range")
    assert window.session.chosen.range == (40, 60)
    choose("Move to the frame on screen")
    assert (window.session.comments.comment(key).start, window.session.comments.comment(key).stop) == (70, 71)
    choose("Move to the marked range", 70)
    assert window.session.comments.comment(key).stop == 60
    choose("Delete")
    assert not window.session.document.comments


def test_a_thousand_comments_are_drawn_as_few_signs_and_each_is_found(window, monkeypatch):
    n_frames = window.session.document.videos[V0].timebase.n_frames
    many = [Comment(i % n_frames, i % n_frames + 1, f"c {i}") for i in range(1000)]
    window.session.do(lambda: commands.import_comments(window.session.document, {V0: many}))
    drawn = []
    from totgui.views.timeline import comments as row

    monkeypatch.setattr(row, "_sign", lambda *args, **_: drawn.append(args))
    window.timeline.grab()
    assert 20 < len(drawn) <= window.timeline.axis.width / row.CROWDED + 2
    thread, axis = window.session.comments.on(V0), window.timeline.axis
    for frame in range(0, n_frames, 7):
        found = comment_under(thread, axis.x(frame) + row.SIGN / 2, axis)
        assert abs(thread.comments[found].start - frame) * axis.scale <= row.SIGN


# --- the list --------------------------------------------------------------------------------------


def test_the_list_shows_this_video_or_all_open_ones_or_all_and_leads_there(qtbot, window):
    first, second = add(window, V0, 40, 60, "early"), add(window, V0, 90, 91, HOSTILE, "")
    add(window, V1, 5, 6, "elsewhere", "Bea")
    view = open_list(qtbot, window)
    assert listed(view) == ["early", HOSTILE] and view.count.text() == "2 open"
    assert window.review.tabs.tabText(1) == "Comments (3)"
    view.scope.setCurrentIndex(1)
    assert listed(view) == ["early", HOSTILE, "elsewhere"]
    window.session.do(lambda: commands.resolve_comments(window.session.document, [first]))
    assert listed(view) == [HOSTILE, "elsewhere"] and view.count.text() == "2 open, 1 resolved"
    view.resolved.setChecked(True)
    assert len(listed(view)) == 3
    window.session.comments.select(second)
    assert view.chosen() == [second] and view.detail.toPlainText() == HOSTILE
    row = view.model.row_of(CommentKey(V1, CommentId(1)))
    view.table.doubleClicked.emit(view.model.index(row, 1))
    assert window.session.current_video == V1
    qtbot.waitUntil(lambda: window.session.playback.frame == 5)


def test_chosen_comments_are_settled_reopened_and_deleted_together(qtbot, window):
    for frame in (10, 20, 30):
        add(window, V0, frame, frame + 1, f"at {frame}")
    view = open_list(qtbot, window)
    view.resolved.setChecked(True)
    view.table.selectRow(0)
    view.table.selectAll()
    assert not view.buttons["review.edit-comment"].isEnabled()
    view.buttons["review.resolve-comment"].click()
    assert window.session.project.undo_text == "resolve 3 comments in 1 video"
    assert window.session.comments.all_open == 0
    assert len(view.chosen()) == 3 and view.buttons["review.resolve-comment"].text() == "Reopen"
    view.buttons["review.resolve-comment"].click()
    assert window.session.comments.all_open == 3
    view.buttons["review.delete-comment"].click()
    assert not window.session.document.comments
    trigger(window, "edit.undo")
    assert listed(view) == ["at 10", "at 20", "at 30"]


def test_in_the_list_enter_goes_there_f2_edits_and_delete_deletes(qtbot, window):
    add(window, V0, 10, 11, "a")
    key = add(window, V0, 50, 51, "b")
    view = open_list(qtbot, window)
    qtbot.waitUntil(lambda: sorted(listed(view)) == ["a", "b"])
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    view.table.clearSelection()  # Qt adds a row to it while it takes Ctrl, of another test, for held
    view.table.selectRow(view.model.row_of(key))
    assert view.chosen() == [key]
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.playback.frame == 50)
    assert window.session.comments.current == key
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    popup(qtbot).give_up()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    assert listed(view) == ["a"]


def test_keys_in_the_list_go_from_one_to_the_next_and_never_fall_through_to_the_segments(qtbot, window):
    session = window.session
    session.do(lambda: commands.start_from_ground_truth(session.document, V0))
    session.select_segments([])
    for frame in (10, 50, 90):
        add(window, V0, frame, frame + 1, f"at {frame}")
    session.playback.seek(70)
    view, before = open_list(qtbot, window), session.base()
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    view.table.clearSelection()
    view.table.selectRow(1)
    for key, left in (
        (Qt.Key.Key_Delete, ["at 10", "at 90"]),
        (Qt.Key.Key_Backspace, ["at 10"]),
        (Qt.Key.Key_Delete, []),
    ):
        QTest.keyClick(window.windowHandle(), key)  # as a key comes: the window's commands may take it
        assert listed(view) == left
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Return):
        QTest.keyClick(window.windowHandle(), key)
    assert session.base() == before and session.chosen.range is None
    trigger(window, "edit.undo")
    assert listed(view) == ["at 10"] and view.table.hasFocus()
    view.table.clearSelection()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Return):
        QTest.keyClick(window.windowHandle(), key)
    assert session.base() == before and listed(view) == ["at 10"] and session.playback.wanted == 70


def test_x_in_the_list_settles_one_after_another_and_reopens_none(qtbot, window):
    keys = [add(window, V0, frame, frame + 1, f"at {frame}") for frame in (10, 50, 90)]
    comments = window.session.comments
    view = open_list(qtbot, window)
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    view.table.clearSelection()
    view.table.selectRow(0)
    window.session.playback.seek(10)
    for n in (1, 2, 3, 3):
        trigger(window, "review.resolve-comment")
        assert [comments.comment(key).resolved for key in keys] == [place < n for place in range(3)]
    assert "No comment is chosen in the list" in window.bar.text()


def test_the_first_comment_that_is_written_from_the_empty_list_has_the_keys_of_the_list(qtbot, window):
    key = add(window, V0, 50, 51, "old")
    view = open_list(qtbot, window)
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    view.table.clearSelection()
    view.table.selectRow(0)
    trigger(window, "review.resolve-comment")
    assert view.hasFocus() and listed(view) == []
    trigger(window, "review.comment")
    editor = popup(qtbot)
    editor.field.setPlainText("new")
    editor.save()
    qtbot.waitUntil(view.table.hasFocus)
    trigger(window, "review.resolve-comment")
    comments = window.session.document.comments_on(V0)
    assert all(comment.resolved for comment in comments.values()) and window.session.comments.comment(key).resolved


def test_with_the_focus_in_the_list_the_keys_work_on_what_is_chosen_there(qtbot, window):
    here, far = add(window, V0, 10, 11, "at the playhead"), add(window, V0, 50, 51, "chosen")
    window.session.playback.seek(10)
    view = open_list(qtbot, window)
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    view.table.selectRow(1)
    trigger(window, "review.resolve-comment")
    comments = window.session.comments
    assert comments.comment(far).resolved and not comments.comment(here).resolved
    view.resolved.setChecked(True)
    window.timeline.setFocus()
    trigger(window, "review.resolve-comment")
    assert comments.comment(here).resolved
    assert window.timeline.accessibleDescription() == "v0, nothing corrected yet"
    trigger(window, "review.resolve-comment")
    assert window.timeline.accessibleDescription().endswith(", open comments: 1")


def test_a_narrow_list_gives_its_room_to_the_comments(window):
    add(window, V0, 10, 11, "a")
    view = window.review.comments
    view._show()
    for width, hidden in ((200, True), (900, False)):
        view.resize(width, 400)
        view.grab()  # what is not seen is told of its size then
        assert view.table.isColumnHidden(BY) == hidden, width
    assert view.table.isColumnHidden(VIDEO)
    view.scope.setCurrentIndex(1)
    assert not view.table.isColumnHidden(VIDEO)


def test_an_empty_list_says_what_to_do(qtbot, window):
    view = open_list(qtbot, window)
    assert "Nobody has written a comment in this project. C writes one" in view.empty.text()
    view.empty.button.click()
    popup(qtbot).give_up()
    add(window, V1, 5, 6, "elsewhere")
    assert view.empty.text() == "No open comment on this video; 1 on others."
    key = add(window, V0, 5, 6, "here")
    assert not view.empty.isVisible()
    window.session.do(lambda: commands.resolve_comments(window.session.document, [key]))
    assert view.empty.text() == "Every comment here is resolved." and not view.empty.button.isVisible()


# --- going from one to the next --------------------------------------------------------------------


def test_the_next_open_comment_is_found_over_all_videos_and_settled_ones_are_passed(qtbot, window):
    a, b = add(window, V0, 40, 60, "a"), add(window, V0, 40, 41, "b")
    settled, c = add(window, V0, 70, 71, "settled"), add(window, V1, 5, 6, "c")
    window.session.do(lambda: commands.resolve_comments(window.session.document, [settled]))
    window.session.comments.select(None)
    went = []
    for name in ("next", "next", "next", "next", "previous", "previous", "previous"):
        trigger(window, f"review.{name}-comment")
        key = window.session.comments.current
        went.append(key)
        assert window.session.current_video == key.video
        start = window.session.comments.comment(key).start
        qtbot.waitUntil(lambda start=start: window.session.playback.frame == start)
    assert went == [a, b, c, a, c, b, a]


def test_what_was_gone_to_is_meant_before_its_picture_is_there(window):
    keys = [add(window, V0, frame, frame + 1, f"at {frame}") for frame in (10, 20, 30)]
    comments, playback = window.session.comments, window.session.playback
    comments.select(None)
    playback.frame = 10  # the picture of a decoder that is slower than the keys
    for key in (keys[0], keys[1], keys[2]):
        trigger(window, "review.next-comment")
        assert comments.current == key
        playback.frame = 10
    trigger(window, "review.resolve-comment")
    assert [comments.comment(key).resolved for key in keys] == [False, False, True]
    trigger(window, "review.delete-comment")
    assert [comments.comment(key) is not None for key in keys] == [True, True, False]


def test_x_settles_the_comment_at_the_frame_and_says_where_there_is_none(qtbot, window):
    key = add(window, V0, 40, 60, "a")
    window.session.playback.seek(50)
    trigger(window, "review.resolve-comment")
    assert window.session.comments.comment(key).resolved
    trigger(window, "review.resolve-comment")
    assert not window.session.comments.comment(key).resolved
    trigger(window, "review.delete-comment")
    assert not window.session.document.comments
    trigger(window, "edit.undo")
    window.session.playback.seek(10)
    trigger(window, "review.resolve-comment")
    assert "No comment lies at this frame" in window.bar.text()
    window.session.playback.seek(50)
    trigger(window, "review.resolve-comment")
    trigger(window, "review.next-comment")
    assert window.bar.text() == "Every comment is resolved."


def test_the_videos_show_how_many_are_open_where_there_are_any(window):
    from totgui.views.videos import VideosView

    view = window.findChild(VideosView)
    assert view._table.isColumnHidden(OPEN)
    keys = [add(window, V0, 1, 2, "a"), add(window, V0, 3, 4, "b")]
    assert not view._table.isColumnHidden(OPEN)
    row = view._model.row_of(V0)
    assert view._model.index(row, OPEN).data() == "2" and view._model.index(view._model.row_of(V1), OPEN).data() == ""
    window.session.do(lambda: commands.resolve_comments(window.session.document, keys))
    assert view._table.isColumnHidden(OPEN)


def test_a_project_that_is_open_for_reading_shows_comments_and_says_why_none_is_written(qtbot, window, tmp_path):
    key = add(window, V0, 40, 60, "kept")
    path: Path = window.session.project.path
    window.session.close_project()
    path.chmod(0o444)
    from core.project import Project

    project = Project.open(path, read_only=True)
    window.session._enter(project)
    view = open_list(qtbot, window)
    assert listed(view) == ["kept"] and view.refused.isVisible() and "open for reading" in view.refused.text()
    view.table.selectRow(0)
    assert view.detail.toPlainText() == "kept"
    assert not any(button.isEnabled() for button in view.buttons.values())
    for name in ("comment", "resolve-comment", "edit-comment", "delete-comment"):
        assert not window.actions_.by_name[f"review.{name}"].isEnabled()
    assert window.actions_.by_name["review.next-comment"].isEnabled()
    window.session.comments.editAsked.emit(key)
    assert "open for reading" in window.bar.text() and QApplication.activePopupWidget() is None
    menu = window.timeline.menu_at(QPointF(point_at(window, 40)))
    assert not any(a.isEnabled() for a in menu.actions() if a.text().split("\t")[0] in ("Edit…", "Resolve", "Delete"))
    menu.deleteLater()
    trigger(window, "review.next-comment")
    qtbot.waitUntil(lambda: window.session.playback.frame == 40)


def test_the_comments_of_another_reviewer_are_offered_and_come_in_as_one_edit(qtbot, window, tmp_path):
    add(window, V0, 40, 60, "ours")
    window.session.project.save_copy(tmp_path / "bea.tot")
    from core.project import Project

    with Project.open(tmp_path / "bea.tot") as other:
        other.edit(commands.start_from_ground_truth(other.document, V0))
        other.edit(commands.add_comment(other.document, V0, 7, 9, "theirs", author="Bea"))
        other.edit(commands.add_comment(other.document, V1, 7, 9, "theirs too", author="Bea"))
    window.session.exchange.read_second_reviewer(tmp_path / "bea.tot", window.actions_.review._on_second)
    qtbot.waitUntil(lambda: "They wrote 2 comments that you do not have" in window.bar.text())
    window.bar.choose("Take the comments")
    assert window.session.comments.all_open == 3
    assert window.session.project.undo_text == "import 2 comments in 2 videos"
    qtbot.waitUntil(lambda: listed(window.review.comments) == ["theirs", "ours"])  # the list comes to the front
    window.session.exchange.read_second_reviewer(tmp_path / "bea.tot", window.actions_.review._on_second)
    qtbot.waitUntil(lambda: "Comparing with" in window.bar.text() and "They wrote" not in window.bar.text())


def test_the_import_dialog_takes_the_comments_of_files_unless_it_is_told_not_to(qtbot, window, tmp_path):
    session = window.session
    session.do(lambda: commands.start_from_ground_truth(session.document, V0))
    key = add(window, V0, 40, 60, "in the file")
    api.export(session.project, "json", tmp_path / "l.json", videos="all")
    session.do(lambda: commands.delete_comments(session.document, [key]))
    dialog = ImportDialog(session, [tmp_path / "l.json"], window)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.plan is not None and not dialog._waiting and dialog.accept_button.isEnabled())
    assert dialog.summary.text() == "1 comment would come in; no label changes."
    assert dialog.accept_button.text() == "Import 1 comment"
    dialog.comments.setChecked(False)
    assert not dialog.accept_button.isEnabled()
    dialog.comments.setChecked(True)
    answer = dialog.answer()
    session.do(lambda: session.exchange.import_edit(*answer[:3], comments=answer.comments))
    assert [comment.text for comment in session.document.comments_on(V0).values()] == ["in the file"]
    dialog.close()


def test_closing_the_project_leaves_nothing_of_it(window):
    add(window, V0, 40, 60, "a")
    window.session.comments.drafts[V0] = "half"
    window.session.close_project()
    comments = window.session.comments
    assert comments.current is None and not comments.any and not comments.drafts and comments.all_open == 0
    window.timeline.grab()
    window.review.comments._show()
    assert listed(window.review.comments) == []


def test_a_tip_is_cut_where_it_would_cover_the_screen(window):
    video = window.session.document.videos[V0]
    assert len(tip_of(video, Comment(1, 2, "x" * 5000))) < TIP_LETTERS + 80
    assert tip_of(video, Comment(1, 2, "\n".join("abcdefghijklmnop"))).count("\n") <= 12
    assert tip_of(video, Comment(1, 2, "a", written=10**17)).startswith("a\n")


def test_a_tip_with_a_long_line_keeps_its_line_breaks():
    assert tip("a\n" + "b " * 60).startswith("<qt>a<br>b b")
    assert tip("a\n<b") == "<qt style='white-space: pre'>a\n&lt;b</qt>"
