"""A widget that shows a drawing, and what saves it: its menu and its button."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QIcon,
    QImage,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from .drawing import Drawing, png_of, svg_of
from .widgets import show_tip

if TYPE_CHECKING:
    from ..session import Session

FORMATS = (("png", "PNG"), ("svg", "SVG"))
Role = QPalette.ColorRole


class Saver:
    """Offers to save or copy what a widget draws. `drawing` is asked at that moment; None means nothing to save."""

    def __init__(self, session: Session, widget: QWidget, drawing: Callable[[], Drawing | None]) -> None:
        self._session, self._widget, self._drawing = session, widget, drawing

    def title(self) -> str:
        """What the widget is called."""
        return self._widget.accessibleName()

    def fill(self, menu: QMenu) -> None:
        """Add the entries to a menu."""
        is_there = self._drawing() is not None
        for suffix, label in FORMATS:
            action = menu.addAction(f"Save as {label}…")
            action.setEnabled(is_there)
            action.triggered.connect(lambda _checked=False, s=suffix: self.save(s))
        action = menu.addAction("Copy picture")
        action.setEnabled(is_there)
        action.triggered.connect(self.copy)

    def open_menu(self, place: QPoint) -> None:
        """Offer it in a menu at a place on the screen."""
        menu = QMenu(self._widget)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu)
        menu.popup(place)

    def save(self, suffix: str) -> None:
        """Ask where, then save there beside the window."""
        drawing = self._drawing()
        if drawing is None:
            return
        path = ask_where(self._widget, self._folder() / f"{file_name(self._project(), drawing.name)}.{suffix}", suffix)
        if path is not None:
            make = svg_of if path.suffix.lower() == ".svg" else png_of
            self._session.exchange.save_picture(path, lambda: make(drawing))

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        drawing = self._drawing()
        if drawing is not None:
            QGuiApplication.clipboard().setImage(QImage.fromData(png_of(drawing)))
            self._session.message.emit("Picture copied.", "info")

    def _project(self) -> str:
        project = getattr(self._session, "project", None)
        return project.path.stem if project is not None else ""

    def _folder(self) -> Path:
        project = getattr(self._session, "project", None)
        return project.path.parent if project is not None else Path.home()


def file_name(project: str, name: str) -> str:
    """A name that every file system takes: letters, digits and dashes.

    >>> file_name("My <tea>", "transitions Run 2")
    'My-tea-transitions-Run-2'
    """
    return "-".join(re.findall(r"\w+", f"{project} {name}"))[:120] or "picture"


def ask_where(parent: QWidget, proposed: Path, suffix: str) -> Path | None:
    """The file that the person chose, with a suffix that can be written, or None."""
    label = dict(FORMATS)[suffix]
    text, _ = QFileDialog.getSaveFileName(parent, f"Save as {label}", str(proposed), f"{label} (*.{suffix})")
    if not text:
        return None
    path = Path(text)
    return path if path.suffix.lower() in (".png", ".svg") else path.with_name(f"{path.name}.{suffix}")


class SaveButton(QToolButton):
    """A small button on a plot that saves it; its sign is drawn in the colour of the theme."""

    def __init__(self, saver: Saver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setToolTip("Save this picture as PNG or SVG")
        self.setAccessibleName(f"Save picture: {saver.title()}")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton { padding: 0; } QToolButton::menu-indicator { image: none; }")
        self.setFixedSize(26, 24)
        menu = QMenu(self)
        menu.aboutToShow.connect(menu.clear)
        menu.aboutToShow.connect(lambda: saver.fill(menu))
        self.setMenu(menu)
        self._drawn: QColor | None = None
        self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()
        super().changeEvent(event)

    def _draw_icon(self) -> None:
        colour = self.palette().color(Role.PlaceholderText)
        if colour == self._drawn:
            return
        self._drawn = colour
        pixmap = QPixmap(32, 32)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawLine(QPointF(8, 2.5), QPointF(8, 10))
        painter.drawPolyline([QPointF(4.7, 7), QPointF(8, 10.3), QPointF(11.3, 7)])
        painter.drawPolyline([QPointF(2.5, 10.5), QPointF(2.5, 13.5), QPointF(13.5, 13.5), QPointF(13.5, 10.5)])
        painter.end()
        self.setIcon(QIcon(pixmap))


class Picture(QWidget):
    """A widget that shows a drawing at its own size, offers to save it and says what is under the pointer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saver = Saver(session, self, self.drawing)
        self.hovered: Any = None
        """What is under the pointer and can be clicked, in the terms of the drawing."""

    def drawing(self) -> Drawing | None:
        """What is shown now, at a size for saving; None for nothing."""
        raise NotImplementedError

    def tip_at(self, point: QPoint) -> str:
        """What is at a point, in words; empty for nothing."""
        return ""

    def hover(self, found: Any) -> None:
        """This is under the pointer now, None for nothing: paint it so, and point at it with a hand."""
        if found != self.hovered:
            self.hovered = found
            self.setCursor(Qt.CursorShape.ArrowCursor if found is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hover(None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_tip(event, self.tip_at(event.pos()), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.saver.open_menu(event.globalPos())
