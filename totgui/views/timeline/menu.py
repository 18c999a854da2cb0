"""The context menu of the corrected track."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from core.annotation import commands
from core.annotation.edit import Edit
from core.data.dataset import BACKGROUND

if TYPE_CHECKING:
    from ...session import Session


def corrected_menu(session: Session, frame: int, parent: QWidget) -> QMenu | None:
    """What can be done at a frame of the corrected track; None where there is none."""
    document, video = session.document, session.current_video
    if document is None or video is None or video not in document.corrected:
        return None
    track = document.corrected[video]
    index = track.index_at(frame)
    start, stop, label = track[index]
    menu = QMenu(parent)

    def do(make: Callable[[], Edit]) -> Callable[[], None]:
        return lambda: (session.do(make, parent), None)[1]

    relabel = menu.addMenu(menu.tr("Relabel to"))
    split = menu.addMenu(menu.tr("Split here, then"))
    for action in document.actions.values():
        if action.archived or action.id == label:
            continue
        text, icon = action.name.replace("&", "&&"), chip(action.colour)
        relabel.addAction(icon, text, do(lambda a=action.id: commands.relabel(document, video, start, stop, a)))
        split.addAction(icon, text, do(lambda a=action.id: commands.split(document, video, frame, a)))
    split.setEnabled(start < frame and not split.isEmpty())
    background = menu.addAction(
        menu.tr("Set background"), do(lambda: commands.relabel(document, video, start, stop, BACKGROUND))
    )
    background.setEnabled(label != BACKGROUND)
    menu.addSeparator()
    following = menu.addAction(
        menu.tr("Merge with the next segment"), do(lambda: commands.merge(document, video, index, neighbour=+1))
    )
    following.setEnabled(index + 1 < len(track))
    previous = menu.addAction(
        menu.tr("Merge with the previous segment"), do(lambda: commands.merge(document, video, index, neighbour=-1))
    )
    previous.setEnabled(index > 0)
    return menu


def chip(colour: str) -> QIcon:
    """A small square of one colour."""
    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
