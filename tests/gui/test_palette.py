"""In both themes: what is seen by its outline alone has one, and tooltips can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from totgui.palette import ACCENT, SHADES, TONES, apply_theme


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
