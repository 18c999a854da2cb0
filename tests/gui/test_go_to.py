"""Go to a frame or a time, and the name of a checkpoint: what a text means, and a field that holds nothing up."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from projects import V, a_project
from PySide6.QtCore import Qt

from core.data.timebase import Timebase
from totgui.dialogs.checkpoint import CheckpointName
from totgui.dialogs.go_to import GoTo, place_of
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

popups = pytest.mark.qt_log_ignore("This plugin does not support")
CLOCK = Timebase(300, Fraction(25), None)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("0", 0), ("12", 12), (" 1,2 ", 12), ("299", 299), ("300", 299), ("-5", 0), ("9" * 30, 299), ("0:01", 25),
        ("0:01.5", 37), ("1:00:00", 299), ("0:-3", 0), ("1e4000:0", None), ("inf:0", None), ("nan:1", None),
        ("", None), (":", None), ("a", None), ("1.5", None), ("9" * 5000, None), ("1:2:3:x", None),
        ("\u0661\u0662", 12),
    ],
)  # fmt: skip
def test_a_text_is_a_frame_a_time_or_nothing(text: str, frame: int | None) -> None:
    assert place_of(text, CLOCK) == frame


def test_without_a_rate_a_time_means_nothing() -> None:
    assert place_of("0:01", Timebase(300, None, None)) is None and place_of("17", Timebase(300, None, None)) == 17


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    with a_project(tmp_path / "a.tot"):
        pass
    made = MainWindow(Session(), Settings())
    made.show()
    made.session.open_project(tmp_path / "a.tot")
    yield made
    made.close()
    made.deleteLater()


def asked(window: MainWindow) -> GoTo:
    window.actions_.by_name["playback.go-to"].trigger()
    return next(w for w in window.findChildren(GoTo) if w.isVisible())


@popups
def test_enter_goes_there_and_what_is_wrong_is_said_while_it_is_typed(window: MainWindow, qtbot) -> None:
    popup = asked(window)
    assert popup.answer.text().startswith("Frame 0 (last: 99)")
    qtbot.keyClicks(popup.field, "4x")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.isVisible() and popup.answer.text().startswith("Type ")
    popup.field.setText("42")
    assert popup.answer.text().startswith("Frame 42 (last: 99), 0:01.68")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert window.session.playback.wanted == 42
    assert not any(w.isVisible() for w in window.findChildren(GoTo))


@popups
def test_escape_goes_nowhere_and_an_answer_for_another_video_neither(window: MainWindow, qtbot) -> None:
    popup = asked(window)
    popup.field.setText("42")
    qtbot.keyClick(popup.field, Qt.Key.Key_Escape)
    assert window.session.playback.wanted == 0
    popup = asked(window)
    popup.field.setText("42")
    window.session.close_project()
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert window.session.current_video != V and window.session.playback.wanted != 42


def asked_name(window: MainWindow) -> CheckpointName:
    window.actions_.by_name["file.checkpoint"].trigger()
    return next(w for w in window.findChildren(CheckpointName) if w.isVisible())


@popups
def test_enter_writes_a_checkpoint_of_the_name_and_of_no_empty_one(window: MainWindow, qtbot, tmp_path: Path) -> None:
    popup = asked_name(window)
    qtbot.keyClicks(popup.field, "  ")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.isVisible() and "Edits are saved without it" in popup.answer.text()
    popup.field.setText(" half way <b> ")
    assert "a.backups" in popup.answer.text()
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert not any(w.isVisible() for w in window.findChildren(CheckpointName))
    qtbot.waitUntil(lambda: "Checkpoint written to" in window.bar.text())
    assert [f.stem for f in (tmp_path / "a.backups").glob("half*")] == ["half way _b_"]


@popups
def test_escape_writes_no_checkpoint_and_another_project_gets_none(window: MainWindow, qtbot, tmp_path: Path) -> None:
    qtbot.keyClick(asked_name(window).field, Qt.Key.Key_Escape)
    popup = asked_name(window)
    popup.field.setText("late")
    window.session.close_project()
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert not window.session.jobs.running and not list(tmp_path.glob("a.backups/late*"))
