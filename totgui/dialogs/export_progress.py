"""What the export assistant shows after its button: progress with Cancel, then what was written and what was lost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..icons import icon
from ..jobs.exchange_tasks import Exported
from ..models.progress import ProgressBar
from ..models.widgets import AMBER, GREEN, duration, plain


def open_path(path: object) -> None:
    """Show a folder or page with the program of the system."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


class ProgressPage(QWidget):
    """A bar, what is being done, and two ways on: to cancel, or to let it go on behind the window."""

    cancelled = Signal()
    hidden = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.text = plain("", self, bold=True), plain("", self, dim=True)
        self.bar = ProgressBar(self)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel", self)
        hide = QPushButton("Go on behind the window", self)
        self.cancel.clicked.connect(self._on_cancel)
        hide.clicked.connect(self.hidden)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(hide)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.addStretch(1)
        for widget in (self.title, self.bar, self.text):
            column.addWidget(widget)
        column.addStretch(2)
        column.addLayout(row)

    def begin(self, title: str) -> None:
        """A new job."""
        self.title.setText(f"{title}…")
        self.text.setText("")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)

    def show_progress(self, done: int, total: int, text: str, seconds_left: float | None) -> None:
        """How far it has come; of no interest once it was cancelled."""
        if not self.cancel.isEnabled():
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        left = f", {duration(seconds_left)} left" if seconds_left is not None else ""
        self.text.setText(f"{text}{left}")

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.text.setText("Cancelling… Nothing half-done stays.")
        self.cancelled.emit()


SHOWN = 12


def _listed(lines: Sequence[str]) -> str:
    more = [f"•  and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join([*(f"•  {line}" for line in lines[:SHOWN]), *more])


class SummaryPage(QWidget):
    """What was written, what the format could not carry, what a reader has to know; or why it failed."""

    closed = Signal()
    again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._done: Exported | None = None
        self._icon = plain("", self)
        self.title, self.place = plain("", self, bold=True), plain("", self, dim=True)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body = plain("", self)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_folder, self.open_page = QPushButton("Open folder", self), QPushButton("Open page", self)
        self.back, self.close_button = QPushButton("Back", self), QPushButton("Close", self)
        self.close_button.setDefault(True)
        self.open_folder.clicked.connect(lambda: self._done and open_path(self._done.folder))
        self.open_page.clicked.connect(lambda: self._done and self._done.page and open_path(self._done.page))
        self.back.clicked.connect(self.again)
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self._icon)
        words = QVBoxLayout()
        words.addWidget(self.title)
        words.addWidget(self.place)
        head.addLayout(words, 1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self.body)
        row = QHBoxLayout()
        for button in (self.open_page, self.open_folder):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.back, self.close_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addSpacing(8)
        column.addWidget(scroll, 1)
        column.addLayout(row)

    def show_done(self, done: Exported) -> None:
        """It is there."""
        self._done = done
        self._icon.setPixmap(icon("check-circle-outline", GREEN).pixmap(32, 32))
        self.title.setText(done.text)
        self.place.setText(str(done.folder))
        parts = (("Files", done.files), ("Not in this format", done.losses), ("To know", done.notes))
        blocks = [f"{head}\n{_listed(lines)}" for head, lines in parts if lines]
        self.body.setText("\n\n".join(blocks))
        self._show_buttons(True, done.page is not None)

    def show_failed(self, text: str) -> None:
        """It could not be written."""
        self._done = None
        self._icon.setPixmap(icon("alert-outline", AMBER).pixmap(32, 32))
        self.title.setText("Nothing was written.")
        self.place.setText("")
        self.body.setText(text)
        self._show_buttons(False, False)

    def _show_buttons(self, is_done: bool, has_page: bool) -> None:
        self.open_folder.setVisible(is_done)
        self.open_page.setVisible(has_page)
        self.back.setVisible(not is_done)
