"""Brightness and contrast of the picture: a button with two sliders; the files stay as they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from ...icons import icon
from ...models.widgets import hold_size, set_icon_size
from ...playback import Look, Playback

REACH = 100


class LookButton(QToolButton):
    """Opens the sliders; is pressed while the picture is not as the file has it."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self.setIcon(icon("circle-half-full"))
        set_icon_size(self, 18)
        self.setToolTip("Brightness and contrast")
        self.setAccessibleName("Brightness and contrast")
        self.setAutoRaise(True)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        hold_size(self, 30, 28)
        self.sliders: dict[str, QSlider] = {}
        self._menu = QMenu(self)
        action = QWidgetAction(self._menu)
        action.setDefaultWidget(self._panel())
        self._menu.addAction(action)
        self.clicked.connect(self._open)

    def _panel(self) -> QWidget:
        panel = QFrame(self._menu)
        grid = QGridLayout(panel)
        grid.setContentsMargins(12, 10, 12, 10)
        for row, name in enumerate(("Brightness", "Contrast")):
            slider = QSlider(Qt.Orientation.Horizontal, panel)
            slider.setRange(-REACH, REACH)
            slider.setMinimumWidth(180)
            slider.setAccessibleName(name)
            value = QLabel("0", panel)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("+100"))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            slider.valueChanged.connect(lambda n, label=value: label.setText(f"{n:+d}" if n else "0"))
            slider.valueChanged.connect(self._apply)
            for column, widget in enumerate((QLabel(name, panel), slider, value)):
                grid.addWidget(widget, row, column)
            self.sliders[name.lower()] = slider
        reset = QPushButton("As in the file", panel)
        reset.clicked.connect(self.reset)
        grid.addWidget(reset, 2, 1)
        return panel

    def _open(self) -> None:
        self._mark()
        hint = self._menu.sizeHint()
        corner = self.mapToGlobal(self.rect().topRight())
        corner.setX(corner.x() - hint.width())
        corner.setY(corner.y() - hint.height())
        self._menu.popup(corner)

    def reset(self) -> None:
        """Show pictures as the file has them."""
        for slider in self.sliders.values():
            slider.setValue(0)

    def _apply(self) -> None:
        self._playback.set_look(Look(*(self.sliders[name].value() for name in ("brightness", "contrast"))))
        self._mark()

    def _mark(self) -> None:
        self.setChecked(self._playback.look != Look())
