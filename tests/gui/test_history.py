"""The history as a list: each edit one row, the present state marked, a click goes there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from projects import V, a_project

from core.annotation import commands
from core.annotation.history import History, Step
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project
from totgui.main_window import MainWindow
from totgui.models.history import DONE, NOW, SEQ, STATE, UNDONE, HistoryModel
from totgui.session import Session
from totgui.settings import Settings
from totgui.views.history import HistoryView


def a_step(seq: int, group: int | None = None) -> Step:
    return Step(seq, f"edit {seq}", None if group is None else (1, group), frozenset(), lambda *_: None, 1.0)


def shown(model: HistoryModel) -> list[tuple[str, str]]:
    rows = [model.index(row) for row in range(model.rowCount())]
    return [(index.data(), index.data(STATE)) for index in rows]


@pytest.fixture
def model(qapp) -> HistoryModel:
    model = HistoryModel()
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def test_the_newest_is_on_top_and_the_present_is_marked(model: HistoryModel) -> None:
    history = History()
    model.follow(history)
    assert shown(model) == [("Start of the project", NOW)]
    for seq in (1, 2, 3):
        history.push(a_step(seq))
        model.follow(history)
    history.move("undo")
    model.follow(history)
    assert shown(model) == [("Edit 3", UNDONE), ("Edit 2", NOW), ("Edit 1", DONE), ("Start of the project", DONE)]
    assert model.index(1).data(SEQ) == 2 and model.index(3).data(SEQ) == 0
    history.push(a_step(7))
    model.follow(history)
    assert [text for text, _ in shown(model)] == ["Edit 7", "Edit 2", "Edit 1", "Start of the project"]


def test_a_group_is_one_row(model: HistoryModel) -> None:
    history = History()
    history.push(a_step(1))
    for seq in (2, 3, 4):
        history.push(a_step(seq, group=9))
        model.follow(history)
    assert [text for text, _ in shown(model)] == ["Edit 4 (3 steps)", "Edit 1", "Start of the project"]
    for _ in range(3):
        history.move("undo")
    model.follow(history)
    assert shown(model)[1] == ("Edit 1", NOW)
    history.push(a_step(8))
    model.follow(history)
    assert [text for text, _ in shown(model)] == ["Edit 8", "Edit 1", "Start of the project"]
    model.follow(None)
    assert model.rowCount() == 1


def test_a_new_edit_inserts_one_row_and_reads_no_other(model: HistoryModel) -> None:
    history = History()
    history.done = [a_step(seq) for seq in range(1, 100_001)]
    model.follow(history)
    inserted, resets = [], []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.modelReset.connect(lambda: resets.append(True))
    history.push(a_step(100_001))
    model.follow(history)
    assert inserted == [(0, 0)] and not resets and model.rowCount() == 100_002
    assert model.index(100_001).data(SEQ) == 0 and model.index(0).data(Qt.ItemDataRole.UserRole) != ""


@pytest.fixture
def session(qtbot, tmp_path: Path):
    a_project(tmp_path / "a.tot").close()
    session = Session()
    session.open_project(tmp_path / "a.tot")
    yield session
    session.close()


def test_a_click_undoes_and_redoes_as_far_as_that_state(qtbot, session: Session) -> None:
    view = HistoryView(session)
    qtbot.addWidget(view)
    view.resize(400, 300)
    session.do(lambda: commands.start_from_ground_truth(session.document, V))
    for frame in (51, 55, 60):
        session.do(lambda f=frame: commands.move_boundary(session.document, V, 0, f))
    track = session.document.corrected[V]
    view.show()
    assert "boundary to 60" in view.model.index(0).data()

    def click(row: int) -> None:
        index: QModelIndex = view.model.index(row)
        QTest.mouseClick(
            view.list.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            view.list.visualRect(index).center(),
        )
        qtbot.waitUntil(lambda: not session.past.is_moving)

    click(2)
    assert session.document.corrected[V].starts.tolist() == [0, 51] and view.model.current_row == 2
    click(4)
    assert V not in session.document.corrected
    click(0)
    assert session.document.corrected[V] == track and view.model.current_row == 0
    assert not view.grab().isNull()


def test_undo_of_another_video_names_it(session: Session) -> None:
    session.do(lambda: commands.start_unlabelled(session.document, V))
    assert session.past.elsewhere("undo", V) is None
    assert session.past.elsewhere("undo", None) == V


@pytest.fixture
def two_videos(qtbot, tmp_path: Path):
    """A window with two videos; two edits in P03, P04 is shown."""
    videos = tuple(Video(VideoId(v), v, Timebase(50)) for v in ("P03", "P04"))
    dataset = Dataset(tmp_path, "tea", videos, (Action(ActionId(0), "pour", "#102030"),))
    Project.create(tmp_path / "two.tot", dataset, ground_truth={}).close()
    session = Session()
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    session.open_project(tmp_path / "two.tot")
    session.do(lambda: commands.start_unlabelled(session.document, VideoId("P03")))
    session.do(lambda: commands.relabel(session.document, VideoId("P03"), 0, 9, 0))
    session.select_video(VideoId("P04"), 3)
    yield window, session
    session.close()


def test_undo_of_another_video_changes_nothing_until_the_bar_is_answered(two_videos) -> None:
    window, session = two_videos
    track = session.document.corrected[VideoId("P03")]
    window.actions_.by_name["edit.undo"].trigger()
    assert session.document.corrected[VideoId("P03")] == track and session.current_video == "P04"
    assert window.bar.text() == "Last edit: relabel 0 to 8 as pour in P03."
    window.bar.choose("Go there and undo")
    assert session.document.corrected[VideoId("P03")].segments == ((0, 50, -2),) and session.current_video == "P03"
    session.select_video(VideoId("P04"))
    window.actions_.by_name["edit.redo"].trigger()
    assert window.bar.choices() == ["Go there and redo"]
    window.bar.choose("Go there and redo")
    assert session.document.corrected[VideoId("P03")] == track


def test_the_same_key_once_more_goes_there_but_not_one_that_is_held(two_videos, monkeypatch) -> None:
    window, session = two_videos
    now = [100.0]
    monkeypatch.setattr("totgui.actions.edit.time.monotonic", lambda: now[0])
    undo = window.actions_.by_name["edit.undo"].trigger
    for _ in range(20):  # held: it repeats every 33 ms
        now[0] += 0.033
        undo()
    assert session.current_video == "P04" and len(session.document.corrected[VideoId("P03")]) == 2
    now[0] += 1.0
    undo()
    assert session.current_video == "P03" and len(session.document.corrected[VideoId("P03")]) == 1
    assert "Go there and undo" not in window.bar.choices()


def test_a_question_about_the_history_goes_when_the_history_goes_on(two_videos) -> None:
    """It stayed, with a button that did nothing."""
    window, session = two_videos
    window.actions_.by_name["edit.undo"].trigger()
    assert window.bar.choices() == ["Go there and undo"]
    session.do(lambda: commands.start_unlabelled(session.document, VideoId("P04")))
    assert not window.bar.choices()


def test_a_way_through_the_history_says_which_way_and_how_far(two_videos, qtbot) -> None:
    window, session = two_videos
    session.past.go_to(0)
    qtbot.waitUntil(lambda: not session.past.is_moving)
    assert window.bar.text() == "Undone: 2 steps."
