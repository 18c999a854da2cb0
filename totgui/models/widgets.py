"""Small widgets that several panels share: plain-text labels, banners, read-only tables, sorted numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QHelpEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QTableWidgetItem,
    QTabWidget,
    QToolBar,
    QToolTip,
    QWidget,
)

from core.data.names import by_name

from .measured import MeasuredTable

if TYPE_CHECKING:
    from ..session import Session

NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
CELL_ROOM = 4
LONGEST_WORD = 24
"""Letters."""
AMBER, RED, GREEN = "#c98a12", "#c8452f", "#2e9e6b"
"""Look here; wrong; done: for edges, fills and icons. Text takes `palette.tone`."""
LEAST_PANEL_HEIGHT, USUAL_LINE = 80, 16
MOST_OF_SCREEN = 0.92
"""The part of a screen that a dialog takes at most when it opens."""
AROUND_TEXT, LONGEST_TIP_LINE = 6, 80
"""Pixels of a row of a list beside its text; letters of a line that a tooltip leaves whole."""
ROW_HEIGHT, LEAST_TABLE_HEIGHT, WIDEST_LEAST = 26, 52, 80
"""Head and one row. Qt's own least is three, which makes stacked panels too tall for a small screen."""
Index = QModelIndex | QPersistentModelIndex


class Wrapped(QLabel):
    """Wraps, and never makes its panel wider than a long word of a language would: a name can be one of 200 letters."""

    def minimumSizeHint(self) -> QSize:
        size = super().minimumSizeHint()
        return QSize(min(size.width(), self.fontMetrics().averageCharWidth() * LONGEST_WORD), size.height())


