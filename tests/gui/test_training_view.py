from __future__ import annotations

import numpy as np
from fakes_panels import a_session

from core import events
from core.tot.fields import FIELDS
from totgui.views.live.curves import CurvesView
from totgui.views.live.heatmap import LiveHeatmapView
from totgui.views.runs import RunsView
from totgui.views.training import TrainingView


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
    session.training = False
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
