"""The start page: the demo, a dataset, a project, and what was open lately."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QPainter, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..icons import command_icon, icon
from ..models.second_click import SecondClick
from ..models.widgets import does_command, for_text, plain, set_icon_size, tip
from ..paths import resource

WIDTH, LEAST_WIDTH = 760, 640
ICON_PX, LEAST_WAY = 30, 200
ROW_HEIGHT = 46
ROWS_SHOWN = 5
WAYS = (
    ("file.demo", "Open demo", "A rendered tabletop assembly with known steps. About a minute to render on first use."),
    ("file.dataset", "Open dataset…", "A folder of videos, or of features and labels in any published layout."),
    ("file.open", "Open project…", "Go on where you stopped. Every edit is in the .tot file."),
)
DROP = "Folders, videos, projects and label files can be dropped here."
DAY_S = 86400.0
Index = QModelIndex | QPersistentModelIndex


class Way(QPushButton):
    """A large button: an icon, what it opens, and what that is."""

    def __init__(self, command: str, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setObjectName("way")
        does_command(self, command)
        sign = QLabel(self)
        self._sign, self._command = sign, command
        name, said = plain(title, self, bold=True), plain(text, self, dim=True)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        for label in (sign, name, said):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)
        column.addStretch(1)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def fit_text(self) -> None:
        """The icon is as large as the text wants it now."""
        self._draw()

    def sizeHint(self) -> QSize:
        """As tall as its words are on the present width: a button by itself only knows its own text."""
        width = max(self.width(), for_text(self, LEAST_WAY, 0).width())
        return QSize(width, max(138, self._column.totalHeightForWidth(width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _draw(self) -> None:
        """Draw the icon in the colours of the present theme."""
        self._sign.setPixmap(command_icon(self._command).pixmap(for_text(self, ICON_PX, ICON_PX)))


class RecentDelegate(QStyledItemDelegate):
    """Paints a recent project: icon, name, and below it, dimmed, where it lies and how old it is."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        name, _, place = str(index.data()).partition("\n")
        sign = QIcon(whole.icon)
        whole.text, whole.icon = "", QIcon()
        whole.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, whole.widget)
        area, side = option.rect.adjusted(12, 6, -12, -6), whole.decorationSize.width()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:  # one colour: the style shades the part beside the icon only
            painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))
        mode = QIcon.Mode.Selected if chosen else QIcon.Mode.Normal
        sign.paint(
            painter, QRect(area.left(), area.center().y() - side // 2, side, side), Qt.AlignmentFlag.AlignCenter, mode
        )
        area.setLeft(area.left() + side + 12)
        role = QPalette.ColorRole
        for text, colour, place_in in (
            (name, role.HighlightedText if chosen else role.Text, Qt.AlignmentFlag.AlignTop),
            (place, role.HighlightedText if chosen else role.PlaceholderText, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setPen(option.palette.color(colour))
            short = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | place_in), short)


class StartPage(QWidget):
    """Three ways in, and recent projects. A folder or project can be dropped anywhere."""

    demoAsked = Signal()
    datasetAsked = Signal()
    projectAsked = Signal()
    tourAsked = Signal()
    recentAsked = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second_click = SecondClick(self)
        self._ways = [Way(*way, self) for way in WAYS]
        for way, signal in zip(self._ways, (self.demoAsked, self.datasetAsked, self.projectAsked), strict=True):
            way.clicked.connect(self._second_click.swallow)
            way.clicked.connect(signal)
        ways = QHBoxLayout()
        ways.setSpacing(12)
        for way in self._ways:
            ways.addWidget(way, 1)
        self._recent_title = plain("Recent projects", self, bold=True)
        self._recent = QListWidget(self)
        self._recent.setAccessibleName("Recent projects")
        self._recent.setAlternatingRowColors(True)
        set_icon_size(self._recent, 20)
        self._recent.setItemDelegate(RecentDelegate(self._recent))
        self._recent.itemActivated.connect(self._open)
        self._recent.itemClicked.connect(self._open_clicked)
        tour = QPushButton(" New here? Take the tour on the demo", self)
        tour.setAccessibleName("Take the tour on the demo")
        tour.setIcon(command_icon("help.tour"))
        tour.setFlat(True)
        tour.clicked.connect(self.tourAsked)
        foot = QHBoxLayout()
        foot.addWidget(plain(DROP, self, dim=True), 1)
        foot.addWidget(tour)
        inner = QWidget(self)
        self._inner = inner
        inner.setMinimumWidth(min(WIDTH, LEAST_WIDTH))
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(self._head())
        column.addLayout(ways)
        column.addWidget(self._recent_title)
        column.addWidget(self._recent)
        column.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(inner, 1000)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(3)
        self.set_recent([])
        self.fit_text()

    def _head(self) -> QHBoxLayout:
        mark = QLabel(self)
        mark.setPixmap(QIcon(str(resource("totgui.svg"))).pixmap(QSize(64, 64)))
        title = plain("totgui", self)
        font = QFont(title.font())
        font.setPointSizeF(26)
        font.setBold(True)
        title.setFont(font)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(
            plain("Finds the steps in videos of manual work. You name them, correct them, and teach from them.", self)
        )
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(mark)
        row.addLayout(words, 1)
        return row

    def fit_text(self) -> None:
        """As wide as the text wants it now."""
        self._inner.setMaximumWidth(for_text(self, WIDTH, 0).width())
        self._fit_recent()

    def _fit_recent(self) -> None:
        high = for_text(self, 0, ROW_HEIGHT).height()
        for row in range(self._recent.count()):
            self._recent.item(row).setSizeHint(QSize(0, high))
        self._recent.setFixedHeight(4 + high * min(ROWS_SHOWN, max(1, self._recent.count())))

    def set_recent(self, recent: Sequence[tuple[Path, float | None]]) -> None:
        """Show these projects, newest first, each with the time at which its file was changed if that is known."""
        chosen = self._recent.currentRow()
        self._recent.clear()
        for path, changed in recent:
            place = _place(path, changed)
            item = QListWidgetItem(icon("file-outline"), f"{path.stem}\n{place}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{path.stem}, {place}")
            item.setToolTip(tip(str(path)))
            item.setData(Qt.ItemDataRole.UserRole, path)
            self._recent.addItem(item)
        self._recent.setCurrentRow(max(0, min(chosen, len(recent) - 1)))
        for widget in (self._recent_title, self._recent):
            widget.setVisible(bool(recent))
        self._fit_recent()

    def showEvent(self, event: QShowEvent) -> None:
        """Enter goes on with the project that was open last; where there is none, with the demo."""
        super().showEvent(event)
        (self._recent if self._recent.count() else self._ways[0]).setFocus()

    def _open_clicked(self, item: QListWidgetItem) -> None:
        self._second_click.swallow()  # people double-click in lists; by then the project is below the pointer
        self._open(item)

    def _open(self, item: QListWidgetItem) -> None:
        self.recentAsked.emit(item.data(Qt.ItemDataRole.UserRole))


def _place(path: Path, changed: float | None) -> str:
    """Where a project lies and when it was changed last."""
    folder = str(path.parent).replace(str(Path.home()), "~", 1)
    return folder if changed is None else f"{folder} · {age_text(time.time() - changed)}"


def age_text(seconds: float) -> str:
    """How long ago something was, in the unit that a person would say it in.

    >>> age_text(30), age_text(7200), age_text(3 * 86400)
    ('just now', '2 hours ago', '3 days ago')
    """
    for unit, name in ((DAY_S, "day"), (3600.0, "hour"), (60.0, "minute")):
        count = int(seconds // unit)
        if count:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"
