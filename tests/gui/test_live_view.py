"""The live view of a training: every seed and method, shares, log, the pinned video; stopping shows at once."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
from defusedxml import ElementTree
from fakes_panels import a_session
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu

from core import events
from core.annotation.changes import Changes, What
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, VideoId
from totgui.models.drawing import svg_of
from totgui.palette import ACCENT
from totgui.views.live.masses import empty_clusters
from totgui.views.live.view import LiveView


@pytest.fixture
def session():
    return a_session()


@pytest.fixture
def view(qtbot, session):
    found = LiveView(session)
    qtbot.addWidget(found)
    found.resize(460, 700)
    found.show()
    qtbot.waitUntil(found.masses.isVisible)  # the last part that comes
    return found


def metrics(iteration, *, method="tot", losses=(1.0, 3.0), mofs=(0.5, 0.7), masses=(0.5, 0.49, 0.01)):
    runs = tuple(
        events.SeedMetrics(seed=n, loss=loss, cross_entropy=loss, temporal_coherence=0.0, mof=mof, f1=mof)
        for n, (loss, mof) in enumerate(zip(losses, mofs, strict=True))
    )
    return events.TrainingMetrics(
        iteration=iteration,
        iterations=100,
        loss=losses[0],
        cross_entropy=losses[0],
        temporal_coherence=0.0,
        mof=mofs[0],
        method=method,
        runs=runs,
        masses=masses,
        memory=64 * 2**20,
    )


def named(plot):
    return [line for line in plot.lines if line.name]


def test_every_seed_has_a_line_or_all_have_their_mean_and_spread(view, session):
    curves = view.curves
    for iteration in (10, 20):
        session.jobEvent.emit(metrics(iteration))
    strong = [line for line in curves.losses.lines if line.colour.alpha() == 255]
    assert [list(line.ys) for line in strong] == [[1.0, 1.0], [3.0, 3.0]]
    curves._seeds.setCurrentIndex(1)
    (mean,) = [line for line in curves.losses.lines if line.colour.alpha() == 255]
    assert list(mean.ys) == [2.0, 2.0] and list(mean.spread) == [1.0, 1.0]
    assert [line.name for line in named(curves.scores)] == ["MoF", "F1"]
    assert curves.losses.read(20) == [("total", 2.0)]


def test_a_second_method_stands_beside_the_first(view, session):
    session.jobEvent.emit(metrics(100, method="asot"))
    session.jobEvent.emit(metrics(10, method="tot+tcl"))
    assert [line.name for line in named(view.curves.losses)] == ["ASOT total", "TOT + TCL total"]
    assert "TOT + TCL iteration 10 of 100" in view.curves._state.text()


def test_a_new_training_begins_anew_and_segmenting_does_not(view, session):
    session.jobEvent.emit(metrics(10))
    session.jobEvent.emit(events.Started(text="Segmenting", device="cpu"))
    assert view.curves.rows
    session.jobEvent.emit(events.Started(text="Training", device="cpu"))
    assert not view.curves.rows and view.masses.masses == ()


def test_time_left_memory_and_device_are_told(view, session):
    session.jobEvent.emit(events.Started(text="Training", device="cuda:0"))
    session.jobEvent.emit(metrics(10))
    session.jobEvent.emit(events.Progress(done=10, total=200, text="Training", seconds_left=120.0))
    assert view.curves._machine.text() == "on cuda:0 · 64 MB · 2 min left in all"


def test_only_the_training_itself_says_how_long_it_goes_on_and_no_longer_than_it_does(view, session):
    session.jobEvent.emit(events.Started(job="train-1", text="Training", device="cpu"))
    session.jobEvent.emit(metrics(10))
    session.jobEvent.emit(events.Progress(job="train-1", done=200, total=200, seconds_left=0.0))
    assert view.curves._machine.text().endswith("finishing")
    session.jobEvent.emit(events.Finished(job="export-1", result={}))
    session.jobEvent.emit(events.Progress(job="export-2", done=1, total=2, seconds_left=60.0))
    assert view.curves._machine.text().endswith("finishing")
    session.jobEvent.emit(events.Finished(job="train-1", result={}))
    assert view.curves._machine.text().endswith("64 MB")


def test_stopping_a_training_shows_at_once_and_that_of_another_job_does_not(view, session):
    session.jobs.running["segment-1"] = "Segmenting"
    session.jobsChanged.emit()
    session.stopAsked.emit(events.StopKind.DISCARD)
    assert "Cancelling" not in view.curves._state.text()
    session.jobs.running.clear()
    session.jobs.running["train-1"] = "Training"
    session.jobsChanged.emit()
    session.jobEvent.emit(metrics(10))
    session.stopAsked.emit(events.StopKind.DISCARD)
    assert view.curves._state.text() == "Cancelling…"
    session.stopAsked.emit(events.StopKind.KEEP)
    assert "kept" in view.curves._state.text()


def test_earlier_runs_are_faint_and_chosen_by_a_menu(view, session):
    curves = view.curves
    assert curves.behind() == ["r1", "r2"]
    menu = QMenu()
    curves.fill_earlier(menu)
    assert [a.text() for a in menu.actions()] == ["Run 2", "Run 1"]
    menu.actions()[1].trigger()
    assert curves.behind() == [RunId("r2")]
    assert all(line.colour.alpha() < 255 for line in curves.losses.lines)


def test_runs_of_another_method_are_left_out_while_one_trains(view, session):
    session.jobEvent.emit(metrics(10, method="asot"))
    assert view.curves.behind() == []  # the earlier ones are TOT: another loss, another scale
    session.jobEvent.emit(events.Started(text="Training", device="cpu"))
    session.jobEvent.emit(metrics(10, method="tot"))
    assert view.curves.behind() == ["r1", "r2"]


def test_clusters_that_hold_almost_nothing_are_red(view, session):
    session.jobEvent.emit(metrics(10))
    assert empty_clusters(view.masses.masses) == 1
    image = view.masses.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(image.height())}
    assert {QColor("#d93a3a").name(), ACCENT.name()} <= seen
    assert "Cluster 2: 1.0 %" in view.masses.describe(view.masses.width() * 0.9)


def test_the_log_is_plain_text(view, session):
    session.jobEvent.emit(events.LogLine(text="<b>device</b> cpu", level="warning"))
    session.jobEvent.emit(events.Finished(stopped_early=True))
    assert view.log.toPlainText() == "warning: <b>device</b> cpu\nstopped and kept"


def snapshot(path: bytes = b"") -> events.MatrixSnapshot:
    values = np.zeros((6, 3), "<f4")
    values[2, 1] = 1.0
    return events.MatrixSnapshot(
        video="P00", source="posterior", iteration=10, n_frames=600, rows=6, columns=3, data=values.tobytes(), path=path
    )


def test_the_pinned_video_is_read_and_clicked(qtbot, view, session):
    session.jobEvent.emit(snapshot(np.array([0, 0, 1, 1, 2, 2], "<u2").tobytes()))
    heat = view.heatmap.heat
    heat.grab()
    assert "decoded path" in view.heatmap._state.text()
    box = heat.place(heat.size())
    x, y = box.left() + box.width() * 250.5 / 600, box.top() + box.height() / 2
    assert heat.describe(x, y) == "frame 250, cluster 1: at most 1 nearby"
    qtbot.mouseClick(heat, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert abs(session.playback.frame - 250) <= 1


def test_a_snapshot_of_wrong_size_is_left_alone(view, session):
    session.jobEvent.emit(events.MatrixSnapshot(video="P00", source="posterior", iteration=1, n_frames=6, rows=9,
                                                columns=9, data=b"123"))  # fmt: skip
    assert view.heatmap.heat.matrix is None


def test_every_plot_is_saved(view, session):
    session.jobEvent.emit(metrics(10))
    session.jobEvent.emit(metrics(20))
    session.jobEvent.emit(snapshot())
    for picture in (view.curves.losses, view.curves.scores, view.masses, view.heatmap.heat):
        assert ElementTree.fromstring(svg_of(picture.drawing())).tag.endswith("svg")
    assert view.curves.losses.drawing().name == "loss curves"


def test_the_graph_holds_every_line_and_leaves_the_hooks_alone(view, session, qtbot):
    hooks = sys.excepthook, threading.excepthook
    for iteration in (10, 20):
        session.jobEvent.emit(metrics(iteration))
    view.curves._seeds.setCurrentIndex(1)
    plot = view.curves.losses
    qtbot.waitUntil(lambda: bool(plot.drawn))
    assert plot.drawn == plot.lines
    assert (sys.excepthook, threading.excepthook) == hooks


def test_a_line_is_painted_where_its_values_are(view, session, qtbot):
    for iteration in (1, 3000):
        session.jobEvent.emit(metrics(iteration, losses=(1.0,), mofs=(0.5,)))
    plot = view.curves.scores
    qtbot.waitUntil(lambda: bool(plot.drawn))
    box, graph = plot._graph.getViewBox(), plot._graph
    place = graph.mapFromScene(box.mapViewToScene(QPointF(1500.0, 50.0)))
    image = graph.grab(QRect(place.x(), place.y() - 4, 1, 9)).toImage()
    found = [image.pixelColor(0, y) for y in range(image.height())]
    colour, ground = plot.lines[-2].colour, graph.backgroundBrush().color()
    assert plot.lines[-2].name == "MoF"
    assert min(apart(c, colour) for c in found) < 90 < apart(ground, colour)


def apart(one, other):
    """How far two colours lie apart, 0 to 765."""
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_what_a_person_zoomed_in_on_stays_until_a_double_click_or_the_next_training(view, session, qtbot):
    """Each message of a training put the whole of it back in view."""
    session.jobEvent.emit(metrics(10))
    plot = view.curves.scores
    qtbot.waitUntil(lambda: bool(plot.drawn))
    box = plot._graph.getViewBox()
    whole = box.viewRange()
    box.setRange(xRange=(2.0, 5.0), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])  # as the wheel does
    session.jobEvent.emit(metrics(20))
    assert box.viewRange()[0] == [2.0, 5.0] and plot.drawn == plot.lines
    plot.fit()
    assert box.viewRange() == whole
    box.setRange(xRange=(2.0, 5.0), padding=0)
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])
    view.curves._begin()
    session.jobEvent.emit(metrics(10))
    assert box.viewRange() == whole


def test_the_pointer_reads_the_values(view, session, qtbot):
    for iteration in (10, 20):
        session.jobEvent.emit(metrics(iteration))
    plot = view.curves.scores
    qtbot.waitUntil(lambda: plot._graph is not None)
    box = plot._graph.getViewBox()
    plot._on_pointer(box.mapViewToScene(QPointF(20.0, 50.0)))
    assert plot._pointer.isVisible() and "MoF 50" in plot._legend.text()
    plot._on_pointer(QPointF(-50.0, -50.0))
    assert not plot._pointer.isVisible() and "MoF 50" not in plot._legend.text()


def test_a_legend_without_room_names_the_lines_that_matter_and_has_the_others_as_a_tooltip(view, session, qtbot):
    for iteration in (10, 20):
        session.jobEvent.emit(metrics(iteration))
    plot = view.curves.scores
    names = [line.name for line in plot.lines if line.name]
    assert len(names) > 1
    for wide in (900, 150):
        plot.resize(wide, 200)
        shown = [name for name in names if name in plot._legend.text()]
        assert shown == (names if wide == 900 else names[-1:])
        assert ("…" in plot._legend.text()) == (wide == 150)
    assert all(name in plot._legend.toolTip() for name in names)


def test_what_arrives_is_drawn_when_it_is_seen(view, session, qtbot):
    plot = view.curves.losses
    qtbot.waitUntil(lambda: plot._graph is not None)
    for iteration in (10, 20):
        session.jobEvent.emit(metrics(iteration, losses=(1.0,), mofs=(0.5,)))
    drawn = plot.drawn
    assert drawn == plot.lines
    view.hide()
    session.jobEvent.emit(metrics(40, losses=(5.0,), mofs=(0.5,)))
    assert plot.drawn == drawn  # nobody looks
    view.show()
    qtbot.waitUntil(lambda: plot.drawn == plot.lines != drawn)


def test_a_training_that_was_asked_for_is_starting_until_its_engine_speaks(view, session):
    """It said that no training runs, for as long as the engine took to come."""
    state = view.curves._state
    assert state.text().startswith("No training is under way")
    session.jobs.running = {"train-1": "Training"}
    session.jobsChanged.emit()
    assert state.text() == "Starting…"
    session.jobEvent.emit(metrics(10))
    assert "iteration 10 of 100" in state.text()
    session.jobs.running = {"train-1": "Training", "picture-1": "Saving the picture"}
    session.jobsChanged.emit()
    assert "iteration 10 of 100" in state.text() and view.curves.rows


def test_a_training_that_ends_before_its_first_numbers_is_not_starting_for_ever(view, session):
    session.jobs.running = {"train-1": "Training"}
    session.jobsChanged.emit()
    session.jobEvent.emit(events.Failed(job="train-1", kind="memory", message="no memory"))
    session.jobs.running = {}
    session.jobsChanged.emit()
    assert view.curves._state.text().startswith("No training is under way")


def test_a_method_that_is_trained_twice_with_other_settings_is_two_curves(view, session):
    """The second began where the first ended: a straight line back across the plot."""
    for start in (10, 10):
        for iteration in range(start, 101, 10):
            session.jobEvent.emit(metrics(iteration, method="tot+tcl"))
    families = view.curves.families
    assert [family.name for family in families] == ["TOT + TCL", "TOT + TCL (2)"]
    for line in view.curves.losses.lines:
        assert list(line.xs) == sorted(line.xs) and len(line.xs) <= 10
    past, now = (next(x for x in named(view.curves.losses) if x.name == f"{f.name} total") for f in families)
    assert past.colour.alpha() < now.colour.alpha() == 255


# --- nothing yet ------------------------------------------------------------------------------------------------------


def test_without_a_run_it_says_what_appears_here_and_leads_to_the_training(qtbot):
    session = a_session(runs=0)
    view = LiveView(session)
    qtbot.addWidget(view)
    assert view.empty.isVisibleTo(view) and not view.curves.isVisibleTo(view)
    assert "No run yet" in view.empty.text() and view.empty.button.isVisibleTo(view)
    with qtbot.waitSignal(view.empty.asked):
        view.empty.button.click()
    session.jobEvent.emit(events.LogLine(job="j", level="info", text="Files looked at"))
    assert view.empty.isVisibleTo(view), "what is done in the background is no training"
    session.jobs.engine_busy = True
    session.jobsChanged.emit()
    assert not view.empty.isVisibleTo(view) and view.tabs.isVisibleTo(view)


def test_a_run_that_comes_or_is_hidden_turns_it(qtbot):
    session = a_session(runs=1)
    view = LiveView(session)
    qtbot.addWidget(view)
    assert not view.empty.isVisibleTo(view)
    session.runs.hide(RunId("r1"))
    assert view.empty.isVisibleTo(view)
    session.runs.hide(RunId("r1"), False)
    assert not view.empty.isVisibleTo(view)


def test_what_the_engine_wrote_can_be_read_until_another_project_is_opened(qtbot):
    session = a_session(runs=0)
    view = LiveView(session)
    qtbot.addWidget(view)
    for busy in (True, False):
        session.jobs.engine_busy = busy
        session.jobsChanged.emit()
    session.jobEvent.emit(events.LogLine(job="j", level="error", text="No memory left"))
    assert not view.empty.isVisibleTo(view) and "No memory" in view.log.toPlainText()
    session.projectChanged.emit()
    assert view.empty.isVisibleTo(view)


def test_videos_that_get_features_later_can_be_pinned(view, session):
    """A folder of plain videos has none when it is opened; the chooser was blank through its whole first training."""
    whole, chooser = session.document.dataset, view.heatmap._videos
    session.document.dataset = replace(whole, videos=tuple(replace(v, features=None) for v in whole.videos))
    session.projectChanged.emit()
    assert chooser.count() == 0
    session.document.dataset = whole
    session.documentChanged.emit(Changes(What.DATASET, frozenset(session.document.videos)), None)
    assert [chooser.itemText(i) for i in range(chooser.count())] == [v.name for v in whole.trainable]
    assert chooser.currentText()


def test_without_ground_truth_the_losses_have_the_room_of_the_scores(qtbot):
    """An empty plot of scores stood there, over an axis without a meaning."""
    session = a_session(truth=False, runs=0)
    view = LiveView(session)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    session.jobEvent.emit(metrics(10, mofs=(None, None)))
    qtbot.waitUntil(lambda: view.curves.losses.isVisible())
    assert not view.curves.scores.isVisibleTo(view) and view.curves.losses.width() > 800
    session.document.ground_truth[VideoId("P00")] = Segmentation.from_frames(np.zeros(600, int))
    session.jobEvent.emit(metrics(20, mofs=(None, None)))
    qtbot.waitUntil(lambda: view.curves.scores.isVisible())


def test_lines_of_text_above_the_curves_take_none_of_their_room(view):
    """In a narrow panel the state took a second line, and the numbers of the lower axis were cut off."""
    curves = view.curves
    curves._state.setText("TOT + TCL iteration 120 of 300 · loss 0.036 · MoF 70.1 · F1 68.7 " * 2)
    wide = curves.minimumSizeHint().height()
    view.resize(260, 900)
    view.grab()
    assert curves.width() < 300 and curves.minimumSizeHint().height() >= wide
    assert curves.minimumSizeHint().height() >= curves.layout().totalMinimumHeightForWidth(curves.width())
