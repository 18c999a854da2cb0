"""The look of the application: Fusion with our own light and dark palettes, and colours with a meaning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

ACCENT = QColor("#1f6fd6")
"""Dark enough for white text on it, light enough to be seen on a dark window."""
SHADES = {
    "light": {
        "window": "#f4f5f7",
        "base": "#ffffff",
        "alternate": "#f0f1f4",
        "text": "#1b1f24",
        "button": "#ffffff",
        "mid": "#d3d7de",
        "dim": "#5d6673",
        "tip": "#ffffff",
        "checked": "#cfe0fa",
        "edge": "#757c87",
        "accent": "#1f6fd6",
        "handle": "#868d98",
        "link": "#1a62bf",
        "error": "#b0321d",
        "warning": "#855800",
        "good": "#1c6b35",
    },
    "dark": {
        "window": "#1f2228",
        "base": "#16181d",
        "alternate": "#1c1f25",
        "text": "#e8eaee",
        "button": "#2a2e36",
        "mid": "#3a3f49",
        "dim": "#9aa3b0",
        "tip": "#2a2e36",
        "checked": "#24426e",
        "edge": "#78818f",
        "accent": "#1f6fd6",
        "handle": "#6c7583",
        "link": "#6aa5ee",
        "error": "#f2806f",
        "warning": "#e3ac45",
        "good": "#6fc788",
    },
}
EDGED = (
    "QCheckBox",
    "QRadioButton",
    "QGroupBox",
    "QLineEdit",
    "QAbstractSpinBox",
    "QComboBox",
    "QAbstractItemView",
    "QMenu",
)
"""Widgets whose outlines (a box to tick, a field to type in) are drawn in ``edge``; see `edged_palette`."""
TONES = ("error", "warning", "good")
"""Colours of text that says how something stands, by the name in `SHADES`."""
TONE = "tone"
"""Property of a widget whose text has one of these."""
SHEET_ROLES = {
    "window": "window",
    "base": "base",
    "alternate": "alternate-base",
    "text": "window-text",
    "mid": "mid",
    "tip": "button",
    "accent": "highlight",
    "link": "link",
    "checked": "link-visited",
    "edge": "bright-text",
    "handle": "shadow",
}
"""The colours of `SHEET`, by the names that sheets have for the roles of a palette. Those of Qt 6.8 have none for
tooltips: theirs is the colour of buttons in both themes. The last three are roles that nothing else is painted with."""
AT_ONCE = 100
"""Widgets that get the colours of another theme in one turn of the event loop: a few milliseconds."""
SHEET = """
QMainWindow::separator { background: %(mid)s; width: 1px; height: 1px; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: %(window)s; padding: 6px 10px; font-weight: 600; }
QToolBar { border: none; border-bottom: 1px solid %(mid)s; spacing: 4px; padding: 4px 8px; background: %(window)s; }
QToolButton { padding: 4px 7px; border: 1px solid transparent; border-radius: 5px; }
QToolButton[popupMode="2"] { padding-right: 20px; }
QToolButton::menu-indicator { subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }
QToolBarExtension { padding: 0; }
QToolButton:focus { border-color: %(link)s; }
QToolButton:hover { background: %(mid)s; }
QToolButton:checked { background: %(checked)s; }
QPushButton#way { text-align: left; border: 1px solid %(mid)s; border-radius: 8px; background: %(base)s; }
QPushButton#way:focus { border: 2px solid %(link)s; }
QPushButton#way:hover { border-color: %(link)s; background: %(checked)s; }
QFrame#bar { background: %(alternate)s; border-bottom: 1px solid %(mid)s; }
QFrame#tile { background: %(base)s; border: 1px solid %(mid)s; border-radius: 6px; }
QFrame#tour { background: %(base)s; border: 1px solid %(link)s; border-radius: 8px; }
QPushButton#main:enabled { background: %(accent)s; color: white; border: 1px solid %(accent)s;
    border-radius: 4px; padding: 5px 18px; font-weight: 600; }
