"""The list of videos follows the session, one row at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes_panels import a_session
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import ReviewStatus
from core.data.dataset import BACKGROUND
from totgui.models.videos import EDIT, MOF, NAME, OPEN, REVIEW, VIDEO_ROLE, VideosModel
from totgui.views.videos import WIDEST, VideosView


@pytest.fixture
def session():
    return a_session()


def names(view: VideosView) -> list[str]:
    model = view._table.model()
    return [model.index(row, NAME).data() for row in range(model.rowCount())]


def test_the_model_keeps_the_rules_of_qt(session, qtbot):
    model = VideosModel(session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    video = session.current_video
    assert session.do(lambda: commands.set_review(session.document, video, ReviewStatus.REJECTED, "hand hidden"))
    session.projectChanged.emit()
    assert model.rowCount() == 5


def test_a_review_changes_one_row(session, qtbot):
    view = VideosView(session)
    qtbot.addWidget(view)
    video = list(session.document.videos)[2]
    with qtbot.waitSignal(view._model.dataChanged) as changed:
        session.do(lambda: commands.set_review(session.document, video, ReviewStatus.ACCEPTED, "a <b>note</b>"))
    assert {changed.args[0].row(), changed.args[1].row()} == {view._model.row_of(video)}
    cell = view._model.index(2, REVIEW)
    assert cell.data() == "accepted"
    assert "&lt;b&gt;note" in cell.data(Qt.ItemDataRole.ToolTipRole), "a note is text, never markup"


def test_columns_sort_by_number(session, qtbot):
    view = VideosView(session)
    qtbot.addWidget(view)
    view._table.sortByColumn(MOF, Qt.SortOrder.AscendingOrder)
    model = view._table.model()
    report = session.report(session.current_run)
    shown = [model.index(row, NAME).data(VIDEO_ROLE) for row in range(model.rowCount())]
    assert shown == [row.video for row in sorted(report.per_video, key=lambda row: row.mof)]


def test_videos_without_a_score_stand_together(session, qtbot):
    """One of background alone has no MoF; it stood wherever it was, and the others were sorted around it."""
    videos = list(session.document.videos)
    for video in videos[1::2]:
        n_frames = session.document.videos[video].timebase.n_frames
        session.document.ground_truth[video] = Segmentation(np.array([0]), np.array([BACKGROUND]), n_frames)
    view = VideosView(session)
    qtbot.addWidget(view)
    view._table.sortByColumn(MOF, Qt.SortOrder.AscendingOrder)
    model = view._table.model()
    shown = [model.index(row, MOF).data() for row in range(model.rowCount())]
    assert shown[:2] == ["–", "–"] and [float(text) for text in shown[2:]] == sorted(map(float, shown[2:]))


def test_the_filter_takes_signs_as_they_are(session, qtbot):
    view = VideosView(session)
    qtbot.addWidget(view)
    every = names(view)
    view._filter.setText(every[1].upper())
    assert names(view) == [every[1]]
    view._filter.setText(".*")
    assert names(view) == []


def test_the_video_on_screen_stays_marked(session, qtbot):
    view = VideosView(session)
    qtbot.addWidget(view)
    session.current_video = list(session.document.videos)[3]
    session.currentVideoChanged.emit()
    session.projectChanged.emit()
    chosen = view._table.selectionModel().selectedRows()
    assert [row.data(VIDEO_ROLE) for row in chosen] == [session.current_video]


def test_the_filter_finds_a_name_whichever_way_its_letters_are_composed(session, qtbot):
    """File systems write "ü" as two signs, keyboards as one."""
    first, *_ = session.document.videos
    session.document.videos[first] = replace(session.document.videos[first], name="Ku\u0308che 1")
    view = VideosView(session)
    qtbot.addWidget(view)
    for text in ("k\u00fcche", "KU\u0308C"):
        view._filter.setText(text)
        assert view._sorted.rowCount() == 1


def test_long_names_have_room_before_scores_that_stand_elsewhere(session, qtbot):
    view = VideosView(session)
    qtbot.addWidget(view)
    view.resize(425, 300)
    view.show()
    table, video = view._table, next(iter(session.document.videos))
    assert [column for column in WIDEST if table.isColumnHidden(column)] == [OPEN]  # nobody has written a comment
    name = "P03_cam01_P03_cereals"
    session.document.videos[video] = replace(session.document.videos[video], name=name)
    session.projectChanged.emit()
    assert table.isColumnHidden(EDIT)
    assert table.columnWidth(NAME) > table.fontMetrics().horizontalAdvance(name)
    view.resize(700, 300)
    assert not table.isColumnHidden(EDIT)


def test_without_ground_truth_no_column_of_dashes_takes_the_room_of_the_names(qtbot):
    session = a_session(truth=False)
    view = VideosView(session)
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    assert [c for c in WIDEST if view._table.isColumnHidden(c)] == [MOF, EDIT, OPEN]
