"""Text of another size, chosen in the View menu: everything grows with it, and it is remembered."""

from __future__ import annotations

import pytest
from controls import the_window
from PySide6.QtWidgets import QApplication, QToolButton

from totgui.main_window import MainWindow
from totgui.models.text_size import SIZES, apply_text_size, next_size
from totgui.settings import Settings
from totgui.views.metrics.view import Tile


@pytest.fixture
def window(tmp_path, qtbot, qapp):
    Settings().set_text_size("normal")
    with the_window(tmp_path) as made:
        yield made
    Settings().set_text_size("normal")
    apply_text_size(qapp, "normal")


def choose(window: MainWindow, name: str) -> None:
    window.actions_.by_name[f"view.text-{name}"].trigger()
    window.placing.turns.finish()
    QApplication.sendPostedEvents()


def test_larger_text_reaches_every_panel_that_is_open_and_goes_back(window: MainWindow):
    play = next(b for b in window.video_view.findChildren(QToolButton) if b.accessibleName() == "Play or pause")
    shown = (window.label_map, window.timeline, window.runs, window.menuBar(), play)

    def sizes() -> list[float]:
        return [widget.font().pointSizeF() for widget in shown]

    usual, button, icon = sizes(), play.width(), play.iconSize().width()
    rows, least = window.labels.table.verticalHeader().defaultSectionSize(), window.timeline.minimumHeight()
    choose(window, "largest")
    assert sizes() == pytest.approx([SIZES["largest"] * size for size in usual], rel=0.01)
    assert play.width() > 1.2 * button and play.iconSize().width() > 1.2 * icon
    assert window.labels.table.verticalHeader().defaultSectionSize() > rows
    assert window.timeline.minimumHeight() > least
    choose(window, "normal")
    assert sizes() == pytest.approx(usual, rel=0.01) and (play.width(), play.iconSize().width()) == (button, icon)
    assert window.labels.table.verticalHeader().defaultSectionSize() == rows
    assert window.timeline.minimumHeight() == least


def test_bold_and_small_text_keeps_its_proportion(window: MainWindow, qtbot):
    window.bring("Metrics")
    window.placing.turns.finish()
    tile = next(iter(window.docks["Metrics"].widget().panel.findChildren(Tile)))
    before = tile.value.font().pointSizeF(), tile.below.font().pointSizeF()
    choose(window, "larger")
    after = tile.value.font().pointSizeF(), tile.below.font().pointSizeF()
    assert (
        after == pytest.approx(tuple(SIZES["larger"] * size for size in before), rel=0.01) and tile.value.font().bold()
    )


def test_a_size_is_ticked_and_remembered_and_the_keys_step_through_them(window: MainWindow):
    ticked = lambda: [n for n in SIZES if window.actions_.by_name[f"view.text-{n}"].isChecked()]  # noqa: E731
    assert ticked() == ["normal"]
    for wanted in ("larger", "largest", "largest"):
        choose(window, "up")
        assert ticked() == [wanted] and Settings().text_size() == wanted
    for wanted in ("larger", "normal", "smaller", "smaller"):
        choose(window, "down")
        assert ticked() == [wanted] and Settings().text_size() == wanted
    choose(window, "normal")


def test_what_is_kept_of_a_size_that_no_longer_is_there_is_the_usual_one():
    Settings().set_text_size("gigantic")
    assert Settings().text_size() == "normal"
    assert [next_size(name, 1) for name in SIZES] == ["normal", "larger", "largest", "largest"]


def test_the_titles_of_panels_grow_as_well(window: MainWindow):
    """Qt goes on to draw them in the font that they were made with."""
    title = window.docks["Runs"]

    def ink() -> int:
        picture = title.grab().toImage()
        rows = range(title.widget().y() if title.widget().y() > 0 else 20)
        places = ((x, y) for x in range(min(120, picture.width())) for y in rows)
        return sum(picture.pixelColor(*place).lightness() < 120 for place in places)

    usual = ink()
    choose(window, "largest")
    assert ink() > 1.3 * usual > 0


def test_columns_of_tables_keep_their_proportion_to_the_text(window: MainWindow):
    header = window.review.table.horizontalHeader()
    usual = header.sectionSize(1)
    choose(window, "largest")
    assert header.sectionSize(1) > 1.3 * usual
    choose(window, "normal")
    assert abs(header.sectionSize(1) - usual) <= 2
