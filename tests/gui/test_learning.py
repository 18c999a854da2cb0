"""Learning from corrections in the window: the choice in the training panel, marks, and what to correct next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes_panels import a_session
from PySide6.QtCore import QObject, Signal

from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.learned import Learned
from core.annotation.learned import Taught as Told
from core.annotation.values import ReviewStatus, ScoresRef
from core.data.dataset import RunId, VideoId
from totgui.models.videos import MOF, REVIEW, VideosModel
from totgui.session.taught import Taught
from totgui.views.metrics.view import MetricsView
from totgui.views.runs import RunsView
from totgui.views.training.view import TrainingView


@pytest.fixture
def session():
    return a_session()


def accept(session, video) -> None:
    if video not in session.document.corrected:
        session.do(lambda: commands.start_from_ground_truth(session.document, video))
    session.do(lambda: commands.set_review(session.document, video, ReviewStatus.ACCEPTED))


def test_the_choice_counts_what_was_corrected_as_it_grows(qtbot, session):
    view = TrainingView(session)
    qtbot.addWidget(view)
    assert view.learn_from.itemText(0) == "Corrections (none yet)" and view.learn_from.source == "corrected"
    first, second = list(session.document.videos)[:2]
    accept(session, first)
    assert view.learn_from.itemText(0) == "Corrections (1 video, 600 frames)"
    session.do(lambda: commands.start_unlabelled(session.document, second))
    session.do(lambda: commands.relabel(session.document, second, 0, 50, 1))
    assert view.learn_from.itemText(0) == "Corrections (2 videos, 650 frames)"
    assert view.learn_from.itemText(1) == "Accepted videos only (1 video, 600 frames)"
    view.learn_from.setCurrentIndex(1)
    view.train()
    assert session.learn_from == "accepted"


def test_cte_learns_from_nothing_and_says_why(qtbot, session):
    view = TrainingView(session)
    qtbot.addWidget(view)
    view._method.setCurrentIndex(view._method.findData("cte"))
    view._method.activated.emit(view._method.currentIndex())
    assert not view.learn_from.isEnabled() and view.learn_from.source == "none"
    assert "cannot learn from corrections" in view.learn_from.toolTip()
    view._method.setCurrentIndex(view._method.findData("tot"))
    view._method.activated.emit(view._method.currentIndex())
    assert view.learn_from.isEnabled()


def test_more_actions_than_clusters_are_named_until_k_fits_or_nothing_is_learned_from(qtbot, session):
    accept(session, next(iter(session.document.videos)))
    used = session.lessons("corrected").n_actions
    assert used > 2
    view = TrainingView(session)
    qtbot.addWidget(view)
    view._clusters.setValue(2)
    assert f"You used {used} actions" in view._problem.text() and not view._train.isEnabled()
    view.learn_from.setCurrentIndex(view.learn_from.findData("none"))
    assert not view._problem.text() and view._train.isEnabled()


def taught(session, *videos) -> None:
    """The shown run learned from these videos."""
    run = session.document.runs[session.current_run]
    learned = Learned("corrected", {v: Told((0,), (0,), 600) for v in videos})
    session.document.runs[run.id] = replace(run, learned=learned)
    session.documentChanged.emit(Changes(What.RUNS, runs=frozenset([run.id])), None)


def test_scores_of_videos_that_were_learned_from_are_marked_and_the_others_stand_apart(qtbot, session):
    told, other = list(session.document.videos)[:2]
    taught(session, told)
    model = VideosModel(session)
    texts = {v: model.index(model.row_of(v), MOF).data() for v in (told, other)}
    assert texts[told].endswith("*") and not texts[other].endswith("*")
    view = MetricsView(session)
    qtbot.addWidget(view)
    report = session.report(session.current_run)
    assert report.untouched.videos == report.videos - 1
    assert (
        view.tiles["mof"].beside.text() == f"{100 * report.untouched.mof:.1f} on the {report.untouched.videos} others"
    )
    assert not view.tiles["mof"].beside.isHidden()
    assert "did not learn from" in view._banner.text()
    taught(session)
    view._show()
    assert view.tiles["mof"].beside.isHidden()


def test_the_list_of_runs_says_what_each_learned_from(qtbot, session):
    taught(session, next(iter(session.document.videos)))
    view = RunsView(session)
    qtbot.addWidget(view)
    heads = [view._table.horizontalHeaderItem(c).text() for c in range(view._table.columnCount())]
    column = heads.index("Learned from")
    rows = range(view._table.rowCount())
    cells = {view._table.item(r, 1).data(0x100): view._table.item(r, column).text() for r in rows}
    assert cells[session.current_run] == "1 corrected video, 600 frames"
    assert set(cells.values()) == {"1 corrected video, 600 frames", "–"}


class Segmenting(QObject):
    """The part of a session's runs that says when videos were segmented."""

    segmented = Signal(object, str)


