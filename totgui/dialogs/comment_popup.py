"""A small editor beside the place of a comment: Enter saves, Esc gives up, a click beside it keeps the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget

from core.annotation.comment_commands import MAX_COMMENT, comment_problem

from ..models.widgets import Elided, for_text, plain
from ..palette import set_tone
from .popup import Floating

Span = tuple[int, int]
WIDTH, LINES = 380, 5
COUNT_FROM = MAX_COMMENT - 500
"""Letters from which the room that is left is told."""
HINT = "Enter saves, Shift+Enter begins a line"
KEPT = "This was not saved before."


class CommentPopup(Floating):
    """Calls `save` with the text and the frames when it is saved, `keep` with what was typed when it is left.

    `places` are the frames it could be about, each with its name; the first is chosen. `draft` is what was typed and
    not saved before. `save` says whether it was taken: what is refused stays in the editor.
    """

    def __init__(
        self,
        title: str,
        places: Sequence[tuple[str, Span]],
        save: Callable[[str, Span], bool],
        parent: QWidget,
        *,
        text: str = "",
        draft: str = "",
        keep: Callable[[str], object] = lambda _text: None,
    ) -> None:
        super().__init__(title, parent)
        self._save, self._keep, self._first = save, keep, text
        self._done = False
        self.places = [(QRadioButton(name, self), span) for name, span in places]
        self.field = QPlainTextEdit(draft or text, self)
        self.field.setPlaceholderText("What is to be said of this place")
        self.field.setAccessibleName("Comment")
        self.field.setTabChangesFocus(True)
        self.field.installEventFilter(self)
        self.field.selectAll() if draft == "" and text else None
        self.answer = Elided(self)
        self.save_button = QPushButton("Save", self)
        self.save_button.setObjectName("main")
        self.save_button.clicked.connect(self.save)
        self._lay_out(title)
        self.field.textChanged.connect(self._say)
        self.taker = self.field
        self._say()
        if draft and draft != text:
            self.answer.setText(f"{KEPT} {HINT}")

    def _lay_out(self, title: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(plain(title, self, bold=True))
        if self.places:
            self.places[0][0].setChecked(True)
        for button, _ in self.places:
            column.addWidget(button)
            button.setVisible(len(self.places) > 1)
        column.addWidget(self.field)
        row = QHBoxLayout()
        row.addWidget(self.answer, 1)
        row.addWidget(self.save_button)
        column.addLayout(row)
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * LINES + 12)
        self.setFixedWidth(self._width_of_places(column))

    def _width_of_places(self, column: QVBoxLayout) -> int:
        """Wide enough for the names of the places, which cannot be wrapped; no wider than the screen."""
        shown = [button for button, _ in self.places] if len(self.places) > 1 else []
        for button in shown:
            button.ensurePolished()
        margins = column.contentsMargins()
        beside = margins.left() + margins.right() + 2 * self.frameWidth()
        wanted = max((button.sizeHint().width() + beside for button in shown), default=0)
        return min(max(for_text(self, WIDTH, 0).width(), wanted), self.screen().availableGeometry().width())

    @property
    def text(self) -> str:
        """What stands in the editor."""
        return self.field.toPlainText()

    @property
    def span(self) -> Span:
        """The frames that are chosen."""
        return next(span for button, span in self.places if button.isChecked())

    def _say(self) -> None:
        n, problem = len(self.text.strip()), comment_problem(self.text)
        shown = problem if n and problem else HINT
        if n > MAX_COMMENT:
            shown = f"{n - MAX_COMMENT:,} too many: up to {MAX_COMMENT:,} characters"
        elif n >= COUNT_FROM:
            shown = f"{n:,} of {MAX_COMMENT:,} characters"
        self.answer.setText(shown)
        set_tone(self.answer, "error" if n and problem else "")
        self.save_button.setEnabled(not problem)

    def save(self) -> None:
        """Hand the text over; what is refused stays."""
        if not comment_problem(self.text) and self._save(self.text, self.span):
            self._done = True
            self._keep("")
            self.close()

    def give_up(self) -> None:
        """Close; nothing of what was typed is kept."""
        self._done = True
        self._keep("")
        self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.save()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.give_up()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self._done:
            self._done = True
            self._keep(self.text if self.text.strip() != self._first.strip() else "")
