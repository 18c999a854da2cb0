"""A field to choose from that never cuts a word off without saying so: it elides, and its tooltip has the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from .widgets import show_tip

WIDEST = 640
"""Pixels that the list takes at most where the field is narrower; longer entries are elided."""


class Chooser(QComboBox):
    """A combo box. The list it opens is as wide as its entries, whatever room the field has."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isEditable():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, self._room(option)
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def fit_text(self) -> None:
        """Its text is larger or smaller now: Qt keeps the least size that it had until its style changes."""
        QApplication.sendEvent(self, QEvent(QEvent.Type.StyleChange))

    def is_cut(self) -> bool:
        """Whether the field has less room than what is chosen needs."""
        option = self._option()
        return option.fontMetrics.horizontalAdvance(option.currentText) > self._room(option)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.is_cut():
            lines = (self.currentText(), self.toolTip())
            show_tip(event, "\n".join(line for line in lines if line), self)
            return True
        return super().event(event)

    def showPopup(self) -> None:
        metrics = self.view().fontMetrics()
        text = max((metrics.horizontalAdvance(self.itemText(place)) for place in range(self.count())), default=0)
        beside = self.iconSize().width() + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent) + 24
        self.view().setMinimumWidth(min(text + beside, max(self.width(), WIDEST)))
        super().showPopup()

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def _room(self, option: QStyleOptionComboBox) -> int:
        """The pixels for text, as the style that draws it counts them."""
        part = QStyle.SubControl.SC_ComboBoxEditField
        rect = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + 4
        return max(0, rect.width() - icon - 2)
