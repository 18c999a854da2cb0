"""A plot as values: one drawing for the screen, for PNG and for SVG.

A `Drawing` is made of values only, so that it can be drawn on any thread. Saved pictures are always drawn on white,
as papers want them. A drawing must not rely on clipping: SVG files of Qt have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter, QPalette
from PySide6.QtSvg import QSvgGenerator

from core.annotation.document import Document
from core.data.dataset import BACKGROUND, UNLABELLED

from ..palette import theme_palette

if TYPE_CHECKING:
    from ..session import Session

Paint = Callable[[QPainter, QPalette], None]
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
    QImageWriter(buffer, b"PNG").write(image)
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
