"""A panel that comes to the front shows its parts one after another, each in its place from the beginning."""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from totgui.models.one_by_one import OneByOne


class Part(QWidget):
    """Says in which turn of the event loop it was shown."""

    def __init__(self, parent: QWidget, turns: list[int], shown: list[int]) -> None:
        super().__init__(parent)
        self.setMinimumHeight(20)
        self._turns, self._shown = turns, shown

    def showEvent(self, event: QEvent) -> None:
        self._shown.append(len(self._turns))


def made(qtbot):
    turns, shown = [], []
    window, panel = QWidget(), QWidget()
    QVBoxLayout(window).addWidget(panel)
    parts = [Part(panel, turns, shown) for _ in range(3)]
    column = QVBoxLayout(panel)
    for part in parts:
        column.addWidget(part)
    OneByOne(panel, parts)
    qtbot.addWidget(window)
    timer = QTimer(window)
    timer.timeout.connect(lambda: turns.append(1))
    timer.start(0)
    panel.hide()
    window.resize(200, 300)
    window.show()
    return window, panel, parts, shown


def test_parts_come_each_in_a_turn_of_its_own_and_do_not_move(qtbot):
    _window, panel, parts, shown = made(qtbot)
    panel.show()
    assert not any(part.isVisible() for part in parts)
    qtbot.waitUntil(lambda: parts[0].isVisible())
    QApplication.sendPostedEvents()
    first = parts[0].geometry()
    qtbot.waitUntil(lambda: all(part.isVisible() for part in parts))
    assert parts[0].geometry() == first and len(set(shown)) == 3 and shown == sorted(shown)


def test_a_panel_that_is_hidden_again_before_all_came_begins_anew(qtbot):
    _window, panel, parts, _ = made(qtbot)
    panel.show()
    qtbot.waitUntil(lambda: parts[0].isVisible())
    panel.hide()
    QApplication.processEvents()
    assert all(part.isHidden() for part in parts)
    panel.show()
    qtbot.waitUntil(lambda: all(part.isVisible() for part in parts))
