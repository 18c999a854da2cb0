"""A small window with one field that holds nothing up: what is typed is answered at once below it; Esc gives up."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ..models.widgets import plain
from .popup import Popup

WIDTH, LINES = 300, 2


class FieldPopup(Popup):
    """The frame of such a window. Subclasses say what a text means (`said_of`) and what Enter does (`take`)."""

    def __init__(self, title: str, field: str, parent: QWidget, *, example: str, longest: int) -> None:
        super().__init__(title, parent)
        self.answer = plain("", self, dim=True)
        self.field.setPlaceholderText(example)
        self.field.setAccessibleName(field)
        self.field.setMaxLength(longest)
        self.field.textChanged.connect(lambda text: self.answer.setText(self.said_of(text)))
        self.field.returnPressed.connect(lambda: self.take(self.field.text()))
        self.stack(title, self.answer, width=WIDTH)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.answer.setFixedHeight(LINES * self.answer.fontMetrics().lineSpacing())  # the window keeps its size
        self.setFocusProxy(self.field)

    def said_of(self, text: str) -> str:
        """What stands below the field for a text, the empty one first."""
        raise NotImplementedError

    def take(self, text: str) -> None:
        """Enter was pressed; closes the window where the text can be taken."""
        raise NotImplementedError

    def show_at(self, place: QPoint, *, above: bool = False) -> None:
        self.answer.setText(self.said_of(self.field.text()))
        super().show_at(place, above=above)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
