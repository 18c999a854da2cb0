"""P2 stands before P10 in every list of names: numbers count, great and small letters are one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes_panels import FakeSession, a_session
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidget

from core import score_files
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.names import by_name
from core.data.timebase import Timebase
from core.formats.registry import find_format
from core.second_reviewer import agreement
from totgui.models.widgets import NameItem
from totgui.views.compare.rows import Rows
from totgui.views.metrics.view import MetricsView
from totgui.views.videos import NAME, VideosView

SHUFFLED = ("P10", "p2", "P1", "take 12", "P03")
IN_ORDER = ["P1", "p2", "P03", "P10", "take 12"]


@pytest.fixture
def session() -> FakeSession:
    """The five videos of the panels under names whose order as text is another one."""
    found = a_session()
    videos = zip(found.document.videos.items(), SHUFFLED, strict=True)
    found.document.videos = {v: replace(video, name=name) for (v, video), name in videos}
    return found


def test_the_list_of_videos(qtbot, session):
    view = VideosView(session)
    qtbot.addWidget(view)
    model = view._table.model()
    assert [model.index(row, NAME).data() for row in range(model.rowCount())] == IN_ORDER
    view._table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder)
    assert [model.index(row, NAME).data() for row in range(model.rowCount())] == IN_ORDER[::-1]


def test_the_comparison(session):
    names = session.document.videos
    assert [names[v].name for v in Rows.of(session, differences=True).ordered("name")] == IN_ORDER


def test_the_scores_of_videos_and_actions(qtbot, session):
    actions = session.document.actions
    for number, name in zip(list(actions), ("step 10", "step 9"), strict=False):
        actions[number] = replace(actions[number], name=name)
    view = MetricsView(session)
    qtbot.addWidget(view)
    for table, wanted in ((view.videos, IN_ORDER), (view.classes, ["step 9", "step 10"])):
        shown = [table.item(row, 0).text() for row in range(table.rowCount())]
        assert [name for name in shown if name in wanted] == wanted


def test_a_cell_with_a_name(qtbot):
    table = QTableWidget(5, 1)
    qtbot.addWidget(table)
    for row, name in enumerate(SHUFFLED):
        table.setItem(row, 0, NameItem(name))
    table.sortItems(0)
    assert [table.item(row, 0).text() for row in range(5)] == IN_ORDER


def test_the_agreement_of_two_people_stands_in_the_order_of_the_dataset():
    videos = tuple(Video(VideoId(name), name, Timebase(10)) for name in ("P2", "P10"))
    document = Document(Dataset(Path("/d"), "tea", videos, (Action(ActionId(0), "a", "#000000"),)))
    track = Segmentation.from_frames(np.zeros(10, np.int64))
    for video in ("P10", "P2"):  # this one was corrected first
        document.corrected[VideoId(video)] = track
    assert list(agreement(document, dict(document.corrected))[1]) == ["P2", "P10"]


def test_folders_of_label_files(tmp_path):
    for name in SHUFFLED:
        (tmp_path / f"{name}.txt").write_text("a\nb\n", encoding="utf-8")
    assert list(score_files.label_files(tmp_path)) == IN_ORDER
    assert [file.path.stem for file in find_format("frames").files(tmp_path)] == IN_ORDER


def test_two_ways_to_write_a_letter_are_one_place():
    assert by_name("u\u0308 2") == by_name("\u00dc 2") < by_name("\u00fc 10")
