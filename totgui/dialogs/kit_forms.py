"""The two forms of the kit's texts: of one step, and of the kit as a whole. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.annotation.values import KitText, StepText
from core.data.dataset import VideoId

from ..models.chooser import Chooser

LINES = {"key_points": "Key points", "reasons": "Reasons", "tools": "Tools"}
TEXTS = {"safety": "Safety", "check": "Check", "note": "Note"}
HINTS = {
    "key_points": "How it is done well; one a line",
    "reasons": "Why; one a line",
    "tools": "What is needed; one a line",
    "safety": "What can hurt, and how it does not",
    "check": "How one sees that it is right",
    "note": "Anything else",
}
HEIGHTS = {"key_points": 5, "reasons": 4, "tools": 2, "safety": 2, "check": 2, "note": 2}


class TextField(QPlainTextEdit):
    """A few lines of plain text; Tab goes to the next field, `left` says that the focus has gone."""

    left = Signal()

    def __init__(self, lines: int, hint: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 16)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class _Form(QWidget):
    """What both forms have: `edited` after each key, `left` when a field loses the focus."""

    edited = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = QFormLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 0, 10, 0)
        column.addLayout(self.form)
        column.addStretch(1)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._is_filling = False

    def line(self, label: str, hint: str = "") -> QLineEdit:
        """A field of one line."""
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.textEdited.connect(self.edited)
        field.editingFinished.connect(self.left)
        self.form.addRow(label, field)
        return field

    def text(self, label: str, lines: int, hint: str) -> TextField:
        """A field of several lines."""
        field = TextField(lines, hint, label, self)
        field.textChanged.connect(self._on_text)
        field.left.connect(self.left)
        self.form.addRow(label, field)
        return field

    def videos(self, label: str) -> QComboBox:
        """A choice of a video."""
        box = Chooser(self)
        box.activated.connect(self._on_video)
        self.form.addRow(label, box)
        return box

    def _on_video(self, _index: int) -> None:
        self.edited.emit()
        self.left.emit()

    def _on_text(self) -> None:
        if not self._is_filling:
            self.edited.emit()


class StepForm(_Form):
    """The text of one action."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.line("Title")
        self.fields = {name: self.text(label, HEIGHTS[name], HINTS[name]) for name, label in (LINES | TEXTS).items()}
        self.video = self.videos("Shown in")

    def fill(self, text: StepText, title: str, videos: Iterable[tuple[VideoId, str]]) -> None:
        """Show a text; `title` is what stands there while none is typed, `videos` those that hold the step."""
        self._is_filling = True
        self.title.setPlaceholderText(title)
        self.title.setText(text.title)
        for name in LINES:
            self.fields[name].setPlainText("\n".join(getattr(text, name)))
        for name in TEXTS:
            self.fields[name].setPlainText(getattr(text, name))
        _fill_videos(self.video, "the reference video of the kit", text.video, videos)
        self._is_filling = False

    def value(self) -> StepText:
        """What the fields say."""
        texts = {name: field.toPlainText() for name, field in self.fields.items()}
        lines = {name: tuple(texts[name].split("\n")) for name in LINES}
        return StepText(
            self.title.text(),
            key_points=lines["key_points"],
            reasons=lines["reasons"],
            tools=lines["tools"],
            safety=texts["safety"],
            check=texts["check"],
            note=texts["note"],
            video=_video(self.video),
        )


class KitForm(_Form):
    """The text of the kit as a whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.line("Title")
        self.edition = self.line("Edition", "for example 2, or a date")
        self.introduction = self.text("Introduction", 6, "What is made here, for whom, and what has to be ready")
        self.reviewer = self.line("Reviewed by", "no name appears unless one is typed")
        self.video = self.videos("Reference")

    def fill(self, text: KitText, title: str, videos: Iterable[tuple[VideoId, str]]) -> None:
        """Show a text."""
        self._is_filling = True
        self.title.setPlaceholderText(title)
        for name in ("title", "edition", "reviewer"):
            getattr(self, name).setText(getattr(text, name))
        self.introduction.setPlainText(text.introduction)
        _fill_videos(self.video, "the video closest to the median duration", text.video, videos)
        self._is_filling = False

    def value(self) -> KitText:
        """What the fields say."""
        return KitText(
            title=self.title.text(),
            edition=self.edition.text(),
            introduction=self.introduction.toPlainText(),
            reviewer=self.reviewer.text(),
            video=_video(self.video),
        )


def _fill_videos(box: QComboBox, nothing: str, current: VideoId | None, videos: Iterable[tuple[VideoId, str]]) -> None:
    box.clear()
    box.addItem(nothing, None)
    for video, name in videos:
        box.addItem(name, str(video))
    if current is not None and box.findData(str(current)) < 0:
        box.addItem(f"{current} (does not show it)", str(current))
    box.setCurrentIndex(0 if current is None else box.findData(str(current)))


def _video(box: QComboBox) -> VideoId | None:
    data = box.currentData()
    return None if data is None else VideoId(data)