QPushButton#main:enabled:hover { border-color: %(text)s; }
QPushButton#main:enabled:focus { border: 2px solid %(text)s; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QAbstractSpinBox { min-height: 18px; }
QStatusBar { border-top: 1px solid %(mid)s; }
QStatusBar::item { border: none; }
QTabBar { qproperty-drawBase: 0; }
QTabWidget::pane { border: none; border-top: 1px solid %(mid)s; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: %(handle)s; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: %(edge)s; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QHeaderView::section { background: %(alternate)s; border: none; border-bottom: 1px solid %(mid)s; padding: 4px 6px; }
QTableView, QTreeView, QListView { border: 1px solid %(mid)s; gridline-color: %(mid)s; }
QPlainTextEdit, QTextEdit { border: 1px solid %(edge)s; border-radius: 2px; }
QToolTip { color: %(text)s; background: %(tip)s; border: 1px solid %(mid)s; padding: 4px; }
"""


def theme_palette(theme: str) -> QPalette:
    """The palette of ``light`` or ``dark``."""
    shade = SHADES[theme]
    palette = QPalette()
    role = QPalette.ColorRole
    for name, roles in {
        "window": (role.Window,),
        "base": (role.Base,),
        "alternate": (role.AlternateBase,),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "button": (role.Button,),
        "mid": (role.Mid, role.Midlight),
        "dim": (role.PlaceholderText,),
        "tip": (role.ToolTipBase,),
    }.items():
        for each in roles:
            palette.setColor(each, QColor(shade[name]))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(shade["dim"]))
    palette.setColor(role.Highlight, ACCENT)
    palette.setColor(role.HighlightedText, QColor("#ffffff"))
    palette.setColor(role.Link, QColor(shade["link"]))
    palette.setColor(role.Dark, QColor(shade["mid"]))
    for name, each in (("checked", role.LinkVisited), ("edge", role.BrightText), ("handle", role.Shadow)):
        palette.setColor(each, QColor(shade[name]))
    return palette


def edged_palette(theme: str) -> QPalette:
    """The palette of widgets that are seen by their outline alone, so that it stands out from what is around it (3:1).

    Fusion has no colour for outlines: it darkens the window's by 140, which on a dark window is no line at all. These
    widgets paint no window, so theirs is the colour that comes out as the edge.
    """
    palette = theme_palette(theme)
    palette.setColor(QPalette.ColorRole.Window, QColor(SHADES[theme]["edge"]).lighter(140))
    return palette


def blend(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two, as if both were opaque; `share` of the first."""
    parts = ((one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF()))
    return QColor.fromRgbF(*(share * a + (1 - share) * b for a, b in parts))


def luminance(colour: QColor) -> float:
    """Relative luminance as the contrast rules of the web (WCAG) define it, 0 to 1."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def text_on(colour: QColor) -> QColor:
    """Black or white, whichever is easier to read on a colour."""
    light = luminance(colour)
    return QColor("#101216") if (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) else QColor("#ffffff")


def tone(name: str) -> QColor:
    """The colour of text that says ``error``, ``warning`` or ``good``, in the theme of the application."""
    is_dark = QApplication.palette().color(QPalette.ColorRole.Base).lightnessF() < 0.5
    return QColor(SHADES["dark" if is_dark else "light"][name])


def apply_theme(application: QApplication, theme: str) -> None:
    """Set ``light``, ``dark`` or ``system`` on the whole application."""
    for step in theme_steps(application, theme):
        step()


def theme_steps(application: QApplication, theme: str) -> list[Callable[[], object]]:
    """What sets a theme, in parts that each hold the window's thread for a short while only.

    The style sheet stays: it names colours by their role, and no size in it depends on them. Below one, Qt hands a new
    palette to windows and to the classes that have their own, so here every other widget is told, some in each part.
    """
    if theme == "system":
        scheme = application.styleHints().colorScheme()
        theme = "dark" if scheme == Qt.ColorScheme.Dark else "light"
    n_parts = 1 + len(application.allWidgets()) // AT_ONCE
    waiting: list[QWidget] = []

    def look() -> None:
        if not application.styleSheet():
            _first_look(application)
        application.setPalette(theme_palette(theme))
        edged = edged_palette(theme)
        for name in EDGED:
            application.setPalette(edged, name)  # type: ignore[arg-type]  # the stub wants bytes, Qt refuses them
        if not application.styleSheet():
            application.setStyleSheet(SHEET % {name: f"palette({role})" for name, role in SHEET_ROLES.items()})
        waiting.extend(application.allWidgets())  # what is made from now on is born with the new colours

    def tell(part: int) -> None:
        for widget in waiting[part::n_parts]:
            if shiboken6.isValid(widget):
                _recolour(widget)

    return [look, *(partial(tell, part) for part in range(n_parts))]


def _first_look(application: QApplication) -> None:
    """What all themes share."""
    if application.style().name().casefold() != "fusion":
        application.setStyle("Fusion")
    font = application.font()
    if 0 < font.pointSizeF() < 9.5:
        font = QFont(font)
        font.setPointSizeF(9.5)
        application.setFont(font)


def _recolour(widget: QWidget) -> None:
    """Give a widget the palette of the application, and let the rules of the sheet look their colours up anew."""
    QApplication.sendEvent(widget, QEvent(QEvent.Type.ApplicationPaletteChange))
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        QApplication.style().polish(widget)  # the same for all; each widget's would be another Python object
    if name := widget.property(TONE):
        set_tone(widget, name)
    if widget.isVisible():
        widget.update()


def set_tone(widget: QWidget, name: str) -> None:
    """Give the text of a widget the colour of ``error``, ``warning`` or ``good`` in any theme; empty takes it away."""
    widget.setProperty(TONE, name)
    palette = QPalette()
    if name:
        palette.setColor(widget.foregroundRole(), tone(name))
    widget.setPalette(palette)
