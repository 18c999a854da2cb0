"""The panels: which there are, what stands in each, and where it stands at first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QVBoxLayout, QWidget

from ..dialogs.colour import ask_colour
from ..models.later import Later
from ..models.widgets import Scrolling
from ..session import Session
from ..settings import Settings
from ..views.filmstrip import FilmStrip
from ..views.history import HistoryView
from ..views.label_map.view import LabelMapView
from ..views.labels.view import LabelsView
from ..views.live.view import LiveView
from ..views.review.view import ReviewView
from ..views.runs import RunsView
from ..views.timeline.view import TimelineView
from ..views.training.view import TrainingView
from ..views.videos import VideosView

Area = Qt.DockWidgetArea
LATER_MS = 150
"""Between two panels that are made after the start: each takes a frame or two of the window's time."""


class TimelinePanel(QWidget):
    """The film strip above the timeline; in a low window the pictures go, and never make it higher."""

    def __init__(self, strip: FilmStrip, timeline: TimelineView, parent: QWidget) -> None:
        super().__init__(parent)
        self._strip, self._timeline = strip, timeline
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(strip)
        column.addWidget(timeline, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._timeline.minimumHeight())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._strip.set_room(self.height() >= self._timeline.minimumHeight() + self._strip.sizeHint().height())
        return super().event(event)


class Panels(QObject):
    """Puts the panels of a session into a window, `docks` by their title. `made` tells of one that came later."""

    made = Signal(object)  # QWidget

    def __init__(self, window: QMainWindow, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self.docks: dict[str, QDockWidget] = {}
        self._window, self._session, self._settings, self._later = window, session, settings, 0
        self.timeline = TimelineView(session, window)
        self.film_strip = FilmStrip(session, window)
        self.training = TrainingView(session, window)
        self._add_docks(settings)
        self._as_tabs("Runs", "Labels", "History")
        self._as_tabs("Training", "Live", "Label map", "Review", "Metrics")
        self._as_tabs("Timeline", "Segments", "Compare", "Activity")
        for name in ("Timeline", "Runs", "Training"):
            self.docks[name].raise_()

    def _add_docks(self, settings: Settings) -> None:
        """In this order they stand in the menu, and the Tab key goes through them."""
        left, right, bottom = Area.LeftDockWidgetArea, Area.RightDockWidgetArea, Area.BottomDockWidgetArea
        session, window = self._session, self._window
        self.videos = VideosView(session, window)
        self._dock("Videos", self.videos, left)
        self.runs = RunsView(session, window)
        self._dock("Runs", self.runs, left)
        self._dock("Training", self.training, right)
        self.live = LiveView(session, window)
        self._dock("Live", Scrolling(self.live), right)
        self.labels = LabelsView(session, ask_colour, window, settings=settings)
        self._dock("Labels", Scrolling(self.labels), left)
        self.label_map = LabelMapView(session, window, settings=settings)
        self._dock("Label map", Scrolling(self.label_map), right)
        self.review = ReviewView(session, window)
        self._dock("Review", Scrolling(self.review), right)
        self._dock_later("Metrics", self._metrics, right)
        self._dock("History", HistoryView(session, window), left)
        self._dock("Timeline", TimelinePanel(self.film_strip, self.timeline, window), bottom)
        self._dock_later("Segments", self._segments, bottom)
        self._dock_later("Compare", self._compare, bottom)
        self._dock_later("Activity", self._activity, bottom)

    def _dock(self, name: str, widget: QWidget, side: Area) -> None:
        dock = QDockWidget(name, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self._window.addDockWidget(side, dock)
        self.docks[name] = dock
        dock.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The focus of a panel that is put away goes to the timeline: Qt gives it to what is next, often a field."""
        if event.type() == QEvent.Type.Hide and isinstance(watched, QDockWidget) and watched.isHidden():
            focus = QApplication.focusWidget()
            if focus is not None and watched.isAncestorOf(focus):
                is_there = self.timeline.isVisible() and not watched.isAncestorOf(self.timeline)
                (self.timeline if is_there else self._window).setFocus()
        return super().eventFilter(watched, event)

    def _dock_later(self, name: str, make: Callable[[], QWidget], side: Area) -> None:
        """Add a panel that is made when it is seen first, or soon after the start, one at a time."""
        later = Later(make, self._window)
        later.made.connect(self.made)
        self._dock(name, later, side)
        self._later += 1
        later.make_in(LATER_MS * (2 + self._later))

    def _as_tabs(self, first: str, *others: str) -> None:
        for name in others:
            self._window.tabifyDockWidget(self.docks[first], self.docks[name])

    def _metrics(self) -> QWidget:
        from ..views.metrics.view import MetricsView

        return Scrolling(MetricsView(self._session, self._window))

    def _segments(self) -> QWidget:
        from ..views.segments.view import SegmentsView

        return SegmentsView(self._session, self._window, settings=self._settings)

    def _compare(self) -> QWidget:
        from ..views.compare.view import CompareView

        return CompareView(self._session, self._window)

    def _activity(self) -> QWidget:
        from ..views.activity.view import ActivityView

        return ActivityView(self._session, self._window)
