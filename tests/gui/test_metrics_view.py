from __future__ import annotations

from fakes_panels import a_session

from totgui.views.metrics import MetricsView


def test_scope_and_baselines_stand_beside_the_scores(qtbot):
    session = a_session()
    view = MetricsView(session)
    qtbot.addWidget(view)
    report = session.report(session.current_run)
    assert view.tiles["mof"].value.text() == f"{100 * report.mof:.1f}"
    assert "equal split" in view.tiles["mof"].below.text()
    assert "activity level" in view.scope.text() and "matched" in view.scope.text()
    assert view.videos.rowCount() == 5
    assert "frames" in view.confusion.describe(0, 0)


def test_without_ground_truth_there_is_no_zero(qtbot):
    view = MetricsView(a_session(truth=False))
    qtbot.addWidget(view)
    assert "Scores need ground truth" in view.empty.text() and "segments a video" in view.empty.text()
