from __future__ import annotations

from dataclasses import replace

import numpy as np
from fakes_panels import a_session

from core import events
from core.annotation.values import LabelMap
from core.tot.config import METHODS, START_CLUSTERS
from core.tot.fields import FIELDS
from core.tot.presets import PRESETS, preset
from totgui.views.live.curves import CurvesView
from totgui.views.live.heatmap import LiveHeatmapView
from totgui.views.runs import RunsView
from totgui.views.training.view import TrainingView


def test_trains_with_the_form_and_stops(qtbot):
    session = a_session()
    view = TrainingView(session)
    qtbot.addWidget(view)
    view._fields["rho"].setText("0.09")
    view.train()
    verb, config, device = session.calls[0]
    assert (verb, config.rho, config.n_clusters, device) == ("train", 0.09, 7, "auto")
    assert view._keep.isEnabled() and not view._train.isEnabled()
    view._keep.click()
    assert session.calls[1] == ("stop", events.StopKind.KEEP)
    session.jobs.engine_busy = False
    session.jobEvent.emit(events.Finished(job="job1"))
    assert view._train.isEnabled() and not view._keep.isEnabled()


def test_every_field_is_there_and_a_bad_value_is_named(qtbot):
    view = TrainingView(a_session())
    qtbot.addWidget(view)
    assert set(view._fields) >= {field.name for field in FIELDS} - {"n_clusters", "seed"}
    view._fields["rho"].setText("99")
    assert "rho" in view._problem.text() and not view._train.isEnabled()


def test_curves_heatmap_and_runs_follow(qtbot):
    session = a_session()
    curves, heat, runs = CurvesView(session), LiveHeatmapView(session), RunsView(session)
    for widget in (curves, heat, runs):
        qtbot.addWidget(widget)
    session.jobEvent.emit(
        events.TrainingMetrics(
            iteration=10, iterations=20, loss=1.0, cross_entropy=1.0, temporal_coherence=0.0, mof=0.5
        )
    )
    assert len(curves.rows) == 1 and "MoF 50.0" in curves._state.text()
    data = np.eye(4, dtype="<f4")
    session.jobEvent.emit(
        events.MatrixSnapshot(
            video="P00", source="posterior", iteration=10, n_frames=600, rows=4, columns=4, data=data.tobytes()
        )
    )
    assert "Iteration 10" in heat._state.text()
    runs._table.selectRow(1)
    assert session.current_run == "r1"


def test_auto_finds_the_number_and_the_newest_run_says_why(qtbot):
    session = a_session()
    view = TrainingView(session)
    qtbot.addWidget(view)
    view._count.setChecked(True)
    assert not view._clusters.isEnabled() and view._counted.isHidden()
    view.train()
    _, config, _ = session.calls[0]
    assert (config.clusters, config.n_clusters) == ("auto", START_CLUSTERS)
    merge = {"clusters": 4, "cluster": 3, "into": 1, "explained": 2.0, "share": 0.2}
    explained = {"2": -9.0, "3": 0.0, "4": -2.0}
    counted = {"start": 4, "found": 3, "seeds": [3, 3, 4], "explained": explained, "margin": 0.25, "merges": [merge]}
    run = max(session.document.runs.values(), key=lambda each: each.number)
    config = dict(run.config) | {"counted": counted}
    changes = session.document.add_run(replace(run, id="r9", number=9, config=config), LabelMap("r9", run.n_clusters))
    session.documentChanged.emit(changes, None)
    assert "3 clusters were found, beginning with 4 (by seed: 3, 3, 4)" in view._counted.text()
    assert "3 merged into  1 (20.0% of the frames): 3 explain videos left out better by 2.0" in view._counted.toolTip()
    view.set_clusters(5)
    assert view._clusters.isEnabled() and view.config().clusters == "given" and view.config().n_clusters == 5


def test_a_stop_from_elsewhere_shows_at_once(qtbot):
    session = a_session()
    view = TrainingView(session)
    qtbot.addWidget(view)
    view.train()
    session.stopAsked.emit(events.StopKind.DISCARD)
    assert view._state.text() == "Cancelling…" and not view._keep.isEnabled() and not view._discard.isEnabled()


def test_what_a_hidden_run_counted_is_not_told(qtbot):
    session = a_session()
    view = TrainingView(session)
    qtbot.addWidget(view)
    newest = max(session.document.runs.values(), key=lambda run: run.number)
    counted = {"found": 5, "start": 9, "seeds": [5], "merges": [], "recognised": 0.9}
    session.document.runs[newest.id] = replace(newest, config={**newest.config, "counted": counted})
    view._show_counted()
    assert "5 clusters were found" in view._counted.text()
    session.runs.hide(newest.id)
    assert "5 clusters were found" not in view._counted.text() and view._counted.isHidden()


def test_every_preset_and_every_method_can_be_chosen_with_its_own_settings(qtbot):
    view = TrainingView(a_session())
    qtbot.addWidget(view)
    for name in PRESETS:
        view._preset.setCurrentIndex(view._preset.findData(name))
        view._preset.activated.emit(view._preset.currentIndex())
        assert view._method.currentData() == PRESETS[name].method, "a preset comes with the method it is meant for"
        for method in METHODS:
            view._method.setCurrentIndex(view._method.findData(method))
            view._method.activated.emit(view._method.currentIndex())
            wanted = preset(name, method=method, n_clusters=view._clusters.value())
            assert view.config() == wanted, (name, method)
            shown = {field.name for field in FIELDS if not view._fields[field.name].isHidden()}
            used = {field.name for field in FIELDS if not field.methods or method in field.methods}
            assert shown == used, "what a method does not read is not asked"
