"""The tour walks over parts of the real window and can be left at any step; icons follow the theme."""

from __future__ import annotations

import pytest
from datasets import layout
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core import api
from totgui.app import FRAME
from totgui.icons import COMMANDS, command_icon, icon
from totgui.main_window import MainWindow
from totgui.models.empty import EmptyState
from totgui.palette import apply_theme
from totgui.session import Session
from totgui.settings import Settings
from totgui.tour import STOPS, card_place
from totgui.views.start import age_text
from totgui.window.layouts import LAYOUTS


@pytest.fixture
def window(qtbot, tmp_path):
    session, settings = Session(), Settings()
    settings.clear_layout()  # an earlier test may have closed a window
    window = MainWindow(session, settings)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    session.create_project(tmp_path / "p.tot", api.open_dataset(layout(tmp_path / "data", "A")))
    window.show()
    yield window
    session.close()


def test_the_tour_shows_every_part_and_ends(window):
    window.actions_.by_name["help.tour"].trigger()
    tour = window.actions_.help._tour
    seen = []
    while tour.is_running:
        seen.append(tour.stop)
        part = window.tour_part(tour.stop.where)
        assert part.isVisibleTo(window) and tour._card.title.text() == tour.stop.title
        assert window.rect().contains(tour._card.geometry())
        tour.forward()
    assert tuple(seen) == STOPS
    assert window.actions_.help._tour is None


def test_escape_leaves_it_at_any_step_and_keys_walk_it(window):
    window.actions_.help.tour()
    tour = window.actions_.help._tour
    QTest.keyClick(tour._card, Qt.Key.Key_Right)
    QTest.keyClick(tour._card, Qt.Key.Key_Return)
    QTest.keyClick(tour._card, Qt.Key.Key_Left)
    assert tour.number == 1
    # Also where the window has a shortcut on the same key, as Right has.
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    override.ignore()
    QApplication.sendEvent(tour._card, override)
    assert override.isAccepted()
    QTest.keyClick(tour._card, Qt.Key.Key_Escape)
    assert not tour.is_running and window.actions_.help._tour is None


@pytest.mark.parametrize("first", ["timeline", "button"])
def test_who_leaves_it_has_the_keys_where_they_were(qtbot, window, first):
    """Not with the next button in the window: there Space would press it instead of playing."""
    window.placing.turns.finish()
    before = window.timeline if first == "timeline" else window.video_view.look
    before.setFocus()
    window.actions_.help.tour()
    tour = window.actions_.help._tour
    assert tour._card.isAncestorOf(window.focusWidget()) or window.focusWidget() is tour._card
    tour.forward()
    tour.leave()
    assert window.focusWidget() is before


def test_a_second_tour_replaces_the_first(window):
    window.actions_.help.tour()
    first = window.actions_.help._tour
    window.actions_.help.tour()
    assert not first.is_running and window.actions_.help._tour.is_running
    window.actions_.help._tour.leave()


def test_the_card_stays_inside_the_window():
    window = QRect(0, 0, 1000, 700)
    for part in (QRect(0, 0, 300, 600), QRect(700, 0, 300, 600), QRect(0, 500, 1000, 200), window):
        place = card_place(part, 340, 180, window)
        assert window.contains(QRect(place, QSize(340, 180)))


def dark_share(image: QImage) -> float:
    shades = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    inked = [c for c in shades if c.alpha() > 120]
    assert inked, "nothing was drawn"
    return sum(c.lightness() < 128 for c in inked) / len(inked)


def test_icons_take_the_colour_of_the_theme(qapp):
    assert isinstance(qapp, QApplication)
    for theme, wanted in (("light", 1.0), ("dark", 0.0)):
        apply_theme(qapp, theme)
        assert dark_share(icon("undo").pixmap(QSize(48, 48)).toImage()) == wanted
    apply_theme(qapp, "light")


def test_every_icon_of_a_command_is_in_the_set_and_belongs_to_a_command(window):
    for name in COMMANDS:
        assert not command_icon(name).isNull()
        assert name in window.actions_.by_name, f"{name} is no command"


@pytest.mark.parametrize(("seconds", "text"), [(10, "just now"), (61, "1 minute ago"), (200_000, "2 days ago")])
def test_how_long_ago(seconds, text):
    assert age_text(seconds) == text


@pytest.mark.parametrize("name", ["runs", "label_map", "review"])
def test_a_panel_without_a_run_leads_to_the_training(window, qtbot, name):
    empty, training = getattr(window, name).empty, window.docks["Training"]
    assert empty.text() and not empty.button.isHidden()
    training.hide()
    empty.button.click()
    assert not training.isHidden()


def test_a_panel_that_is_made_later_leads_there_as_well(window, qtbot):
    training = window.docks["Training"]
    training.hide()
    window.bring("Metrics")
    found = window.docks["Metrics"].findChildren
    qtbot.waitUntil(lambda: any(empty.button.isVisible() for empty in found(EmptyState)))
    next(empty for empty in found(EmptyState) if empty.button.isVisible()).button.click()
    assert not training.isHidden()


def test_the_window_fits_on_a_small_screen(window, qtbot):
    qtbot.waitUntil(lambda: window.docks["Videos"].width() >= 380)  # names of videos need room
    small = QSize(1280, 720) - FRAME
    for name in ("", *LAYOUTS):
        if name:
            window.show_layout(name)
            window.placing.turns.finish()
            QApplication.sendPostedEvents()
        least = window.minimumSizeHint()
        assert least.boundedTo(small) == least, f"{name}: {least.width()} x {least.height()}"
