"""Icons from one set, painted in the colour of the text, so that they follow theme, state and size by themselves."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

SET = "materialdesignicons6-webfont"
"""Material Design Icons 6 (Pictogrammers; Apache 2.0), as qtawesome ships it. Only its files are used: imported, it
would load ten more fonts and OpenGL at the start."""
COMMANDS = {
    "file.demo": "play-box-outline",
    "file.dataset": "folder-open-outline",
    "file.open": "file-outline",
    "file.export": "export-variant",
    "file.import": "import",
    "file.checkpoint": "bookmark-plus-outline",
    "edit.undo": "undo",
    "edit.redo": "redo",
    "model.train": "school-outline",
    "model.stop": "stop-circle-outline",
    "model.discard": "trash-can-outline",
    "model.segment": "view-week-outline",
    "model.extract": "image-filter-center-focus",
    "segment.take-video": "arrow-down-bold-box-outline",
    "segment.split": "content-cut",
    "segment.merge-next": "call-merge",
    "segment.paint": "brush",
    "review.accept": "check-circle-outline",
    "review.reject": "close-circle-outline",
    "review.next-place": "target",
    "review.comment": "comment-plus-outline",
    "review.list-comments": "comment-text-multiple-outline",
    "help.shortcuts": "keyboard-outline",
    "help.tour": "map-marker-path",
}
"""The icon of a command, where it has one."""


class _Glyph(QIconEngine):
    """Paints one sign of the set's font in a colour, or that of the application's text, dimmed where it is disabled."""

    def __init__(self, sign: str, colour: str) -> None:
        super().__init__()
        self._sign, self._colour = sign, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QApplication.palette()
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        role = QPalette.ColorRole.HighlightedText if mode == QIcon.Mode.Selected else QPalette.ColorRole.ButtonText
        font = QFont(_family())
        font.setPixelSize(max(1, rect.height()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        painter.setPen(QColor(self._colour) if self._colour else palette.color(group, role))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._sign)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Glyph(self._sign, self._colour)


def icon(name: str, colour: str = "") -> QIcon:
    """An icon of the set by its name there, in a colour or in that of the text.

    Raises KeyError: the set has no such icon.
    """
    return QIcon(_Glyph(chr(int(_signs()[name], 16)), colour))


def _file(ending: str) -> Path:
    """The newest file of the set; the package is found, not imported."""
    package = find_spec("qtawesome")
    assert package is not None and package.origin is not None, "qtawesome is one of the requirements"
    return max((Path(package.origin).parent / "fonts").glob(f"{SET}-{ending}"))


@cache
def _signs() -> dict[str, str]:
    """The code of each icon, in hexadecimal digits."""
    return dict(json.loads(_file("charmap-*.json").read_text(encoding="utf-8")))


@cache
def _family() -> str:
    """The family of the set's font, loaded when an icon is painted first."""
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(_file("[0-9]*.ttf"))))[0]


def command_icon(command: str) -> QIcon:
    """The icon of a command; an empty one where it has none."""
    name = COMMANDS.get(command)
    return QIcon() if name is None else icon(name)
