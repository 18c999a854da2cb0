"""How many videos of the activity are accepted, in review and rejected, as one bar with its numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.annotation.values import ReviewStatus

from ...models.widgets import plain
from ...session import Session

COLOURS = {
    ReviewStatus.ACCEPTED: "#2e9e6b",
    ReviewStatus.IN_REVIEW: "#e6a117",
    ReviewStatus.REJECTED: "#c8503c",
}
WORDS = {
    ReviewStatus.ACCEPTED: "accepted",
    ReviewStatus.IN_REVIEW: "in review",
    ReviewStatus.REJECTED: "rejected",
}


class ReviewProgress(QWidget):
    """A bar in parts, and its numbers in words."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = _Bar(self)
        self._text = plain("", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        session.projectChanged.connect(self._show)
        session.documentChanged.connect(lambda *_: self._show())
        self._show()

    def text(self) -> str:
        return self._text.text()

    def _show(self) -> None:
        document = self._session.document
        videos = list(document.videos) if document is not None else []
        counts = dict.fromkeys(COLOURS, 0)
        for video in videos:
            status = document.review(video).status if document is not None else ReviewStatus.NONE
            if status in counts:
                counts[status] += 1
        parts = [f"{counts[ReviewStatus.ACCEPTED]} of {len(videos)} accepted"]
        parts += [f"{counts[s]} {WORDS[s]}" for s in (ReviewStatus.IN_REVIEW, ReviewStatus.REJECTED) if counts[s]]
        self._text.setText(" · ".join(parts))
        self._bar.setAccessibleDescription(self._text.text())
        self._bar.show_parts([(COLOURS[s], n / max(1, len(videos))) for s, n in counts.items()])


class _Bar(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts: list[tuple[str, float]] = []
        self.setFixedHeight(8)
        self.setAccessibleName("Progress of the review")

    def sizeHint(self) -> QSize:
        return QSize(200, 8)

    def show_parts(self, parts: list[tuple[str, float]]) -> None:
        self._parts = parts
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().mid())
        left = 0.0
        for colour, share in self._parts:
            width = share * self.width()
            painter.fillRect(QRectF(left, 0, width, self.height()), QColor(colour))
            left += width
