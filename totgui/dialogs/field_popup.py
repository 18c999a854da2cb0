"""A small window with one field that holds nothing up: what is typed is answered at once below it; Esc gives up."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from ..models.widgets import for_text, plain

WIDTH, LINES = 300, 2
ROOM = 60
"""Above the place that is asked about, where the popup does not fit below it."""


class FieldPopup(QFrame):
    """The frame of such a window. Subclasses say what a text means (`said_of`) and what Enter does (`take`)."""

    def __init__(self, title: str, field: str, parent: QWidget, *, example: str, longest: int) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(title)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(example)
        self.field.setAccessibleName(field)
        self.field.setMaxLength(longest)
        self.field.textChanged.connect(lambda text: self.answer.setText(self.said_of(text)))
        self.field.returnPressed.connect(lambda: self.take(self.field.text()))
        self.answer = plain("", self, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(plain(title, self, bold=True))
        column.addWidget(self.field)
        column.addWidget(self.answer)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.answer.setFixedHeight(LINES * self.answer.fontMetrics().lineSpacing())  # the window keeps its size
        self.setFixedWidth(for_text(self, WIDTH, 0).width())
        self.setFocusProxy(self.field)

    def said_of(self, text: str) -> str:
        """What stands below the field for a text, the empty one first."""
        raise NotImplementedError

    def take(self, text: str) -> None:
        """Enter was pressed; closes the window where the text can be taken."""
        raise NotImplementedError

    def show_at(self, place: QPoint, *, above: bool = False) -> None:
        """Open below a place of the screen, or above it: where there is no room, or where that is asked for."""
        self.answer.setText(self.said_of(self.field.text()))
        self.adjustSize()
        area = (QApplication.screenAt(place) or self.screen()).availableGeometry()
        x = min(max(area.left(), place.x() - self.width() // 4), area.right() - self.width())
        y = place.y()
        if above or y + self.height() > area.bottom():
            y = max(area.top(), y - self.height() - (0 if above else ROOM))
        self.move(x, y)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