def test_a_run_that_learned_says_what_that_changed_in_the_others(qtbot, session):
    session.runs, said = Segmenting(), []
    taught_part = Taught(session, session.runs)
    taught_part.message.connect(lambda text, level: said.append((text, level)))
    session.runs.segmented.emit(session.current_run, "Run 1: 3 videos segmented.")
    assert said.pop() == ("Run 1: 3 videos segmented.", "info")  # it learned from nothing
    first = next(iter(session.document.videos))
    earlier = session.document.runs[session.current_run]
    now = replace(earlier, id=RunId("r9"), number=9, learned=Learned("corrected", {first: Told((0,), (0,), 600)}))
    session.document.add_run(now, replace(session.document.label_maps[earlier.id], run=now.id))
    mine = [replace(p, run=now.id) for (r, _), p in session.document.predictions.items() if r == earlier.id]
    session.document.add_predictions(mine)
    session.runs.segmented.emit(now.id, "Run 9: segmented.")
    text, level = said.pop()
    assert level == "info" and text.startswith(
        "Run 9: segmented. It learned from 1 corrected video, 600 frames. On the "
    )
    assert f"0% of the frames otherwise than {earlier.name}" in text and "MoF" in text
    session.computing.held = {}
    session.runs.segmented.emit(now.id, "Run 9: segmented.")
    session.document = None  # closed while it was counted
    session.computing.flow()
    assert not said


def with_scores(session, tmp_path) -> None:
    """Every prediction of the shown run gets a posterior: the first three videos alike, the others each their own."""
    for number, ((run, video), prediction) in enumerate(list(session.document.predictions.items())):
        if run == session.current_run:
            labels = np.repeat(np.roll(np.arange(4), 0 if number % 5 < 3 else number % 5), 15)
            path = tmp_path / f"{number}.npy"
            np.save(path, (np.eye(4)[labels] * 0.8 + 0.05).astype(np.float32))
            session.document.predictions[run, video] = replace(prediction, scores=ScoresRef(path, path, path))
    session.documentChanged.emit(Changes(What.PREDICTION, runs=frozenset([session.current_run])), None)


def test_videos_to_correct_next_are_marked_until_they_are_decided_on(qtbot, session, tmp_path):
    with_scores(session, tmp_path)
    model = VideosModel(session)
    proposed = session.proposals.videos
    assert len(proposed) == 3
    assert model.index(model.row_of(proposed[0]), REVIEW).data() == "correct next"
    accept(session, proposed[0])
    assert proposed[0] not in session.proposals.videos
    assert model.index(model.row_of(proposed[0]), REVIEW).data() == "accepted"
    first, second = session.proposals.videos[:2]
    for video in (first, second):
        session.do(lambda video=video: commands.set_review(session.document, video, ReviewStatus.IN_REVIEW))
    assert model.index(model.row_of(second), REVIEW).data() == "in review"
    assert model.index(model.row_of(first), REVIEW).data() == "correct next"
    assert session.proposals.after(first) == session.proposals.videos[1]


def test_without_scores_the_next_video_is_the_next_that_nobody_decided_on(session):
    videos = list(session.document.videos)
    assert session.proposals.videos == ()
    accept(session, videos[1])
    assert session.proposals.after(videos[0]) == videos[2]
    assert session.proposals.after(videos[-1]) == videos[0]
    for video in videos:
        if session.document.review(video).status is not ReviewStatus.ACCEPTED:
            accept(session, VideoId(video))
    assert session.proposals.after(videos[0]) is None
