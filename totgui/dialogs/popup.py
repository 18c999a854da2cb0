"""Small windows over the timeline that ask for one thing: Esc or a click beside it closes it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from ..models.widgets import for_text, plain

ROOM = 60
"""Above the place that is asked about, where the popup does not fit below it."""


class Floating(QFrame):
    """The frame of such a window; `taker` takes the keys. It is deleted when it closes."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(title)
        self.taker: QWidget = self

    def show_at(self, place: QPoint, *, above: bool = False) -> None:
        """Open below a place of the screen, or above it: where there is no room, or where that is asked for."""
        self.adjustSize()
        area = (QApplication.screenAt(place) or self.screen()).availableGeometry()
        x = min(max(area.left(), place.x() - self.width() // 4), area.right() - self.width())
        y = place.y()
        if above or y + self.height() > area.bottom():
            y = max(area.top(), y - self.height() - (0 if above else ROOM))
        self.move(x, y)
        self.show()
        self.taker.setFocus(Qt.FocusReason.PopupFocusReason)


class Popup(Floating):
    """Such a window with one field."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.taker = self.field = QLineEdit(self)

    def stack(self, title: str, below: QWidget, *, width: int) -> None:
        """The title, the field, and what stands below it, at a width that grows with the text."""
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(plain(title, self, bold=True))
        column.addWidget(self.field)
        column.addWidget(below)
        self.setFixedWidth(for_text(self, width, 0).width())