class Elided(QLabel):
    """Dimmed text on one line: cut at its end where there is no room, and whole in its tooltip then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def text(self) -> str:
        return self._whole

    def setText(self, text: str) -> None:
        self._whole = text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def fit_text(self) -> None:
        """Its text is larger or smaller now."""
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        super().setText(shown)
        self.setToolTip("" if shown == self._whole else tip(self._whole))


def short(name: str, letters: int = 60) -> str:
    """A name on one line, for a sentence: at most so many letters.

    >>> short("a\\nb"), short("x" * 80, 5)
    ('a b', 'xxxx…')
    """
    flat = " ".join(name.split())
    return flat if len(flat) <= letters else f"{flat[: letters - 1]}…"


def in_menu(name: str) -> str:
    """A name from data as the text of a menu entry: short, and no letter of it a key.

    >>> in_menu("oil & salt")
    'oil && salt'
    """
    return short(name).replace("&", "&&")


def plain(text: str = "", parent: QWidget | None = None, *, dim: bool = False, bold: bool = False) -> QLabel:
    """A label that shows text as it is and wraps it."""
    label = Wrapped(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    if dim:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    if bold:
        font = label.font()
        font.setBold(True)
        label.setFont(font)
    return label


def accepted(dialog: QDialog) -> bool:
    """Ask in a dialog, and let go of it: one that is only closed would stay with the window, and listen, for good.

    What was answered can be read until the event loop goes on.
    """
    _give_first_size(dialog)
    answer = bool(dialog.exec())
    dialog.deleteLater()
    return answer


def _give_first_size(dialog: QDialog) -> None:
    """As large as a dialog of its own size says: Qt takes only the width of it where a text in it is wrapped."""
    if "sizeHint" in type(dialog).__dict__ and not dialog.testAttribute(Qt.WidgetAttribute.WA_Resized):
        dialog.ensurePolished()
        size, layout = dialog.sizeHint(), dialog.layout()
        if layout is not None and layout.hasHeightForWidth():
            size.setHeight(max(size.height(), layout.totalHeightForWidth(size.width())))
        dialog.resize(size.boundedTo(dialog.screen().availableSize() * MOST_OF_SCREEN))


class LeaveWithProject(QObject):
    """Gives a dialog up when another project is opened below it: what it shows is of the one that was closed."""

    def __init__(self, dialog: QDialog, session: Session, unless: Callable[[], bool] = lambda: False) -> None:
        super().__init__(dialog)
        self._dialog, self._unless = dialog, unless
        session.projectChanged.connect(self.leave)

    @Slot()
    def leave(self) -> None:
        if self._dialog.isVisible() and not self._unless():
            self._dialog.reject()


def for_text(widget: QWidget, width: int, height: int) -> QSize:
    """A size that was chosen for text of `USUAL_LINE` pixels a line, as large as the text of the widget wants it."""
    larger = max(1.0, widget.fontMetrics().height() / USUAL_LINE)
    return QSize(round(width * larger), round(height * larger))


HELD_ICON, HELD_SIZE, HELD_LEAST, HELD_ROWS = "held icon", "held size", "held least size", "held rows"
"""Properties of a widget: sizes that are held beside its text, as they are beside text of the usual size."""


def row_height(widget: QWidget, least: int) -> int:
    """How high a row of a list is: `least`, or as high as its text wants it."""
    return max(least, widget.fontMetrics().height() + AROUND_TEXT)


def set_icon_size(widget: QAbstractButton | QAbstractItemView | QToolBar, pixels: int) -> None:
    """Give a widget icons that are as large beside its text as `pixels` are beside text of the usual size."""
    widget.setProperty(HELD_ICON, QSize(pixels, pixels))
    fit_held(widget)


def hold_size(widget: QWidget, width: int, height: int, *, least: bool = False) -> None:
    """Give a widget one size, or a least one, that is chosen for text of the usual size and grows with it."""
    widget.setProperty(HELD_LEAST if least else HELD_SIZE, QSize(width, height))
    fit_held(widget)


def fit_held(widget: QWidget) -> None:
    """Choose the sizes that a widget holds anew: its text is larger or smaller now.

    A class that holds others has a method `fit_text` for that.
    """
    for name, set_ in ((HELD_ICON, "setIconSize"), (HELD_SIZE, "setFixedSize"), (HELD_LEAST, "setMinimumSize")):
        size = widget.property(name)
        if isinstance(size, QSize):
            getattr(widget, set_)(for_text(widget, size.width(), size.height()))
    if isinstance(widget, QTableView) and (least := widget.property(HELD_ROWS)) is not None:
        widget.verticalHeader().setDefaultSectionSize(row_height(widget, int(least)))
    fit = getattr(widget, "fit_text", None)
    if fit is not None:
        fit()


def tip(text: str) -> str:
    """A tooltip in which text from data cannot be markup. Qt breaks short lines too; here only long ones are."""
    if all(len(line) <= LONGEST_TIP_LINE for line in text.split("\n")):
        return f"<qt style='white-space: pre'>{escape(text)}</qt>"
    lines = escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"


def show_tip(event: QHelpEvent, text: str, widget: QWidget) -> None:
    """Show a text from data where the pointer rests, line breaks kept; an empty one takes away what is shown."""
    if text:
        QToolTip.showText(event.globalPos(), tip(text).replace("\n", "<br>"), widget)
    else:
        QToolTip.hideText()


COMMAND = "command"
"""Property of a widget that does what a command does: its tooltip then names the key that the command has now."""


def does_command(widget: QWidget, command: str) -> None:
    """Let the tooltip of a widget name the key of a command; the key stands behind what the tooltip says now."""
    widget.setProperty(COMMAND, command)
    widget.setProperty("tip", widget.toolTip())


def change_tip(widget: QWidget, text: str) -> None:
    """Another tooltip for a widget that does a command; the key that stands behind it stays."""
    key = widget.toolTip().removeprefix(str(widget.property("tip")))
    widget.setProperty("tip", text)
    widget.setToolTip(text + key)


def percent(value: float | None) -> str:
    """One decimal, or a dash for what is not known."""
    return "–" if value is None else f"{100 * value:.1f}"


def clock_text(seconds: float | Fraction, *, digits: int = 2) -> str:
    """A time as minutes and seconds, rounded before it is cut: never sixty seconds.

    >>> clock_text(59.997), clock_text(Fraction(4743, 100)), clock_text(3725, digits=1)
    ('1:00.00', '0:47.43', '62:05.0')
    """
    units = round(seconds * 10**digits)
    minutes, rest = divmod(units, 60 * 10**digits)
    whole, part = divmod(rest, 10**digits)
    return f"{minutes}:{whole:02}.{part:0{digits}}"


def duration(seconds: float) -> str:
    """A time in the unit that a person would say it in: 42 s, 5 min, 2 h 10 min."""
    whole = max(1, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def name_tabs(tabs: QTabWidget, name: str) -> None:
    """What a screen reader says of a row of tabs."""
    for part in (tabs, tabs.tabBar()):
        part.setAccessibleName(name)


def scroll_down(area: QScrollArea, inner: QWidget) -> None:
    """Let an area show what is as wide as the area and may be taller."""
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to what stands in it, and it scrolls after that
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)


def scrolled(inner: QWidget, parent: QWidget) -> QScrollArea:
    """A frameless area around what is as wide as the area and may be taller."""
    area = QScrollArea(parent)
    scroll_down(area, inner)
    return area


def give_way(inner: QWidget, least: int = LEAST_TABLE_HEIGHT) -> None:
    """Let what scrolls itself be as low as `least` before the panel around it scrolls.

    A scroll area makes a panel with wrapped text as high as it would like to be, not as high as it has to be.
    """
    inner.setMinimumHeight(least)
    inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)


class Scrolling(QScrollArea):
    """A tall panel that scrolls where there is no room for it, so that it never makes the window taller."""

    def __init__(self, panel: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel = panel
        scroll_down(self, panel)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._panel.minimumSizeHint().width(), LEAST_PANEL_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A scroll area keeps to itself that its panel asks for another width."""
        handled = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return handled

    def sizeHint(self) -> QSize:
        return self._panel.sizeHint()


