from __future__ import annotations

import numpy as np
from defusedxml import ElementTree
from fakes_panels import FakeSession, a_session
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics

from totgui.models.drawing import svg_of
from totgui.models.widgets import LEAST_PANEL_HEIGHT
from totgui.views.metrics.confusion import READABLE, Matrix
from totgui.views.metrics.view import MetricsView


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


def test_every_score_stands_beside_its_baselines(qtbot):
    session = a_session()
    view = MetricsView(session)
    qtbot.addWidget(view)
    report = session.report(session.current_run)
    found = {view.scores.item(r, 0).text(): [view.scores.item(r, c).text() for c in (1, 2, 3)] for r in range(9)}
    equal, one = report.baselines["equal_split"], report.baselines["one_class"]
    for key, name in (("mof", "MoF"), ("f1", "F1"), ("f1_50", "F1@50"), ("edit", "Edit score"), ("miou", "mIoU")):
        assert found[name] == [f"{100 * getattr(each, key):.1f}" for each in (report, equal, one)]
    assert found["MoF with background"] == [f"{100 * report.mof_bg:.1f}", "–", "–"]


def test_a_click_on_a_cell_lists_the_segments_behind_it_and_goes_there(qtbot):
    session = a_session()
    view = MetricsView(session)
    qtbot.addWidget(view)
    view.resize(500, 800)
    view.show()
    view.tabs.setCurrentIndex(3)
    view.confusion.grab()
    report = session.report(session.current_run)
    counts = np.array(report.confusion)
    rows = [(r, c) for r in range(len(counts)) for c in range(len(counts)) if r != c and counts[r, c]]
    assert rows
    for row, column in rows:
        box = view.confusion.matrix.box(row, column)
        qtbot.mouseClick(view.confusion, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
        places = view.places._places
        if row < len(counts) - 1:  # the last row is background, which is outside the confusion of actions
            assert sum(place.stop - place.start for place in places) == counts[row, column]
        assert view.confusion.describe(row, column) == view.places.title
    longest = view.places._places[0]
    view.places.go(0)
    assert (session.current_video, session.playback.frame) == (longest.video, longest.start)


def test_the_matrix_moves_by_keys_and_is_saved(qtbot):
    session = a_session()
    view = MetricsView(session)
    qtbot.addWidget(view)
    view.confusion.choose(0, 0)
    qtbot.keyClick(view.confusion, Qt.Key.Key_Right)
    qtbot.keyClick(view.confusion, Qt.Key.Key_Down)
    assert view.confusion.chosen == (1, 1)
    root = ElementTree.fromstring(svg_of(view.confusion.drawing()))
    texts = {(e.text or "").strip() for e in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "crack egg" in texts
    assert view.confusion.drawing().name == "confusion Run 2"


def test_without_ground_truth_order_and_lengths_are_told(qtbot):
    session = a_session(truth=False)
    view = MetricsView(session)
    qtbot.addWidget(view)
    assert "go back in the order" in view.empty.text() and "cluster widths" in view.empty.text()


def test_labels_of_videos_without_ground_truth_are_not_waited_for(qtbot):
    """It said that the scores were being computed, for ever."""
    session = a_session()
    first, *rest = session.document.ground_truth
    session.document.corrected[first] = session.document.ground_truth.pop(first)
    assert rest
    session.report = lambda *_: None
    view = MetricsView(session)
    qtbot.addWidget(view)
    view._track.setCurrentIndex(view._track.findData("corrected"))
    assert view.empty.text() == "Scores need ground truth. No video with corrected labels has any."
    session.document.corrected[rest[0]] = session.document.ground_truth[rest[0]]
    view._again.ask()
    view._show()
    assert view.empty.text() == "Computing the scores of 1 video…"


def test_a_panel_without_scores_has_nothing_to_scroll_to(qtbot):
    view = MetricsView(FakeSession(None))
    qtbot.addWidget(view)
    empty = view.minimumSizeHint().height()
    full = MetricsView(a_session())
    qtbot.addWidget(full)
    full.show()
    assert empty < LEAST_PANEL_HEIGHT < full.minimumSizeHint().height()


def test_long_names_are_cut_before_the_numbers_of_the_confusion_matrix_are(qapp):
    names = [f"press the bolt number {n} until it clicks, then once more" for n in range(8)]
    counts = np.eye(8, dtype=int)
    metrics = QFontMetrics(qapp.font())
    narrow = Matrix.fitted(counts, names, metrics, QSize(400, 420))
    assert narrow.cell >= READABLE
    wide = Matrix.fitted(counts, names, metrics, QSize(900, 900))
    assert wide.left > narrow.left
    for matrix, size in ((narrow, QSize(400, 420)), (wide, QSize(900, 900))):
        box = matrix.box(7, 7)
        assert box.right() < size.width() and box.bottom() < size.height()
