"""A plot of lines over iterations on the screen: zoom and pan, and the values under the pointer in its legend."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ...graphs import pyqtgraph
from ...models.drawing import Drawing
from ...models.picture import Picture, SaveButton
from ...models.when_seen import WhenSeen
from ...models.widgets import hold_size, plain, tip
from ...session import Session
from .figure import Frame, Line, paint_figure
from .lines import Lines

Role = QPalette.ColorRole
EXPORT = QSize(760, 380)
BUTTON_ROOM = 26
AXES = ("left", "bottom")


class Plot(Picture):
    """Lines with a title; the pointer reads them. The wheel zooms, a drag pans, a double click shows all again."""

    def __init__(self, session: Session, title: str, span: tuple[float, float] | None, parent: QWidget) -> None:
        super().__init__(session, parent)
        self.title, self._span = title, span
        self.lines: tuple[Line, ...] = ()
        self._end = 0.0
        self._name = title.partition(" ")[0].lower()
        self._is_zoomed = False
        self._again = WhenSeen(self, self._draw, wait_ms=0)
        self._fitted: Frame | None = None
        self._colours: tuple[QColor, ...] = ()
        self._graph: Any = None  # made when it is seen first: the library takes its time to load
        hold_size(self, 0, 130, least=True)
        self.setAccessibleName(f"{title} by iteration")
        self._legend = plain(title, self)
        self._legend.setWordWrap(False)
        # It leaves names out where there is no room; it never makes the window wider.
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 4, 4, 2)
        self._column.setSpacing(2)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, BUTTON_ROOM, 0)  # the button lies there
        top.addWidget(self._legend)
        self._column.addLayout(top)
        self._column.addStretch(1)
        self._button = SaveButton(self.saver, self)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(Role.Base)
        self._say()

    def resizeEvent(self, event: object) -> None:
        self._button.move(self.width() - self._button.width(), 0)
        self._column.activate()
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(210, 180)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._graph is None:
            self._make()
        elif self._again.isActive():  # once, before it is painted
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._graph is not None:
            self._colour()

    def show_lines(self, lines: Sequence[Line], end: float) -> None:
        """Show these lines, the important ones last; the axis reaches at least to iteration `end`."""
        self.lines, self._end = tuple(line for line in lines if len(line.xs)), end
        self._again.ask()
        self._say()

    def follow(self) -> None:
        """The next lines are fitted again, whatever a person looked at."""
        self._is_zoomed, self._fitted = False, None

    def read(self, iteration: float) -> list[tuple[str, float]]:
        """Name and value of every named line at the known iteration next to one."""
        found = []
        for line in self.lines:
            if line.name:
                near = int(np.argmin(np.abs(np.asarray(line.xs) - iteration)))
                found.append((line.name, float(line.ys[near])))
        return found

    def drawing(self) -> Drawing | None:
        if not self.lines:
            return None
        lines, span, title, end = self.lines, self._span, self.title, self._end
        metrics = self.fontMetrics()

        def paint(painter: QPainter, palette: QPalette) -> None:
            paint_figure(painter, palette, title, lines, Frame.fitted(lines, span, metrics, EXPORT, end))

        return Drawing(EXPORT.width(), EXPORT.height(), paint, f"{self._name} curves", self.font())

    # --- the graph -----------------------------------------------------------------------------------

    def _make(self) -> None:
        library = pyqtgraph()
        self._graph = library.PlotWidget(self)
        self._graph.setMenuEnabled(False)
        for part in (self._graph, self._graph.viewport()):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a picture; its keys would do nothing
            part.setAccessibleName(self.accessibleName())
        self._graph.hideButtons()
        self._graph.setFrameShape(self._graph.Shape.NoFrame)
        self._graph.showGrid(y=True, alpha=0.25)
        self._graph.setLimits(xMin=0)
        self._fit_axes()
        self._pointer = library.InfiniteLine(angle=90, movable=False)
        self._pointer.setVisible(False)
        self._lines = Lines(self._graph.getViewBox())
        for item in (self._lines, self._pointer):
            self._graph.addItem(item, ignoreBounds=True)
        self._graph.getViewBox().sigRangeChangedManually.connect(self._on_zoom)
        self._graph.scene().sigMouseMoved.connect(self._on_pointer)
        self._graph.scene().sigMouseClicked.connect(lambda event: self.fit() if event.double() else None)
        self._column.setStretch(1, 0)  # what held its place
        self._column.addWidget(self._graph, 1)
        self._button.raise_()
        self._colour()
        self.fit()
        self._draw()

    def fit_text(self) -> None:
        """Numbers at the axes take other room now."""
        if self._graph is not None:
            self._fit_axes()

    def _fit_axes(self) -> None:
        for side in AXES:
            # Marks with a number alone; the library keeps the same height for numbers of any size.
            high = self.fontMetrics().height()
            self._graph.getAxis(side).setStyle(maxTickLevel=0, tickTextHeight=high, tickTextWidth=2 * high)

    def _colour(self) -> None:
        colours = ground, mid, dim = tuple(map(self.palette().color, (Role.Base, Role.Mid, Role.PlaceholderText)))
        if colours == self._colours:  # a change of theme says so several times
            return
        self._colours = colours
        self._graph.setBackground(ground)
        for side in AXES:
            axis = self._graph.getAxis(side)
            axis.setPen(mid)
            axis.setTextPen(dim)
        self._pointer.setPen(dim, style=Qt.PenStyle.DotLine)
        self._say()

    def _draw(self) -> None:
        """Bring the graph up to the lines."""
        self._again.settled()
        if self._graph is None:
            return
        self._lines.show_lines(self.lines)
        # Without anything to show the axes stay: to paint them anew takes longest of all.
        if (self.lines or self._end) and not self._is_zoomed:
            self.fit()

    def _on_zoom(self, *_: object) -> None:
        self._is_zoomed = True

    def fit(self) -> None:
        """Everything in view, from now on: the whole training from left to right, and the fixed span or all values."""
        frame = Frame.fitted(self.lines, self._span, self.fontMetrics(), EXPORT, self._end)
        if frame == self._fitted and not self._is_zoomed:
            return
        self._fitted, self._is_zoomed = frame, False
        self._graph.setRange(xRange=(frame.x.low, frame.x.high), yRange=(frame.y.low, frame.y.high), padding=0)

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The lines that the graph holds; older ones than `lines` while nobody looks."""
        return self._lines.lines if self._graph is not None else ()

    # --- the legend ----------------------------------------------------------------------------------

    def _on_pointer(self, place: Any) -> None:
        box = self._graph.getViewBox()
        inside = bool(self.lines) and box.sceneBoundingRect().contains(place)
        self._pointer.setVisible(inside)
        if inside:
            iteration = box.mapSceneToView(place).x()
            self._pointer.setValue(iteration)
            self._say(dict(self.read(iteration)))
        else:
            self._say()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._graph is not None:
            self._pointer.setVisible(False)
        self._say()

    def _say(self, values: dict[str, float] | None = None) -> None:
        """The title and the name of each line in its colour, with the values at the pointer.

        Where there is no room for all, the first ones, which matter least, are left to the tooltip.
        """
        names, marks, wide = [], [], []
        for line in self.lines:
            if line.name:
                value = f" {values[line.name]:.4g}" if values and line.name in values else ""
                seen, stroke = _seen(line.colour, self.palette().color(Role.Base)), "╌" if line.dashed else "━"
                names.append(f"{line.name}{value}")
                marks.append(f'<span style="color:{seen}">{stroke}</span> {escape(names[-1])}')
                wide.append(self.fontMetrics().horizontalAdvance(f"  {stroke} {names[-1]}"))
        left_out = left_out_of(wide, self._legend.width() - self.fontMetrics().horizontalAdvance(f"{self.title}  …"))
        parts = [escape(self.title), *(["…"] if left_out else []), *marks[left_out:]]
        self._legend.setText("&nbsp;&nbsp;".join(parts))
        self._legend.setToolTip(tip("\n".join(names)).replace("\n", "<br>") if left_out else "")


def left_out_of(wide: Sequence[int], room: int) -> int:
    """How many of the first of some widths are left out so that the others have room, together; the last one stays.

    >>> left_out_of([40, 40, 40], 90), left_out_of([40, 40], 90), left_out_of([400], 90)
    (1, 0, 0)
    """
    left_out = 0
    while left_out < len(wide) - 1 and sum(wide[left_out:]) > room:
        left_out += 1
    return left_out


def _seen(colour: QColor, ground: QColor) -> str:
    """How a colour looks on a ground that shines through it, as ``#rrggbb``."""
    a = colour.alphaF()
    parts = ((colour.red(), ground.red()), (colour.green(), ground.green()), (colour.blue(), ground.blue()))
    return QColor(*(round(a * over + (1 - a) * under) for over, under in parts)).name()
