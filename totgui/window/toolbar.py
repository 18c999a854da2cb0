"""The toolbar: the commands of the main job in the order in which it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QToolBar, QToolButton, QWidget

from ..models.widgets import set_icon_size

ICON_PX = 18
GROUPS = (
    {"file.dataset": "Dataset", "file.open": "Project"},
    {"edit.undo": "Undo", "edit.redo": "Redo"},
    {
        "model.train": "Train",
        "model.stop": "Stop and keep",
        "model.discard": "Discard",
        "model.segment": "Segment",
    },
    {"segment.take-video": "Take", "segment.split": "Split", "segment.merge-next": "Merge"},
    {"review.accept": "Accept", "review.reject": "Reject"},
)
AT_THE_END = {"file.export": "Export"}
WITHOUT_WORDS = ("edit.undo", "edit.redo")
"""Arrows that everybody knows: their words would take the room in which all others have theirs at the usual size."""


class Tools(QToolBar):
    """Shows words beside the icons where all fit, else the icons alone, so that no command falls off its end."""

    known: Sequence[QAction] = ()
    """Of these the icon is enough."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def fit_text(self) -> None:
        """Words take other room now."""
        self.set_style(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._choose()

    def set_style(self, style: Qt.ToolButtonStyle) -> None:
        """Icons with words or without; what everybody knows has none."""
        self.setToolButtonStyle(style)
        for action in self.known:
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _choose(self) -> None:
        style = Qt.ToolButtonStyle
        if self.toolButtonStyle() == style.ToolButtonTextBesideIcon:
            self._wide = self.sizeHint().width()
        wanted = style.ToolButtonTextBesideIcon if self.width() >= self._wide else style.ToolButtonIconOnly
        if wanted != self.toolButtonStyle():
            self.set_style(wanted)


def add_toolbar(window: QMainWindow, actions: Mapping[str, QAction]) -> QToolBar:
    """The toolbar of a window, with icons and words; what must be at hand last stands at its right end."""
    bar = Tools("Tools", window)
    bar.setObjectName("Tools")
    bar.setMovable(False)
    set_icon_size(bar, ICON_PX)
    for group in GROUPS:
        if group is not GROUPS[0]:
            bar.addSeparator()
        _add(bar, actions, group)
    spacer = QWidget(window)
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    _add(bar, actions, AT_THE_END)
    bar.known = [actions[name] for name in WITHOUT_WORDS]
    bar.set_style(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    window.addToolBar(bar)
    return bar


def _add(bar: QToolBar, actions: Mapping[str, QAction], group: Mapping[str, str]) -> None:
    for name, text in group.items():
        actions[name].setIconText(text)
        bar.addAction(actions[name])
