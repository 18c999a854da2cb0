"""What stands above the segments: of which action, in which order, as pictures or a table, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from core.review.listing import Order, Wanted

from ...models.chooser import Chooser
from ...models.flow import Flow
from ...models.widgets import short
from .sheet import WIDTHS

PICTURES, TABLE = "Pictures", "Table"
SORTS = (
    ("Most doubtful first", Order.DOUBT, True),
    ("By video and time", Order.PLACE, False),
    ("Longest first", Order.LENGTH, True),
    ("Shortest first", Order.LENGTH, False),
    ("By action", Order.ACTION, False),
    ("Not checked first", Order.STATUS, False),
)
ALL = None
NAME_LETTERS = 40
LONGEST = 9999.0
"""Seconds, or frames, that can be asked for."""


class Head(Flow):
    """Sends what was chosen. `lookChanged` tells of the page, the pictures of a segment and their size."""

    wantedChanged = Signal(object)  # changes of a Wanted: a dict, whose values Qt would make its own kinds of
    lookChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = self._box("Action whose segments are shown", 14)
        self.order = self._box("Order of the segments", 12)
        self.order.addItems([text for text, _, _ in SORTS])
        self.order.setToolTip("Segments keep their places while you work; choose an order again to sort them anew")
        self.text = QLineEdit(self)
        self.text.setPlaceholderText("Filter videos")
        self.text.setAccessibleName("Only videos whose name holds")
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(110)
        self.over, self.under = self._length("Over", "Longer than"), self._length("Under", "Shorter than")
        self.odd, self.open = QCheckBox("Only odd", self), QCheckBox("Only unchecked", self)
        self.odd.setToolTip("Unusual in length, order or look, or doubtful as places of the review queue are")
        self.open.setToolTip("Neither edited nor checked, in a video that is neither accepted nor rejected")
        self.three = QCheckBox("First and last too", self)
        self.three.setToolTip("Three pictures of each segment: its first, its middle and its last frame")
        self.size_ = QSlider(Qt.Orientation.Horizontal, self)
        self.size_.setRange(0, len(WIDTHS) - 1)
        self.size_.setPageStep(1)
        self.size_.setValue(1)
        self.size_.setFixedWidth(84)
        self.size_.setAccessibleName("Size of the pictures")
        self.size_.setToolTip("Size of the pictures (Ctrl and the wheel)")
        self._pages = QButtonGroup(self)
        self.pages = {name: self._page(name) for name in (PICTURES, TABLE)}
        self.pages[PICTURES].setChecked(True)
        self._lay_out()
        self._connect()

    def _box(self, name: str, letters: int) -> QComboBox:
        box = Chooser(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(Chooser.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(letters)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return box

    def _length(self, word: str, meaning: str) -> QDoubleSpinBox:
        """A field for a length; at its lowest value it asks for nothing."""
        box = QDoubleSpinBox(self)
        box.setRange(0.0, LONGEST)
        box.setDecimals(1)
        box.setSpecialValueText(f"{word} …")
        box.setPrefix(f"{word} ")
        box.setSuffix(" s")
        box.setAccessibleName(f"{meaning}, 0 for any length")
        box.setToolTip(f"Only segments that are {meaning.lower()} this")
        box.setKeyboardTracking(False)
        return box

    def _page(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(name)
        button.setCheckable(True)
        self._pages.addButton(button)
        button.clicked.connect(lambda: self.lookChanged.emit())
        return button

    def _lay_out(self) -> None:
        looks = *self.pages.values(), self.label, self.order, self.size_, self.three
        for widget in (*looks, self.text, self.over, self.under, self.odd, self.open):
            self.add(widget, stretch=widget in (self.label, self.order, self.text))

    def _connect(self) -> None:
        send = self.wantedChanged.emit
        self.label.activated.connect(lambda _i: send({"label": self.label.currentData()}))
        self.order.activated.connect(lambda number: send(_order(number)))
        self.text.textChanged.connect(lambda text: send({"text": text}))
        self.over.valueChanged.connect(lambda value: send({"over": value or None}))
        self.under.valueChanged.connect(lambda value: send({"under": value or None}))
        self.odd.toggled.connect(lambda on: send({"only_odd": on}))
        self.open.toggled.connect(lambda on: send({"only_open": on}))
        self.three.toggled.connect(lambda _on: self.lookChanged.emit())
        self.size_.valueChanged.connect(lambda _value: self.lookChanged.emit())

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """Which page is chosen."""
        return next(name for name, button in self.pages.items() if button.isChecked())

    def show_page(self, name: str) -> None:
        """Choose a page."""
        self.pages[name].setChecked(True)
        for widget in (self.size_, self.three):
            widget.setVisible(name == PICTURES)

    def show_labels(self, entries: Sequence[tuple[str, int | None, str | None, int]], chosen: int | None) -> None:
        """Offer these: name, label, colour and number of segments."""
        with QSignalBlocker(self.label):
            self.label.clear()
            for number, (name, label, colour, count) in enumerate(entries):
                self.label.addItem(f"{short(name, NAME_LETTERS)}  ({count:,})", label)
                if colour is not None:
                    self.label.setItemIcon(number, swatch(colour))
                if label == chosen:
                    self.label.setCurrentIndex(number)

    def show_wanted(self, wanted: Wanted, *, in_seconds: bool) -> None:
        """Show what is wanted, wherever that was asked for."""
        sorts = [(order, descending) for _, order, descending in SORTS]
        asked = wanted.order, wanted.descending
        with QSignalBlocker(self.order):
            self.order.setCurrentIndex(sorts.index(asked) if asked in sorts else -1)
            self.order.setPlaceholderText("As in the table")
        for widget, value in ((self.over, wanted.over), (self.under, wanted.under)):
            with QSignalBlocker(widget):
                widget.setSuffix(" s" if in_seconds else " fr")
                widget.setDecimals(1 if in_seconds else 0)
                widget.setValue(value or 0.0)
        for box, on in ((self.odd, wanted.only_odd), (self.open, wanted.only_open)):
            with QSignalBlocker(box):
                box.setChecked(on)
        if self.text.text() != wanted.text:
            with QSignalBlocker(self.text):
                self.text.setText(wanted.text)


def swatch(colour: str) -> QIcon:
    """A small square of a colour, which is the same where it is chosen."""
    pixmap = QPixmap(QSize(12, 12))
    pixmap.fill(QColor(colour))
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _order(number: int) -> dict[str, object]:
    """What an entry of the list of orders asks for. Qt would give an order that it keeps back as mere text."""
    _, order, descending = SORTS[number]
    return {"order": order, "descending": descending}
