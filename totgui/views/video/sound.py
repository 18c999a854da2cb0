"""The button that lets the sound be heard, and how loud; disabled with the reason where there is none."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from ...icons import icon
from ...models.widgets import change_tip, does_command, hold_size, set_icon_size, tip
from ...session import Session

ICON_PX, STEP = 18, 5
LEVELS = {"high": 60, "medium": 30, "low": 0}
"""The icon that stands for at least so many percent."""


class SoundButton(QToolButton):
    """A click mutes or lets hear; the wheel, or the slider behind the right button, says how loud."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sound = sound = session.sound
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_icon_size(self, ICON_PX)
        hold_size(self, 30, 28, least=True)
        self._menu = self._panel()
        self.clicked.connect(sound.toggle)
        sound.changed.connect(self._refresh)
        does_command(self, "playback.sound")
        self._refresh()

    def _panel(self) -> QMenu:
        menu = QMenu(self)
        panel = QFrame(menu)
        self.slider = QSlider(Qt.Orientation.Horizontal, panel)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(180)
        self.slider.setAccessibleName("Volume")
        self._percent = QLabel(panel)
        self._percent.setMinimumWidth(self._percent.fontMetrics().horizontalAdvance("100 %"))
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(panel)
        row.setContentsMargins(12, 10, 12, 10)
        for widget in (QLabel("Volume", panel), self.slider, self._percent):
            row.addWidget(widget)
        self.slider.valueChanged.connect(self._sound.set_volume)
        action = QWidgetAction(menu)
        action.setDefaultWidget(panel)
        menu.addAction(action)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The slider, above the button: below it there may be no room."""
        hint, corner = self._menu.sizeHint(), self.mapToGlobal(self.rect().topRight())
        self._menu.popup(QPoint(corner.x() - hint.width(), corner.y() - hint.height()))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Louder or quieter."""
        turned = event.angleDelta().y()
        if turned and self.isEnabled():
            self._sound.set_volume(self._sound.volume + (STEP if turned > 0 else -STEP))
        event.accept()

    def _refresh(self) -> None:
        sound = self._sound
        self.setEnabled(not sound.reason)
        is_heard = sound.is_on and not sound.reason and sound.volume > 0
        loud = next(name for name, least in LEVELS.items() if sound.volume >= least)
        self.setIcon(icon(f"volume-{loud if is_heard else 'off'}"))
        self.slider.setValue(sound.volume)
        self._percent.setText(f"{sound.volume} %")
        does = "Mute the sound" if sound.is_on else "Let the sound be heard: forward, at normal speed"
        does += ". Wheel or right click: how loud"
        change_tip(self, tip(sound.reason) if sound.reason else does)
        self.setAccessibleName(sound.reason or does)
