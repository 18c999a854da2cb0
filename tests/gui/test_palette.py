"""In both themes: what is seen by its outline alone has one, and tooltips can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollBar,
    QStatusBar,
    QTableWidget,
    QTabWidget,
    QToolBar,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from totgui.models.widgets import Banner
from totgui.palette import (
    ACCENT,
    AT_ONCE,
    SHADES,
    SHEET_ROLES,
    TONES,
    apply_theme,
    set_tone,
    theme_palette,
    theme_steps,
    tone,
)


@pytest.fixture(params=sorted(SHADES))
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    apply_theme(qapp, request.param)
    yield request.param
    apply_theme(qapp, "light")


def luminance(colour: QColor) -> float:
    parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "make",
    [QCheckBox, QRadioButton, QLineEdit, QDoubleSpinBox, QComboBox, QPlainTextEdit],
    ids=lambda kind: kind.__name__,
)
def test_the_outline_stands_out_from_the_window(qtbot: object, theme: str, make: Callable[[], QWidget]) -> None:
    window = QWidget()
    layout = QVBoxLayout(window)
    layout.addWidget(widget := make())
    window.resize(200, 60)
    image = window.grab().toImage()
    row, ground = widget.geometry().center().y(), QColor(SHADES[theme]["window"])
    start = widget.geometry().left()
    edge = [image.pixelColor(x, row) for x in range(start - 1, start + 6)]
    assert max(contrast(colour, ground) for colour in edge) >= 3
    window.deleteLater()


TEXT = {
    "text": ("window", "base", "alternate", "button", "tip", "mid", "checked"),
    "dim": ("window", "base", "alternate", "button"),
    **dict.fromkeys(("link", *TONES), ("window", "base", "alternate")),
}
"""Colours of text, and what it stands on."""
SIGNS = {"edge": ("window", "base", "alternate"), "handle": ("window", "base"), "accent": ("window", "base")}
"""Colours of what is not read but must be seen, and what it stands on."""


def test_text_is_read_and_signs_are_seen_on_whatever_they_stand(theme: str) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for what marks a control."""
    shade = {name: QColor(colour) for name, colour in SHADES[theme].items()}
    for pairs, least in ((TEXT, 4.5), (SIGNS, 3.0)):
        low = {
            (on, under): round(contrast(shade[on], shade[under]), 2)
            for on, grounds in pairs.items()
            for under in grounds
            if contrast(shade[on], shade[under]) < least
        }
        assert not low
    assert contrast(QColor("#ffffff"), shade["accent"]) >= 4.5 and shade["accent"] == ACCENT


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_long_tooltip_is_read_on_its_ground(theme: str, qapp: QApplication) -> None:
    window = QWidget()
    window.show()
    QToolTip.showText(QPoint(5, 5), "<qt>" + "A long tip of many words. " * 12 + "</qt>", window)
    (label,) = [w for w in qapp.topLevelWidgets() if isinstance(w, QLabel) and w.inherits("QTipLabel")]
    shown = label.palette()
    ground, text = QColor(SHADES[theme]["tip"]), shown.color(QPalette.ColorRole.WindowText)
    assert contrast(text, ground) >= 7
    image = label.grab().toImage()
    assert image.pixelColor(label.width() // 2, 3) == ground
    QToolTip.hideText()
    window.hide()
    window.deleteLater()


def one_of_each() -> QMainWindow:
    """A window with what the style sheet has rules for, and what it has none for."""
    window = QMainWindow()
    inner = QWidget(window)
    column = QVBoxLayout(inner)
    for kind in (QCheckBox, QRadioButton, QLineEdit, QDoubleSpinBox, QComboBox, QPlainTextEdit, QGroupBox, QLabel):
        column.addWidget(kind(inner))
    for name in ("main", "way", ""):
        column.addWidget(button := QPushButton(f"A button {name}", inner))
        button.setObjectName(name)
    row = QHBoxLayout()
    for number in range(2):
        row.addWidget(tool := QToolButton(inner))
        tool.setText("Tool")
        tool.setCheckable(True)
        tool.setChecked(number == 1)
    for name in TONES:
        row.addWidget(label := QLabel(name, inner))
        set_tone(label, name)
    row.addWidget(off := QLineEdit("off", inner))
    off.setEnabled(False)
    column.addLayout(row)
    banner = Banner(inner)
    banner.say("Look here")
    tabs = QTabWidget(inner)
    tabs.addTab(table := QTableWidget(40, 2, tabs), "Table")
    table.setAlternatingRowColors(True)
    bar = QScrollBar(inner)
    bar.setRange(0, 100)
    for widget in (banner, tabs, bar):
        column.addWidget(widget)
    window.setCentralWidget(inner)
    tools = QToolBar("Tools", window)
    tools.addAction("Do")
    window.addToolBar(tools)
    window.setStatusBar(QStatusBar(window))
    window.resize(500, 700)
    window.show()
    window.grab()
    return window


def seen(window: QWidget) -> list[tuple[str, QPalette, object]]:
    everything = [window, *window.findChildren(QWidget)]
    return [(type(widget).__name__, widget.palette(), widget.sizeHint()) for widget in everything]


def test_a_theme_that_is_taken_later_looks_as_one_that_was_there_from_the_first(theme: str, qapp: QApplication) -> None:
    born = one_of_each()
    apply_theme(qapp, "dark" if theme == "light" else "light")
    changed = one_of_each()
    before = changed.grab().toImage()
    apply_theme(qapp, theme)
    after = changed.grab().toImage()
    assert after != before and after == born.grab().toImage()
    for one, other in zip(seen(changed), seen(born), strict=True):
        roles = [QPalette.ColorRole(role) for role in range(QPalette.ColorRole.NColorRoles.value)]
        groups = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive, QPalette.ColorGroup.Disabled)
        colours = [[each[1].color(group, role) for group in groups for role in roles] for each in (one, other)]
        assert colours[0] == colours[1] and one[2] == other[2], one[0]
    for window in (born, changed):
        window.close()
        window.deleteLater()