class Banner(QFrame):
    """One line with an amber edge; hidden while it has nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWidgets import QHBoxLayout

        self._label = plain("", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 8, 4)
        row.addWidget(self._label)
        self.setStyleSheet(f"Banner {{ border-left: 4px solid {AMBER}; background: palette(alternate-base); }}")
        self.hide()

    def text(self) -> str:
        return self._label.text()

    def say(self, text: str) -> None:
        """Show a text, or hide when it is empty."""
        self._label.setText(text)
        self.setVisible(bool(text))


class NumberItem(QTableWidgetItem):
    """A cell that sorts by its number; what is not known comes last."""

    def __init__(self, text: str, number: float | None) -> None:
        super().__init__(text)
        self.number = -1e300 if number is None else number
        self.setTextAlignment(NUMBER)

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return self.number < getattr(other, "number", 0.0)


class NameItem(QTableWidgetItem):
    """A cell that sorts by its text as people sort names: P2 before P10."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        return by_name(self.text()) < by_name(other.text())


class Roomy(QStyledItemDelegate):
    """Keeps what stands in a cell off its edges, as far as in the heads: numbers do not touch the words beside them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, whole, painter, option.widget)
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(CELL_ROOM, 0, -CELL_ROOM, 0)
        super().paint(painter, inner, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width() + 2 * CELL_ROOM, size.height())


def rows_of(model: QAbstractItemModel, name: str, parent: QWidget) -> QTableView:
    """A read-only view of a model that selects whole rows and cuts names in their middle; `name` is for readers."""
    view = QTableView(parent)
    show_rows(view, model, name)
    return view


def show_rows(view: QTableView, model: QAbstractItemModel, name: str) -> None:
    """Give a view a model and the looks of `rows_of`."""
    view.setModel(model)
    view.setAccessibleName(name)
    _of_whole_rows(view)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.horizontalHeader().setMinimumSectionSize(40)


def table(
    columns: Sequence[str], parent: QWidget | None = None, *, stretch: int = 0, words: Iterable[int] = ()
) -> MeasuredTable:
    """A read-only table that selects rows, its column `stretch` taking the free width.

    Heads stand above numbers, at the right; those of `stretch` and of the columns of `words` begin where words begin.
    """
    widget = MeasuredTable(0, len(columns), parent)
    widget.setHorizontalHeaderLabels(list(columns))
    _of_whole_rows(widget)
    widget.setWordWrap(False)  # of what is wrapped at a space or a slash, a row of one line shows the beginning only
    header = widget.horizontalHeader()
    if stretch >= 0:
        header.setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
    if stretch >= 0 and all(len(column) > 2 for column in columns):  # a narrow table scrolls; its names stay
        wanted = header.fontMetrics().horizontalAdvance(columns[stretch]) + 24
        header.setMinimumSectionSize(min(wanted, WIDEST_LEAST))  # it holds for the other columns as well
    of_words = {stretch, *words}
    for number in range(len(columns)):
        item = widget.horizontalHeaderItem(number)
        if item is not None:
            item.setTextAlignment(WORDS if number in of_words else NUMBER)
    return widget


def _of_whole_rows(view: QTableView) -> None:
    """Read only; one row is chosen at a time, and rows are told apart by their shade."""
    view.setItemDelegate(Roomy(view))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.verticalHeader().hide()
    view.setProperty(HELD_ROWS, ROW_HEIGHT)
    fit_held(view)
    view.horizontalHeader().setHighlightSections(False)
