"""Pictures of the rows, each kept until what it shows has changed: an edit draws the rows that it touches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap


class Same:
    """A value that is equal to itself only: for arrays in a signature."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


class Lanes:
    """One picture for each row, drawn again when its signature differs from the last one."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[Any, ...], QPixmap]] = {}

    def draw(
        self,
        painter: QPainter,
        key: str,
        rect: QRect,
        ground: QColor,
        signature: tuple[Any, ...],
        paint: Callable[[QPainter], None],
    ) -> None:
        """Put the picture of a row onto `painter`; `paint` draws it at its place where it is not known."""
        ratio = painter.device().devicePixelRatioF()
        signature = (rect.left(), rect.width(), rect.height(), ratio, ground.rgba(), *signature)
        known = self._known.get(key)
        if known is None or known[0] != signature:
            known = self._known[key] = (signature, self._picture(painter, rect, ground, ratio, paint))
        painter.drawPixmap(rect.topLeft(), known[1])

    @staticmethod
    def _picture(
        painter: QPainter, rect: QRect, ground: QColor, ratio: float, paint: Callable[[QPainter], None]
    ) -> QPixmap:
        picture = QPixmap(rect.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(ground)
        inner = QPainter(picture)
        inner.setFont(painter.font())
        inner.translate(-rect.topLeft())
        paint(inner)
        inner.end()
        return picture

    def clear(self) -> None:
        """Draw every row again."""
        self._known.clear()