class Told(QObject):
    """Which widgets were told of colours, and which of another style, since it was asked last."""

    def __init__(self) -> None:
        super().__init__()
        self.colours: set[QObject] = set()
        self.styles: set[QObject] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ApplicationPaletteChange and isinstance(watched, QWidget):
            self.colours.add(watched)
        if event.type() == QEvent.Type.StyleChange:
            self.styles.add(watched)
        return False


def test_another_theme_comes_to_a_few_widgets_at_a_time_and_is_no_other_style(qapp: QApplication) -> None:
    """A style that changes makes every layout of the window ask for another pass, and every popup be made."""
    apply_theme(qapp, "light")
    window, told = one_of_each(), Told()
    for _ in range(AT_ONCE):
        QLabel("A label", window)
    steps = theme_steps(qapp, "dark")
    sheet, everything = qapp.styleSheet(), set(qapp.allWidgets())
    steps[0]()
    qapp.installEventFilter(told)
    reached: set[QObject] = set()
    for step in steps[1:]:
        told.colours.clear()
        step()
        assert 0 < len(told.colours) <= AT_ONCE
        reached |= told.colours
    qapp.removeEventFilter(told)
    assert reached >= everything and not told.styles and qapp.styleSheet() == sheet
    window.close()
    window.deleteLater()
    apply_theme(qapp, "light")


def test_the_sheet_takes_each_of_its_colours_from_a_role_of_the_palette(theme: str) -> None:
    palette = theme_palette(theme)
    for name, role in SHEET_ROLES.items():
        found = QPalette.ColorRole[role.title().replace("-", "")]
        assert palette.color(found) == QColor(SHADES[theme][name]), name


def test_a_tone_follows_the_theme_and_can_be_taken_away(theme: str, qapp: QApplication) -> None:
    label, plain = QLabel("It ended."), QLabel("It goes on.")
    role = QPalette.ColorRole.WindowText
    for name in TONES:
        set_tone(label, name)
        assert label.palette().color(role) == tone(name) == QColor(SHADES[theme][name])
        apply_theme(qapp, "dark" if theme == "light" else "light")
        assert label.palette().color(role) == tone(name) != QColor(SHADES[theme][name])
        apply_theme(qapp, theme)
    set_tone(label, "")
    assert label.palette().color(role) == plain.palette().color(role)
