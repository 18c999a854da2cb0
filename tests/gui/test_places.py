"""PySide keeps an object for many a place of a layout: none may grow in number, none may outlive its place."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest
import shiboken6
from controls import dialogs, settled, the_window
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication, QLayout, QMenu, QVBoxLayout, QWidget

from totgui.dialogs.kit_card import StepCard
from totgui.dialogs.palette import CommandPalette
from totgui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PLACES = ("QLayoutItem", "QWidgetItem", "QSpacerItem")
KINDS = (
    *PLACES, "QTableWidgetItem", "QListWidgetItem", "QAction", "QMenu", "RowMenu", "QHBoxLayout", "QVBoxLayout",
    "QGridLayout", "QFormLayout",
)  # fmt: skip


@pytest.fixture
def window(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    with the_window(tmp_path) as made:
        yield made


def kept() -> list[object]:
    """What Python holds of Qt, once nothing waits to be deleted."""
    for _ in range(2):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    gc.collect()
    return [each for each in shiboken6.getAllValidWrappers() if type(each).__name__ in KINDS]


def address(of: object) -> int:
    return int(shiboken6.getCppPointer(of)[0])


def places(layout: QLayout) -> set[int]:
    """The addresses of a layout's places, and of those of the layouts in it."""
    found = set()
    for number in range(layout.count()):
        item = layout.itemAt(number)
        found.add(address(item))
        if item.layout() is not None:
            found |= places(item.layout())
    return found


def stale() -> list[str]:
    """Kinds of the places that Python holds and no layout has."""
    held = [(type(each).__name__, address(each)) for each in kept() if type(each).__name__ in PLACES]
    there: set[int] = set()
    widgets = QApplication.allWidgets()  # kept: a layout goes with the object of its widget
    for widget in widgets:
        if (layout := widget.layout()) is not None:
            there |= places(layout)
    return [kind for kind, where in held if where not in there]


def test_dialogs_come_and_go_and_leave_no_place_behind(window: MainWindow, tmp_path: Path) -> None:
    for dock in window.docks.values():  # what is made when it is seen first is made by now
        dock.show()
        dock.raise_()
        settled()
    counts = []
    for _ in range(2):
        for _name, dialog in dialogs(window, tmp_path):
            dialog.open_over(window) if isinstance(dialog, CommandPalette) else dialog.show()
            settled()
            for card in dialog.findChildren(StepCard):
                card.show_step(None, "Cut", card_text(), "P03")
            dialog.grab()
            dialog.hide()
            dialog.deleteLater()
        counts.append(Counter(type(each).__name__ for each in kept()))
    assert counts[0] == counts[1]
    assert stale() == []


def card_text():  # type: ignore[no-untyped-def]
    from core.annotation.values import StepText

    return StepText(key_points=("hold it", "turn it"), reasons=("else it slips",))


def test_a_place_of_the_timeline_without_a_menu_leaves_none_behind(window: MainWindow) -> None:
    """An empty menu stayed with the timeline for ever, at each click, with the project that it was about."""
    before = len(window.timeline.findChildren(QMenu))
    for y in range(0, window.timeline.height(), 4):
        menu = window.timeline.menu_at(QPointF(300, y))
        if menu is not None:
            menu.deleteLater()
    kept()
    assert len(window.timeline.findChildren(QMenu)) == before


def test_the_check_finds_a_place_that_outlived_its_widget(qtbot) -> None:
    """The control: what is forbidden, done."""
    parent = QWidget()
    qtbot.addWidget(parent)
    column, row = QVBoxLayout(parent), QVBoxLayout()
    inside = QWidget(parent)
    row.addWidget(inside)
    column.addLayout(row)
    assert stale() == []
    inside.deleteLater()
    del inside
    assert stale() == ["QWidgetItem"]
