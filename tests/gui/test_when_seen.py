"""What a panel shows is read again while somebody looks at it: behind another's tab nobody does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QVBoxLayout, QWidget

from totgui.models.when_seen import WhenSeen
from totgui.window.in_front import InFront


class Panel(QWidget):
    """A panel that is covered by what stands in it, as most are."""

    def __init__(self, wait_ms: int) -> None:
        super().__init__()
        self.read = 0
        column = QVBoxLayout(self)
        column.addWidget(QLabel("what it shows"))
        self.again = WhenSeen(self, self._read, wait_ms=wait_ms)

    def _read(self) -> None:
        self.again.settled()
        self.read += 1


@pytest.fixture(params=[0, 20])
def tabbed(request, qtbot):
    """A panel and another one as tabs of a window; the panel is behind."""
    window = QMainWindow()
    qtbot.addWidget(window)
    panel, docks = Panel(request.param), []
    for widget in (panel, QLabel("in front")):
        dock = QDockWidget(window)
        dock.setWidget(widget)
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        docks.append(dock)
    window.tabifyDockWidget(*docks)
    window.in_front = InFront(window, dict(zip("ab", docks, strict=True)))
    docks[1].raise_()
    window.resize(400, 300)
    window.show()
    qtbot.waitUntil(docks[1].widget().isVisible)
    yield panel, docks
    window.close()


def test_a_panel_behind_a_tab_reads_once_when_it_comes_to_the_front(qtbot, tabbed):
    panel, docks = tabbed
    for _ in range(3):
        panel.again.ask()
    qtbot.wait(60)
    assert panel.read == 0
    docks[0].raise_()
    qtbot.waitUntil(lambda: panel.read == 1)
    qtbot.wait(60)
    assert panel.read == 1
    panel.again.ask()
    qtbot.waitUntil(lambda: panel.read == 2)


def test_a_hidden_panel_reads_when_it_is_shown(qtbot, tabbed):
    panel, docks = tabbed
    docks[0].raise_()
    docks[0].hide()
    panel.again.ask()
    assert panel.read == 0
    docks[0].show()
    docks[0].raise_()
    qtbot.waitUntil(lambda: panel.read == 1)
