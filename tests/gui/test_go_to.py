"""Go to a frame or a time, and the name of a checkpoint: what a text means, and a field that holds nothing up."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from projects import V, a_project
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from windows import shut

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.timebase import Timebase
from totgui.dialogs.checkpoint import CheckpointName
from totgui.dialogs.go_to import GoTo, place_of
from totgui.dialogs.span import SpanPopup, span_of
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
    qtbot.waitUntil(lambda: bool(made.session.files.lost))  # said later, it would cover what is said of a checkpoint
    yield made
    shut(made)


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


SPANS = Segmentation(np.array([0, 50, 100]), np.array([0, 1, 2]), 300)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("60 to 89", (60, 90)), ("60-89", (60, 90)), ("60 89", (60, 90)), ("1,0.. 8,9", (10, 90)),
        ("0:01 to 0:02", (25, 50)),
        ("60 to 0:04", (60, 100)), ("0:01 to 0:12", (25, 300)), ("0:01 to 9:00", (25, 300)), ("60", None), ("", None),
        ("60 to", None), ("a to b", None), ("1 2 3", None),
    ],
)  # fmt: skip
def test_two_places_are_the_frames_of_a_segment(text: str, span: tuple[int, int] | None) -> None:
    assert span_of(text, CLOCK) == span


@popups
def test_both_ends_of_a_segment_are_typed_and_what_cannot_be_is_said_and_not_taken(qtbot) -> None:
    taken: list[tuple[int, int]] = []
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    popup = SpanPopup(SPANS, 1, "stir", CLOCK, lambda start, stop: taken.append((start, stop)), parent)
    popup.show_at(parent.mapToGlobal(parent.rect().center()))
    assert popup.field.text() == "50 to 99" and popup.field.selectedText() == "50 to 99"
    for text in ("0 to 80", "60 to 299", "80 to 60", "what"):
        popup.field.setText(text)
        qtbot.keyClick(popup.field, Qt.Key.Key_Return)
        assert not taken and ("It can lie in frames 1 to 298" in popup.answer.text()) == (text != "what")
    again = SpanPopup(SPANS, 1, "stir", CLOCK, lambda start, stop: taken.append((start, stop)), parent)
    again.show_at(parent.mapToGlobal(parent.rect().center()))
    qtbot.keyClick(again.field, Qt.Key.Key_Return)
    assert not taken and not again.isVisible()  # as it was: no edit, which would count as a person's
    popup.show_at(parent.mapToGlobal(parent.rect().center()))
    popup.field.setText("0:01 to 0:04")
    assert popup.answer.text().startswith("Frames 25 to 99, 0:01.00 to 0:04.00")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    assert taken == [(25, 100)]


@popups
def test_the_segment_under_the_playhead_moves_as_one_edit(window: MainWindow, qtbot) -> None:
    session = window.session
    session.do(lambda: commands.start_unlabelled(session.document, V))
    n = session.document.videos[V].timebase.n_frames
    session.do(lambda: commands.relabel(session.document, V, 20, 30, 0))
    qtbot.waitUntil(lambda: session.playback.frame == session.playback.wanted)
    session.playback.seek(25)
    done = len(session.project.history.done)
    window.actions_.by_name["segment.span"].trigger()
    qtbot.waitUntil(lambda: any(w.isVisible() for w in window.findChildren(SpanPopup)))
    popup = next(w for w in window.findChildren(SpanPopup) if w.isVisible())
    popup.field.setText("15 to 32")
    qtbot.keyClick(popup.field, Qt.Key.Key_Return)
    track = session.document.corrected[V]
    assert track.starts.tolist() == [0, 15, 33] and track.n_frames == n and session.selection == {1}
    assert len(session.project.history.done) == done + 1
