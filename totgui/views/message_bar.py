"""One line across the window that says what happened, with buttons for what can be done about it; it never blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..palette import ACCENT

MESSAGE_MS = 8000
MS_A_CHARACTER = 90
"""A long message stays until it can be read by somebody who looked elsewhere when it came."""
MAX_WAITING = 5
TONES = {"info": ACCENT.name(), "done": ACCENT.name(), "warning": "#c98a12", "error": "#c8452f"}
Choice = tuple[str, Callable[[], None]]
Message = tuple[str, str, Sequence[Choice]]


class MessageBar(QFrame):
    """Shows the newest message; errors and questions come back behind it until they are answered or dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stripe = QFrame(self)
        self._stripe.setFixedWidth(4)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = QPushButton("Dismiss", self)
        self._close.setFlat(True)
        self._close.clicked.connect(self.dismiss)
        self._lay_out()
        self._buttons: list[QPushButton] = []
        self._placed: tuple[bool, list[QPushButton]] = True, []
        self.setObjectName("bar")
        self._shown: Message | None = None
        self._waiting: list[Message] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def _lay_out(self) -> None:
        """Layouts first, then what stands in them, for "Dismiss" goes from one to the other.

        For a layout that is added with widgets in it, PySide keeps an object for each place; Qt deletes the place of a
        widget that leaves unseen, and the next thing at its address is taken for it.
        """
        outer, column = QHBoxLayout(self), QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stripe)
        outer.addLayout(column, 1)
        column.setContentsMargins(8, 4, 8, 4)
        self._top, self._row = QHBoxLayout(), QHBoxLayout()
        for layout in (self._top, self._row):
            column.addLayout(layout)
        self._top.addWidget(self._text, 1)
        self._top.addWidget(self._close)
        self._row.addStretch(1)

    def text(self) -> str:
        """The message that is shown, empty when there is none."""
        return self._shown[0] if self._shown else ""

    def choices(self) -> list[str]:
        """The buttons of the message that is shown, "Dismiss" aside."""
        return [button.text() for button in self._buttons]

    def choose(self, label: str) -> None:
        """Press one of the buttons."""
        next(button for button in self._buttons if button.text() == label).click()

    def say(self, text: str, level: str, choices: Sequence[Choice] = ()) -> None:
        """Show a message; information and what is `done` go away by themselves, warnings, errors and questions stay."""
        shown = self._shown
        stays = shown is not None and shown[1] != "done" and (shown[2] or shown[1] == "error")
        if shown is not None and stays and shown[0] != text:
            self._waiting = [*self._waiting[1 - MAX_WAITING :], shown]
        self._show(text, level, choices)

    def _show(self, text: str, level: str, choices: Sequence[Choice]) -> None:
        self._remove_buttons()
        self._shown = (text, level, choices)
        for label, do in choices:
            button = QPushButton(label, self)
            button.clicked.connect(lambda _checked=False, answer=do: self._answer(answer))
            self._buttons.append(button)
        self._text.setText(text)
        self._close.setText(f"Dismiss ({len(self._waiting)} more)" if self._waiting else "Dismiss")
        self._place_buttons()
        self._stripe.setStyleSheet(f"background: {TONES[level]};")
        self.setAccessibleName(text)
        self.show()
        self._timer.stop()
        if level == "done" or (level == "info" and not choices):
            self._timer.start(max(MESSAGE_MS, MS_A_CHARACTER * len(text)))

    def resizeEvent(self, event: object) -> None:
        self._place_buttons()

    def _place_buttons(self) -> None:
        """All buttons stand behind the text where it fits on one line with them, else in a row below it."""
        buttons = [*self._buttons, self._close]
        wide = sum(button.sizeHint().width() + self._top.spacing() for button in buttons) + 40
        fits = self._text.fontMetrics().horizontalAdvance(self._text.text()) + wide <= self.width()
        fits = fits or not self._buttons  # a lone "Dismiss" needs no row
        if (fits, self._buttons) == self._placed:
            return
        self._placed = fits, list(self._buttons)
        for button in buttons:
            (self._top if fits else self._row).addWidget(button)

    def dismiss(self) -> None:
        """Put the message away; what it covered comes back."""
        self._remove_buttons()
        self._timer.stop()
        self._shown = None
        if self._waiting:
            self._show(*self._waiting.pop())
        else:
            self.hide()

    def withdraw(self, text: str) -> None:
        """A question is answered elsewhere, or has nothing left to ask."""
        self._waiting = [message for message in self._waiting if message[0] != text]
        if self.text() == text:
            self.dismiss()
        elif self._shown is not None:
            self._close.setText(f"Dismiss ({len(self._waiting)} more)" if self._waiting else "Dismiss")

    def forget_questions(self) -> None:
        """The project is closed: what was asked about it is asked no longer. Errors stay, with nothing to choose."""
        self._waiting = [(text, level, ()) for text, level, _ in self._waiting if level == "error"]
        if self._shown is not None and self._shown[2]:
            text, level, _ = self._shown
            self._show(text, level, ()) if level == "error" else self.dismiss()

    def _answer(self, do: Callable[[], None]) -> None:
        self.dismiss()
        do()

    def _remove_buttons(self) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons.clear()
