"""The label map editor: what is shown before a change is what the change does, and no score goes without its mark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_panels import a_session
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from core.annotation import commands
from core.annotation.values import UNMAPPED, Leftovers, ReviewStatus, TrackKind
from core.data.dataset import BACKGROUND, ActionId, RunId, VideoId
from totgui.models.empty import SEGMENT
from totgui.models.marks import MARK
from totgui.models.widgets import Scrolling
from totgui.palette import luminance
from totgui.settings import Settings
from totgui.views.label_map.head import MATRIX, PICTURES
from totgui.views.label_map.layout import LEAST_ROW, Layout
from totgui.views.label_map.matrix import OWN_KEYS
from totgui.views.label_map.paint import ink
from totgui.views.label_map.tips import tip_at
from totgui.views.label_map.view import HELP, LabelMapView
from totgui.views.metrics.view import MetricsView
from totgui.views.runs import RunsView

R2 = RunId("r2")
LEFT = Qt.MouseButton.LeftButton
popups = pytest.mark.qt_log_ignore("This plugin does not support")
"""Offscreen has no windows to raise and no keyboard to grab; a popup wants both."""


@pytest.fixture
def view(qtbot):
    widget = LabelMapView(a_session())
    qtbot.addWidget(widget)
    widget.resize(1000, 700)
    widget.grab()
    return widget


def label_map(view):
    return view._session.document.label_maps[R2]


def target(view, cluster):
    return label_map(view).target(cluster)


def column(view, action):
    return view.overlap.column(action)


def mouse(widget, kind, point, button=LEFT):
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    shown = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    where = QPointF(point)
    event = QMouseEvent(kind, where, widget.mapToGlobal(where), shown, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def drag(view, row, to, *, release=True):
    """Drag the chip of a row to a point of the viewport, in several real moves."""
    viewport, start = view.matrix.viewport(), view.matrix.chip_rect(row).center()
    mouse(viewport, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 6):
        mouse(viewport, QEvent.Type.MouseMove, start + (to - start) * step / 5)
    if release:
        mouse(viewport, QEvent.Type.MouseButtonRelease, to)


def key(view, key_, modifiers=Qt.KeyboardModifier.NoModifier):
    QApplication.sendEvent(view.matrix, QKeyEvent(QEvent.Type.KeyPress, key_, modifiers))


# --- what a change does -------------------------------------------------------------------------------------------


def test_dragging_a_chip_shows_the_effect_and_dropping_has_it(view):
    before = view.overlap.mof(label_map(view).table())
    drag(view, 6, view.matrix.cell_rect(6, column(view, 5)).center(), release=False)
    text = view.matrix._effect
    assert view.matrix.hand.drag is not None and "MoF" in text and "F1" in text and "edit" in text and "…" not in text
    view.matrix.grab()
    mouse(view.matrix.viewport(), QEvent.Type.MouseButtonRelease, view.matrix.cell_rect(6, column(view, 5)).center())
    now = view._session.report(R2)
    assert target(view, 6) == 5 and view.matrix.hand.drag is None
    assert f"MoF {100 * before:.1f} → {100 * now.mof:.1f} ({100 * (now.mof - before):+.1f})" in text
    assert f"→ {100 * now.f1:.1f} (" in text and f"→ {100 * now.edit:.1f} (" in text


def test_scores_that_are_being_computed_stand_as_dots(view):
    view._session.computing.held = {}
    view.matrix.cellChanged.emit(6, 5)
    assert "F1 …" in view.effect.text() and "MoF …" not in view.effect.text()
    view._session.computing.flow()
    assert "…" not in view.effect.text()


def test_a_cluster_that_was_pointed_at_and_that_the_run_shown_now_lacks_is_forgotten(view):
    """Scores that came after a run with fewer clusters was chosen asked for its cell: an IndexError."""
    view.matrix.cellChanged.emit(6, 5)
    found = view.overlap
    fewer = replace(found, counts=found.counts[:4], frames=found.frames[:4], videos=found.videos[:4])
    view.matrix.show_map(fewer, label_map(view), {})
    view._on_scores()
    assert view.effect.text() == HELP


def test_escape_gives_a_drag_up(view):
    drag(view, 6, view.matrix.cell_rect(6, 0).center(), release=False)
    key(view, Qt.Key.Key_Escape)
    mouse(view.matrix.viewport(), QEvent.Type.MouseButtonRelease, view.matrix.cell_rect(6, 0).center())
    assert view.matrix.hand.drag is None and target(view, 6) == UNMAPPED


def test_a_chip_dropped_outside_stays_where_it_was(view):
    drag(view, 0, QPoint(-50, 200))
    assert target(view, 0) == 0


def test_dropping_on_a_taken_column_exchanges_the_rows(view):
    drag(view, 0, view.matrix.cell_rect(3, column(view, 1)).center())
    assert (target(view, 0), target(view, 1)) == (1, 0)


def test_a_drop_that_takes_from_a_locked_row_is_refused_with_the_reason(view):
    view.lock(1)
    drag(view, 0, view.matrix.cell_rect(0, column(view, 1)).center(), release=False)
    assert "Cluster 1 holds it and is locked" in view.matrix._effect and view.matrix.scene.refused
    view.matrix.grab()
    mouse(view.matrix.viewport(), QEvent.Type.MouseButtonRelease, view.matrix.cell_rect(0, column(view, 1)).center())
    assert (target(view, 0), target(view, 1)) == (0, 1)
    assert 'Cluster 1 has "crack egg" and is locked' in view._session.messages[-1]


def test_a_click_changes_nothing_and_a_double_click_assigns(view, qtbot):
    place = view.matrix.cell_rect(6, column(view, 5)).center()
    qtbot.mouseClick(view.matrix.viewport(), LEFT, pos=place)
    assert target(view, 6) == UNMAPPED and view.matrix.cursor_cell == (6, column(view, 5))
    qtbot.mouseDClick(view.matrix.viewport(), LEFT, pos=place)
    assert target(view, 6) == 5


def test_keys_move_assign_unmap_and_lock(view):
    view.matrix.cursor_cell = (5, column(view, 4))
    for press in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        key(view, press)
    assert target(view, 6) == 5
    key(view, Qt.Key.Key_B)
    assert target(view, 6) == BACKGROUND
    key(view, Qt.Key.Key_Delete)
    assert target(view, 6) == UNMAPPED
    key(view, Qt.Key.Key_L)
    assert 6 in label_map(view).locked


def test_the_keys_are_the_matrix_s_own_only_while_it_has_the_focus_and_no_modifier_is_held(view):
    for press in OWN_KEYS:
        plain = QKeyEvent(QEvent.Type.ShortcutOverride, press, Qt.KeyboardModifier.NoModifier)
        plain.ignore()
        assert view.matrix.event(plain) and plain.isAccepted()
        other = QKeyEvent(QEvent.Type.ShortcutOverride, press, Qt.KeyboardModifier.ControlModifier)
        other.ignore()
        view.matrix.event(other)
        assert not other.isAccepted()


def test_mof_agrees_with_the_report(view):
    assert view.overlap.mof(label_map(view).table()) == pytest.approx(view._session.report(R2).mof)
    assert f"MoF {100 * view._session.report(R2).mof:.1f} · F1 {100 * view._session.report(R2).f1:.1f}" in (
        view.head.status.text()
    )


# --- matching again -----------------------------------------------------------------------------------------------


def test_re_solve_shows_rows_and_gain_before_it_changes_anything(view):
    before = label_map(view)
    view.rematching.solve()
    text = view.rematching.text()
    assert label_map(view) == before and "Re-solve changes 2 of 8 rows" in text and "6: not mapped → plate" in text
    assert "MoF" in text and "(+" in text and view.matrix.scene.proposal[6] == 6
    view.matrix.grab()
    view.rematching.no.click()
    assert label_map(view) == before and not view.rematching.text() and view.matrix.scene.proposal is None
    view.rematching.solve()
    view.rematching.yes.click()
    assert target(view, 6) == 6 and target(view, 5) == 5 and not label_map(view).by_hand


def test_locked_rows_stay_when_the_rest_is_matched_again(view):
    view.assign(0, 6)
    view.lock(0)
    view.rematching.solve()
    view.rematching.apply()
    assert target(view, 0) == 6 and 0 in label_map(view).by_hand and target(view, 6) != 6
    assert "Edited by hand" in view.banner.text()


def test_the_same_match_offers_nothing(view):
    view.rematching.solve()
    view.rematching.apply()
    view.rematching.solve()
    assert not view.rematching.text() and "match is the same" in view._session.messages[-1]


def test_an_edit_puts_a_waiting_match_away(view):
    view.rematching.solve()
    view.assign(6, 5)
    assert not view.rematching.text()


@pytest.mark.parametrize("change", ["edit", "run"])
def test_a_match_that_comes_after_what_it_was_made_for_has_changed_is_not_offered(view, change):
    """The match is found beside the window: meanwhile the person may edit the map or look at another run."""
    view._session.computing.held = {}
    view.rematching.solve()
    if change == "edit":
        view.assign(6, 5)
    else:
        view._session.select_run(RunId("r1"))
    view._session.computing.flow()
    assert not view.rematching.text() and view.matrix.scene.proposal is None


# --- leftovers, many-to-one, scope, reference ---------------------------------------------------------------------


def test_the_policy_for_leftovers_says_how_many_frames_it_is_about(view):
    view.rematching.solve()
    view.rematching.apply()
    assert "1 cluster left over: 60 frames" in view.head._left.text()
    view.head.leftovers.activated.emit(view.head.leftovers.findData(Leftovers.BACKGROUND))
    view.head.leftovers.setCurrentIndex(view.head.leftovers.findData(Leftovers.BACKGROUND))
    view.set_leftovers(Leftovers.BACKGROUND)
    assert target(view, 7) == BACKGROUND and not label_map(view).by_hand
    view.set_leftovers(Leftovers.LARGEST)
    assert target(view, 7) == 6 and view.head.many.isChecked() and "Many-to-one" in view.banner.text()
    assert MARK in view.head.status.text()
    view.set_leftovers(Leftovers.UNMAPPED)
    assert target(view, 7) == UNMAPPED and not view.head.many.isChecked() and not view.banner.text()


def test_many_to_one_cannot_end_while_actions_are_shared(view):
    view.head.many.click()
    view.assign(6, 0)
    view.head.many.click()
    assert view.head.many.isChecked() and "share an action" in view._session.messages[-1]


def test_actions_without_a_cluster_are_listed_with_their_frames(view):
    frames = int(view.overlap.wanted[column(view, 5)])
    assert f"Actions without a cluster: turn over ({frames:,})" in view._missing.text()


def test_one_video_alone_is_named_and_called_easier(view):
    whole = view.overlap.n_foreground
    view.counted.choose_scope(True)
    assert view.overlap.n_foreground < whole
    assert "P00 alone" in view.head.status.text() and "far easier than activity level" in view.head.status.text()
    view.rematching.solve()
    assert "Matched on P00 alone" in view.rematching.text()
    view.rematching.apply()
    view.counted.choose_scope(False)
    assert label_map(view).video == VideoId("P00") and "Matched on P00 alone" in view.banner.text()


def test_accepted_videos_can_be_the_reference(view):
    session = view._session
    assert view.head.reference.findData(TrackKind.CORRECTED) < 0
    session.do(lambda: commands.start_from_ground_truth(session.document, VideoId("P01")))
    session.do(lambda: commands.set_review(session.document, VideoId("P01"), ReviewStatus.ACCEPTED))
    assert view.head.reference.findData(TrackKind.CORRECTED) >= 0
    view.counted.choose_reference(TrackKind.CORRECTED)
    assert view.overlap.scored == (VideoId("P01"),)
    session.do(lambda: commands.relabel(session.document, VideoId("P01"), 0, 600, 3))
    assert not view.overlap.scored  # an edit takes the acceptance back
    session.do(lambda: commands.set_review(session.document, VideoId("P01"), ReviewStatus.ACCEPTED))
    assert view.overlap.wanted[column(view, 3)] == 600
    view.rematching.solve()
    assert "Matched on the corrected labels of accepted videos" in view.rematching.text()


def test_accepted_videos_are_the_reference_where_there_is_no_ground_truth(qtbot):
    session = a_session(truth=False)
    view = LabelMapView(session)
    qtbot.addWidget(view)
    assert view._pages.currentWidget() is view.names
    view.name_cluster(2, "whisk")
    whisk = session.document.label_maps[R2].target(2)
    session.do(lambda: commands.start_unlabelled(session.document, VideoId("P00")))
    session.do(lambda: commands.relabel(session.document, VideoId("P00"), 0, 600, whisk))
    session.do(lambda: commands.set_review(session.document, VideoId("P00"), ReviewStatus.ACCEPTED))
    assert view._pages.currentWidget() is view.names  # whoever names steps by their pictures goes on doing so
    view.head.pageChosen.emit(MATRIX)
    assert view._pages.currentWidget() is view.matrix and view.overlap.scored == (VideoId("P00"),)


# --- names and pictures -------------------------------------------------------------------------------------------


@popups
def test_without_ground_truth_clusters_are_named_in_their_row(qtbot):
    session = a_session(truth=False)
    view = LabelMapView(session)
    qtbot.addWidget(view)
    assert view._pages.currentWidget() is view.names and "Matching needs ground truth" in view.head.status.text()
    assert not view.head._buttons[MATRIX].isEnabled()
    field = view.names.fields[3]
    qtbot.keyClicks(field, "add <b>salt</b>")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.action_name(session.document.label_maps[R2].target(3)) == "add <b>salt</b>"
    assert view.names.fields[3] is field  # what is being typed elsewhere stays
    view.names.grab()


@popups
def test_enter_names_a_cluster_and_goes_on_to_the_next(qtbot):
    session = a_session(truth=False)
    view = LabelMapView(session)
    qtbot.addWidget(view)
    view.show()
    view.names.fields[0].setFocus()
    qtbot.waitUntil(view.names.fields[0].hasFocus)
    for name in ("hold", "drop"):
        qtbot.keyClicks(QApplication.focusWidget(), name)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    found = session.document.label_maps[R2]
    assert [session.action_name(found.target(cluster)) for cluster in (0, 1)] == ["hold", "drop"]
    assert view.names.fields[2].hasFocus()


@popups
def test_a_name_is_typed_over_a_row_of_the_matrix(view, qtbot):
    view.matrix.nameAsked.emit(6)
    field = view._field
    assert field is not None
    field.clear()
    qtbot.keyClicks(field, "season")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert view._session.action_name(target(view, 6)) == "season" and view._field is None


@popups
def test_escape_leaves_a_name_as_it_was(view, qtbot):
    view.type_name(0)
    qtbot.keyClicks(view._field, "xyz")
    qtbot.keyClick(view._field, Qt.Key.Key_Escape)
    assert view._field is None and view._session.action_name(target(view, 0)) == "take bowl"


def test_typed_names_are_suggested_in_later_projects_and_those_of_datasets_are_not(view, qtbot):
    view.name_cluster(6, "fold in")
    later = LabelMapView(a_session(truth=False))
    qtbot.addWidget(later)
    offered = later.names.fields[0].suggestions()
    assert "fold in" in offered and "take bowl" not in offered
    assert all(isinstance(name, str) for name in Settings().names())


def test_typical_frames_come_from_different_videos(view):
    found = view.counted.medoids[2]
    assert len({m.video for m in found}) == 3
    for medoid in found:
        track = view._session.document.predictions[R2, medoid.video].segmentation
        assert track.at(medoid.frame).label == 2 and medoid.start <= medoid.frame < medoid.stop


@popups
def test_resting_on_a_picture_plays_its_segment(view, qtbot):
    view._choose_page(PICTURES)
    view.names.grab()
    picture = view.names.rows[2].pictures[0]
    picture.enterEvent(QEvent(QEvent.Type.Enter))
    player = view.matrix.player
    qtbot.waitUntil(lambda: player.isVisible())
    assert player.medoid == picture.medoid and picture.medoid.frame in player.frames
    assert min(player.frames) >= picture.medoid.start and max(player.frames) < picture.medoid.stop
    before = player._at
    player._step()
    assert player._at != before
    player.grab()
    picture.leaveEvent(QEvent(QEvent.Type.Leave))
    assert not player.isVisible()


# --- marks --------------------------------------------------------------------------------------------------------


def test_every_score_of_a_hand_edited_map_carries_the_mark(view, qtbot):
    session = view._session
    metrics, runs = MetricsView(session), RunsView(session)
    for widget in (metrics, runs):
        qtbot.addWidget(widget)

    def cells():
        return [runs._table.item(0, c).text() for c in (2, 3)] + [t.value.text() for t in metrics.tiles.values()]

    metrics.show()
    assert not any(MARK in text for text in cells())
    view.assign(0, 5)
    session.reportReady.emit()
    assert all(text.endswith(MARK) for text in cells()), cells()
    assert "1 of 8 rows differs" in view.banner.text() and "1 of 8 rows differs" in metrics._banner.text()
    assert "Edited by hand" in runs._table.item(0, 3).toolTip()


# --- segments that were taken ------------------------------------------------------------------------------------


def test_taken_segments_of_a_remapped_cluster_are_offered_an_update(qtbot):
    session = a_session(runs=1)
    view, run = LabelMapView(session), RunId("r1")
    qtbot.addWidget(view)
    for video in list(session.document.videos)[:3]:
        session.do(lambda v=video: commands.take_prediction(session.document, run, v))
    view.assign(0, 5)
    view.taken.look()
    assert "3 segments were taken from cluster 0" in view.taken.text()
    view.taken.yes.click()
    for video in list(session.document.videos)[:3]:
        assert session.document.corrected[video].labels[0] == 5
    view.taken.look()
    assert not view.taken.text() and "Updated 3 segments in 3 videos" in session.messages[-1]


# --- the picture --------------------------------------------------------------------------------------------------


def test_the_chip_has_the_colour_of_its_action(view):
    picture = view.matrix.viewport().grab().toImage()
    for cluster in (0, 3):
        rect = view.matrix.chip_rect(cluster)
        wanted = QColor(view._session.action_colour(target(view, cluster)))
        assert picture.pixelColor(rect.left() + 8, rect.center().y()) == wanted


@pytest.mark.parametrize("name", ["<img src=x onerror=y>", "🥚" * 60, "قطع الخضار " * 20, "x" * 500])
def test_hostile_names_are_painted_as_text(view, name):
    document = view._session.document
    from dataclasses import replace

    document.actions[ActionId(0)] = replace(document.actions[ActionId(0)], name=name)
    view._show()
    view.grab()
    assert view.matrix.layout_now().top < 12 * view.fontMetrics().height()
    view.matrix.cellChanged.emit(0, 0)
    assert name in view.effect.text()


def test_ink_reads_on_every_shade():
    for grey in range(0, 256, 5):
        fill = QColor(grey, grey, grey)
        light, dark = sorted((luminance(fill) + 0.05, luminance(ink(fill)) + 0.05), reverse=True)
        assert light / dark >= 4.5


def test_no_run_says_what_to_do(qtbot):
    view = LabelMapView(a_session(runs=0))
    qtbot.addWidget(view)
    assert "Train one" in view.empty.text() and view.head.isHidden()


def test_help_stands_below_while_nothing_is_pointed_at(view):
    view.matrix.cellChanged.emit(-1, 0)
    assert view.effect.text() == HELP


def test_typical_frames_are_found_once_for_a_run_and_anew_for_new_predictions(view, monkeypatch):
    asked = []
    ask = view._session.computing.ask
    monkeypatch.setattr(
        view._session.computing, "ask", lambda key, work, then: (asked.append(key), ask(key, work, then))
    )
    session = view._session
    session.do(lambda: commands.rename_action(session.document, ActionId(0), "take the bowl"))
    assert "label-map" in asked and "label-map-medoids" not in asked
    changes = session.document.add_predictions([session.document.predictions[R2, VideoId("P00")]])
    session.documentChanged.emit(changes, None)
    assert "label-map-medoids" in asked


def test_a_list_that_is_open_is_not_emptied_by_scores_that_come(view, monkeypatch):
    monkeypatch.setattr(view.head.leftovers.view(), "isVisible", lambda: True)
    before = view.head.status.text()
    view.assign(0, 5)
    assert view.head.status.text() == before and view.head.leftovers.count()
    monkeypatch.undo()
    view._show_head()
    assert view.head.status.text() != before


def test_a_matrix_that_does_not_fit_takes_one_line_a_row_and_says_the_rest_in_tooltips(view):
    """At the first size of the window three rows of six were seen."""
    rows, columns = view.matrix.scene.overlap.counts.shape
    view.resize(view.matrix.layout_now().content + QSize(200, 400))
    view.grab()
    wide = view.matrix.layout_now()
    assert not wide.dense and wide.row > 1.5 * wide.line
    view.resize(430, 480)
    view.grab()
    small = view.matrix.layout_now()
    assert small.dense and small.pictures == 0 and LEAST_ROW <= small.row < wide.row
    assert small.content.height() < 0.7 * wide.content.height() and small.content.width() < wide.content.width()
    over = QPoint(small.column_left(0) + small.cell // 2, small.top - 2)
    assert "frames" in tip_at(view.matrix.scene, small, over) and (rows, columns) == (small.rows, small.columns)
    cell = view.matrix.cell_rect(0, view.matrix.scene.overlap.column(target(view, 0)))
    assert cell.contains(view.matrix.chip_rect(0))


def test_a_matrix_with_room_grows_into_it(view):
    """Its pictures were small and its right half empty in the layout that is made for mapping."""
    names = ["take the bowl", "pour", "(unmapped)"]
    metrics = QFontMetrics(view.font())
    fitting = {
        "metrics": metrics,
        "small": metrics,
        "rows": 5,
        "names": names,
        "counts": ["80 % · 714 · 20 videos"] * 5,
    }

    def layout(width: int, height: int) -> Layout:
        return Layout.of(**fitting, room=QSize(width, height), has_media=True)  # type: ignore[arg-type]

    little, much = layout(700, 400), layout(1500, 900)
    assert much.pictures == 3 and much.picture.height() > 1.3 * little.picture.height()
    assert much.cell > little.cell and much.is_level and not little.is_level and much.top < little.top
    for room in [(w, h) for w in range(300, 1600, 90) for h in range(200, 1000, 90)]:
        found = layout(*room)
        assert found.dense or (found.content.width() <= room[0] and found.content.height() <= room[1])
        assert found.dense or found.text_rect(0).width() >= 10 * metrics.horizontalAdvance("0")


def test_without_predictions_the_map_offers_to_segment(view, qtbot):
    document = view._session.document
    document.predictions.clear()
    view.counted.count()
    view._show()
    assert view.empty.button.isVisibleTo(view) and view.empty.button.text() == SEGMENT
    with qtbot.waitSignal(view.empty.asked) as asked:
        view.empty.button.click()
    assert asked.args == [SEGMENT]


def test_the_tooltip_over_a_column_says_what_of_it_is_found_or_that_nothing_stands_for_it(view):
    scene, layout = view.matrix.scene, view.matrix.layout_now()
    said = [
        tip_at(scene, layout, QPoint(layout.column_left(c) + 3, layout.top - 2))
        for c, target in enumerate(scene.overlap.columns)
        if target >= 0
    ]
    assert said and all(
        ("% of them found" in text) != text.endswith("no cluster") or ": 0 frames" in text for text in said
    )


def test_a_retired_action_that_comes_back_by_undo_has_its_column_again(view):
    """Its chip stood under "(unmapped)"."""
    session = view._session
    document, run = session.document, R2
    free = commands.add_action(document, "spare")
    session.do(lambda: free[0])
    back = commands.set_target(document, run, 3, free[1])
    session.do(lambda: back)
    session.do(lambda: commands.archive_action(document, free[1]))
    session.do(lambda: commands.set_target(document, run, 3, UNMAPPED))
    view.counted.count()
    assert free[1] not in view.overlap.columns
    session.do(lambda: commands.set_target(document, run, 3, free[1]))
    assert view.overlap.columns[view.overlap.column(free[1])] == free[1] == target(view, 3)


def test_a_low_panel_scrolls_to_the_help_and_shows_seven_clusters_whole(qtbot):
    view = LabelMapView(a_session())
    panel = Scrolling(view)
    qtbot.addWidget(panel)
    panel.resize(445, 380)
    panel.show()
    panel.grab()
    matrix = view.matrix
    assert matrix.cell_rect(6, 0).bottom() < matrix.viewport().height()
    assert panel.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize("lacks", ["truth", "prediction"])
def test_from_a_video_that_cannot_be_counted_alone_there_is_a_way_back(view, lacks):
    """The choice between this video and the activity was hidden with the rest."""
    session, video = view._session, VideoId("P02")
    if lacks == "truth":
        del session.document.ground_truth[video]
    else:
        del session.document.predictions[R2, video]
    view.head.scopeChosen.emit(True)
    session.current_video = video
    session.currentVideoChanged.emit()
    text = view.head.status.text() if lacks == "truth" else view.empty.text()
    assert "has nothing to hold" in text if lacks == "truth" else "P02 was not segmented with Run 2" in text
    assert not view.head.isHidden() and not view.head.scope.isHidden() and view.head.scope.currentIndex() == 1
    view.head.scopeChosen.emit(False)
    assert view._pages.currentWidget() is view.matrix and view.overlap.has_truth
