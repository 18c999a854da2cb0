"""Widgets beside one another that go on in the next line where a line is full."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Flow(QWidget):
    """Lines of widgets at their own sizes; what may grow in the width (`stretch`) shares what a line has left.

    It is no layout: of one written in Python, Qt deletes the items unseen, and the next object at the same address is
    taken for them, which ends the program later.
    """

    def __init__(self, parent: QWidget | None = None, *, gap: int = 6) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._growing: set[QWidget] = set()
        self._gap = gap
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, *, stretch: bool = False) -> None:
        """Put a widget, a child of this one, at the end."""
        widget.setParent(self)
        self._widgets.append(widget)
        if stretch:
            self._growing.add(widget)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = self._lines(width)
        return sum(map(_height, lines)) + self._gap * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        sizes = [_least(widget) for widget in self._shown()]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a widget came, went, or wants another size
            self._place()
            self.updateGeometry()
        return super().event(event)

    def _place(self) -> None:
        top = 0
        for line in self._lines(self.width()):
            height, left = _height(line), 0
            widths = [min(self.width(), _size(widget).width()) for widget in line]
            free = self.width() - sum(widths) - self._gap * (len(line) - 1)
            growing = [n for n, widget in enumerate(line) if widget in self._growing]
            for n in growing:
                widths[n] += max(0, free) // len(growing)
            for widget, width in zip(line, widths, strict=True):
                tall = _size(widget).height()
                widget.setGeometry(QRect(QPoint(left, top + (height - tall) // 2), QSize(width, tall)))
                left += width + self._gap
            top += height + self._gap

    def _shown(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _lines(self, width: int) -> list[list[QWidget]]:
        """The widgets by line at a width; a line has at least one."""
        lines: list[list[QWidget]] = []
        used = 0
        for widget in self._shown():
            wide = _size(widget).width()
            if lines and used + self._gap + wide <= width:
                lines[-1].append(widget)
                used += self._gap + wide
            else:
                lines.append([widget])
                used = wide
        return lines


def _least(widget: QWidget) -> QSize:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize())


def _size(widget: QWidget) -> QSize:
    return widget.sizeHint().expandedTo(_least(widget)).boundedTo(widget.maximumSize())


def _height(line: list[QWidget]) -> int:
    return max(_size(widget).height() for widget in line)
