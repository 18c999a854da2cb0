"""One step as the training kit will show it: picture, times, and what was written; blanks are shown as blanks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from core.annotation.values import StepText

from ..jobs.exchange_tasks import KitStep
from ..models.widgets import clock_text, plain

BLANK = "to be written by the expert"
DANGER = "#c8452f"


class Photo(QWidget):
    """A picture in its own shape, as wide as there is room; grey until it has come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Picture of the step")

    def show_image(self, image: QImage | None) -> None:
        """The picture, None while there is none."""
        self._pixmap = None if image is None else QPixmap.fromImage(image)
        self.updateGeometry()
        self.update()

    @property
    def has_image(self) -> bool:
        """Whether a picture is shown."""
        return self._pixmap is not None

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(320))

    def heightForWidth(self, width: int) -> int:
        if self._pixmap is None or not self._pixmap.width():
            return width * 9 // 16
        return min(360, width * self._pixmap.height() // self._pixmap.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._pixmap is None:
            painter.fillRect(self.rect(), self.palette().alternateBase())
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No picture yet")
            return
        size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawPixmap(left, top, size.width(), size.height(), self._pixmap)


class StepCard(QScrollArea):
    """The live preview beside the form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The step as the kit shows it")
        card = QFrame(self)
        card.setObjectName("card")
        card.setStyleSheet("#card { background: palette(base); border: 1px solid palette(mid); border-radius: 10px; }")
        self.photo = Photo(card)
        self._title, self._when, self._time = plain("", card), plain("", card, dim=True), plain("", card, dim=True)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        self._title.setFont(font)
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(14, 14, 14, 14)
        self._column.setSpacing(4)
        for widget in (self.photo, self._title, self._when, self._time):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self._parts: list[QWidget] = []
        self.setWidget(card)

    def texts(self) -> list[str]:
        """Every line that is shown, from top to bottom."""
        labels = [self._title, self._when, self._time, *(p for p in self._parts if isinstance(p, QLabel))]
        return [label.text() for label in labels if label.text()]

    def show_step(self, step: KitStep | None, title: str, text: StepText, where: str) -> None:
        """The step with its text; without a step, the text alone."""
        self._title.setText(f"{step.index}   {title}" if step else title)
        self._when.setText(f"{_when(step)} · {where}" if step else where)
        self._time.setText(_usual(step) if step else "")
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = []
        self._list("Key points", text.key_points)
        self._list("Reasons", text.reasons)
        if text.tools:
            self._list("Tools", text.tools)
        if text.safety:
            self._paragraph("Safety", text.safety, DANGER)
        self._paragraph("Check", text.check or BLANK, "" if text.check else None)
        if text.note:
            self._paragraph("Note", text.note, "")

    def _add(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)
        self._parts.append(widget)

    def _head(self, text: str) -> None:
        label = plain(text, self.widget(), dim=True, bold=True)
        label.setContentsMargins(0, 8, 0, 0)
        self._add(label)

    def _list(self, head: str, lines: Sequence[str]) -> None:
        self._head(head)
        if not lines:
            self._add(_blank(self.widget()))
        for line in lines:
            self._add(plain(f"•  {line}", self.widget()))

    def _paragraph(self, head: str, text: str, edge: str | None) -> None:
        """`edge` is a colour for what must be seen, empty for plain text, None for a blank."""
        self._head(head)
        label = _blank(self.widget()) if edge is None else plain(text, self.widget())
        if edge:
            label.setStyleSheet(f"border-left: 4px solid {QColor(edge).name()}; padding: 4px 8px;")
        self._add(label)


def _blank(parent: QWidget | None) -> QLabel:
    label = plain(BLANK, parent, dim=True)
    font = label.font()
    font.setItalic(True)
    label.setFont(font)
    return label


def _when(step: KitStep) -> str:
    begin, end = (clock_text(seconds, digits=1) for seconds in (step.start_s, step.stop_s))
    return f"{begin} – {end} · {step.stop_s - step.start_s:.1f} s"


def _usual(step: KitStep) -> str:
    if step.usual is None:
        return "No standard time"
    middle, low, high, count = step.usual
    if count < 3:
        return f"{middle:.1f} s, from {count} video{'s' if count != 1 else ''} only: not a standard"
    return f"Standard time {middle:.1f} s (half within {low:.1f}–{high:.1f} s, {count} videos)"
