"""A tour of the window: a card that points at one part after another and can be left at any step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from .models.widgets import plain
from .palette import ACCENT

CARD_WIDTH = 340
MARGIN = 14
KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_Enter)
"""Keys that walk the tour."""


@dataclass(frozen=True)
class Stop:
    """One step of the tour: a panel by name (or ``video`` and ``toolbar``), and what is said of it.

    Commands stand in braces in the text; `key_hints.named` puts their keys there.
    """

    where: str
    title: str
    text: str


STOPS = (
    Stop("Videos", "The videos of one activity", "A row each: frames, scores of the run that is shown, review."),
    Stop(
        "Training",
        "Train from a button",
        "The preset fits own videos. Press Train ({model.train}): it needs no labels and takes seconds to minutes. The "
        "curves and the video that is being learned are shown under Live.",
    ),
    Stop(
        "Timeline",
        "What was found",
        "The prediction stands below the ground truth, if there is one. Click to go to a frame, turn the wheel with "
        "Ctrl to zoom. Red marks where both differ; the curve below says how sure the run is.",
    ),
    Stop(
        "Label map",
        "Clusters become actions",
        "Training finds clusters, people know actions. With ground truth they are matched; without it, type a name "
        "beside the frames of a cluster. Drag a cell's chip to change it.",
    ),
    Stop(
        "Timeline",
        "Correct it",
        "{segment.take} takes the prediction into Corrected, the only track that changes. Drag a boundary, relabel "
        "with {labels.key-1} to {labels.key-10}, split with {segment.split}, merge with {segment.merge-next}. "
        "{edit.undo} takes anything back, also tomorrow.",
    ),
    Stop(
        "Review",
        "Where to look",
        "{review.next-place} goes to the place where most frames are expected to be wrong, and says why. "
        "{review.right}: it looks right. {review.accept} accepts the video and opens the next.",
    ),
    Stop(
        "toolbar",
        "Take it with you",
        "Export ({file.export}) writes labels for research, other tools and a training kit for workers. There is no "
        "Save: every edit is on disk at once. {help.shortcuts} lists all keys, {tools.palette} finds any command.",
    ),
)


class Tour(QObject):
    """Walks through the stops whose part of the window is there."""

    ended = Signal()

    def __init__(self, window: Any, named: Callable[[str], str], stops: tuple[Stop, ...] = STOPS) -> None:
        super().__init__(window)
        self._window, self._named = window, named
        self._stops = [stop for stop in stops if self._part(stop) is not None]
        self.number = -1
        self._before: QWidget | None = None
        self._frame = _Frame(window)
        self._card = _Card(window, self.back, self.forward, self.leave)
        window.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether a step is shown."""
        return self.number >= 0

    @property
    def stop(self) -> Stop:
        """The step that is shown."""
        return self._stops[self.number]

    def start(self) -> None:
        """Show the first step."""
        self._before = self._window.focusWidget()
        self._go(0)

    def forward(self) -> None:
        """The next step; after the last one the tour ends."""
        if self.number + 1 < len(self._stops):
            self._go(self.number + 1)
        else:
            self.leave()

    def back(self) -> None:
        """The step before."""
        self._go(max(0, self.number - 1))

    def leave(self) -> None:
        """End the tour; everything stays as it is."""
        if self.is_running:
            self.number = -1
            self._window.removeEventFilter(self)
            self._give_focus_back()
            for widget in (self._frame, self._card):
                widget.hide()
                widget.deleteLater()
            self.ended.emit()

    def _give_focus_back(self) -> None:
        """Keys work as before the tour: Qt would give them to whatever button is next to the card."""
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
        else:
            self._window.timeline.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.is_running and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._place()
        return False

    def _part(self, stop: Stop) -> QWidget | None:
        part = self._window.tour_part(stop.where)
        return part if isinstance(part, QWidget) else None

    def _go(self, number: int) -> None:
        self.number = number
        part = self._part(self.stop)
        if part is None:
            self.leave()
            return
        part.show()
        part.raise_()
        self._card.say(self.stop.title, self._named(self.stop.text), number, len(self._stops))
        self._place()
        self._card.setFocus()

    def _place(self) -> None:
        """The frame around the part, the card beside it where there is room."""
        part = self._part(self.stop)
        if part is None:
            return
        around = QRect(part.mapTo(self._window, QPoint(0, 0)), part.size())
        self._frame.setGeometry(around.adjusted(-2, -2, 2, 2).intersected(self._window.rect()))
        self._card.setFixedWidth(CARD_WIDTH)
        self._card.adjustSize()
        self._card.move(card_place(around, self._card.size().width(), self._card.size().height(), self._window.rect()))
        for widget in (self._frame, self._card):
            widget.show()
            widget.raise_()


def card_place(part: QRect, width: int, height: int, window: QRect) -> QPoint:
    """Where the card goes: right of the part, left of it, above it, else into its middle; always inside the window."""
    for left, top in (
        (part.right() + MARGIN, part.top() + MARGIN),
        (part.left() - width - MARGIN, part.top() + MARGIN),
        (part.left() + MARGIN, part.top() - height - MARGIN),
        (part.left() + MARGIN, part.bottom() + MARGIN),
    ):
        if window.contains(QRect(left, top, width, height)):
            return QPoint(left, top)
    return QPoint(part.center().x() - width // 2, part.center().y() - height // 2)


class _Frame(QWidget):
    """An outline around a part of the window that lets everything through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ACCENT), 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)


class _Card(QFrame):
    """What is said of a part, with the ways on, back and out."""

    def __init__(
        self, parent: QWidget, back: Callable[[], None], forward: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tour")
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._forward, self._back_, self._leave_ = forward, back, leave
        self.title, self.text, self.place = plain("", self, bold=True), plain("", self), plain("", self, dim=True)
        self._leave, self._back, self._next = (QPushButton(text, self) for text in ("Leave", "Back", "Next"))
        for button, do in ((self._leave, leave), (self._back, back), (self._next, forward)):
            button.clicked.connect(lambda _checked=False, action=do: action())
        self._next.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self.place, 1)
        for button in (self._leave, self._back, self._next):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        self.hide()

    def say(self, title: str, text: str, number: int, count: int) -> None:
        """Show a step."""
        self.title.setText(title)
        self.text.setText(text)
        self.place.setText(f"{number + 1} of {count}")
        self._back.setEnabled(number > 0)
        self._next.setText("Next" if number + 1 < count else "Done")
        self.setAccessibleName(f"{title}. {text}")

    def event(self, event: QEvent) -> bool:
        # While the card has the focus its keys are its own, not shortcuts of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._leave_()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._forward()
        elif key == Qt.Key.Key_Left:
            self._back_()
        else:
            super().keyPressEvent(event)
