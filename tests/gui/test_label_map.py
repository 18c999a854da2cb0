from __future__ import annotations

import pytest
from fakes_panels import RUN, a_session
from PySide6.QtCore import Qt

from core.annotation.values import UNMAPPED
from core.data.dataset import BACKGROUND, RunId
from totgui.views.label_map import LabelMapView

R2 = RunId("r2")


@pytest.fixture
def view(qtbot):
    widget = LabelMapView(a_session())
    qtbot.addWidget(widget)
    return widget


def target(view, cluster):
    return view._session.document.label_maps[R2].target(cluster)


def test_hover_states_the_effect_and_assigning_has_it(view):
    before = view.overlap.mof(view._session.document.label_maps[R2].table())
    view.matrix.cellChanged.emit(6, 6)
    text = view.effect.text()
    view.assign(6, 6)
    now = view.overlap.mof(view._session.document.label_maps[R2].table())
    assert target(view, 6) == 6
    assert f"MoF {100 * before:.1f} → {100 * now:.1f} ({100 * (now - before):+.1f})" in text
    assert "Edited by hand" in view._banner.text()


def test_mof_agrees_with_the_report(view):
    table = view._session.document.label_maps[R2].table()
    assert view.overlap.mof(table) == pytest.approx(view._session.report(R2).mof)


def test_one_to_one_swaps_as_the_preview_says(view):
    view.assign(0, 1)
    assert (target(view, 0), target(view, 1)) == (1, 0)


def test_keys_assign_unmap_and_lock(view, qtbot):
    view.matrix.cursor_cell = (2, 0)
    qtbot.keyClick(view.matrix, Qt.Key.Key_B)
    assert target(view, 2) == BACKGROUND
    qtbot.keyClick(view.matrix, Qt.Key.Key_Delete)
    assert target(view, 2) == UNMAPPED
    qtbot.keyClick(view.matrix, Qt.Key.Key_L)
    assert 2 in view._session.document.label_maps[R2].locked


def test_click_assigns(view, qtbot):
    qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=view.matrix.cell_rect(6, 5).center())
    assert target(view, 6) == 5


def test_solve_finds_the_match(view):
    view.solve()
    assert target(view, 6) == 6 and target(view, 5) == 5


def test_without_ground_truth_clusters_are_named(qtbot):
    session = a_session(truth=False)
    view = LabelMapView(session)
    qtbot.addWidget(view)
    assert view._pages.currentWidget() is view.names
    view.name_cluster(3, "add <b>salt</b>")
    assert session.action_name(session.document.label_maps[R2].target(3)) == "add <b>salt</b>"
    assert RUN != R2


def test_a_locked_holder_is_named_and_kept(view):
    view.lock(1)
    view.matrix.cellChanged.emit(0, 1)
    assert "Cluster 1 holds it and is locked" in view.effect.text()
    view.assign(0, 1)
    assert target(view, 1) == 1 and view._session.messages
