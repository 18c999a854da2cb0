"""A plot as a picture: one drawing for the screen, for PNG and for SVG, and the button that saves it.

A `Drawing` is made of values only, so that it can be drawn on any thread. Saved pictures are always drawn on white,
as papers want them. A drawing must not rely on clipping: SVG files of Qt have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from core.annotation.document import Document
from core.data.dataset import BACKGROUND, UNLABELLED

from ..palette import theme_palette

if TYPE_CHECKING:
    from ..session import Session

Paint = Callable[[QPainter, QPalette], None]
FORMATS = (("png", "PNG"), ("svg", "SVG"))
SCALE = 2.0
"""Pixels of a PNG for each unit of the drawing."""
MAX_SIDE = 16_000
"""Longest side of a drawing: twice this is what a raster picture of Qt can hold."""
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Role = QPalette.ColorRole


@dataclass(frozen=True)
class Drawing:
    """What is drawn on `width` by `height` units with the base colour behind it; `name` is its file's, no suffix."""

    width: int
    height: int
    paint: Paint
    name: str
    font: QFont


def drawable(text: str) -> str:
    """A text without the characters that an SVG file cannot hold."""
    return _NO_TEXT.sub("\ufffd", text)


@dataclass(frozen=True)
class Looks:
    """Name and colour of every label at one moment, for drawings that outlive it."""

    names: Mapping[int, str]
    colours: Mapping[int, QColor]

    @classmethod
    def of(cls, session: Session, document: Document | None) -> Looks:
        """Those of a session."""
        labels = [int(BACKGROUND), int(UNLABELLED), *(map(int, document.actions) if document else ())]
        return cls(
            {label: drawable(session.action_name(label)) for label in labels},
            {label: QColor(session.action_colour(label)) for label in labels},
        )

    def name(self, label: int) -> str:
        return self.names.get(label, self.names[int(UNLABELLED)])

    def colour(self, label: int) -> QColor:
        return self.colours.get(label, self.colours[int(UNLABELLED)])


def png_of(drawing: Drawing) -> bytes:
    """The drawing as a PNG file. On any thread."""
    image = QImage(round(drawing.width * SCALE), round(drawing.height * SCALE), QImage.Format.Format_RGB32)
    palette = theme_palette("light")
    image.fill(palette.color(Role.Base))
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    _draw(drawing, painter, palette)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def svg_of(drawing: Drawing) -> bytes:
    """The drawing as an SVG file; text stays text. On any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(drawing.width, drawing.height))
    generator.setViewBox(QRect(0, 0, drawing.width, drawing.height))
    generator.setResolution(96)
    generator.setTitle(drawing.name)
    palette = theme_palette("light")
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, drawing.width, drawing.height), palette.color(Role.Base))
    _draw(drawing, painter, palette)
    return bytes(buffer.data().data())


def _draw(drawing: Drawing, painter: QPainter, palette: QPalette) -> None:
    font = QFont(drawing.font)
    font.setPixelSize(12)  # the same in every picture, whatever the screen
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.paint(painter, palette)
    painter.end()


class Saver:
    """Offers to save or copy what a widget draws. `drawing` is asked at that moment; None means nothing to save."""

    def __init__(self, session: Any, widget: QWidget, drawing: Callable[[], Drawing | None]) -> None:
        self._session, self._widget, self._drawing = session, widget, drawing

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

    def save(self, suffix: str) -> None:
        """Ask where, then save there beside the window."""
        drawing = self._drawing()
        if drawing is None:
            return
        path = ask_where(self._widget, self._folder() / f"{file_name(self._project(), drawing.name)}.{suffix}", suffix)
        if path is not None:
            make = svg_of if path.suffix.lower() == ".svg" else png_of
            self._session.work.save_picture(path, lambda: make(drawing))

    def copy(self) -> None:
        """Put the picture on the clipboard."""
        drawing = self._drawing()
        if drawing is not None:
            QGuiApplication.clipboard().setImage(QImage.fromData(png_of(drawing), "PNG"))  # type: ignore[call-overload]
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
        self.setAccessibleName("Save picture")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setFixedSize(26, 24)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: (menu.clear(), saver.fill(menu)))
        self.setMenu(menu)
        self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()
        super().changeEvent(event)

    def _draw_icon(self) -> None:
        pixmap = QPixmap(32, 32)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(self.palette().color(Role.PlaceholderText))
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
    """A widget that shows a drawing at its own size and offers to save it."""

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.saver = Saver(session, self, self.drawing)

    def drawing(self) -> Drawing | None:
        """What is shown now, at a size for saving; None for nothing."""
        raise NotImplementedError

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.saver.fill(menu)
        menu.popup(event.globalPos())
