"""What must not break the window: odd names, odd maps, and things that end or go away while a person is at work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from faults.monkey_world import a_ready_project
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit

from core import api
from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import ActionId, RunId
from core.project import Project
from core.store.check import read_all
from totgui.dialogs.action_popup import ActionPopup
from totgui.main_window import MainWindow
from totgui.models.widgets import plain
from totgui.session import Session
from totgui.settings import Settings

popups = pytest.mark.qt_log_ignore("This plugin does not support")
Popup = Qt.WindowType.Popup
R, LEFT, NONE = RunId("r1"), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NAMES = {
    "markup": "<b>bold</b><img src=x onerror=y>&amp;",
    "emoji": "🔧👩‍🏭🥚" * 40,
    "right to left": "\u202eاقطع-الخضار\u202d-שלום" * 12,
    "long": "x" * 500,
}


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """Three videos with features and ground truth, a run, and the first video corrected: boundaries at 40 and 60."""
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    path = a_ready_project(tmp_path)
    made = MainWindow(Session(), Settings())
    made.resize(1400, 900)
    made.show()
    monkeypatch.setattr(made.session.jobs, "in_engine", lambda request, text, then: None)  # no engine is needed here
    made.session.open_project(path)
    qtbot.waitUntil(lambda: made.session.playback.frame == 0 and made.video_view.picture._image is not None)
    qtbot.waitUntil(lambda: made.updatesEnabled() and not made.placing._sizing.isActive())
    yield made
    made.safety.may_close = lambda: True  # type: ignore[method-assign]
    made.close()
    made.deleteLater()
    read_all(path)  # nothing of it was harmed


def a_training(folder: Path) -> dict[str, object]:
    """What the engine hands over when a training has finished."""
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes(b"weights")
    return {
        "curve": [(1, None, 2.0)], "config": {"n_clusters": 4}, "device": "cpu", "seconds": 1.0, "iterations": 1,
        "stopped_early": False, "losses": {"ce": 1.0}, "weights": str(folder / "weights.safetensors"),
    }  # fmt: skip


def corrected(window: MainWindow) -> Segmentation:
    found = window.session.document.corrected[window.session.current_video]
    assert found is not None
    return found


def paint_all(window: MainWindow) -> None:
    """Every panel is shown and painted."""
    for dock in window.docks.values():
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        dock.grab()


# --- a training that ends while a person edits ----------------------------------------------------------------


def at(window: MainWindow, frame: int) -> QPoint:
    view = window.timeline
    row = view.row("corrected")
    return QPoint(round(view.axis.x(frame)), row.top + row.height // 2)


def test_a_boundary_that_is_held_while_a_training_ends_goes_where_it_is_dropped(window, tmp_path: Path) -> None:
    view = window.timeline
    view.fit()
    before = corrected(window)
    QTest.mousePress(view, LEFT, NONE, at(window, 40))
    QTest.mouseMove(view, at(window, 44))
    window.session.runs.take(a_training(tmp_path / "out"))
    assert window.session.current_run == "r2"
    QTest.mouseMove(view, at(window, 50))
    QTest.mouseRelease(view, LEFT, Qt.KeyboardModifier.AltModifier, at(window, 50))
    after = corrected(window)
    assert after.labels.tolist() == before.labels.tolist()
    assert abs(int(after.starts[1]) - 50) <= 3 and after.starts[[0, 2]].tolist() == [0, 60]
    window.session.undo()
    assert corrected(window).starts.tolist() == before.starts.tolist() and "r2" in window.session.document.runs


@popups
def test_an_answer_given_after_a_training_has_ended_is_the_edit_that_was_asked_for(window, tmp_path: Path) -> None:
    session = window.session
    session.select_segments([1])
    window.actions_.by_name["segment.relabel"].trigger()
    popup = next(w for w in window.findChildren(ActionPopup) if w.isVisible())
    session.runs.take(a_training(tmp_path / "out"))
    QTest.keyClick(popup.field, Qt.Key.Key_4)
    assert int(corrected(window).to_frames()[50]) == 3
    assert "r2" in session.document.runs


@popups
def test_a_name_that_is_being_typed_survives_the_end_of_a_training(window, qtbot, tmp_path: Path) -> None:
    window.docks["Labels"].show()
    window.docks["Labels"].raise_()
    window.labels.table.setCurrentIndex(window.labels.model.index(1, 0))
    window.labels.rename()
    [field] = window.labels.table.viewport().findChildren(QLineEdit)
    field.clear()
    qtbot.keyClicks(field, "turn the screw")
    window.session.runs.take(a_training(tmp_path / "out"))
    assert field.isVisible() and field.text() == "turn the screw"
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.document.actions[ActionId(1)].name == "turn the screw")


# --- a run that is shown goes ---------------------------------------------------------------------------------


def test_deleting_the_run_that_is_shown_everywhere_leaves_a_window_that_works(window, tmp_path: Path) -> None:
    session = window.session
    session.chosen.show_runs([R])
    session.chosen.activate(f"run:{R}")
    paint_all(window)
    before = corrected(window)
    session.runs.hide(R)
    assert session.current_run is None and session.chosen.runs == () and session.chosen.active == "corrected"
    paint_all(window)
    for command in ("segment.take-all", "model.segment", "review.next-uncertain", "review.next-difference"):
        window.actions_.by_name[command].trigger()
    assert corrected(window).starts.tolist() == before.starts.tolist()
    assert session.do(lambda: commands.move_boundary(session.document, session.current_video, 0, 45))
    session.runs.hide(R, False)
    session.select_run(R)
    paint_all(window)
    assert len(session.document.predictions) == 3


def test_deleting_the_run_while_its_boundary_is_held_changes_nothing(window) -> None:
    view = window.timeline
    view.fit()
    before = corrected(window)
    QTest.mousePress(view, LEFT, NONE, at(window, 60))
    QTest.mouseMove(view, at(window, 66))
    window.session.runs.hide(R)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NONE, at(window, 66))
    assert corrected(window).starts.tolist() == before.starts.tolist()


# --- the video goes while it plays ----------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["emptied", "moved away"])
def test_the_file_of_the_video_goes_while_it_plays_and_edits_go_on(window, qtbot, how: str) -> None:
    session = window.session
    media = session.playback.video.media
    session.playback.play()
    qtbot.waitUntil(lambda: session.playback.frame > 3)
    media.write_bytes(b"") if how == "emptied" else media.rename(media.with_suffix(".gone"))
    assert session.do(lambda: commands.move_boundary(session.document, session.current_video, 0, 45))
    first = session.current_video
    session.select_video(next(v for v in session.document.videos if v != first))  # what is open closes,
    session.select_video(first, 20)  # and is asked for again
    qtbot.waitUntil(lambda: media.name in window.bar.text() and session.playback.frame == 20)
    assert window.video_view.picture._image is None
    session.playback.play()
    qtbot.waitUntil(lambda: session.playback.frame > 25)  # time goes on without pictures
    session.playback.pause()
    assert int(corrected(window).starts[1]) == 45
    paint_all(window)


# --- maps and names -------------------------------------------------------------------------------------------


def test_a_map_of_everything_to_one_action_is_one_segment_in_every_video(window, qtbot) -> None:
    session = window.session
    assert session.do(lambda: commands.set_many_to_one(session.document, R, True))
    for cluster in range(4):
        if session.document.label_maps[R].target(cluster) != 2:
            assert session.do(lambda c=cluster: commands.set_target(session.document, R, c, 2))
    paint_all(window)
    for video in session.document.videos:
        assert session.mapped_prediction(R, video).labels.tolist() == [2]
    assert session.do(lambda: commands.take_prediction(session.document, R, session.current_video))
    assert corrected(window).labels.tolist() == [2]
    for command in ("playback.next-boundary", "segment.merge-next", "segment.nudge-right", "review.next-uncertain"):
        window.actions_.by_name[command].trigger()
    qtbot.waitUntil(lambda: session.report(R) is not None)
    truth = np.concatenate([t.to_frames() for t in session.document.ground_truth.values()])
    assert session.report(R).mof == pytest.approx(float((truth == 2).mean()))
    paint_all(window)


def test_two_actions_cannot_have_one_name_but_a_retired_one_may_have_it(window) -> None:
    session, said = window.session, []
    session.message.connect(lambda text, level: said.append(text))
    assert not session.do(lambda: commands.rename_action(session.document, ActionId(1), "reach"))
    assert not session.do(lambda: commands.add_action(session.document, "reach")[0])
    assert len(said) == 2 and all("reach" in text for text in said)
    assert session.do(lambda: commands.archive_action(session.document, ActionId(0)))
    assert session.do(lambda: commands.add_action(session.document, "reach")[0])
    assert [a.name for a in session.document.actions.values()].count("reach") == 2
    paint_all(window)
    assert not session.do(lambda: commands.archive_action(session.document, ActionId(0), False))
    assert "reach" in said[-1] and session.document.actions[ActionId(0)].archived


def test_names_that_are_too_long_or_hold_line_breaks_are_refused_with_a_reason(window) -> None:
    session, said = window.session, []
    session.message.connect(lambda text, level: said.append(text))
    before = {a.id: a.name for a in session.document.actions.values()}
    for name in ("x" * 500, "a\tb", "a\nb", "", "  "):
        assert not session.do(lambda n=name: commands.rename_action(session.document, ActionId(1), n))
    assert len(said) == 5 and all("200" in text for text in said)
    assert {a.id: a.name for a in session.document.actions.values()} == before


@popups
@pytest.mark.parametrize("kind", NAMES)
def test_odd_names_of_a_dataset_fit_into_every_panel_and_are_kept(qtbot, window, tmp_path: Path, kind: str) -> None:
    """Names that no one types, but that files hold: 500 characters, emoji, markup, another direction."""
    name, session = NAMES[kind], window.session
    paint_all(window)
    width = window.minimumSizeHint().width()
    project, root = session.project.path, tmp_path / "set"
    for file in (*(root / "groundTruth").iterdir(), root / "mapping" / "mapping.txt"):
        file.write_text(file.read_text().replace("turn", name), encoding="utf-8")
    session.create_project(tmp_path / "odd.tot", api.open_dataset(root))
    qtbot.waitUntil(lambda: window.video_view.picture._image is not None)
    assert session.do(lambda: commands.start_from_ground_truth(session.document, session.current_video))
    session.select_segments([1])
    for layout in ("review", "map", "compare", "train", "present"):
        window.actions_.by_name[f"view.layout-{layout}"].trigger()
        QApplication.processEvents()
        window.grab()
    window.actions_.by_name["view.reset"].trigger()
    paint_all(window)
    for command in ("segment.relabel", "tools.palette"):
        window.actions_.by_name[command].trigger()
        popup = next(w for w in window.findChildren(QFrame) if w.isVisible() and w.windowType() == Popup)
        popup.grab()
        popup.close()
    assert window.minimumSizeHint().width() <= width  # a long name is cut; it makes nothing wider
    session.close_project()
    with Project.open(tmp_path / "odd.tot") as again:
        assert name in [a.name for a in again.document.actions.values()]
    session.open_project(project)


def test_a_name_of_200_letters_makes_no_panel_wider(window) -> None:
    """The list of actions without a cluster took the name as one word, and the window grew beyond the screen."""
    session, label_map = window.session, window.label_map
    window.docks["Label map"].show()
    window.docks["Label map"].raise_()
    before = window.minimumSizeHint().width(), label_map.minimumSizeHint().width()
    for action in list(session.document.actions):
        name = chr(ord("a") + int(action)) * 200
        session.do(lambda a=action, n=name: commands.rename_action(session.document, a, n))
    label_map.grab()
    assert window.minimumSizeHint().width() <= before[0] + 40
    label = plain("x" * 200)
    assert label.minimumSizeHint().width() < 40 * label.fontMetrics().averageCharWidth()
