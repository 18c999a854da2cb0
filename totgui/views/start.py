"""The start page: the demo, a dataset, a project, and what was open lately."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from ..models.widgets import does_command


class StartPage(QWidget):
    """Three ways in, and recent projects. A folder or project can be dropped anywhere."""

    demoAsked = Signal()
    datasetAsked = Signal()
    projectAsked = Signal()
    recentAsked = Signal(object)  # Path

    def __init__(self, recent: list[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("totgui", self)
        font = QFont(title.font())
        font.setPointSizeF(26)
        font.setBold(True)
        title.setFont(font)
        subtitle = QLabel(
            "Cut videos of manual work into their steps, without labels. "
            "Then name the steps, correct them and export them.",
            self,
        )
        subtitle.setWordWrap(True)
        buttons = QHBoxLayout()
        for text, tip, signal, command in (
            (
                "Open demo",
                "Renders a short tabletop assembly on first use; about a minute",
                self.demoAsked,
                "file.demo",
            ),
            ("Open dataset…", "A folder with features, ground truth or videos", self.datasetAsked, "file.dataset"),
            ("Open project…", "A .tot file", self.projectAsked, "file.open"),
        ):
            button = QPushButton(text, self)
            button.setToolTip(tip)
            does_command(button, command)
            button.setMinimumHeight(40)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        self._recent = QListWidget(self)
        self._recent.itemActivated.connect(lambda item: self.recentAsked.emit(item.data(Qt.ItemDataRole.UserRole)))
        hint = QLabel("Or drop a folder or a project here.", self)
        hint.setEnabled(False)
        column = QVBoxLayout()
        column.setSpacing(14)
        recent_title = QLabel("Recent projects", self)
        for widget in (title, subtitle):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(recent_title)
        column.addWidget(self._recent)
        column.addWidget(hint)
        inner = QWidget(self)
        inner.setLayout(column)
        inner.setMaximumWidth(640)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
        inner.setMinimumWidth(520)
        self.set_recent(recent)

    def set_recent(self, recent: list[Path]) -> None:
        """Show these projects, newest first."""
        self._recent.clear()
        for path in recent:
            item = QListWidgetItem(f"{path.stem}    {path.parent}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            self._recent.addItem(item)
        if not recent:
            item = QListWidgetItem("Nothing yet.")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._recent.addItem(item)
        self._recent.setMaximumHeight(min(220, 12 + 26 * max(1, len(recent))))
