"""A field near the playhead that takes a frame or a time: Enter goes there, Esc gives up, video plays on meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QVBoxLayout, QWidget

from core.data.timebase import Timebase

from ..models.review_words import time_of
from ..models.widgets import plain

WIDTH = 260
EXAMPLES = "1423 or 0:47.43"


def place_of(text: str, timebase: Timebase) -> int | None:
    """The frame that a text means: a number (``1,423``) or a time (``0:47.43``), clipped to the video.

    None where it is neither; without a rate a time means nothing.
    """
    try:
        if ":" not in text:
            frame = int(text.replace(",", "").strip())
        else:
            seconds = 0.0
            for part in text.split(":"):
                seconds = 60 * seconds + float(part)
            if not math.isfinite(seconds) or timebase.seconds(0) is None:
                return None
            frame = timebase.frame_at(max(0.0, seconds))
    except ValueError:
        return None
    return min(max(0, frame), timebase.n_frames - 1)


class GoTo(QFrame):
    """Calls `then` once with the frame that was typed; never after Esc. What is typed is answered at once below."""

    def __init__(self, timebase: Timebase, now: int, then: Callable[[int], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName("Go to frame or time")
        self._timebase, self._now, self._then = timebase, now, then
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(EXAMPLES)
        self.field.setAccessibleName("Frame or time")
        self.field.setMaxLength(40)
        self.field.textChanged.connect(self._answer)
        self.field.returnPressed.connect(self._go)
        self.answer = plain("", self, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(plain("Go to frame or time", self, bold=True))
        column.addWidget(self.field)
        column.addWidget(self.answer)
        self.setFixedWidth(WIDTH)
        self.setFocusProxy(self.field)
        self._answer("")

    def show_at(self, place: QPoint) -> None:
        """Open below a place of the screen, or above it where there is no room."""
        self.adjustSize()
        area = (QApplication.screenAt(place) or self.screen()).availableGeometry()
        x = min(max(area.left(), place.x() - WIDTH // 4), area.right() - self.width())
        fits = place.y() + self.height() <= area.bottom()
        self.move(x, place.y() if fits else max(area.top(), place.y() - self.height() - 60))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _answer(self, text: str) -> None:
        """Say which place it would be, or what can be typed."""
        frame = place_of(text, self._timebase) if text.strip() else self._now
        if frame is None:
            untimed = ":" in text and self._timebase.seconds(0) is None
            self.answer.setText("No rate is known: type a frame." if untimed else f"Type {EXAMPLES}.")
            return
        where = f"Frame {frame:,} (last: {self._timebase.n_frames - 1:,})"
        time = time_of(self._timebase, frame)
        self.answer.setText(f"{where}, {time}" if time else where)

    def _go(self) -> None:
        frame = place_of(self.field.text(), self._timebase)
        if frame is not None:
            then = self._then
            self.close()
            then(frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
