"""A way through real file dialogs: answered or refused, and the window is still there after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from datasets import layout
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from windows import a_window

from totgui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with a_window() as made:
        made.show()
        made.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
        yield made


@pytest.fixture
def answer(qtbot: QtBot) -> Iterator:
    """Writes a path into the file dialog that opens next and presses a key there; `left()` counts the unanswered."""
    waiting: list[tuple[str, Qt.Key]] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if waiting and isinstance(dialog, QFileDialog):
            field = dialog.findChild(QLineEdit)
            if field is not None and field.hasFocus():
                text, key = waiting.pop()
                field.setText(text)
                qtbot.keyClick(field, key)

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(look)
    timer.start()

    def give(text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        waiting.append((text, key))

    give.left = lambda: len(waiting)  # type: ignore[attr-defined]
    yield give
    timer.stop()


@pytest.mark.parametrize("command", ["file.dataset", "file.open"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_file_dialog_closes_and_the_window_goes_on(window, answer, tmp_path: Path, monkeypatch, command, key):
    """The focus leaves the field while its dialog is destroyed: who walks over the widgets then ends the program."""
    place = layout(tmp_path / "set", "F", lengths={"a": 20, "b": 30})
    if command == "file.open":
        place = tmp_path / "mine.tot"
        place.write_bytes(b"")
    opened: list[Path] = []
    monkeypatch.setattr(window.actions_.file, "open_path", opened.append)
    answer(str(place), key)
    window.actions_.by_name[command].trigger()
    assert answer.left() == 0 and opened == ([place] if key is Qt.Key.Key_Return else [])
    assert window.actions_.by_name["segment.split"].shortcuts(), "letters are commands again"


def test_letters_come_back_while_a_dialog_is_half_gone(window):
    """Where the window system is slow, the focus moves when the widgets of the dialog are being destroyed."""
    dialog = QDialog(window)
    dialog.destroyed.connect(lambda: window.actions_.give_keys(None))
    window.actions_.give_keys(QLineEdit(dialog))
    assert not window.actions_.by_name["segment.split"].shortcuts()
    shiboken6.delete(dialog)
    assert window.actions_.by_name["segment.split"].shortcuts()
