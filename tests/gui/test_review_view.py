"""The review panel and menu on a real window: the queue leads somewhere, accepting asks, reviewers are compared."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from datasets import three_parts
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton
from windows import wait_for_places

from core import api
from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.segmentation import Segmentation
from core.annotation.values import UNMAPPED, LabelMap, Prediction, ReviewStatus, Run, ScoresRef
from core.cli import main
from core.data.dataset import UNLABELLED, RunId, VideoId
from core.project import Project
from totgui.actions import review as review_actions
from totgui.main_window import MainWindow
from totgui.models.widgets import Elided
from totgui.session import Session
from totgui.session.chosen import SECOND
from totgui.settings import Settings

on_screen = pytest.mark.qt_log_ignore("This plugin does not support")
RUNS = (RunId("r1"), RunId("r2"))


def with_runs(project: Project) -> None:
    """Two runs that disagree about frames 40 to 60 of v1 only."""
    cut = Segmentation(np.array([0, 40, 80]), np.array([0, 1, 2]), 120)
    other = Segmentation(np.array([0, 60, 80]), np.array([0, 1, 2]), 120)
    for number, run in enumerate(RUNS, start=1):
        values = Run(run, number, {"n_clusters": 3}, "cpu", 1.0, 1, False, "", {})
        project.add_run(values, LabelMap(run, 3, {0: 0, 1: 1, 2: 2}), b"")
        project.add_predictions(
            [Prediction(run, v, other if number == 1 and v == "v1" else cut) for v in project.document.videos]
        )


@pytest.fixture
def window(qtbot, tmp_path):
    session = Session()
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    session.create_project(tmp_path / "p.tot", api.open_dataset(three_parts(tmp_path / "data", 3)))
    with_runs(session.project)
    session.select_run(RUNS[1])
    session.runs.changedProject.emit(Changes(What.RUNS | What.PREDICTION))
    yield window
    session.close()


def test_the_queue_leads_to_where_the_runs_disagree(qtbot, window):
    window.actions_.by_name["review.next-place"].trigger()
    qtbot.waitUntil(lambda: window.session.reviewing.current is not None)
    place = window.session.reviewing.current
    assert (place.video, place.start, place.stop) == ("v1", 40, 60)
    assert window.session.current_video == "v1"
    qtbot.waitUntil(lambda: window.session.playback.frame == 40)
    assert window.review.table.selectionModel().selectedRows()[0].row() == 0
    assert "other run disagrees" in window.review.why.text()


def test_the_place_is_framed_in_the_timeline_and_named_in_the_video_until_it_is_done(qtbot, window, monkeypatch):
    session, reviewing = window.session, window.session.reviewing
    window.show()
    window.actions_.by_name["review.next-place"].trigger()
    qtbot.waitUntil(lambda: reviewing.shown_place is not None)
    place = reviewing.shown_place
    assert (place.video, place.start, place.stop) == ("v1", 40, 60)
    qtbot.waitUntil(lambda: session.playback.frame == 40)
    window.show_layout("Review")
    timeline, lane = window.timeline, window.timeline.row("corrected")

    def framed() -> list[int]:
        """The frames at the middle of which the frame around the lane is seen, of those in and beside the place."""
        image = timeline.grab().toImage()
        xs = {frame: round(timeline.axis.x(frame + 0.5)) for frame in (30, 45, 55, 70)}
        amber = {frame: image.pixelColor(x, lane.top - 2) for frame, x in xs.items()}
        return [frame for frame, colour in amber.items() if colour.red() > 200 and colour.blue() < 90]

    assert framed() == [45, 55]
    said = []
    window.video_view.picture.show_image(40, QImage(64, 48, QImage.Format.Format_RGB32))
    monkeypatch.setattr(QPainter, "drawText", lambda *args: said.append(args[-1]))
    window.video_view.picture.grab()
    assert any(str(text).startswith("To look at: ") for text in said)
    monkeypatch.undo()
    session.do(lambda: commands.check_span(session.document, VideoId("v1"), place.start, place.stop))
    qtbot.waitUntil(lambda: reviewing.is_ready and reviewing.shown_place is None)
    assert framed() == []


def test_a_place_that_is_asked_for_before_the_queue_is_there_comes_when_it_is(qtbot, window):
    session, step = window.session, window.actions_.by_name["review.next-place"]
    step.trigger()
    assert session.reviewing.current is None and "Looking for places" in window.bar.text()
    qtbot.waitUntil(lambda: session.reviewing.current is not None)
    assert session.current_video == "v1" and window.bar.text() == ""


def test_who_went_elsewhere_meanwhile_is_not_taken_away(qtbot, window):
    session = window.session
    window.actions_.by_name["review.next-place"].trigger()
    session.select_video(VideoId("v2"))
    qtbot.waitUntil(lambda: session.reviewing.is_ready)
    assert session.reviewing.current is None and session.current_video == "v2" and window.bar.text() == ""


def test_what_goes_through_the_places_is_of_no_use_where_there_are_none(qtbot, window):
    view = window.review
    view._session.reviewing.watch()
    qtbot.waitUntil(lambda: bool(view.model.places))
    buttons = {button.text(): button for button in view.findChildren(QPushButton)}
    steps = [buttons[text] for text in ("Previous", "Next", "Looks right")]
    assert all(button.isEnabled() for button in steps)
    view._session.close_project()
    assert not any(button.isEnabled() for button in steps)


def test_what_is_said_of_a_video_is_cut_on_one_line_and_whole_in_its_tooltip(qtbot):
    status = Elided()
    qtbot.addWidget(status)
    status.resize(80, 20)
    status.show()
    status.setText("accepted by somebody whose name is longer than any panel")
    assert status.text().endswith("panel") and "panel" in status.toolTip()
    assert status.sizeHint().height() < 2 * status.fontMetrics().lineSpacing()
    status.resize(2000, 20)
    assert status.toolTip() == ""


def test_what_looks_right_leaves_the_queue_and_comes_back_with_undo(qtbot, window):
    reviewing = window.session.reviewing
    reviewing.watch()
    qtbot.waitUntil(lambda: reviewing.is_ready)
    window.actions_.review.places.go_place(1)
    window.actions_.by_name["review.right"].trigger()
    assert window.session.document.review(VideoId("v1")).checked == ((40, 60),)
    qtbot.waitUntil(lambda: reviewing.is_ready)
    assert all(p.video != "v1" for p in reviewing.places)
    window.session.undo()
    qtbot.waitUntil(lambda: reviewing.is_ready and any(p.video == "v1" for p in reviewing.places))


def test_accepting_goes_on_to_the_next_video(window):
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    window.actions_.by_name["review.accept"].trigger()
    assert session.document.review(VideoId("v0")).status is ReviewStatus.ACCEPTED
    assert session.current_video == "v1"
    assert window.review.progress.text().startswith("1 of 3 accepted")
    session.select_video(VideoId("v0"))
    session.do(lambda: commands.relabel(session.document, VideoId("v0"), 0, 10, 2))
    assert session.document.review(VideoId("v0")).status is ReviewStatus.IN_REVIEW
    assert window.bar.text() == "v0 was accepted and is in review again."
    window.bar.say("", "info")
    session.do(lambda: commands.relabel(session.document, VideoId("v0"), 0, 10, 1))
    assert window.bar.text() == ""


def test_an_edit_of_many_accepted_videos_says_how_many_are_in_review_again(window):
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    for video in session.document.videos:
        session.do(lambda video=video: commands.set_review(session.document, video, ReviewStatus.ACCEPTED))
    tracks = {VideoId("v0"): Segmentation.uniform(0, 120), VideoId("v2"): Segmentation.uniform(1, 120)}
    session.do(lambda: commands.import_tracks(session.document, tracks))
    assert window.bar.text() == "2 videos were accepted and are in review again."


def test_accepting_says_that_the_next_training_learns_from_it(window):
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    window.training.learn_from.setCurrentIndex(window.training.learn_from.findData("none"))
    window.actions_.by_name["review.accept"].trigger()
    assert "accepted" in window.bar.text() and "learn" not in window.bar.text()
    window.training.learn_from.setCurrentIndex(window.training.learn_from.findData("corrected"))
    window.actions_.by_name["review.accept"].trigger()
    assert window.bar.text().endswith("Train again (Ctrl+T) and the other videos learn from it.")


def test_unlabelled_frames_are_offered_as_background(window):
    session = window.session
    video = session.current_video
    session.do(lambda: commands.start_unlabelled(session.document, video))
    session.do(lambda: commands.relabel(session.document, video, 0, 30, 0))
    window.actions_.by_name["review.accept"].trigger()
    assert "90 frames" in window.bar.text() and session.document.review(video).status is ReviewStatus.NONE
    window.bar.choose("Make them background and accept")
    assert session.document.review(video).status is ReviewStatus.ACCEPTED
    assert UNLABELLED not in session.document.corrected[video].labels


def test_a_video_without_corrections_is_not_accepted(window):
    window.actions_.by_name["review.accept"].trigger()
    assert "Nothing is corrected" in window.bar.text()
    assert window.session.document.review(window.session.current_video).status is ReviewStatus.NONE


def test_a_prediction_that_is_right_is_accepted_as_it_is_with_one_answer_and_one_undo(window):
    session = window.session
    session.select_run(RUNS[0])
    video, predicted = session.current_video, session.mapped_prediction(RUNS[0], session.current_video)
    window.actions_.by_name["review.accept"].trigger()
    window.bar.choose("Take it and accept")
    assert session.document.review(video).status is ReviewStatus.ACCEPTED
    assert session.document.corrected[video].labels.tolist() == predicted.labels.tolist()
    assert session.current_video != video  # on to the next, as with every video that is accepted
    session.select_video(video)
    window.actions_.by_name["edit.undo"].trigger()
    assert video not in session.document.corrected and session.document.review(video).status is ReviewStatus.NONE


def test_an_offer_to_accept_the_prediction_goes_once_the_video_is_corrected_by_hand(window):
    """A late click replaced the work of a person, and accepted it."""
    session = window.session
    session.select_run(RUNS[0])
    video = session.current_video
    window.actions_.by_name["review.accept"].trigger()
    assert window.bar.choices() == ["Take it and accept"]
    other = next(each for each in session.document.videos if each != video)
    session.do(lambda: commands.start_unlabelled(session.document, other))
    assert window.bar.choices() == ["Take it and accept"]
    session.do(lambda: commands.start_unlabelled(session.document, video))
    assert "Take it and accept" not in window.bar.choices()
    by_hand = session.document.corrected[video]
    window.actions_.review._accept_prediction(RUNS[0], video)
    assert session.document.corrected[video] is by_hand
    assert session.document.review(video).status is ReviewStatus.NONE and "corrected since" in window.bar.text()


def test_a_prediction_with_a_step_that_has_no_name_is_not_offered_to_be_accepted(window):
    session = window.session
    session.select_run(RUNS[0])
    session.do(lambda: commands.set_target(session.document, RUNS[0], 1, UNMAPPED))
    window.actions_.by_name["review.accept"].trigger()
    assert "Nothing is corrected" in window.bar.text()
    assert "Take it and accept" not in [b.text() for b in window.bar.findChildren(QPushButton)]


def test_note_and_reviewer_are_kept(window):
    window.review.reviewer.setText("  Ada <b>L</b> ")
    window.review.reviewer.editingFinished.emit()
    window.review.note.setText("hand hidden")
    window.review.note.editingFinished.emit()
    review = window.session.document.review(window.session.current_video)
    assert (review.note, review.reviewer) == ("hand hidden", "Ada <b>L</b>")
    assert Settings().reviewer() == "Ada <b>L</b>"


def test_stepping_through_disagreements(qtbot, window):
    session = window.session
    session.select_video(VideoId("v1"))
    session.select_run(RUNS[0])
    window.actions_.by_name["review.next-difference"].trigger()
    qtbot.waitUntil(lambda: session.playback.frame == 40)
    window.actions_.by_name["review.next-difference"].trigger()
    assert "no further disagreement" in window.bar.text()


def test_another_reviewer_is_compared(qtbot, window, tmp_path, monkeypatch):
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    other = tmp_path / "bea.tot"
    with api.create_project(other, session.document.dataset) as project:
        with_runs(project)
        project.edit(commands.take_all(project.document, RUNS[0]))
        project.edit(commands.set_review(project.document, VideoId("v0"), ReviewStatus.ACCEPTED, reviewer="Bea"))
    monkeypatch.setattr(review_actions, "ask_second", lambda *_asked: other)
    spy = QSignalSpy(session.reviewing.agreementChanged)
    window.actions_.by_name["review.second"].trigger()
    qtbot.waitUntil(lambda: session.reviewing.agreement is not None)
    whole, each = session.reviewing.agreement
    assert session.reviewing.second_name == "Bea" and spy.count() >= 1
    assert whole.agreement == pytest.approx(340 / 360) and each[VideoId("v0")].kappa == pytest.approx(1.0)
    assert "Cohen's kappa 0.92" in window.review.second.summary.text()
    assert window.review.second.table.rowCount() == 3
    assert window.review.tabs.currentWidget() is window.review.second  # what one has asked for
    session.reviewing.watch()
    qtbot.waitUntil(lambda: session.reviewing.is_ready and bool(session.reviewing.places))
    assert session.reviewing.places[0].video == "v1"


def test_the_verbs_say_the_same(window, tmp_path, capsys):
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    other = tmp_path / "labels"
    api.export(session.project, format="frames", out=other, track="corrected", videos="all")
    session.close_project()
    assert main(["queue", str(tmp_path / "p.tot"), "--json"]) == 0
    places = json.loads(capsys.readouterr().out)["places"]
    assert (places[0]["video"], places[0]["start"], places[0]["stop"]) == ("v1", 40, 60)
    assert main(["agree", str(tmp_path / "p.tot"), str(other), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kappa"] == pytest.approx(1.0)


@pytest.fixture
def note(window, qtbot):
    """The field for the note, with "hand hidden" typed into it for v0 and not left yet."""
    window.show()
    window.activateWindow()  # another window may have been the active one
    wait_for_places(qtbot, window)
    window.docks["Review"].show()
    window.docks["Review"].raise_()
    qtbot.waitUntil(window.review.note.isVisible)
    window.review.note.setFocus()
    qtbot.waitUntil(window.review.note.hasFocus)
    QTest.keyClicks(window.review.note, "hand hidden")
    return window.review.note


@on_screen
def test_a_note_that_is_being_typed_stays_with_its_video(window, note):
    """The next video is a key away while one types: the note was kept with whichever video was shown when it ended."""
    QTest.keyClick(note, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    session = window.session
    assert session.current_video == "v1" and note.text() == ""
    window.actions_.by_name["review.next-video"].trigger()
    window.timeline.setFocus()
    assert {v: session.document.review(v).note for v in session.document.videos} == {
        "v0": "hand hidden", "v1": "", "v2": "",
    }  # fmt: skip
    assert session.project.undo_text == "note on v0"
    window.actions_.by_name["review.previous-video"].trigger()
    window.actions_.by_name["review.previous-video"].trigger()
    assert note.text() == "hand hidden"


@on_screen
def test_a_note_that_is_being_typed_is_kept_when_the_project_is_closed(window, note, tmp_path):
    window.session.close_project()
    assert note.text() == "" and not note.isEnabled()
    with Project.open(tmp_path / "p.tot", read_only=True) as project:
        assert project.document.review(VideoId("v0")).note == "hand hidden"


@on_screen
def test_undo_shows_in_a_note_that_has_the_focus(window, note):
    QTest.keyClick(note, Qt.Key.Key_Return)
    window.session.undo()
    assert note.hasFocus() and note.text() == ""


def test_labels_of_another_person_in_no_common_frame_have_no_agreement(qtbot, window):
    reviewing = window.session.reviewing
    reviewing.set_second("Bea", {VideoId("v0"): Segmentation(np.array([0]), np.array([0]), 120)})
    qtbot.waitUntil(lambda: reviewing.agreement is not None)
    second = window.review.second
    assert second.what.text().startswith("Bea labelled 1 video; you have corrected nothing in it yet")
    assert second.summary.isHidden() and second.boundaries.isHidden() and second.table.isHidden()


def test_a_folder_of_label_files_is_another_reviewer_too(qtbot, window, tmp_path, monkeypatch):
    session, other = window.session, tmp_path / "labels"
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    api.export(session.project, format="frames", out=other, track="corrected", videos="all")
    window.settings.set_last_folder(tmp_path)
    asked = []
    monkeypatch.setattr(review_actions, "ask_second", lambda *given: (asked.append(given[1:]), other)[1])
    window.review.second._folder.click()
    qtbot.waitUntil(lambda: session.reviewing.agreement is not None)
    assert asked == [(True, str(tmp_path))] and session.reviewing.agreement[0].agreement == 1.0
    assert window.review.second.summary.text().startswith("Cohen's kappa 1.00")


def test_labels_that_are_read_while_the_project_is_closed_belong_to_no_other(qtbot, window, tmp_path):
    session, got = window.session, []
    other = tmp_path / "labels"
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    api.export(session.project, format="frames", out=other, track="corrected", videos="all")
    session.exchange.read_second_reviewer(other, got.append)
    session.close_project()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert got == []


def test_a_place_at_the_very_start_of_the_shown_video_is_gone_to(window):
    session, wanted = window.session, []
    session.playback.seek(7)
    for frame in (None, 0):
        session.select_video(session.current_video, frame)
        wanted.append(session.playback.wanted)
    assert wanted == [7, 0]


def test_what_is_painted_when_another_video_is_opened_belongs_to_the_video_that_played(qtbot, window):
    """The stretch under way was painted into the video that was opened."""
    session = window.session
    session.do(lambda: commands.take_all(session.document, RUNS[1]))
    before = dict(session.document.corrected)
    session.painting.toggle()
    session.painting.press(2, 0)
    qtbot.waitUntil(lambda: session.playback.frame > 3)
    window.actions_.by_name["review.next-video"].trigger()
    assert session.current_video == "v1" and not session.painting.active
    assert session.document.corrected[VideoId("v1")] is before[VideoId("v1")]
    first = session.document.corrected[VideoId("v0")]
    assert first[0].label == 2 and 3 < first[0].stop < 120
    assert session.project.undo_text.endswith("in v0")


def test_what_is_being_painted_is_kept_when_the_project_is_closed(qtbot, window, tmp_path):
    session = window.session
    session.painting.toggle()
    session.painting.press(2, 0)
    qtbot.waitUntil(lambda: session.playback.frame > 3)
    session.close_project()
    with Project.open(tmp_path / "p.tot", read_only=True) as project:
        assert project.document.corrected[VideoId("v0")][0].label == 2


def test_undo_of_what_was_taken_in_all_videos_takes_back_nothing_that_came_later(window):
    session = window.session
    window.actions_.by_name["segment.take-all"].trigger()
    assert window.bar.text() == "Took 9 segments in 3 videos from the prediction."
    session.do(lambda: commands.relabel(session.document, VideoId("v0"), 0, 10, 2))
    window.bar.choose("Undo")
    assert session.project.undo_text.startswith("relabel 0 to 9") and "Other edits came after it" in window.bar.text()


def test_a_question_about_a_project_is_closed_with_it(window, tmp_path):
    """Its answer was given to the project that was opened next: that could have the same videos."""
    session = window.session
    video = session.current_video
    session.do(lambda: commands.start_unlabelled(session.document, video))
    window.actions_.by_name["review.accept"].trigger()
    window.bar.say("The disk is full.", "error", [("Details…", list)])
    with api.create_project(tmp_path / "other.tot", session.document.dataset) as other:
        other.edit(commands.start_unlabelled(other.document, video))
    session.open_project(tmp_path / "other.tot")
    assert (window.bar.text(), window.bar.choices()) == ("The disk is full.", [])
    window.bar.dismiss()
    assert window.bar.text() == "" or not window.bar.choices()
    assert session.document.review(video).status is ReviewStatus.NONE


@on_screen
def test_a_note_that_is_being_typed_is_kept_when_the_window_is_closed(window, note, tmp_path, monkeypatch):
    monkeypatch.setattr(window, "may_close", lambda: True)
    window.close()
    with Project.open(tmp_path / "p.tot", read_only=True) as project:
        assert project.document.review(VideoId("v0")).note == "hand hidden"


@pytest.mark.parametrize("rows", [40, 240])
def test_scores_of_features_that_were_made_anew_at_another_rate_are_gone(qtbot, window, tmp_path, rows):
    """They were read at rows that they do not have: the timeline showed nothing any more, or the wrong ones."""
    session, video = window.session, VideoId("v0")
    draw, files = np.random.default_rng(0), {}
    for name in ("posterior", "plan", "prior"):
        files[name] = tmp_path / f"{name}.npy"
        np.save(files[name], draw.dirichlet(np.ones(3), 120).astype("f4"))
    cut = session.document.predictions[RUNS[1], video].segmentation
    session.project.add_predictions([Prediction(RUNS[1], video, cut, ScoresRef(**files))])
    session.runs.changedProject.emit(Changes(What.PREDICTION, frozenset([video]), frozenset([RUNS[1]])))
    assert len(session.confidence(RUNS[1], video)) == 120
    qtbot.waitUntil(lambda: window.timeline.shown.pyramid is not None)
    shown = session.document.videos[video]
    clock = replace(shown.timebase, n_rows=rows, stride=Fraction(120, rows))
    changes = session.project.replace_videos([replace(shown, timebase=clock)])
    session.features.changedProject.emit(changes)
    assert session.confidence(RUNS[1], video) is None and session.scores(RUNS[1], video, "plan") is None
    qtbot.waitUntil(lambda: not window.timeline.shown.is_reading)
    assert window.timeline.shown.pyramid is None and window.timeline.shown.confidence is None
    session.reviewing.watch()
    window.timeline.grab()


def test_the_queue_names_the_action_that_frames_look_like(window):
    from core.review.place import DoubtedPlace, Kind, Reason
    from totgui.models.review_places import PlacesModel

    session = window.session
    first, second = list(session.document.actions)[:2]
    video = next(iter(session.document.videos))
    other, same = (
        DoubtedPlace(video, 0, 9, 5.0, (Reason(Kind.LOOK, 5.0, int(first), found=0.9, other=int(label)),))
        for label in (second, first)
    )
    model = PlacesModel(session)
    model.show_places([other, same])
    shown = [model.index(row, 3).data() for row in range(2)]
    assert shown == [f"looks like {session.action_name(int(second))}", "looks like another"]


@pytest.fixture
def beside(qtbot, window):
    """The window on v1, where Corrected cuts at 40 and Bea cuts at 60; her third step is one that we do not know."""
    session = window.session
    session.select_video(VideoId("v1"))
    session.select_run(RUNS[1])
    session.do(lambda: commands.take_prediction(session.document, RUNS[1], VideoId("v1")))
    theirs = Segmentation(np.array([0, 60, 80]), np.array([0, 1, 1_000_002]), 120)
    session.reviewing.set_second("Bea", {VideoId("v1"): theirs})
    return window


def test_the_other_reviewers_labels_have_a_row_that_labels_are_taken_from(qtbot, beside):
    """One saw only figures: what the other one wrote, and where, was nowhere to be seen."""
    session, timeline, do = beside.session, beside.timeline, beside.actions_.by_name
    assert [row.title for row in timeline.rows if row.key == SECOND] == ["Bea"]
    assert timeline.shown.versus == "Corrected against Bea"
    assert (timeline.shown.different.starts.tolist(), timeline.shown.different.stops.tolist()) == ([40, 80], [60, 120])
    session.playback.seek(0)
    do["review.next-difference"].trigger()
    qtbot.waitUntil(lambda: session.playback.frame == 40)
    session.chosen.activate(SECOND)
    do["segment.take"].trigger()
    corrected = session.document.corrected[VideoId("v1")]
    assert corrected.starts.tolist() == [0, 60, 80] and corrected.labels.tolist() == [0, 1, 2]
    assert session.project.undo_text == "take 0 to 59 of Bea in v1"
    do["playback.next-boundary"].trigger()
    qtbot.waitUntil(lambda: session.playback.frame == 60)  # along their track


def test_a_step_that_only_the_other_reviewer_knows_is_not_taken(qtbot, beside):
    session = beside.session
    session.chosen.activate(SECOND)
    session.playback.seek(100)
    qtbot.waitUntil(lambda: session.playback.frame == 100)
    before = session.document.corrected[VideoId("v1")]
    beside.actions_.by_name["segment.take"].trigger()
    assert "Bea uses an action there that this project has not" in beside.bar.text()
    assert session.document.corrected[VideoId("v1")] is before


def test_the_row_goes_with_the_comparison_and_is_not_there_for_other_videos(beside):
    session, timeline = beside.session, beside.timeline
    session.chosen.activate(SECOND)
    session.select_video(VideoId("v0"))
    assert not [row for row in timeline.rows if row.key == SECOND]
    session.select_video(VideoId("v1"))
    assert [row for row in timeline.rows if row.key == SECOND]
    menu = timeline.menu_at(QPointF(timeline.axis.x(10), timeline.row(SECOND).top + 4))
    take = next(action for action in menu.actions() if "all of it" in action.text())
    take.trigger()  # refused: one step is not ours
    assert "not" in beside.bar.text() and session.document.corrected[VideoId("v1")].starts.tolist() == [0, 40, 80]
    beside.review.second._end.click()
    assert not [row for row in timeline.rows if row.key == SECOND] and session.chosen.active == "corrected"
    assert timeline.shown.versus == "Corrected against ground truth"
